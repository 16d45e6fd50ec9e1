"""LG_REGION_11: the second region of a pilot light holds all that a person has to start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN


@dataclass(frozen=True)
class _Part:
    """A part of a service: what runs it, and what of it is enough to start it from."""

    name: str
    running: tuple[str, ...]
    enough: tuple[str, ...]


_PARTS = (
    _Part("network", ("aws_vpc",), ("aws_vpc",)),
    _Part(
        "servers",
        ("aws_autoscaling_group", "aws_instance"),
        (
            "aws_autoscaling_group",
            "aws_instance",
            "aws_launch_template",
            "aws_launch_configuration",
        ),
    ),
    _Part("ECS services", ("aws_ecs_service",), ("aws_ecs_service", "aws_ecs_task_definition")),
    _Part("Kubernetes clusters", ("aws_eks_cluster",), ("aws_eks_cluster",)),
    _Part("functions", ("aws_lambda_function",), ("aws_lambda_function",)),
)


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Ask, for every part that runs in the primary region, whether the secondary has it defined."""
    primary, secondary = architecture.expected_regions
    for part in _PARTS:
        running = architecture.of_type(*part.running)
        defined = architecture.of_type(*part.enough)
        here = {architecture.region(resource) for resource in running}
        there = {architecture.region(resource) for resource in defined}
        if primary not in here and UNKNOWN not in here:
            continue
        if secondary in there:
            yield passed("", f"{secondary} has {part.name} to start from")
        elif UNKNOWN in here | there:
            yield unknown("", f"where some of its {part.name} stand is not known, see LG_REGION_4")
        else:
            kinds = " or ".join(part.enough)
            yield failed(
                "",
                f"{primary} runs {part.name} and {secondary} defines none ({kinds}): in a disaster "
                "they would have to be written first",
            )


RULE = Rule(
    id="LG_REGION_11",
    title="The second region of a pilot light defines what a person has to start",
    severity=Severity.HIGH,
    why=(
        "A pilot light keeps its data live and its servers off: they are defined, at zero, so that "
        "starting them is one change of a number. What is not defined there has to be written and "
        "reviewed while the region is gone. Networks, servers, ECS services, Kubernetes clusters "
        "and functions of the primary region are compared."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html#pilot-light",
    ),
    fix="Define the same parts in the second region, with a desired number of zero.",
    remediation="""\
resource "aws_autoscaling_group" "secondary" {
  provider         = aws.secondary
  min_size         = 0
  desired_capacity = 0
  max_size         = 12
  # ...
}
""",
    subjects=(),
    judge=judge,
)
