"""LG_REGION_5: every module that holds AWS resources declares the aws provider."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import as_dict, as_list


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Ask the HCL of every module that holds AWS resources itself, the root module included."""
    seen: set[tuple[str, ...]] = set()
    for module in architecture.tree.root.walk():
        holds = any(resource.type.startswith("aws_") for resource in module.resources)
        if module.path in seen or not holds:
            continue
        seen.add(module.path)
        name = f"module.{'.module.'.join(module.path)}" if module.path else "the root module"
        facts = architecture.facts.module(module.path)
        where = f"{facts.get('directory')}: " if facts.get("directory") not in (None, ".") else ""
        if not facts:
            yield unknown("", f"{name}: {_why_unread(architecture, module.path)}")
        elif "aws" in as_list(facts.get("required_providers")):
            yield passed("", f"{name} declares aws")
        else:
            yield failed(
                "",
                f"{where}{name} holds AWS resources, but declares no aws in required_providers, so "
                "a provider for another region may not reach it",
            )


def _why_unread(architecture: Architecture, path: tuple[str, ...]) -> str:
    for depth in range(1, len(path) + 1):
        calls = as_dict(architecture.facts.module(path[: depth - 1]).get("calls"))
        source = as_dict(calls.get(path[depth - 1])).get("source")
        if isinstance(source, str) and not source.startswith(("./", "../")):
            return f"its source {source} is not in this repository, so its HCL was not read"
    return (
        "a plan does not say which providers a module declares; judge it together with its HCL "
        "(lockgate check, or checkov run beside the root module)"
    )


RULE = Rule(
    id="LG_REGION_5",
    title="Every module that holds AWS resources declares aws in required_providers",
    severity=Severity.MEDIUM,
    why=(
        "A module that declares no provider takes whichever Terraform finds on the way up. Passing "
        "it the second region's provider then works in one place, warns in another and fails two "
        "levels down."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/modules/develop/providers"
        "#provider-version-constraints-in-modules",
    ),
    fix="Add a required_providers block with aws to the module's versions.tf.",
    remediation="""\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}
""",
    subjects=(),
    judge=judge,
    static=True,
)
