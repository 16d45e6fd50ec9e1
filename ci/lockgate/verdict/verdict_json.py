"""The verdict as JSON, for other programs."""

from __future__ import annotations

from typing import Any

from lockgate.verdict import losses
from lockgate.verdict.verdict import EnvironmentVerdict, GateVerdict, Waived


def as_json(verdict: GateVerdict) -> dict[str, Any]:
    """The verdict as a JSON object; its shape is described in docs/check.md."""
    return {
        "version": 1,
        "passes": verdict.passes,
        "exit_code": verdict.exit_code,
        "verdict": verdict.sentence,
        "notes": list(verdict.notes),
        "environments": [_environment(each) for each in verdict.environments],
    }


def _environment(environment: EnvironmentVerdict) -> dict[str, Any]:
    return {
        "environment": environment.environment,
        "passes": environment.passes,
        "engine_error": environment.engine_error or None,
        "problems": list(environment.problems),
        "rules": {rule: verdict.value for rule, verdict in sorted(environment.rules.items())},
        "findings": [
            {
                "rule": finding.rule,
                "title": finding.title,
                "verdict": finding.verdict.value,
                "address": finding.address or None,
                "location": finding.location or None,
                "message": finding.message,
                "fix": finding.fix,
                "waived": _waived(finding.waived),
            }
            for finding in environment.findings
        ],
        "losses": [losses.as_json(each) for each in environment.losses],
    }


def _waived(waived: Waived | None) -> dict[str, Any] | None:
    if waived is None:
        return None
    return {
        "reason": waived.reason,
        "owner": waived.owner,
        "expires": waived.expires.isoformat(),
        "days_left": waived.days_left,
    }
