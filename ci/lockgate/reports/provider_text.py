"""Which provider's version the environments of a verdict were planned with, in one line."""

from __future__ import annotations

from lockgate.verdict.verdict import GateVerdict


def planned_with(verdict: GateVerdict) -> str:
    """The line; "" where no plan tells it."""
    environments: dict[str, list[str]] = {}
    for each in verdict.environments:
        if each.provider:
            environments.setdefault(each.provider, []).append(each.environment)
    if not environments:
        return ""
    known = sum(len(names) for names in environments.values())
    if len(environments) == 1 and known == len(verdict.environments):
        return f"Planned with {next(iter(environments))}"
    parts = (f"{provider} ({', '.join(names)})" for provider, names in environments.items())
    return f"Planned with {', '.join(parts)}"
