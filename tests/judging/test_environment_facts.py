"""What the HCL says of a backend, with what its settings and files give to init."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.judging.environment_facts import environment_facts
from lockgate.judging.static_check import check_static
from lockgate.repository.environments import discover
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.hcl.module_files import Dialect

PARTIAL = 'terraform {\n  backend "s3" {\n    region = "us-east-1"\n  }\n}\nprovider "aws" {\n}\n'
FILE = 'bucket = "b"\nkey = "prod"\nencrypt = true\nuse_lockfile = true\n'


def repository(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def said_of_the_state(root: Path) -> dict[str, str]:
    """What the rules about the backend say, by rule."""
    (verdict,) = check_static(discover(root), load_rules()).environments
    return {
        found.rule: found.verdict.name
        for found in verdict.findings
        if found.rule in ("LG_STATE_1", "LG_STATE_2")
    }


def test_a_backends_file_counts_for_the_rules_as_its_block_does(tmp_path: Path) -> None:
    files = {"infra/main.tf": PARTIAL, "infra/prod.tfvars": "", "infra/prod.tfbackend": FILE}
    root = repository(tmp_path, files)
    (environment,) = discover(root)
    facts = environment_facts(environment, Dialect.TERRAFORM)
    assert facts["modules"][""]["backend"]["arguments"] == {
        "region": "us-east-1",
        "bucket": "b",
        "key": "prod",
        "encrypt": True,
        "use_lockfile": True,
    }
    assert said_of_the_state(root) == {"LG_STATE_1": "PASS", "LG_STATE_2": "PASS"}


def test_what_nobody_has_said_of_a_backend_is_unknown_and_not_wrong(tmp_path: Path) -> None:
    root = repository(tmp_path, {"infra/main.tf": PARTIAL})
    assert said_of_the_state(root) == {"LG_STATE_1": "UNKNOWN", "LG_STATE_2": "UNKNOWN"}


def test_the_settings_may_say_it_in_words(tmp_path: Path) -> None:
    words = "[bucket=b, key=k, encrypt=true, use_lockfile=false]"
    settings = f"environments: {{prod: {{directory: infra, backend_config: {words}}}}}\n"
    root = repository(tmp_path, {"infra/main.tf": PARTIAL, "lockgate.yaml": settings})
    assert said_of_the_state(root) == {"LG_STATE_1": "FAIL", "LG_STATE_2": "PASS"}


def test_a_backends_file_that_does_not_parse_is_said(tmp_path: Path) -> None:
    files = {"infra/main.tf": PARTIAL, "infra/prod.tfvars": "", "infra/prod.tfbackend": "a = \n"}
    root = repository(tmp_path, files)
    with pytest.raises(EngineError, match=r"infra/prod\.tfbackend:1: does not parse as HCL"):
        environment_facts(discover(root)[0], Dialect.TERRAFORM)
