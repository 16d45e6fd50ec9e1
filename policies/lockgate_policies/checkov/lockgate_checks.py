"""Registers every rule with checkov: the one file that ``--external-checks-dir`` loads.

checkov answers a check that raises, or a file that does not import, with silence and exit code 0.
So nothing here raises: a rule that cannot be loaded or that fails while judging is reported as
FAILED under its own ID, on the provider.

A rule is registered twice under its ID: as a resource check, which carries the findings that name
a resource, and as a provider check, which carries those about the environment as a whole, says
that the rule ran at all, and fails when any finding blocks. ``details`` hold each finding as
``<verdict>: <message>``, and last on the provider ``judged: <n> resource(s), <m> blocked``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_DIRECTORY = Path(__file__).resolve().parent.parent
_PACKAGE = "lockgate_policies"


def _load_package() -> None:
    if _PACKAGE in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, _DIRECTORY / "__init__.py", submodule_search_locations=[str(_DIRECTORY)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load the policies in {_DIRECTORY}")
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)


_load_package()
_judgement = importlib.import_module(f"{_PACKAGE}.catalogue.judgement")
_rule_files = importlib.import_module(f"{_PACKAGE}.catalogue.rule_files")


_paths_in: dict[int, tuple[Any, set[str]]] = {}


def _plan_file(graph: Any, scanned: str) -> str:
    """The plan file that a provider belongs to; checkov gives its configuration no path.

    ``scanned`` is the path that checkov shows, relative to the directory it scans; the graph's
    blocks carry absolute ones. No match, or two, yields a name that cannot be read, and so a
    finding that blocks.
    """
    if graph is None:
        return scanned
    known = _paths_in.get(id(graph))
    if known is None or known[0] is not graph:
        nodes = (attributes for _, attributes in graph.nodes())
        paths = {str(attributes.get("file_path_")) for attributes in nodes}
        known = _paths_in[id(graph)] = (graph, paths)
    matching = [path for path in known[1] if path.endswith(scanned)]
    return matching[0] if len(matching) == 1 else scanned


def _details(findings: list[Any]) -> list[str]:
    return [f"{finding.verdict.value}: {finding.message}" for finding in findings]


def _result(findings: list[Any]) -> CheckResult:
    blocked = any(finding.verdict.blocks for finding in findings)
    return CheckResult.FAILED if blocked else CheckResult.PASSED


class _OnResources(BaseResourceCheck):  # type: ignore[misc]  # checkov ships no types
    """The findings of one rule that name a resource."""

    def __init__(self, rule_file: Any) -> None:
        rule = rule_file.rule
        super().__init__(
            name=rule.title,
            id=rule.id,
            categories=[CheckCategories.BACKUP_AND_RECOVERY],
            supported_resources=list(rule.subjects),
            guideline=rule.sources[0],
        )
        self._rule_file = rule_file

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        path = conf.get("__file__")
        path = path[0] if isinstance(path, list) and path else path  # checkov wraps every value
        if path is None:  # as for every plan that checkov reads as JSON, for its size
            path = _plan_file(self.graph, self.entity_path.rsplit(":", 2)[0])
        judged = _judgement.judge_plan_file(str(path), self._rule_file)
        findings = judged.on(conf.get("__address__"))
        self.evaluated_keys: list[str] = []
        if not findings:
            return CheckResult.UNKNOWN  # no record: the rule has nothing to say of this resource
        self.details = _details(findings)
        return _result(findings)


class _OnProvider(BaseProviderCheck):  # type: ignore[misc]  # checkov ships no types
    """The findings of one rule on the environment as a whole, and that it ran."""

    def __init__(self, rule_file: Any) -> None:
        rule = rule_file.rule
        super().__init__(
            name=rule.title if rule else f"{rule_file.path.name} must load",
            id=rule_file.id,
            categories=[CheckCategories.BACKUP_AND_RECOVERY],
            supported_provider=["aws"],
            guideline=rule.sources[0] if rule else "",
        )
        self._rule_file = rule_file

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        path = _plan_file(self.graph, self.entity_path.rsplit(":", 2)[0])
        judged = _judgement.judge_plan_file(path, self._rule_file)
        self.evaluated_keys: list[str] = []
        self.details = [*_details(judged.on_environment), judged.summary]
        # All findings count here, also those that resource records carry: should checkov skip a
        # resource, this record still fails.
        return _result(list(judged.findings))


for _rule_file in _rule_files.load_rules():
    if _rule_file.rule is not None:
        _OnResources(_rule_file)
    _OnProvider(_rule_file)
