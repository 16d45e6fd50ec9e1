"""The errors a user can cause or meet, each with the exit code it leads to.

Exit codes: 0 pass, 1 the gate says no, 2 usage or configuration, 3 the engine or AWS failed,
130 interrupted.
"""

from __future__ import annotations


class LockgateError(Exception):
    """An error that is shown to the user as its message alone, never as a traceback.

    The message says what happened, where, and what to do next.
    """

    exit_code = 2


class PolicyError(LockgateError):
    """The gate could not be passed: a policy failed, did not run, or could not be loaded."""

    exit_code = 1


class UsageError(LockgateError):
    """The command line, the settings or the repository are not usable as they are."""

    exit_code = 2


class EngineError(LockgateError):
    """Terraform, a provider or AWS refused or failed."""

    exit_code = 3


class Interrupted(LockgateError):
    """The user asked to stop (Ctrl-C or SIGTERM)."""

    exit_code = 130
