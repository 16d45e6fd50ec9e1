"""Judges rules on a plan: the same function whoever asks, checkov's adapter or the toolkit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..hcl.modules import is_module
from ..model.architecture import Architecture, read_architecture
from ..model.hcl_reader import HclError, read_facts
from ..model.plan_values import as_dict
from ..model.resolved_plan import VERSION, unreadable_version
from ..model.settings import SettingsError, parse_settings
from ..model.strategy_inference import decide_strategy
from .finding import Finding, Verdict, failed, unknown
from .rule_files import RuleFile
from .strategies import why_not_asked

SETTINGS_FILE = "lockgate.yaml"


@dataclass(frozen=True)
class Judged:
    """What one rule said of one plan; ``not_asked`` says why it does not belong to it, or ""."""

    findings: tuple[Finding, ...]
    examined: frozenset[str]
    not_asked: str = ""

    def on(self, address: object) -> list[Finding]:
        """The findings on a resource instance."""
        return self._by_address.get(address, []) if address else []

    @cached_property
    def _by_address(self) -> dict[object, list[Finding]]:
        by_address: dict[object, list[Finding]] = {}
        for finding in self.findings:
            by_address.setdefault(finding.address, []).append(finding)
        return by_address

    @cached_property
    def on_environment(self) -> list[Finding]:
        """The findings on the environment, and those on resources that checkov cannot show.

        A finding whose address is no resource of the plan, or of a type that the rule does not
        list among its subjects, would be lost in silence; it is reported here instead.
        """
        return [f for f in self.findings if f.address not in self.examined]

    @property
    def summary(self) -> str:
        """How many resource records must follow, so that a lost one is noticed."""
        counted = [finding for finding in self.findings if finding.address in self.examined]
        blocked = {finding.address for finding in counted if finding.verdict.blocks}
        if self.not_asked:
            return f"{Verdict.NOT_APPLICABLE.value}: {self.not_asked}"
        if not self.findings:
            return f"{Verdict.NOT_APPLICABLE.value}: the plan has nothing that this rule is about"
        return f"judged: {len({f.address for f in counted})} resource(s), {len(blocked)} blocked"


def judge(rule_file: RuleFile, architecture: Architecture) -> Judged:
    """Judge one rule. A rule that raises has failed: an error in a policy blocks."""
    rule = rule_file.rule
    if rule is None:
        problem = f"the policy {rule_file.path.name} could not be loaded: {rule_file.error}"
        return Judged((failed("", problem),), frozenset())
    try:
        findings = tuple(rule.judge(architecture))
    except Exception as error:  # the reason a policy stopped is what the user needs to read
        where = _last_line(error)
        problem = f"the policy {rule_file.path.name} stopped: {type(error).__name__}: {error}"
        return Judged((failed("", f"{problem}{where}"),), frozenset())
    subjects = set(rule.subjects)
    examined = {
        finding.address
        for finding in findings
        if finding.address in architecture.tree.by_address
        and architecture.tree.by_address[finding.address].type in subjects
    }
    return Judged(findings, frozenset(examined))


def judge_for_strategy(rule_file: RuleFile, architecture: Architecture) -> Judged:
    """Judge one rule, if it belongs to what the environment is for, or could not be loaded."""
    if rule_file.rule is not None:
        try:
            why = why_not_asked(decide_strategy(architecture).strategy, rule_file.id)
        except Exception:  # then every rule is asked, and LG_REGION_10 says what stopped it
            why = ""
        if why:
            return Judged((), frozenset(), why)
    return judge(rule_file, architecture)


def _last_line(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})"


# checkov asks per rule and resource; a plan is read once and each rule judged on it once.
_architectures: dict[str, Architecture | str] = {}
_judged: dict[tuple[str, str], Judged] = {}


def judge_plan_file(path: str, rule_file: RuleFile) -> Judged:
    """Judge one rule on a plan's JSON file, reading the file once per process."""
    key = (path, rule_file.id)
    if key not in _judged:
        if path not in _architectures:
            _architectures[path] = read_plan_file(Path(path))
        architecture = _architectures[path]
        if isinstance(architecture, str):
            _judged[key] = Judged((unknown("", architecture),), frozenset())
        else:
            _judged[key] = judge_for_strategy(rule_file, architecture)
    return _judged[key]


def forget(path: str) -> None:
    """Drop what is remembered of a plan file."""
    _architectures.pop(path, None)
    for key in [key for key in _judged if key[0] == path]:
        del _judged[key]


def read_plan_file(path: Path) -> Architecture | str:
    """The architecture of a plan's JSON file, with its settings; a text says why there is none."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        return f"{path}: is not readable as a plan: {error}"
    if not isinstance(document, dict):
        return f"{path}: is no plan, but a JSON {type(document).__name__}"
    if missing := _incomplete(document):
        return f"{path.name}: {missing}"
    if not as_dict(document.get("lockgate")):
        document["lockgate"] = companions(path, (path.parent, Path.cwd()))
    carried = as_dict(document["lockgate"])
    environment = str(carried.get("environment") or path.stem)
    try:
        settings = parse_settings(carried.get("settings"), environment)
    except SettingsError as error:
        return f"{SETTINGS_FILE}: {error}"
    return read_architecture(document, settings, environment)


def _incomplete(document: dict[str, Any]) -> str:
    """Why a plan does not show everything that will be there; empty if it does."""
    if document.get("errored") is True:
        return "planning ended with an error, so the plan is not the whole truth"
    if (version := unreadable_version(document)) is not None:
        return (
            f"it is resolved in version {version}, and only version {VERSION} is known here: judge "
            "it by the Lockgate that planned it"
        )
    deferred = document.get("deferred_changes")
    if document.get("complete") is False or deferred:
        count = len(deferred) if isinstance(deferred, list) else "some"
        return (
            f"the plan is incomplete: {count} change(s) are deferred to a later plan; apply what "
            "they wait for, or remove what makes them unknown"
        )
    return ""


def companions(path: Path, places: Sequence[Path]) -> dict[str, Any]:
    """What stands beside a plan that Lockgate did not write: its root module and the settings.

    The root module is the first of ``places`` with HCL in it. Without one, rules that need the HCL
    say "unknown".
    """
    root = next((place for place in places if is_module(place)), None)
    companions: dict[str, Any] = {"environment": root.name if root else path.stem}
    repository = _repository(root or path.parent)
    if root is not None:
        try:
            companions["hcl"] = read_facts(root, repository)
        except (HclError, OSError):
            companions["hcl"] = {}
    settings = repository / SETTINGS_FILE
    if settings.is_file():
        companions["settings"] = _yaml(settings)
    return companions


def _repository(start: Path) -> Path:
    for place in (start, *start.parents):
        if (place / SETTINGS_FILE).is_file() or (place / ".git").exists():
            return place
    return start


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        return f"not readable: {error}"
