"""LG_REGION_7: both regions hold the same kinds of serving resources, in the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

# What a request passes on its way. Other names of one thing count as that thing.
_COUNTED = (
    "aws_api_gateway_rest_api",
    "aws_apigatewayv2_api",
    "aws_autoscaling_group",
    "aws_ecs_cluster",
    "aws_ecs_service",
    "aws_eks_cluster",
    "aws_eks_node_group",
    "aws_elb",
    "aws_internet_gateway",
    "aws_lambda_function",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_subnet",
    "aws_vpc",
)
# Their number is capacity, which LG_REGION_8 compares; only their presence must agree.
_PRESENT = ("aws_autoscaling_attachment", "aws_instance", "aws_lb_target_group_attachment")
_SHOWN = 6


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Compare the primary with the secondary region, type by type."""
    primary, secondary = architecture.expected_regions
    agreeing = 0
    for kind in (*_COUNTED, *_PRESENT):
        names = {kind, kind.replace("aws_lb", "aws_alb")}
        here: dict[object, list[Resource]] = {}
        for resource in architecture.of_type(*sorted(names)):
            here.setdefault(architecture.region(resource), []).append(resource)
        first, second = here.get(primary, []), here.get(secondary, [])
        if here.get(UNKNOWN):
            yield unknown(
                "", f"{kind}: the region of {_named(here[UNKNOWN])} is not known, see LG_REGION_4"
            )
        elif len(first) == len(second) or (kind in _PRESENT and first and second):
            agreeing += bool(first)
        else:
            yield failed(
                "",
                f"{kind}: {len(first)} in {primary}, {len(second)} in {secondary} "
                f"({primary}: {_named(first)}; {secondary}: {_named(second)})",
            )
    if agreeing:
        yield passed("", f"{agreeing} type(s) agree between {primary} and {secondary}")


def _named(resources: list[Resource]) -> str:
    shown = ", ".join(resource.address for resource in resources[:_SHOWN])
    more = f" and {len(resources) - _SHOWN} more" if len(resources) > _SHOWN else ""
    return f"{shown}{more}" or "none"


RULE = Rule(
    id="LG_REGION_7",
    title="Both regions hold the same kinds of serving resources, in the same numbers",
    severity=Severity.HIGH,
    why=(
        "What exists in one region only is missing on the day the other takes over: a listener, a "
        "zone's subnet, a service. Networks, gateways, load balancers with their listeners and "
        "target groups, scaling groups, ECS and EKS, functions and APIs are counted; of instances "
        "and attachments only the presence, because their number is capacity."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_planning_for_recovery_config_drift.html",
    ),
    fix="Build both regions from the same modules with the same arguments.",
    remediation="""\
module "load_balancer_primary" {
  source    = "../../modules/load_balancer"
  providers = { aws = aws }
  # ...
}

module "load_balancer_secondary" {
  source    = "../../modules/load_balancer"
  providers = { aws = aws.secondary }
  # ... the same arguments, with the secondary network's outputs
}
""",
    subjects=(),
    judge=judge,
)
