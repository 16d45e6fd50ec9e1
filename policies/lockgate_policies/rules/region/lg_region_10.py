"""LG_REGION_10: what does not survive a region's loss by itself says so in its settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed
from ...catalogue.rule import Rule, Severity
from ...catalogue.strategies import NAMED
from ...model.architecture import Architecture
from ...model.strategy import Strategy
from ...model.strategy_inference import decide_strategy, regions_in_use, serving_and_storing

_SHOWN = 4


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Accept what the settings declare, and of what is inferred only what needs no person."""
    decision = decide_strategy(architecture)
    named = NAMED[decision.strategy]
    seen = ", ".join(decision.seen)
    if decision.declared:
        yield passed("", f"it is declared to be {named}")
    elif decision.counts:
        yield passed("", f"it is taken for {named}: {seen}")
    else:
        yield failed(
            "",
            f"no setting says what it is for, and as planned it is {named}: {seen}. "
            f"{_what_ends(architecture)} If that is accepted, lockgate.yaml says so: "
            f"`{accepting_line(architecture)}`",
        )


def accepting_line(architecture: Architecture) -> str:
    """What to write into lockgate.yaml to declare the strategy that the plan shows."""
    name = architecture.environment or "NAME"
    strategy = decide_strategy(architecture).strategy
    return f"environments: {{{name}: {{strategy: {strategy.value}}}}}"


def _what_ends(architecture: Architecture) -> str:
    if decide_strategy(architecture).strategy is Strategy.NONE:
        return "Nothing proves that it survives the loss of a region."
    sentences = []
    for region in regions_in_use(architecture):
        ending = serving_and_storing(architecture, region)
        kinds = Counter(resource.type for resource in ending)
        shown = [f"{number} {kind}" for kind, number in kinds.most_common(_SHOWN)]
        more = len(kinds) - len(shown)
        words = ", ".join(shown) + (f" and {more} more kinds" if more else "")
        sentences.append(f"With {region} ends: {words}.")
    return " ".join(sentences)


RULE = Rule(
    id="LG_REGION_10",
    title="What does not survive the loss of a region by itself says so in its settings",
    severity=Severity.CRITICAL,
    why=(
        "Not everything has to survive a region: a pilot light is started by a person, a backup is "
        "restored, an account's roles serve nobody. That is a decision, and a plan does not show "
        "whether it was taken: a second region that is missing by mistake looks the same. So it is "
        "written down once, and the rules that do not belong to it are not asked. What a name "
        "is led to in two regions needs no such line."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_planning_for_recovery_disaster_recovery.html",
    ),
    fix="Build the second region with a name that leads to both, or declare the strategy.",
    remediation="""\
# lockgate.yaml
# environments:
#   reports:
#     strategy: single-region
""",
    subjects=(),
    judge=judge,
    waivable=False,
)
