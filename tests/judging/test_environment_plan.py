"""A plan on a target tells which provider made it, which Terraform's own JSON leaves out."""

from __future__ import annotations

import json
from pathlib import Path

from lockgate.engine.engine import Engine
from lockgate.install import provision
from lockgate.judging import plan_document
from lockgate.judging.environment_plan import plan_environment
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.environments import PROVIDER, MakeEnvironment


def test_a_plan_carries_its_providers_version(
    environment: MakeEnvironment, endpoint: str, tmp_path: Path
) -> None:
    made = environment(f'{PROVIDER}resource "aws_s3_bucket" "this" {{}}\n')
    out = tmp_path / "plan.json"
    plan_environment(made, EmbeddedTarget(endpoint, keep_state=False), Engine.find(), out)
    expected = f"hashicorp/aws {provision.PROVIDER_VERSION}"
    assert plan_document.provider(plan_document.carried(out)) == expected
    plan = json.loads(out.read_bytes())
    assert [change["address"] for change in plan["resource_changes"]] == ["aws_s3_bucket.this"]
