"""LG_STATE_1: the backend locks the state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.hcl_facts import NOT_READ, REST_IS_GIVEN, is_partial
from ...model.plan_values import as_dict

# Backends that lock by themselves; `local` does too, but only against the same disk.
_LOCKING = ("azurerm", "cloud", "consul", "cos", "gcs", "http", "kubernetes", "oss", "pg", "remote")


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
    if kind == "s3":
        if arguments.get("use_lockfile") is True or arguments.get("dynamodb_table"):
            return passed("", f"{where}the s3 backend locks")
        if is_partial(backend) and "use_lockfile" not in arguments:
            return unknown("", f"{where}{REST_IS_GIVEN}")
        return failed(
            "", f"{where}the s3 backend sets neither use_lockfile = true nor dynamodb_table"
        )
    if kind in _LOCKING:
        return passed("", f"{where}the {kind} backend locks")
    if kind is None:
        return failed(
            "", f"{where}there is no backend: the state lies on one person's disk, unlocked"
        )
    return failed("", f"{where}the {kind} backend does not lock against other machines")


RULE = Rule(
    id="LG_STATE_1",
    title="The backend locks the state",
    severity=Severity.HIGH,
    why=(
        "Two applies at once write one state: the later one forgets what the earlier one "
        "made, and the next plan destroys or doubles it."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend/s3#state-locking",
        "https://developer.hashicorp.com/terraform/language/state/locking",
    ),
    fix="Set use_lockfile = true in the s3 backend.",
    remediation="""\
terraform {
  backend "s3" {
    bucket       = "example-state"
    key          = "prod/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
