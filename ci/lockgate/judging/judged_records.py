"""Turns what checkov reported into findings, and silence into a problem."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.rule import Rule
from lockgate_policies.model.hcl_facts import HclFacts

_JUDGED = re.compile(r"^judged: (\d+) resource\(s\), (\d+) blocked$")
_INDEX = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')
_NOT_APPLICABLE = f"{Verdict.NOT_APPLICABLE.value}: "


def environment_verdict(
    environment: str,
    expected: Sequence[str],
    builtin: Collection[str],
    rules: Mapping[str, Rule],
    answer: Mapping[str, Any],
    facts: HclFacts,
) -> EnvironmentVerdict:
    """The verdict of one environment from the worker's answer for its plan.

    ``expected`` are Lockgate's rules, ``builtin`` checkov's own checks, which report nothing where
    no resource is of their kind. Every expected check ID must have reported on the provider, and
    as many resources as it says it judged: what is missing becomes a problem, and a problem never
    passes.
    """
    problems = [str(error) for error in answer.get("errors", [])]
    by_check: dict[str, list[Mapping[str, Any]]] = {}
    for record in answer.get("records", []):
        by_check.setdefault(str(record["check"]), []).append(record)
    silent = [check for check in expected if not _reported(by_check.get(check, []))]
    if silent:
        problems.append(f"did not report, so nothing is proven: {', '.join(silent)}")
    findings: dict[EnvironmentFinding, None] = {}
    for check in [*expected, *builtin]:
        records = by_check.get(check, [])
        rule = rules.get(check)
        for finding in _findings(environment, check, rule, records, facts):
            findings[finding] = None
        if lost := _lost(check, records):
            problems.append(lost)
    return EnvironmentVerdict(environment, tuple(findings), tuple(dict.fromkeys(problems)))


def _reported(records: Iterable[Mapping[str, Any]]) -> bool:
    return any(_judged_line(record) is not None for record in records)


def _judged_line(record: Mapping[str, Any]) -> str | None:
    """The last line of a provider record, by which a rule says that it ran."""
    details = record["details"]
    last = str(details[-1]) if details else ""
    return last if _JUDGED.match(last) or last.startswith(_NOT_APPLICABLE) else None


def _lost(check: str, records: Sequence[Mapping[str, Any]]) -> str:
    resources = {str(r["resource"]) for r in records if _judged_line(r) is None}
    promised = 0
    for record in records:
        match = _JUDGED.match(_judged_line(record) or "")
        if match:
            promised = max(promised, int(match.group(1)))
    if len(resources) < promised:
        return f"{check} judged {promised} resource(s), but checkov shows {len(resources)}"
    return ""


def _findings(
    environment: str,
    check: str,
    rule: Rule | None,
    records: Iterable[Mapping[str, Any]],
    facts: HclFacts,
) -> Iterable[EnvironmentFinding]:
    for record in records:
        summary = _judged_line(record)
        lines = [str(line) for line in record["details"]]
        if summary is not None and not summary.startswith(_NOT_APPLICABLE):
            lines = lines[:-1]
        address = "" if summary is not None else str(record["resource"])
        blocked = record["result"] == "FAILED"
        for line in lines or ([] if summary is not None else [""]):
            verdict, message = _verdict(line, blocked)
            yield EnvironmentFinding(
                environment=environment,
                rule=check,
                title=rule.title if rule else str(record["name"]),
                verdict=verdict,
                address=address,
                location=location_of(address, facts),
                message=message,
                fix=rule.fix if rule else "",
            )


def _verdict(line: str, blocked: bool) -> tuple[Verdict, str]:
    word, _, message = line.partition(": ")
    for verdict in Verdict:
        if word == verdict.value:
            return verdict, message
    # Not one of Lockgate's rules: checkov's own result is all there is.
    return (Verdict.FAIL if blocked else Verdict.PASS), line


def location_of(address: str, facts: HclFacts) -> str:
    """``file:line`` of the block that a resource instance's address comes from, or ""."""
    steps = _INDEX.sub("", address).split(".")
    path: list[str] = []
    while len(steps) > 3 and steps[0] == "module":
        path.append(steps[1])
        steps = steps[2:]
    if len(steps) != 2:
        return ""
    return facts.location(tuple(path), steps[0], steps[1]) or ""
