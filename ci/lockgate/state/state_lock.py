"""What is said of a state's lock that Terraform met: who holds it, and how to go on."""

from __future__ import annotations

import re

from lockgate.state.state_lock_object import LOCK_ID, StateLock, doing, shown

_LOCK = re.compile(
    rf"Error acquiring the state lock.*?^\s*ID:\s+(?P<id>{LOCK_ID})\s(?P<info>.*)",
    re.DOTALL | re.MULTILINE,
)
_FIELD = re.compile(r"^\s*(Operation|Who|Created):[ \t]+(\S.*?)\s*$", re.MULTILINE)
_SAID = "The state of"


def next_step(message: str, environment: str, option: str) -> str:
    """How to go on after Terraform's message; "" if it is of no lock, or says so already.

    ``option`` is the target's.
    """
    match = _LOCK.search(message)
    if match is None or f"\n{_SAID} {environment} is locked by" in message:
        return ""
    return (
        f"\n{_SAID} {environment} is locked by {holder(match.group('info'))}. If that "
        "process is at work, wait for it. If it was killed, release its lock with `lockgate unlock "
        f"{environment} --state {match.group('id')}{option}`, and run this again: "
        "it plans anew against what was made until then, and nothing is applied twice."
    )


def holder(info: str) -> str:
    """Who holds a lock, what for and since when, as Terraform tells it."""
    told = dict(_FIELD.findall(info))
    return StateLock(
        "",
        "",
        shown(told.get("Who")) or "somebody",
        doing(told.get("Operation")),
        shown(told.get("Created")) or "a time untold",
    ).describe()
