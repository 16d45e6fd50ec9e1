"""LG_STATE_2: the state is encrypted where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.hcl_facts import NOT_READ, REST_IS_GIVEN, is_partial
from ...model.plan_values import as_dict

# Services that encrypt what they keep without being asked.
_ENCRYPTING = ("azurerm", "cloud", "gcs", "remote")


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge the backend of each root module."""
    if not architecture.facts.read:
        yield unknown("", NOT_READ)
        return
    for where, module in architecture.facts.root_modules():
        yield _judge_root(where, module)


def _judge_root(where: str, module: dict[str, Any]) -> Finding:
    backend = as_dict(module.get("backend"))
    kind = backend.get("type")
    arguments = as_dict(backend.get("arguments"))
    if kind == "s3" and arguments.get("encrypt") is True:
        return passed("", f"{where}the s3 backend encrypts")
    if is_partial(backend) and "encrypt" not in arguments:
        return unknown("", f"{where}{REST_IS_GIVEN}")
    if kind == "s3":
        return failed("", f"{where}the s3 backend does not set encrypt = true")
    if kind in _ENCRYPTING:
        return passed("", f"{where}the {kind} backend encrypts")
    if kind is None:
        return failed(
            "", f"{where}there is no backend: the state lies on one person's disk, in plain text"
        )
    return failed("", f"{where}nothing says that the {kind} backend encrypts")


RULE = Rule(
    id="LG_STATE_2",
    title="The state is encrypted where it is kept",
    severity=Severity.HIGH,
    why=("A state holds every secret that Terraform ever saw, in plain text."),
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend/s3#configuration",
        "https://developer.hashicorp.com/terraform/language/state/sensitive-data",
    ),
    fix="Set encrypt = true in the s3 backend.",
    remediation="""\
terraform {
  backend "s3" {
    bucket  = "example-state"
    key     = "prod/terraform.tfstate"
    region  = "us-east-1"
    encrypt = true
  }
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
