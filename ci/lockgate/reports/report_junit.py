"""The verdict as JUnit XML: one suite per environment, one case per rule.

A case that blocks is a failure; an environment that was not judged is an error, so that a host
shows it beside broken tests. The format is what Jenkins' and GitLab's readers take.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from lockgate.base.safe_text import visible, visible_lines
from lockgate.reports import finding_text
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict


def as_junit(verdict: GateVerdict) -> str:
    """The verdict as an XML document."""
    root = ElementTree.Element("testsuites", name="Lockgate")
    for environment in verdict.environments:
        root.append(_suite(environment))
    if not verdict.environments:
        nothing = ElementTree.SubElement(root, "testsuite", name="Lockgate")
        nothing.append(_error("Lockgate", "no environment was judged", verdict.sentence))
        _count(nothing)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


# --- sections of an environment -----------------------------------------------------------------


def _unjudged(environment: EnvironmentVerdict) -> Iterator[ElementTree.Element]:
    name = environment.environment
    if environment.engine_error:
        yield _error(name, "the environment is planned", environment.engine_error)
    for problem in environment.problems:
        yield _error(name, "the environment is judged completely", problem)
    if not environment.findings and not environment.engine_error:
        yield _error(name, "the environment is judged", "no rule reported")


def _rules(environment: EnvironmentVerdict) -> Iterator[ElementTree.Element]:
    by_rule: dict[str, list[EnvironmentFinding]] = {}
    for finding in environment.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    verdicts = environment.rules
    for rule in sorted(by_rule):
        yield _rule_case(environment.environment, verdicts[rule], by_rule[rule])


SECTIONS = (_unjudged, _rules)
"""What a suite tells of its environment, in this order: functions to test cases."""


def _suite(environment: EnvironmentVerdict) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=visible(environment.environment))
    for section in SECTIONS:
        suite.extend(section(environment))
    _count(suite)
    return suite


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))


def _rule_case(
    environment: str, verdict: Verdict, findings: list[EnvironmentFinding]
) -> ElementTree.Element:
    case = _case(environment, f"{findings[0].rule}: {findings[0].title}")
    blocking = [finding for finding in findings if finding.blocks]
    place = finding_text.place(blocking[0].location) if blocking else None
    if place is not None:
        case.set("file", visible(place.file))
        case.set("line", str(place.line))
    if blocking:
        failure = ElementTree.SubElement(case, "failure", type=verdict.value)
        failure.set("message", visible(finding_text.said(blocking[0])))
        failure.text = "\n\n".join(_told(finding) for finding in blocking)
    elif verdict is Verdict.NOT_APPLICABLE:
        skipped = ElementTree.SubElement(case, "skipped")
        skipped.set("message", visible(findings[0].message) or verdict.value)
    waived = [finding for finding in findings if finding.waived is not None]
    if waived:
        output = ElementTree.SubElement(case, "system-out")
        output.text = "\n\n".join(_told(finding) for finding in waived)
    return case


def _told(finding: EnvironmentFinding) -> str:
    lines = [
        finding_text.subject(finding),
        finding.location,
        finding_text.said(finding),
        finding_text.waived_by(finding) or (f"Fix: {finding.fix}" if finding.fix else ""),
    ]
    return "\n".join(visible(line) for line in lines if line)


def _error(environment: str, name: str, text: str) -> ElementTree.Element:
    case = _case(environment, name)
    error = ElementTree.SubElement(case, "error", type="not judged", message=visible(text))
    error.text = "\n".join(visible_lines(text))
    return case


def _case(environment: str, name: str) -> ElementTree.Element:
    return ElementTree.Element(
        "testcase", classname=visible(environment), name=visible(name), time="0"
    )
