"""LG_REGION_4: the region of every AWS resource is known."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.global_services import is_global
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN, as_dict

_SHOWN = 3


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge provider by provider, because one provider's region is that of all its resources."""
    known = 0
    lost: dict[str, list[Resource]] = {}
    for resource in architecture.tree.resources:
        if not resource.type.startswith("aws_") or is_global(resource.type):
            continue
        if architecture.region(resource) is UNKNOWN:
            lost.setdefault(resource.provider, []).append(resource)
        else:
            known += 1
    if known and not lost:
        yield passed("", f"the region of all {known} regional resources is known")
    for provider, resources in lost.items():
        shown = ", ".join(resource.address for resource in resources[:_SHOWN])
        more = f" and {len(resources) - _SHOWN} more" if len(resources) > _SHOWN else ""
        module, inherited, _ = provider.rpartition(":")
        if inherited and not architecture.tree.names_inherited_providers:
            version = architecture.tree.terraform_version
            yield unknown(
                "",
                f"{shown}{more}: a plan of Terraform {version} does not say which provider the "
                f"module {module} gets; plan with 1.1 or newer, or judge the HCL by lockgate check",
            )
        elif inherited and not _configured(architecture, provider):
            yield failed(
                "",
                f"{shown}{more}: {module} gets a provider that no call on the way to it passes and "
                "a module on the way does not declare, so its region is left to chance",
            )
        elif not provider:
            yield unknown(
                "",
                f"{shown}{more}: the plan does not say which provider this is made with, as its "
                "`configuration` is missing; hand over all that `terraform show -json` prints",
            )
        else:
            yield unknown(
                "",
                f"{shown}{more}: the region of provider {provider} is not known; set it "
                "to a constant or to a root variable that has a value",
            )


def _configured(architecture: Architecture, provider: str) -> bool:
    return bool(as_dict(architecture.tree.provider_config.get(provider)).get("expressions"))


RULE = Rule(
    id="LG_REGION_4",
    title="The region of every AWS resource is known from the configuration",
    severity=Severity.CRITICAL,
    why=(
        "A region that comes from a variable of the shell, or from a provider that Terraform "
        "inherits past a module which does not declare it, differs from one run to the next. "
        "Nothing about two regions can be proven of it. Global services (IAM, Route 53, "
        "CloudFront and others) have no region and are not asked."
    ),
    sources=(
        "https://developer.hashicorp.com/terraform/language/modules/develop/providers",
        "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/"
        "global-services.html",
    ),
    fix="Write the region into the provider block, and pass and declare providers down to modules.",
    remediation="""\
provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

module "service" {
  source    = "../../modules/service"
  providers = { aws = aws.secondary }
}
""",
    subjects=(),
    judge=judge,
    waivable=False,
)
