"""Looking at what Lockgate needs on this machine: what is there, and how to get what is not."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from lockgate import __version__
from lockgate.base import paths
from lockgate.base.errors import EngineError, LockgateError, UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.engine.provider_request import SOURCE
from lockgate.install import provision
from lockgate.install.complete_directory import megabytes
from lockgate.repository import environments
from lockgate.repository.environments import Environment
from lockgate.repository.settings import read_settings_document, settings_for


class Status(StrEnum):
    """OK, NOTE (worth knowing, nothing is lost), or MISSING (something will not work)."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"


@dataclass(frozen=True)
class Part:
    """One thing that was looked at: what was found, and what to do unless its status is OK."""

    name: str
    status: Status
    found: str
    fix: str = ""


def examine() -> list[Part]:
    """Look at everything, deeply: the provider's sha256 is compared and checkov is started."""
    return [
        Part("lockgate", Status.OK, f"{__version__} in {Path(__file__).parent}"),
        Part("python", Status.OK, f"{platform.python_version()} at {sys.executable}"),
        _git(),
        _checked("terraform", _terraform),
        *map(_library, ("moto", "boto3", "python-hcl2")),
        *_hcl2_rival(),
        _checked("checkov", _checkov),
        _provider(),
        *_planned_with(),
        _home(),
        *environment_oddities(os.environ),
    ]


def environment_oddities(variables: Mapping[str, str]) -> Iterator[Part]:
    """Yield a part for each Terraform variable set that changes what Terraform does."""
    configuration = variables.get("TF_CLI_CONFIG_FILE")
    if configuration and not Path(configuration).is_file():
        yield Part(
            "TF_CLI_CONFIG_FILE",
            Status.NOTE,
            f"names {configuration}, which does not exist",
            "Lockgate sets its own for the embedded AWS. For your own Terraform, unset it.",
        )
    for name in sorted(variables):
        if name.startswith("TF_CLI_ARGS") or name in ("TF_WORKSPACE", "TF_DATA_DIR"):
            yield Part(
                name,
                Status.NOTE,
                f"is set to {variables[name]!r}",
                "It changes every Terraform command. Unset it unless that is what you want.",
            )


def _checked(name: str, look: Callable[[], str]) -> Part:
    try:
        return Part(name, Status.OK, look())
    except LockgateError as error:
        return Part(name, Status.MISSING, "not usable", str(error))


def _git() -> Part:
    if git := shutil.which("git"):
        version = subprocess.run([git, "--version"], capture_output=True, text=True, check=False)
        return Part("git", Status.OK, f"{version.stdout.strip().split()[-1]} at {git}")
    fix = "Install git with your system's package manager, for example `apt-get install git`."
    return Part("git", Status.MISSING, "not on PATH", fix)


def _terraform() -> str:
    engine = Engine.find(None)
    return f"{engine.version().removeprefix('Terraform v')} ({' '.join(engine.executable)})"


def _library(name: str) -> Part:
    try:
        return Part(name, Status.OK, metadata.version(name))
    except metadata.PackageNotFoundError:
        fix = "Install Lockgate again: `make setup` in a checkout, else `pip install lockgate`."
        return Part(name, Status.MISSING, f"not installed for {sys.executable}", fix)


def _hcl2_rival() -> Iterator[Part]:
    try:
        version = metadata.version("bc-python-hcl2")
    except metadata.PackageNotFoundError:
        return
    yield Part(
        "bc-python-hcl2",
        Status.MISSING,
        f"{version} overwrites files of python-hcl2",
        "checkov and Lockgate cannot share an environment. Install Lockgate in one of its own: it "
        "brings checkov along by `lockgate setup`.",
    )


def _checkov() -> str:
    python = provision.ensure_checkov()
    program = "import checkov.terraform.plan_runner, checkov.version as v; print(v.version)"
    started = subprocess.run(
        [python, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    if started.returncode:
        # Its stamp vouches for it, so that `setup` alone would leave it as it is.
        raise LockgateError(
            f"checkov does not start: {started.stderr.strip().splitlines()[-1:]}. Delete "
            f"{python.parent.parent} and run `lockgate setup`."
        )
    return f"{started.stdout.strip()} in {python.parent.parent}"


def _provider() -> Part:
    name = "aws provider"
    if problem := provision.unsupported_platform():
        return Part(name, Status.NOTE, "none is bundled for this platform", problem)
    if problem := provision.provider_problem(deep=True):
        return Part(name, Status.MISSING, problem, "Run `lockgate setup`.")
    mirror = provision.ensure_provider().mirror
    return Part(name, Status.OK, f"{provision.PROVIDER_VERSION} in {mirror}, sha256 verified")


def _planned_with() -> Iterator[Part]:
    """Which provider judges the environments of the repository that the command is run in."""
    try:
        planned_environments = environments.discover(paths.repository_root())
        choice = ProviderChoice.of_this_run(Engine.find(None))
    except UsageError:
        return  # no repository; or an engine that is not there, which its own part tells
    answers: dict[tuple[Status, str, str], list[str]] = {}
    for environment in planned_environments:
        # A bundled one that is missing is told above, and unusable settings by every check.
        with suppress(UsageError):
            answers.setdefault(_answer(environment, choice), []).append(environment.name)
    for (status, answer, fix), names in answers.items():
        yield Part("planned with", status, f"{answer}: {', '.join(names)}", fix)


def _answer(environment: Environment, choice: ProviderChoice) -> tuple[Status, str, str]:
    try:
        setting = settings_for(read_settings_document(environment.root), environment.name).provider
        known = choice.known(environment, setting)
    except EngineError as error:
        return Status.NOTE, "not to be told", str(error)
    if isinstance(known, str):
        return (
            Status.NOTE,
            f"{SOURCE} {known}, which is not installed yet",
            "`lockgate check` looks for it.",
        )
    return Status.OK, f"{known} in {known.path.parent}", ""


def _home() -> Part:
    home = paths.home()
    place = next(directory for directory in (home, *home.parents) if directory.exists())
    free = f"{megabytes(shutil.disk_usage(place).free)} free"
    if os.access(place, os.W_OK):
        return Part("home", Status.OK, f"{home}, {free}")
    fix = "`lockgate setup` cannot write there. Set LOCKGATE_HOME to another directory."
    return Part("home", Status.NOTE, f"{home} is not writable, {free}", fix)
