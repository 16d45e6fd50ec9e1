"""LG_STATE_3: the root module says which versions of Terraform it is for."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.hcl_facts import NOT_READ


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge the root module's terraform block."""
    if not architecture.facts.read:
        yield unknown("", NOT_READ)
        return
    for where, module in architecture.facts.root_modules():
        version = module.get("required_version")
        if version:
            yield passed("", f"{where}required_version is {version}")
        else:
            yield failed("", f"{where}the root module sets no required_version")


RULE = Rule(
    id="LG_STATE_3",
    title="The root module says which versions of Terraform it is for",
    severity=Severity.MEDIUM,
    why=(
        "A state that a newer Terraform has written cannot be read by an older one: in an "
        "emergency, the wrong laptop must not be the one that upgrades it."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/terraform#terraform-required_version",
    ),
    fix="Set required_version in the root module's terraform block.",
    remediation="""\
terraform {
  required_version = ">= 1.10"
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
