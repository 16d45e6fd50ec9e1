"""The files that CI hosts read, here and in the templates for adopters."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

WORKFLOWS = sorted(
    file
    for directory in (".github/workflows", "ci/github/workflows")
    for file in (ROOT / directory).glob("*.yml")
)
ACTIONS = sorted((ROOT / "ci" / "github").glob("**/action.yml"))
GITLAB = [ROOT / ".gitlab-ci.yml", *sorted((ROOT / "ci" / "gitlab").glob("*.yml"))]

OTHERS = sorted(
    file
    for directory in ("azure", "bitbucket", "jenkins", "shell")
    for file in (ROOT / "ci" / directory).iterdir()
)


def name(file: Path) -> str:
    """A file as its path in the repository."""
    return str(file.relative_to(ROOT))
