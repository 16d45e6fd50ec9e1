"""What is said about the rules: on the terminal, as JSON, and in docs/policies.md."""

from __future__ import annotations

import difflib
import textwrap
from typing import Any

from lockgate.base.errors import PolicyError, UsageError
from lockgate_policies.catalogue import builtin_checks
from lockgate_policies.catalogue.rule import Rule
from lockgate_policies.catalogue.rule_files import load_rules

FAMILIES = {
    "REGION": "Two regions that can each carry the service alone",
    "FAILOVER": "A name that leaves a lost region by itself, and in time",
    "SUBNET": "Networks whose public and private parts are what they are called",
    "LB": "Load balancers that clients and health checkers reach, safely",
    "NET": "A way for each request and for its answer",
    "DATA": "Data that is still there when a region is not",
    "LOSS": "The loss of a region, worked out from end to end",
    "STATE": "A state that two people cannot break at once",
}


def rules(family: str | None = None) -> list[Rule]:
    """The rules in order, of one family or of all.

    Raises PolicyError if a rule's file does not load, UsageError if there is no such family.
    """
    rules: list[Rule] = []
    for file in load_rules():
        if file.rule is None:
            raise PolicyError(f"the policy {file.path.name} could not be loaded: {file.error}")
        rules.append(file.rule)
    rules.sort(key=lambda rule: (list(FAMILIES).index(rule.family), int(rule.id.split("_")[2])))
    if family is None:
        return rules
    chosen = [rule for rule in rules if rule.family == family.upper()]
    if not chosen:
        known = ", ".join(name.lower() for name in FAMILIES)
        raise UsageError(f"There is no family '{family}'. Known are: {known}.")
    return chosen


def find(rule_id: str) -> Rule:
    """The rule of an ID. Raises UsageError for one that is none, with the nearest that are."""
    wanted = rule_id.upper()
    known = {rule.id: rule for rule in rules()}
    if wanted in known:
        return known[wanted]
    if wanted in builtin_checks.ON or wanted in builtin_checks.OFF:
        where, reason = (
            ("runs beside the rules", builtin_checks.ON[wanted])
            if wanted in builtin_checks.ON
            else ("does not run", builtin_checks.OFF[wanted])
        )
        raise UsageError(
            f"{wanted} is a check of checkov's own, which {where}: {reason} "
            "checkov's documentation explains it."
        )
    near = difflib.get_close_matches(wanted, known, n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else " `lockgate policies` lists them."
    raise UsageError(f"There is no rule '{rule_id}'.{hint}")


def as_json(rule: Rule) -> dict[str, Any]:
    """A rule as a JSON object."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "severity": rule.severity.value,
        "why": rule.why,
        "sources": list(rule.sources),
        "fix": rule.fix,
        "remediation": rule.remediation,
        "looked_up": rule.looked_up,
        "waivable": rule.waivable,
        "static": rule.static,
    }


def text(rule: Rule) -> str:
    """A rule as a person reads it on a terminal."""
    return "\n".join(
        [
            f"{rule.id} ({rule.severity.value}): {rule.title}",
            "",
            textwrap.fill(f"Why: {rule.why}", 88),
            "",
            textwrap.fill(f"Fix: {rule.fix}", 88),
            "",
            *([textwrap.fill(f"Looked up: {rule.looked_up}", 88), ""] if rule.looked_up else []),
            textwrap.indent(rule.remediation.rstrip(), "    "),
            "",
            *(f"Source: {source}" for source in rule.sources),
            _traits(rule),
        ]
    )


def _traits(rule: Rule) -> str:
    waiver = "It can be waived" if rule.waivable else "It cannot be waived"
    static = "judged without a plan, too" if rule.static else "judged on a plan"
    return f"{waiver}; it is {static}."


def markdown() -> str:
    """The page docs/policies.md."""
    lines = [
        "# Policies",
        "",
        "<!-- Made by `lockgate policies --markdown`; a test keeps it true. -->",
        "",
        "Every rule blocks when it is broken and when it cannot be decided. `lockgate explain ID`",
        "says the same as this page. What a data source only looks up exists, and a plan proves no",
        "more of it: where that matters, a rule says what it accepts (*Looked up*), and a finding",
        "names the data source.",
        "",
    ]
    everything = rules()
    for family, title in FAMILIES.items():
        lines += [f"## {family}: {title}", ""]
        lines += ["| ID | Severity | What must be true |", "| --- | --- | --- |"]
        members = [rule for rule in everything if rule.family == family]
        lines += [
            f"| [{r.id}](#{r.id.lower()}) | {r.severity.value} | {r.title} |" for r in members
        ]
        lines.append("")
        for rule in members:
            lines += [f"### {rule.id}", "", f"**{rule.title}.**", "", rule.why, ""]
            lines += [f"Looked up: {rule.looked_up}", ""] if rule.looked_up else []
            lines += [f"Fix: {rule.fix}", "", "```hcl", rule.remediation.rstrip(), "```", ""]
            lines += [f"{_traits(rule)} Sources:", ""]
            lines += [f"- <{source}>" for source in rule.sources] + [""]
    lines += ["## checkov's own checks that run in the same pass", ""]
    lines += ["| Check | Why it is on |", "| --- | --- |"]
    lines += [f"| {check} | {why} |" for check, why in builtin_checks.ON.items()]
    lines += ["", "## checkov's own checks that are off, and why", ""]
    lines += ["| Check | Why it is off |", "| --- | --- |"]
    lines += [f"| {check} | {why} |" for check, why in builtin_checks.OFF.items()]
    return "\n".join(lines) + "\n"
