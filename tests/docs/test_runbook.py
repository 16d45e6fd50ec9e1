"""Each refusal that the pipeline can give is led to by its own words in a page of docs/."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "ci" / "lockgate"
# A policy's own messages are its page's; a broken installation says what to do by itself.
NO_REFUSALS = {
    *("environment_check.py", "policy_pages.py", "policy_set.py", "paths.py"),
    *("checkov_process.py", "judged_records.py"),
}
# Frames around other refusals' words, and what no way leads to.
_FRAMES = (
    " is refused: ",
    " is refused, and nothing was applied:",
    "this version cannot apply sealed plans",
)
_WORDS = 3
QUOTED = " ".join(
    quoted.replace("\n", " ")
    for page in sorted((ROOT / "docs").glob("*.md"))
    for quoted in re.findall(r"```.*?```|`[^`]+`", page.read_text("utf-8"), re.DOTALL)
)


def texts(node: ast.AST) -> list[str]:
    """The literal parts of a message, what is filled in left out."""
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def refusals() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where a refusal is given, and its words."""
    for file in sorted(CODE.rglob("*.py")):
        if file.name in NO_REFUSALS or "drill" in file.parts:  # docs/failover.md tells of drills
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Raise | ast.Yield):
                continue
            raised = node.exc if isinstance(node, ast.Raise) else None
            if (
                isinstance(raised, ast.Call)
                and isinstance(raised.func, ast.Name)
                and raised.func.id == "PolicyError"
                and raised.args
            ):
                yield f"{file.name}:{node.lineno}", tuple(texts(raised.args[0]))
            elif file.name == "sealed_plan.py" and isinstance(node, ast.Yield) and node.value:
                yield f"{file.name}:{node.lineno}", tuple(texts(node.value))
    for file in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if found := re.search(r"::error::([^\"]+)", line):
                yield f"{file.name}:{number}", tuple(re.split(r"\$\w+", found.group(1)))
    script = ROOT / "scripts" / "gitlab_sealed_plans.py"
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.Raise) and "nothing that it" in ast.unparse(node):
            yield script.name, tuple(texts(node))


REFUSALS = sorted(
    (where, parts)
    for where, parts in set(refusals())
    if not any(part.startswith(_FRAMES) for part in parts)
)


def in_docs(parts: tuple[str, ...]) -> bool:
    for part in parts:
        words = part.replace("`", "").split()
        for start in range(len(words) - _WORDS + 1):
            if " ".join(words[start : start + _WORDS]).rstrip(".:,;") in QUOTED:
                return True
    return False


def test_they_are_found() -> None:
    files = {where.partition(":")[0] for where, _ in REFUSALS}
    assert files >= {"sealed_box.py", "sealed_plan.py", "promotion_run.py", "pull-request.yml"}
    assert not in_docs(("no page of this repository speaks of it",))


@pytest.mark.parametrize(("where", "parts"), REFUSALS, ids=[where for where, _ in REFUSALS])
def test_a_refusal_has_its_entry(where: str, parts: tuple[str, ...]) -> None:
    assert in_docs(parts), f"{where}: {' … '.join(parts)}"
