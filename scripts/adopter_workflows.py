"""Writes ci/github/workflows, for adopters to copy, from this repository's own workflows.

They differ in one thing: where this repository installs the Lockgate that lies in it, an adopter
installs a release by ci/github/action.yml.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / ".github" / "workflows"
ADOPTERS = ROOT / "ci" / "github" / "workflows"
NOT_FOR_ADOPTERS = {"tests.yml"}

_INSTALL = re.compile(
    r"      - name: Set up Python\n(?:        .*\n)+"
    r"      - name: Install (?:the base branch's )?Lockgate\n        run: \|\n(?:          .*\n)+"
)
# An adopter names the owner, and the commit of the release.
_INSTALL_RELEASE = """\
      - name: Install Lockgate
        uses: your-organization/lockgate/ci/github@0000000000000000000000000000000000000000 # v0.1.0
      - name: Put it on PATH
        run: echo "$RUNNER_TEMP/lockgate/bin" >> "$GITHUB_PATH"
"""
_OWN_LOCKGATE = "# Lockgate and what it judges by are the base branch's, in base/."
_RELEASE = "# Lockgate is the release that is pinned; what it judges by is the base branch's."


def adopter_workflows() -> dict[str, str]:
    """The text of each workflow for adopters, by its file name."""
    return {
        file.name: _INSTALL.sub(_INSTALL_RELEASE, file.read_text("utf-8")).replace(
            _OWN_LOCKGATE, _RELEASE
        )
        for file in sorted(OWN.glob("*.yml"))
        if file.name not in NOT_FOR_ADOPTERS
    }


if __name__ == "__main__":
    for name, text in adopter_workflows().items():
        (ADOPTERS / name).write_text(text, "utf-8")
