"""What a verdict tells beside its findings, read from the plan itself: strategy and losses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lockgate.judging import plan_document
from lockgate.verdict import losses
from lockgate.verdict.verdict import EnvironmentVerdict
from lockgate_policies.model.architecture import Architecture
from lockgate_policies.model.strategy_inference import decide_strategy


def completed(
    verdict: EnvironmentVerdict, plan: Path, architecture: Architecture, *, with_losses: bool
) -> EnvironmentVerdict:
    """The verdict with what its plan was made with, what it is for and what a loss would do.

    What leaves the state without being destroyed is no finding's subject: checkov's own checks
    take it for a resource without any argument.
    """
    forgotten = architecture.tree.forgotten
    return replace(
        verdict,
        findings=tuple(finding for finding in verdict.findings if finding.address not in forgotten),
        losses=losses.regional_losses(architecture) if with_losses else (),
        provider=plan_document.provider(plan_document.carried(plan)),
        strategy=decide_strategy(architecture),
    )
