"""Which version a constraint leads to is asked of Terraform itself, for many at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lockgate.engine.engine import Engine
from lockgate.install.version_constraints import (
    ConstraintError,
    admits,
    parse_constraints,
    parse_version,
)
from tests.engine.test_provider_registry import PLATFORM

VERSIONS = [
    *("0.1.0", "0.9.3", "1.0.0", "1.0.1", "1.0.9", "1.1.0", "1.2.0-alpha", "1.2.0-beta1", "1.2.0"),
    *("1.2.3", "1.9.0", "2.0.0-rc.1", "2.0.0", "2.0.1", "2.1.0", "3.0.0-beta.2", "3.0.0-beta.11"),
    *("3.39.0", "10.0.0", "10.2.1"),
]
CONSTRAINTS = [
    *("1.0.0", "= 1.0.0", "=1.0.0", "1.0", "1", "!= 10.2.1", "> 1.0.0", ">= 1.0.0", "< 1.0.0"),
    *("<= 1.0.0", "~> 1.0.0", "~> 1.0", "~> 1", "~> 1.2.0", "~> 0.1", "~> 0", "~> 1.9"),
    *(">= 1.0, < 2.0", ">=1.0,<2.0", "> 1, != 1.9.0, < 2", ">= 3.39, < 7.0", "~> 1.0, < 1.2"),
    *("1.2.0-beta1", "= 1.2.0-beta1", ">= 1.2.0-alpha", "~> 1.2.0-beta1", "< 1.2.0, > 1.1"),
    *("> 1.2.0-beta1, < 1.3", "!= 1.2.0-alpha", "3.0.0-beta.11", ">= 3.0.0-beta.2, < 3.1"),
    *("~> 3.0.0-beta.2", "<= 2.0.0-rc.1", "2.0.0-rc.1, >= 1.0", ">= 11", "~> 4.0", "> 2, < 2"),
    *("~> 10.2.1", "~> 10.0.0", ">= 2", "<= 2", "< 2", "> 2", "!= 2", "  >= 1.0.1 , < 1.1 "),
]
REFUSED = [
    "latest",
    "~> ",
    "=> 1",
    "1.x",
    "1.2.3.4",
    ">= 1 < 2",
    "1,",
    "~> 1.2.x",
    "== 1.0",
    ">=  1.0",
]


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """All versions of a provider for each constraint, and the CLI configuration that names them."""
    for number in range(len(CONSTRAINTS)):
        for version in VERSIONS:
            place = f"mirror/registry.terraform.io/example/p{number}/{version}/{PLATFORM}"
            (tmp_path / place).mkdir(parents=True)
            (tmp_path / place / f"terraform-provider-p{number}_v{version}").touch()
    config = tmp_path / "own.rc"
    path = json.dumps(str(tmp_path / "mirror"))
    text = f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
    config.write_text(text)
    return config


def init(root: Path, mirror: Path, constraints: Mapping[str, str]) -> str:
    """``terraform init`` of a module with a provider for each constraint; its errors."""
    required = {
        name: {"source": f"example/{name}", "version": constraint}
        for name, constraint in constraints.items()
    }
    root.mkdir()
    document = {"terraform": {"required_providers": required}}
    (root / "versions.tf.json").write_text(json.dumps(document))
    arguments = ["init", "-input=false", "-no-color"]
    return Engine.find().run(arguments, root, {"TF_CLI_CONFIG_FILE": str(mirror)}).errors


def test_the_newest_that_is_admitted_is_the_one_that_terraform_selects(
    mirror: Path, tmp_path: Path
) -> None:
    asked = {f"p{number}": constraint for number, constraint in enumerate(CONSTRAINTS)}
    newest_first = sorted(VERSIONS, key=parse_version, reverse=True)
    ours = {
        constraint: next((v for v in newest_first if admits(constraint, v)), None)
        for constraint in CONSTRAINTS
    }
    errors = init(tmp_path / "all", mirror, asked)
    none = set(re.findall(r"(?<=provider example/)p\d+", " ".join(errors.split())))
    some = {name: constraint for name, constraint in asked.items() if name not in none}
    assert init(tmp_path / "some", mirror, some) == ""
    locked = (tmp_path / "some" / ".terraform.lock.hcl").read_text()
    theirs = dict(re.findall(r'example/(p\d+)" \{\s+version += "(.+)"', locked))
    assert theirs.keys() == some.keys()
    assert ours == {constraint: theirs.get(name) for name, constraint in asked.items()}


@pytest.mark.parametrize("constraint", REFUSED)
def test_what_terraform_refuses_is_refused(constraint: str, tmp_path: Path) -> None:
    with pytest.raises(ConstraintError):
        parse_constraints(constraint)
    nowhere = tmp_path / "own.rc"
    nowhere.touch()
    assert "Invalid version constraint" in init(tmp_path / "root", nowhere, {"p0": constraint})
