"""LG_SUBNET_9: a scaling group over several zones is in no cluster placement group."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN
from ...model.registered_targets import launch_templates_of
from ...model.targets import Targets, merge

_PLACEMENT = "aws_placement_group"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every scaling group, by its own argument and by its launch template's."""
    for group in architecture.of_type("aws_autoscaling_group"):
        placements = _placements(architecture, group)
        gaps = [*placements.gaps, *(f"{one} is only looked up" for one in placements.looked_up)]
        together = [
            placement.address
            for placement in placements.resources
            if placement.value("strategy") == "cluster"
        ]
        unclear = any(one.value("strategy") is UNKNOWN for one in placements.resources)
        if together and _several_zones(architecture, group):
            yield failed(
                group.address,
                f"launches into {', '.join(together)}, a cluster placement group, which is in one "
                "zone: in the others it launches nothing",
            )
        elif gaps or unclear:
            why = "; ".join(gaps) or "its strategy is not known until apply"
            yield unknown(group.address, f"which placement group it launches into: {why}")
        else:
            yield passed(group.address)


def _placements(architecture: Architecture, group: Resource) -> Targets:
    parts = []
    if _given(architecture, group, "placement_group"):
        parts.append(architecture.targets(group, "placement_group", _PLACEMENT))
    templates = launch_templates_of(architecture, group)
    parts.append(Targets(gaps=templates.gaps))
    for template in templates.resources:
        if template.value("placement.0.group_name") not in (None, ""):
            parts.append(architecture.targets(template, "placement.0.group_name", _PLACEMENT))
    return merge(parts)


def _given(architecture: Architecture, resource: Resource, name: str) -> bool:
    value = resource.value(name)
    return architecture.gives(resource, name) if value is UNKNOWN else bool(value)


def _several_zones(architecture: Architecture, group: Resource) -> bool:
    """Tell whether it has several subnets or zones; that it has, is another rule's to ask."""
    for name in ("vpc_zone_identifier", "availability_zones"):
        entries = group.value(name)
        if isinstance(entries, list) and entries:
            return len(entries) > 1
    return len(architecture.targets(group, "vpc_zone_identifier", "aws_subnet").resources) > 1


RULE = Rule(
    id="LG_SUBNET_9",
    title="A scaling group over several zones is in no cluster placement group",
    severity=Severity.HIGH,
    why=(
        "A cluster placement group packs its machines into one zone. A scaling group that names "
        "subnets in three zones then looks as if it survived the loss of one, and does not."
    ),
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html",),
    fix='Use the strategy "spread" or "partition", or no placement group.',
    remediation="""\
resource "aws_placement_group" "this" {
  name     = "web"
  strategy = "spread"
}
""",
    looked_up="A placement group that is only looked up is not accepted: its strategy is not told.",
    subjects=("aws_autoscaling_group",),
    judge=judge,
)
