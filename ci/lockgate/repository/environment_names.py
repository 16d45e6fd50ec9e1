"""What environments are called: short names from where their root modules stand."""

from __future__ import annotations

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


def short_names(places: Sequence[tuple[str, str]]) -> list[str]:
    """A name for each place, a directory and what its variable files are called ("" for none).

    Names are unique: where short ones are not, the whole path is the name.
    """
    directories = {directory for directory, _ in places}
    short = [
        _joined(_words(directory), variables, alone=len(directories) == 1)
        for directory, variables in places
    ]
    twice = {name for name, count in Counter(short).items() if count > 1}
    names = [
        _joined(_path(directory), variables, alone=False) if name in twice else name
        for name, (directory, variables) in zip(short, places, strict=True)
    ]
    counted: Counter[str] = Counter()
    unique = []
    for name in names:
        counted[name] += 1
        unique.append(f"{name}-{counted[name]}" if counted[name] > 1 else name)
    return unique


def _words(directory: str) -> list[str]:
    steps = _path(directory)
    telling = [step for step in steps if step.lower() not in _GENERIC]
    return telling or steps[-1:]


def _path(directory: str) -> list[str]:
    return [step for step in directory.split("/") if step]


def _joined(words: list[str], variables: str, *, alone: bool) -> str:
    if variables and (alone or variables in words):
        words = [variables] if alone else words
    elif variables:
        words = [*words, variables]
    return "-".join(words) or TOP
