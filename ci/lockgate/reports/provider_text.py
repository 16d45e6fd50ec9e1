"""Which provider's version the environments of a verdict were planned with, in one line."""

from __future__ import annotations

from lockgate.verdict.verdict import GateVerdict


def planned_with(verdict: GateVerdict) -> str:
    """The line; "" where no plan tells it."""
    environments: dict[str, list[str]] = {}
    for environment in verdict.environments:
        if environment.provider:
            environments.setdefault(environment.provider, []).append(environment.environment)
    if not environments:
        return ""
    known = sum(len(names) for names in environments.values())
    if len(environments) == 1 and known == len(verdict.environments):
        return f"Planned with {next(iter(environments))}"
    parts = (f"{provider} ({', '.join(names)})" for provider, names in environments.items())
    return f"Planned with {', '.join(parts)}"
