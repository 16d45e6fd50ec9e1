"""What environments are called: short names from where their root modules stand."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

# Words of a path that say what kind of thing stands there, and nothing of which.
_GENERIC = frozenset(
    {
        *("accounts", "app", "aws", "cloud", "components", "config", "deploy", "deployment"),
        *("deployments", "env", "environment", "environments", "envs", "iac", "infra"),
        *("infrastructure", "live", "main", "projects", "root", "roots", "root-modules", "src"),
        *("stack", "stacks", "terraform", "tf", "tofu", "opentofu"),
    }
)
TOP = "main"
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 63
_DIGITS = 8


def short_names(places: Sequence[tuple[str, str]]) -> list[str]:
    """A name for each place, a directory and what its variable files are called ("" for none).

    Names are unique: where short ones are not, the whole path is the name. They can be names of CI
    jobs (``ci_matrix.ENVIRONMENT_NAME``), but for a directory of ``envs/``, whose name is its own.
    """
    directories = {directory for directory, _ in places}
    short = [
        _joined(_words(directory), variables, alone=len(directories) == 1)
        for directory, variables in places
    ]
    # What stands in envs/ is called so, whatever else there is.
    own = {directory[5:] for directory, variables in places if _is_own(directory) and not variables}
    twice = {name for name, count in Counter(short).items() if count > 1 or name in own}
    names = [
        _joined(_path(directory), variables, alone=False)
        if name in twice and (variables or not _is_own(directory))
        else name
        for name, (directory, variables) in zip(short, places, strict=True)
    ]
    taken = set(own)
    unique = []
    for name, (directory, variables) in zip(names, places, strict=True):
        free, number = name, 1
        while free in taken and (variables or not _is_own(directory)):
            number += 1
            free = f"{name}-{number}"
        taken.add(free)
        unique.append(free)
    return unique


def _is_own(directory: str) -> bool:
    return directory.startswith("envs/") and directory.count("/") == 1


def _words(directory: str) -> list[str]:
    steps = _path(directory)
    telling = [step for step in steps if step.lower() not in _GENERIC]
    return telling or steps[-1:]


def _path(directory: str) -> list[str]:
    if _is_own(directory):
        return directory.split("/")
    return [word for step in directory.split("/") if (word := _plain(step))]


def _plain(text: str) -> str:
    return _ODD.sub("-", text).strip("-_")


def _joined(words: list[str], variables: str, *, alone: bool) -> str:
    variables = _plain(variables)
    if variables and (alone or variables in words):
        words = [variables] if alone else words
    elif variables:
        words = [*words, variables]
    return _short("-".join(words)) or TOP


def _short(name: str) -> str:
    """A name that is not too long for a job; what is cut off still tells it from others."""
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return f"{name[: _LONGEST - _DIGITS - 1]}-{digest}"
