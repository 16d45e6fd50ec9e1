"""LG_REGION_2: the primary region differs from the secondary, and both are the configured ones."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.global_services import is_global
from ...model.plan_values import UNKNOWN

_SHOWN = 3


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Every provider configuration in use has a region of its own, and the settings' are there."""
    regions = architecture.regions
    used = {resource.provider for resource in architecture.tree.resources}
    by_region: dict[str, list[str]] = {}
    for key in regions.provider_keys:
        region = regions.of_provider(key)
        if region is UNKNOWN:
            if key in used:
                yield unknown(
                    "",
                    f"the region of provider {key} is not known: set it to a constant or to a root "
                    "variable (a plan does not hold locals)",
                )
        else:
            by_region.setdefault(region, []).append(key)
    hosted = set(by_region) | {
        region
        for resource in architecture.tree.resources
        if isinstance(region := architecture.region(resource), str)
    }
    for role, region in zip(("primary", "secondary"), architecture.expected_regions, strict=True):
        if region in hosted:
            yield passed("", f"{role} region {region} is configured")
        elif lost := _without_a_region(architecture):
            yield unknown(
                "",
                f"whether anything stands in the {role} region {region} is not known: the plan "
                f"does not tell the region of {lost}",
            )
        else:
            hosted_regions = ", ".join(sorted(hosted)) or "none"
            alike = [
                f"; {', '.join(keys)} are all configured for {one}"
                for one, keys in by_region.items()
                if len(keys) > 1
            ]
            yield failed(
                "",
                f"no provider is configured for the {role} region {region} (found: {hosted_regions}"
                f"{''.join(alike)})",
            )


def _without_a_region(architecture: Architecture) -> str:
    """The regional resources whose region is not known, shortened; "" if there are none."""
    lost = [
        resource.address
        for resource in architecture.tree.resources
        if resource.type.startswith("aws_")
        and not is_global(resource.type)
        and architecture.region(resource) is UNKNOWN
    ]
    more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
    return ", ".join(lost[:_SHOWN]) + more


RULE = Rule(
    id="LG_REGION_2",
    title="The primary and the secondary region are two regions, each with its own provider",
    severity=Severity.CRITICAL,
    why=(
        "Two provider configurations that name the same region look like two regions in review, "
        "and fail together. A second one for the same region (another role, other tags) is no "
        "fault as long as both regions have one."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_fault_isolation_multiaz_region_system.html",
        "https://developer.hashicorp.com/terraform/language/providers/configuration",
    ),
    fix="Give each provider configuration the region that lockgate.yaml names for it.",
    remediation="""\
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}
""",
    subjects=(),
    judge=judge,
    waivable=False,
)
