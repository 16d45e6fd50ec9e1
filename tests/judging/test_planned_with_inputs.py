"""Environments planned with what they are given: files, values, a workspace, and nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lockgate.base.errors import EngineError, UsageError
from lockgate.judging.plan_making import ResolvedPlans
from lockgate.repository.environments import discover, select

MAIN = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "name" {
  type = string
}

variable "licence" {
  type      = string
  default   = ""
  sensitive = true
}

variable "tag" {
  type    = string
  default = "v1"
  validation {
    condition     = can(regex("^v[0-9]+$", var.tag))
    error_message = "It is v and a number."
  }
}

variable "sizes" {
  type    = list(number)
  default = [1]
}

resource "aws_sqs_queue" "this" {
  name                       = "${var.name}-${terraform.workspace}"
  delay_seconds              = var.sizes[0]
  visibility_timeout_seconds = 30
  tags                       = { tag = var.tag }
}
"""

PlanOf = Callable[..., dict[str, Any]]


@pytest.fixture
def planned(plans: ResolvedPlans, tmp_path: Path) -> PlanOf:
    """Plans the environment ``prod`` of a repository of these settings and files."""

    def plan(settings: str, **files: str) -> dict[str, Any]:
        root = tmp_path / "repository"
        (root / "infra").mkdir(parents=True)
        (root / "infra" / "main.tf").write_text(MAIN)
        for name, text in files.items():
            (root / f"{name}.tfvars").write_text(text)
        (root / "lockgate.yaml").write_text(
            f"environments: {{prod: {{directory: infra, {settings}}}}}\n"
        )
        (environment,) = select(discover(root), ["prod"])
        out = tmp_path / "plan.json"
        plans.plan(environment, out, lambda _name, _remark: None)
        document: dict[str, Any] = json.loads(out.read_bytes())
        return document

    return plan


def queue(document: dict[str, Any]) -> dict[str, Any]:
    (change,) = document["resource_changes"]
    planned: dict[str, Any] = change["change"]["after"]
    return planned


def test_files_values_and_the_workspace_are_what_terraform_gets(planned: PlanOf) -> None:
    document = planned(
        "var_files: [one.tfvars, two.tfvars], variables: {sizes: [7]}, workspace: blue",
        one='name = "one"\n',
        two='name = "two"\n',
    )
    assert queue(document)["name"] == "two-blue"
    assert queue(document)["delay_seconds"] == 7


def test_what_only_the_pipeline_knows_is_unknown_and_what_follows_from_it(planned: PlanOf) -> None:
    document = planned("unknown_variables: [name, sizes]")
    (change,) = document["resource_changes"]
    assert change["change"]["after_unknown"]["name"] is True
    assert change["change"]["after_unknown"]["delay_seconds"] is True
    assert "name" not in change["change"]["after"]
    assert queue(document)["visibility_timeout_seconds"] == 30
    assert "lockgate-unknown" not in json.dumps(document)


def test_a_variable_without_a_value_is_said_with_the_ways_to_give_one(planned: PlanOf) -> None:
    with pytest.raises(EngineError) as caught:
        planned("workspace: blue")
    said = str(caught.value)
    assert "on infra/main.tf line 11" in said
    assert "This variable has no value: name. Give one with -var 'name=VALUE'" in said
    assert "as TF_VAR_name" in said
    assert "under environments.prod" in said


def test_an_unknown_variable_must_be_declared(planned: PlanOf) -> None:
    with pytest.raises(UsageError, match="infra declares no variable 'nome'"):
        planned("unknown_variables: [nome]")


def test_a_validation_takes_the_examples_of_what_nobody_knows(planned: PlanOf) -> None:
    document = planned("variables: {name: a}, unknown_variables: {tag: [v7, v8]}")
    (change,) = document["resource_changes"]
    assert change["change"]["after_unknown"]["tags"] == {"tag": True}
    assert "v7" not in json.dumps(change)


def test_a_validation_that_refuses_what_is_made_up_says_what_to_give(planned: PlanOf) -> None:
    with pytest.raises(EngineError) as caught:
        planned("variables: {name: a}, unknown_variables: [tag]")
    assert "It is v and a number." in str(caught.value)
    assert "environments.prod.unknown_variables: {tag: [ONE, OTHER]}" in str(caught.value)


def test_a_sensitive_variable_gets_no_value_from_the_settings(planned: PlanOf) -> None:
    with pytest.raises(UsageError, match=r"variables\.licence: the variable is declared as sens"):
        planned("variables: {name: a, licence: b}")
