"""The command line: finds the commands, and turns every way of ending into an exit code."""

from __future__ import annotations

import ast
import errno
import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from lockgate import __version__, commands
from lockgate.base.errors import EngineError, Interrupted, LockgateError, UsageError
from lockgate.commands import _screen

# A disk, a quota or a limit of file sizes that is used up.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LazyCommands(click.Group):
    """A group whose commands are the modules of `lockgate.commands`.

    A module is imported only when its own command is invoked: start-up is paid on every call, in
    every pipeline.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, by the files they stand in."""
        modules = pkgutil.iter_modules(commands.__path__)
        return sorted(_command_name(m.name) for m in modules if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported only now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"{commands.__name__}.{_module_name(cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line for each command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(name)) for name in self.list_commands(ctx)])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def lockgate() -> None:
    """Plan, policy-check and apply Terraform for AWS in two regions.

    Exit codes: 0 pass, 1 the gate says no, 2 usage or configuration, 3 the engine or AWS failed,
    130 interrupted.
    """


def run() -> NoReturn:
    """Be the process: run the command line's command and exit."""
    from lockgate.hosts import workflow_commands

    workflow_commands.stop(os.environ, sys.argv[1:])
    exit_code = main()
    if exit_code == Interrupted.exit_code:
        # One more Ctrl-C while the interpreter ends would kill it, and hide the exit code.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    sys.exit(exit_code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code of the process.

    `arguments` defaults to the process's own. A command ends with the exit code it returns (none
    means 0), by `ctx.exit`, or by raising.
    """
    if threading.current_thread() is threading.main_thread():
        # SIGTERM as Ctrl-C: what a command has started is then stopped on the way out.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        result = lockgate.main(arguments, prog_name="lockgate", standalone_mode=False)
    except LockgateError as error:
        return _failed(error, error.exit_code)
    except click.ClickException as error:
        error.show()
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        _screen.say("Interrupted.")
        return Interrupted.exit_code
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _bug(error)
        return _failed(f"{error}. Make room, and run it again.", EngineError.exit_code)
    except Exception as error:
        return _bug(error)
    return result if isinstance(result, int) else 0


def _bug(error: Exception) -> int:
    return _failed(
        f"{type(error).__name__}: {error}\n"
        "This is a bug in Lockgate. Set LOCKGATE_DEBUG=1 to see where, and report it.",
        EngineError.exit_code,
    )


def _failed(message: object, exit_code: int) -> int:
    if os.environ.get("LOCKGATE_DEBUG") == "1":
        traceback.print_exc(file=sys.stderr)
    _screen.error(message)
    return exit_code


def _command_name(module: str) -> str:
    return module.replace("_", "-")


def _module_name(command: str) -> str:
    return command.replace("-", "_")


def _summary(command: str) -> str:
    """Return the first line of a command module's docstring without importing the module."""
    for directory in commands.__path__:
        source = Path(directory, f"{_module_name(command)}.py")
        if source.is_file():
            docstring = ast.get_docstring(ast.parse(source.read_text("utf-8"))) or ""
            # It may begin with the command's name: "``lockgate check``: plan …".
            summary = docstring.partition("\n")[0].rpartition("``: ")[2].rstrip(".")
            return summary[:1].upper() + summary[1:]
    return ""
