"""The verdict as SARIF 2.1.0, for code scanning and editors.

Findings that block are results, and so are waived ones, with their suppression. An environment that
was not judged is a result too: a host that reads an empty log would take all findings for fixed.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from lockgate import __version__
from lockgate.base.markdown_text import prose
from lockgate.base.paths import SETTINGS_FILE
from lockgate.base.safe_text import visible
from lockgate.reports import finding_text, strategy_text
from lockgate.verdict.verdict import EnvironmentFinding, EnvironmentVerdict, GateVerdict
from lockgate_policies.catalogue.finding import Verdict

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
NOT_JUDGED = "LOCKGATE_NOT_JUDGED"
_ROOT = "%SRCROOT%"


def as_sarif(verdict: GateVerdict) -> dict[str, Any]:
    """The verdict as a SARIF log of one run."""
    rules = _rules(verdict)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    results = list(_results(verdict))
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    complete = not any(finding_text.not_judged(environment) for environment in verdict.environments)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "Lockgate", "version": __version__, "rules": rules}},
                # Sets this run apart from other tools' in the same repository.
                "automationDetails": {"id": "lockgate/"},
                "originalUriBaseIds": {
                    _ROOT: {"description": {"text": "The root of the repository."}}
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": complete and bool(verdict.environments),
                        "exitCode": verdict.exit_code,
                        "toolExecutionNotifications": list(_notifications(verdict)),
                    }
                ],
                "results": results,
                "properties": {"verdict": visible(verdict.sentence)},
            }
        ],
    }


# --- sections of an environment -----------------------------------------------------------------


def _judged(environment: EnvironmentVerdict) -> Iterator[dict[str, Any]]:
    for finding in environment.findings:
        if finding.verdict.blocks:
            yield _result(finding, environment.directory)


def _unjudged(environment: EnvironmentVerdict) -> Iterator[dict[str, Any]]:
    if not finding_text.not_judged(environment):
        return
    reasons = [environment.engine_error, *environment.problems]
    said = "; ".join(reason for reason in reasons if reason) or "no rule reported"
    yield {
        "ruleId": NOT_JUDGED,
        "kind": "fail",
        "level": "error",
        "message": _message(f"{environment.environment} was not judged: {said}"),
        "locations": [_location(environment.directory, "", "")],
        "_identity": (NOT_JUDGED, environment.environment, ""),
    }


SECTIONS = (_unjudged, _judged)
"""What a log tells of each environment, in this order: functions to results.

A result's ``_identity`` is what makes it the same finding in the next run; it becomes the
fingerprint. Its rule is described in ``_rules``.
"""


def _results(verdict: GateVerdict) -> Iterator[dict[str, Any]]:
    seen: Counter[tuple[str, ...]] = Counter()
    for environment in verdict.environments:
        for section in SECTIONS:
            for result in section(environment):
                identity = result.pop("_identity")
                seen[identity] += 1
                yield {**result, "partialFingerprints": _fingerprints(identity, seen[identity])}


def _result(finding: EnvironmentFinding, directory: str) -> dict[str, Any]:
    unknown = finding.verdict is Verdict.UNKNOWN
    said = f"{'it cannot be told: ' if unknown else ''}{finding_text.said(finding)}"
    where = f"{finding.environment}: {finding_text.subject(finding)}"
    result: dict[str, Any] = {
        "ruleId": visible(finding.rule),
        # Unknown blocks as much as broken does, and hosts hide what is of another kind.
        "kind": "fail",
        "level": "error",
        "message": _message(f"{where}: {said}"),
        "locations": [_location(directory, finding.address, finding.location)],
        "properties": {"environment": visible(finding.environment), "unknown": unknown},
        "_identity": (finding.rule, finding.environment, finding.address),
    }
    if finding.waived is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": visible(finding_text.waived_by(finding)),
            }
        ]
    return result


def _location(directory: str, address: str, location: str) -> dict[str, Any]:
    """Where it is; for what has no line of its own, the environment's directory.

    GitHub refuses results without a place in a file.
    """
    place = finding_text.place(location)
    file = place.file if place else directory or SETTINGS_FILE
    place_of_it: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(file), "uriBaseId": _ROOT},
            "region": {"startLine": place.line if place else 1},
        }
    }
    if address:
        place_of_it["logicalLocations"] = [
            {"fullyQualifiedName": visible(address), "kind": "resource"},
        ]
    return place_of_it


def _uri(path: str) -> str:
    """A relative URI; a path's first segment must not look like a scheme."""
    return quote(path.encode("utf-8", "replace"))


def _fingerprints(identity: tuple[str, ...], occurrence: int) -> dict[str, str]:
    """Fingerprints that stay the same while lines move and messages change.

    ``primaryLocationLineHash`` is the one that GitHub compares; given none, it hashes the line's
    text, which differs from one environment to the next in the same module.
    """
    text = "\0".join(identity).encode("utf-8", "replace")
    stable = f"{hashlib.sha256(text).hexdigest()[:32]}:{occurrence}"
    return {"lockgate/v1": stable, "primaryLocationLineHash": stable}


# --- the run as a whole -------------------------------------------------------------------------


def _rules(verdict: GateVerdict) -> list[dict[str, Any]]:
    described = {
        NOT_JUDGED: _rule(
            NOT_JUDGED,
            "Every environment is planned and judged completely",
            "See the error, and run `lockgate check` on the environment.",
        )
    }
    for environment in verdict.environments:
        for finding in environment.findings:
            known = described.get(visible(finding.rule))
            if known is None or not known["properties"]["fix"]:
                rule = _rule(visible(finding.rule), visible(finding.title), visible(finding.fix))
                described[rule["id"]] = rule
    return [described[rule] for rule in sorted(described)]


def _rule(rule: str, title: str, fix: str) -> dict[str, Any]:
    more = f"`lockgate explain {rule}` tells why." if rule.startswith("LG_") else ""
    text = " ".join(part for part in (f"{title}.", f"Fix: {fix}" if fix else "", more) if part)
    markdown = [f"**{prose(title)}.**", f"Fix: {prose(fix)}" if fix else "", more]
    return {
        "id": rule,
        "name": rule,
        "shortDescription": _message(title or rule),
        "fullDescription": _message(title or rule),
        "help": {**_message(text), "markdown": "\n\n".join(part for part in markdown if part)},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["terraform", "availability"], "fix": fix},
    }


def _notifications(verdict: GateVerdict) -> Iterator[dict[str, Any]]:
    for environment in verdict.environments:
        for line in (strategy_text.judged_as(environment), *strategy_text.not_asked(environment)):
            if line:
                yield {"level": "note", "message": _message(f"{environment.environment}: {line}")}
        for reason in (environment.engine_error, *environment.problems):
            if reason:
                said = f"{environment.environment}: {reason}"
                yield {"level": "error", "message": _message(said)}
    for note in verdict.notes:
        yield {"level": "note", "message": _message(note)}


def _message(text: str) -> dict[str, str]:
    """A message that says just this text.

    In SARIF's plain text, ``[a](b)`` is a link (§3.11.6) and ``{0}`` stands for an argument
    (§3.11.5). A space makes them neither; the backslash that the standard has for it is shown by
    most viewers.
    """
    return {"text": _PLACEHOLDER.sub("{ ", visible(text).replace("](", "] ("))}


_PLACEHOLDER = re.compile(r"\{(?=\d+\})")
