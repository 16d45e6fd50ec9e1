"""What a sealed plan holds, for a person: its manifest and what it changes, without a value."""

from __future__ import annotations

from collections.abc import Iterator

from lockgate.sealing.sealed_plan import SealedPlan
from lockgate.verdict.verdict import EnvironmentFinding


def lines(sealed: SealedPlan) -> list[str]:
    """The lines of it. Raises UsageError if it holds no verdict."""
    manifest, of = sealed.manifest, sealed.manifest.surroundings
    verdict = manifest.judged()
    waived = [finding for environment in verdict.environments for finding in environment.waived]
    return [
        f"environment  {of.environment}",
        f"commit       {of.commit}",
        f"tree         {of.tree}",
        f"lock file    {of.lock_file or 'none'}",
        f"engine       {of.engine}",
        *(f"provider     {source} {version}" for source, version in manifest.providers.items()),
        f"policies     {of.policies}",
        f"target       {of.target}",
        f"sealed       {manifest.sealed:%Y-%m-%d %H:%M:%S} UTC",
        f"verdict      {verdict.sentence}",
        *(f"waived       {_waived(waived_finding)}" for waived_finding in waived),
        *(
            f"approved     {', '.join(approval.addresses)}: {approval.text}"
            for approval in manifest.approvals
        ),
        *(f"change       {change}" for change in _changes(sealed)),
    ]


def _waived(finding: EnvironmentFinding) -> str:
    waived = finding.waived
    until = f" until {waived.expires}, {waived.owner}: {waived.reason}" if waived else ""
    return f"{finding.rule} {finding.address}{until}"


def _changes(sealed: SealedPlan) -> Iterator[str]:
    changes = [
        f"{'+'.join(change['change']['actions'])} {change['address']}"
        for change in sealed.document.get("resource_changes", [])
        if change["change"]["actions"] not in (["no-op"], ["read"])
    ]
    yield from changes or ["of no resource"]
