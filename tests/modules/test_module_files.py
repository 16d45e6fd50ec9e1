"""What every module's files promise: formatted, described, typed, documented, with examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted(path.parent for path in (ROOT / "modules").glob("*/variables.tf"))
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)


def _blocks(directory: Path, kind: str) -> list[dict[str, Any]]:
    return [
        block
        for file in sorted(directory.glob("*.tf"))
        for block in hcl2.loads(file.read_text(encoding="utf-8")).get(kind, [])
    ]


def _bodies(directory: Path, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: body
        for block in _blocks(directory, kind)
        for name, body in block.items()
        if isinstance(body, dict)
    }


def test_the_readmes_are_true() -> None:
    finished = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "module_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def test_all_hcl_is_formatted() -> None:
    finished = subprocess.run(
        [str(ROOT / "scripts" / "terraform"), "fmt", "-check", "-recursive", "modules", "envs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "")


@each_module
def test_a_module_has_its_files_and_examples(module: Path) -> None:
    names = {path.name for path in module.iterdir()}
    assert {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"} <= names
    examples = {path.name for path in (module / "examples").iterdir()}
    assert examples == {"minimal", "complete"}


@each_module
def test_a_module_brings_no_provider_of_its_own(module: Path) -> None:
    assert _blocks(module, "provider") == []
    (terraform,) = _blocks(module, "terraform")
    assert "required_providers" in terraform
    assert "backend" not in terraform


@each_module
def test_every_variable_is_described_and_typed(module: Path) -> None:
    for name, body in _bodies(module, "variable").items():
        assert len(str(body.get("description", ""))) > 10, name
        assert not _is_untyped(str(body["type"])), name


def _is_untyped(kind: str) -> bool:
    """Whether a type leaves something open, itself or in what it holds."""
    return re.search(r"\bany\b", kind) is not None


@pytest.mark.parametrize(
    ("kind", "untyped"),
    [("any", True), ("map(any)", True), ("object({ many = string })", False), ("string", False)],
)
def test_a_type_that_leaves_something_open_is_seen(kind: str, untyped: bool) -> None:
    assert _is_untyped(kind) == untyped


@each_module
def test_every_validation_says_the_rule(module: Path) -> None:
    for name, body in _bodies(module, "variable").items():
        for validation in body.get("validation", []):
            assert _says_a_rule(_plain(validation["error_message"])), name


def _says_a_rule(message: str) -> bool:
    """Whether a message is a sentence about what is right, not only that something is wrong."""
    is_sentence = message[:1].isupper() and message.endswith((".", "?")) and len(message) >= 20
    return is_sentence and not re.match(r"(Invalid|Wrong|Bad|Not valid)\b", message)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("A port is a whole number from 1 to 65535.", True),
        ("Invalid value for the port variable.", False),
        ("give a whole number from 1 to 65535.", False),
        ("Wrong.", False),
    ],
)
def test_a_message_without_a_rule_is_seen(message: str, says: bool) -> None:
    assert _says_a_rule(message) == says


def _plain(value: object) -> str:
    return str(value).strip('"')


@each_module
def test_every_output_is_described(module: Path) -> None:
    for name, body in _bodies(module, "output").items():
        assert len(str(body.get("description", ""))) > 10, name


@each_module
def test_every_call_passes_its_providers(module: Path) -> None:
    for directory in (module, *(module / "examples").iterdir()):
        for name, body in _bodies(directory, "module").items():
            assert body.get("providers"), f"{directory.relative_to(ROOT)}: {name}"


# What came after 1.3, by the first version of Terraform that has it.
FUNCTIONS = {
    "strcontains": "1.5",
    "plantimestamp": "1.5",
    "issensitive": "1.8",
    "templatestring": "1.9",
    "ephemeralasnull": "1.10",
}
BLOCKS = {"check": "1.5", "import": "1.5", "removed": "1.7", "ephemeral": "1.10"}
OTHER_VARIABLES_IN_A_VALIDATION = "1.9"


def _asks_for(directory: Path) -> dict[str, Version]:
    """The newer things that a module's HCL uses, with the first version that has them."""
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(directory.glob("*.tf")))
    asked = {
        f"{name}()": first for name, first in FUNCTIONS.items() if re.search(rf"\b{name}\(", text)
    }
    asked |= {kind: first for kind, first in BLOCKS.items() if _blocks(directory, kind)}
    for name, body in _bodies(directory, "variable").items():
        variable = _plain(name)
        for validation in body.get("validation", []):
            if set(re.findall(r"\bvar\.(\w+)", str(validation["condition"]))) - {variable}:
                asked[f"the validation of {variable}"] = OTHER_VARIABLES_IN_A_VALIDATION
    return {what: Version(first) for what, first in asked.items()}


@each_module
def test_a_module_uses_nothing_newer_than_the_terraform_it_promises(module: Path) -> None:
    for directory in (module, *(module / "examples").iterdir()):
        (terraform,) = _blocks(directory, "terraform")
        promised = Version(_plain(terraform["required_version"]).removeprefix(">= "))
        newer = {what for what, first in _asks_for(directory).items() if first > promised}
        assert newer == set(), directory


def test_what_is_newer_is_seen(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""\
check "answers" {
}

variable "a" {
  type = string

  validation {
    condition     = strcontains(var.b, var.a)
    error_message = "It must be in the other."
  }
}
""")
    asked = {what: str(first) for what, first in _asks_for(tmp_path).items()}
    assert asked == {"strcontains()": "1.5", "check": "1.5", "the validation of a": "1.9"}
