"""LG_REGION_2: the primary region differs from the secondary, and both are the configured ones."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


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
