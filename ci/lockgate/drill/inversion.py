"""Inverts health checks, and puts them back.

"Specify whether you want Amazon Route 53 to invert the status of a health check, for example, to
consider a health check unhealthy when it otherwise would be considered healthy":
https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html. Of a disabled
check the same page says to change ``Inverted`` in order to stop traffic to what it checks.

``HealthCheckVersion`` counts a check's updates, and an update that names an old one is refused.
"""

from __future__ import annotations

from typing import Any

from lockgate.base.errors import EngineError, PolicyError
from lockgate.drill.drill_journal import CheckBefore, DrillJournal

# Each time, somebody else updated the check between our look at it and our update.
_ATTEMPTS = 10


def read_check(route53: Any, identifier: str) -> CheckBefore | None:
    """A health check as it stands; None if there is none. Raises EngineError."""
    answer = _ask(route53, "get_health_check", "NoSuchHealthCheck", HealthCheckId=identifier)
    if answer is None:
        return None
    check = answer["HealthCheck"]
    return CheckBefore(identifier, int(check["HealthCheckVersion"]), check["HealthCheckConfig"])


def invert(route53: Any, check: CheckBefore) -> None:
    """Invert a check that is still as it was read.

    Raises PolicyError if it is another one by now, EngineError if the API fails.
    """
    if not _update(route53, check.id, check.version, inverted=True):
        raise PolicyError(
            f"Health check {check.id} was changed since it was read (version {check.version}). "
            "Somebody else works on it: it was not inverted. Try again when they are done."
        )


def put_back(route53: Any, before: CheckBefore) -> str:
    """Take the inversion back, and nothing else; say what was done. Safe to repeat.

    Raises EngineError if the API fails, or others keep changing the check.
    """
    for _ in range(_ATTEMPTS):
        check = read_check(route53, before.id)
        if check is None:
            return f"Health check {before.id} does not exist any more: there is nothing to put back"
        inverted = bool(check.config.get("Inverted"))
        if not inverted and check.version > before.version:
            return f"Health check {before.id} is not inverted (any more){_others(before, check)}"
        # One that was never inverted is written to as well: an inversion that is still on its way
        # from a process that was killed, or stopped, then names a version that is gone.
        if _update(route53, before.id, check.version, inverted=False):
            done = "is put back" if inverted else "was not inverted yet"
            return f"Health check {before.id} {done}{_others(before, check)}"
    raise EngineError(
        f"Health check {before.id} was changed by others {_ATTEMPTS} times in a row, and is not "
        "put back. Run `lockgate drill --revert` again."
    )


def put_back_all(route53: Any, journal: DrillJournal) -> list[str]:
    """Put every check of a journal back. Raises EngineError, when all were tried."""
    said, failed = [], []
    for check in journal.checks:
        try:
            said.append(put_back(route53, check))
        except EngineError as error:
            failed.append(str(error))
    if failed:
        raise EngineError("\n".join([*said, *failed]))
    return said


def by_hand(journal: DrillJournal) -> list[str]:
    """The commands that put the checks back where Lockgate cannot."""
    return [
        f"aws route53 update-health-check --health-check-id {check.id} --no-inverted"
        for check in journal.checks
    ]


def _others(before: CheckBefore, now: CheckBefore) -> str:
    """What else differs from the journal: somebody else's change, which is left as it is."""
    names = sorted({*before.config, *now.config} - {"Inverted"})
    changed = [name for name in names if before.config.get(name) != now.config.get(name)]
    if not changed:
        return ""
    return f"; somebody else changed {', '.join(changed)} since, which is left as it is"


def _update(route53: Any, identifier: str, version: int, *, inverted: bool) -> bool:
    """Update ``Inverted``; False if the check has another version by now, or is gone."""
    answer = _ask(
        route53,
        "update_health_check",
        "HealthCheckVersionMismatch",
        HealthCheckId=identifier,
        HealthCheckVersion=version,
        Inverted=inverted,
    )
    return answer is not None


def _ask(route53: Any, operation: str, allowed: str, **arguments: Any) -> Any:
    """What the API answers; None for the error that is an answer too."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return getattr(route53, operation)(**arguments)
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == allowed:
            return None
        raise EngineError(
            f"Health check {arguments['HealthCheckId']}: {operation} failed: {error}"
        ) from error
