"""LG_REGION_5: every module that holds AWS resources declares the aws provider."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.global_services import is_global
from ...model.plan_values import UNKNOWN, as_dict, as_list, as_text


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Ask the HCL of every called module that holds AWS resources itself.

    A module is judged once, however many calls it has: what would be changed is one file. The root
    module is not asked: its provider blocks are its own, and LG_STATE_4 asks for their versions.
    """
    calls: dict[str, list[tuple[str, ...]]] = {}
    for path in _holding_aws(architecture):
        facts = architecture.facts.module(path)
        place = as_text(facts.get("directory")) or _source(architecture, path) or ".".join(path)
        calls.setdefault(place, []).append(path)
    for place, paths in calls.items():
        yield _judge_module(architecture, place, paths)


def _judge_module(architecture: Architecture, place: str, paths: list[tuple[str, ...]]) -> Finding:
    name = f"module.{'.module.'.join(paths[0])}"
    others = len(paths) - 1
    called = f"{name} and {others} more of its calls" if others else name
    facts = architecture.facts.module(paths[0])
    if not facts:
        source = _source(architecture, paths[0])
        if source and _regions_known(architecture, set(paths)):
            regions = "the region of each resource in it is known"
            return passed("", f"{called}: {source} is not written here, and {regions}")
        return unknown("", f"{called}: {_why_unread(architecture, paths[0])}")
    if "aws" in as_list(facts.get("required_providers")):
        return passed("", f"{called} declares aws")
    holds = "hold" if others else "holds"
    return failed(
        "",
        f"{place}: {called} {holds} AWS resources, but the module declares no aws in "
        "required_providers, so a provider for another region may not reach it",
    )


def _holding_aws(architecture: Architecture) -> list[tuple[str, ...]]:
    holding = (
        module.path
        for module in architecture.tree.root.walk()
        if ".".join(module.path) not in architecture.facts.roots
        and any(r.type.startswith("aws_") for r in module.resources)
    )
    return list(dict.fromkeys(holding))


def _regions_known(architecture: Architecture, paths: set[tuple[str, ...]]) -> bool:
    return all(
        architecture.region(resource) is not UNKNOWN
        for resource in architecture.tree.resources
        if resource.module.path in paths and not is_global(resource.type)
    )


def _source(architecture: Architecture, path: tuple[str, ...]) -> str:
    """Where a module comes from that is not of this repository, and the rest of its path."""
    for depth in range(1, len(path) + 1):
        calls = as_dict(architecture.facts.module(path[: depth - 1]).get("calls"))
        source = as_text(as_dict(calls.get(path[depth - 1])).get("source"))
        if source and not source.startswith(("./", "../")):
            return ".".join((source, *path[depth:]))
    return ""


def _why_unread(architecture: Architecture, path: tuple[str, ...]) -> str:
    if source := _source(architecture, path):
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
