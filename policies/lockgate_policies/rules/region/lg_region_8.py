"""LG_REGION_8: the secondary region runs the promised share of the primary's capacity."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.capacity import FLOOR, MEASURES, Capacity, read_capacity
from ...model.plan_values import UNKNOWN
from ...model.strategy import Strategy
from ...model.strategy_inference import decide_strategy


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Compare each measure of capacity between the regions; in an active-active pair both ways."""
    primary, secondary = architecture.expected_regions
    yield from _compare(architecture, primary, secondary)
    if decide_strategy(architecture).strategy is Strategy.ACTIVE_ACTIVE:
        yield from _compare(architecture, secondary, primary)


def _compare(architecture: Architecture, primary: str, secondary: str) -> Iterator[Finding]:
    """Compare what ``secondary`` runs with what has to be carried when ``primary`` is lost."""
    promised = architecture.settings.promised_share
    share = promised or 0.0
    everything = read_capacity(architecture)
    for measure in MEASURES:
        entries = [entry for entry in everything if entry.measure == measure]
        here = {entry: architecture.region(entry.resource) for entry in entries}
        first = [entry for entry in entries if here[entry] == primary]
        second = [entry for entry in entries if here[entry] == secondary]
        lost = [entry for entry in entries if here[entry] is UNKNOWN]
        lost += [entry for entry in (*first, *second) if entry.amount is UNKNOWN]
        if lost:
            yield unknown(
                "",
                f"{measure}: the capacity or the region of {_named(lost)} is not known; give "
                "min_size, desired_capacity or desired_count as a number",
            )
        elif needed := sum(entry.amount for entry in first):
            has = sum(entry.amount for entry in second)
            enough = has >= share * needed - 1e-9
            arithmetic = (
                f"{measure}: {secondary} has {has}, {'at least' if enough else 'less than'} "
                f"{share:g} × {needed} = {share * needed:g} of {primary}"
            )
            if promised is None:
                arithmetic = f"{measure}: {secondary} has {has}, {primary} {needed}"
            if enough and not has and measure != FLOOR:
                yield failed(
                    "",
                    f"{measure}: {secondary} has 0, and nothing answers where nothing runs, "
                    f"whichever share of {primary}'s {needed} is promised: run at least one, or "
                    "declare `strategy: pilot-light`",
                )
            elif enough:
                yield passed("", arithmetic)
            else:
                yield failed(
                    "",
                    f"{arithmetic} ({primary}: {_sum(first)}; {secondary}: {_sum(second)})",
                )


def _sum(entries: list[Capacity]) -> str:
    return " + ".join(f"{entry.amount} {entry.resource.address}" for entry in entries) or "nothing"


def _named(entries: list[Capacity]) -> str:
    return ", ".join(dict.fromkeys(entry.resource.address for entry in entries))


RULE = Rule(
    id="LG_REGION_8",
    title="The secondary region runs the promised share of the primary's capacity",
    severity=Severity.HIGH,
    why=(
        "When a region is lost everybody scales at once, and the other region's capacity may not "
        "be had. What must carry the load has to run before. Counted are machines at start "
        "(desired_capacity, else min_size; instances; node groups), the floor that scaling never "
        "goes below (min_size), and ECS tasks (desired_count); secondary_capacity_share in "
        "lockgate.yaml says which share of the primary's is promised. Whatever is promised, a "
        "standby of none answers nothing."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_withstand_component_failures_static_stability.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
    ),
    fix="Raise the secondary's min_size, desired_capacity or desired_count, or promise a share.",
    remediation="""\
# lockgate.yaml
# environments:
#   prod:
#     secondary_capacity_share: 0.5

resource "aws_autoscaling_group" "secondary" {
  provider         = aws.secondary
  min_size         = 2 # the primary's: 4
  desired_capacity = 2
  max_size         = 8
  # ...
}
""",
    subjects=(),
    judge=judge,
)
