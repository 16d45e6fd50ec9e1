"""docs/architecture.md shows the packages as they are, and diagrams that hosts can draw."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from lockgate.base import paths
from scripts import mermaid

ROOT = paths.repository_root(Path(__file__))
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
NODE = Path(sys.executable).parent / "node"
FLOWS = ("Check", "Guard and affected", "Seal", "Apply", "Promote", "Drift", "Drill")


def contract(name: str) -> list[str]:
    """The layers of a contract of import-linter's, from the top down."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (found,) = (
        each for each in settings["tool"]["importlinter"]["contracts"] if each["name"] == name
    )
    layers: list[str] = found["layers"]
    return layers


def floors(page: str) -> list[list[str]]:
    """The packages of each floor of the page's table, from the top down."""
    found: dict[int, list[str]] = {}
    for floor, package in re.findall(r"^\| (\d+) \| `(\w+)` \| \w", page, re.MULTILINE):
        found.setdefault(int(floor), []).append(package)
    assert list(found) == list(range(len(found), 0, -1))
    return list(found.values())


def diagrams(page: str) -> dict[str, str]:
    """Each diagram of a page, by its heading."""
    diagrams = {}
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        for diagram in re.findall(r"^```mermaid\n(.*?)^```", section, re.DOTALL | re.MULTILINE):
            diagrams[section.partition("\n")[0]] = diagram
    return diagrams


def parse_errors(texts: list[str]) -> list[str | None]:
    """What Mermaid itself says of each diagram; None if it can draw it."""
    done = subprocess.run(
        [NODE, Path(__file__).with_name("mermaid_parse.mjs"), mermaid.install()],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    errors: list[str | None] = json.loads(done.stdout)
    return errors


def test_the_floors_are_those_that_the_linter_holds() -> None:
    layers = contract("Imports point downwards")
    assert floors(PAGE) == [
        [name.removeprefix("lockgate.") for name in layer.split(" | ")] for layer in layers
    ]


def test_every_package_has_a_floor() -> None:
    code = ROOT / "ci" / "lockgate"
    there = {path.parent.name for path in code.glob("*/__init__.py")}
    there |= {path.stem for path in code.glob("*.py") if not path.stem.startswith("__")}
    assert {name for floor in floors(PAGE) for name in floor} == there


def test_the_floors_of_the_policies_are_named_in_their_order() -> None:
    layers = contract(
        "Rules stand above the catalogue, the catalogue above the model, the model above HCL"
    )
    names = [layer.removeprefix("lockgate_policies.") for layer in layers]
    assert names == ["rules", "catalogue", "model", "hcl"]
    text = " ".join(PAGE.split())
    assert "`rules` stand on `catalogue`, `catalogue` on `model`, and `model` on `hcl`" in text


def test_all_seven_flows_are_drawn_with_the_packages_that_there_are() -> None:
    drawn = diagrams(PAGE)
    assert tuple(drawn) == FLOWS
    packages = {name for floor in floors(PAGE) for name in floor} | {"hcl"}  # the policies'
    for flow, diagram in drawn.items():
        named = set(re.findall(r"<b>(\w+)</b>", diagram))
        assert named, flow
        assert named <= packages, flow


def test_mermaid_can_draw_every_diagram() -> None:
    named = {
        (page.name, heading): diagram
        for page in sorted(ROOT.glob("docs/**/*.md"))
        for heading, diagram in diagrams(page.read_text("utf-8")).items()
    }
    assert len(named) >= len(FLOWS)
    errors = dict(zip(named, parse_errors(list(named.values())), strict=True))
    assert {where: error for where, error in errors.items() if error} == {}


def test_a_diagram_that_cannot_be_drawn_is_seen() -> None:
    fine, broken = parse_errors(["flowchart TD\n  a --> b\n", "flowchart TD\n  graph[a] --> b\n"])
    assert fine is None
    assert broken is not None
    assert "Parse error on line 2" in broken
