"""Runs checkov, warm, on one plan after another. It runs in checkov's own environment.

checkov's imports cost more than all its work on a plan, so one process serves every plan: it
starts importing while Terraform is still planning, and imports those of its own checks alone whose
IDs are its arguments; without any, all. It reads one JSON request a line from standard input and
answers one JSON line each::

    > {"plan": "/scratch/prod.json", "checks": ["LG_REGION_1", "CKV_AWS_131"]}
    < {"plan": "/scratch/prod.json", "records": [{"check": …, "resource": …, "result": "FAILED",
       "details": ["fail: …"]}], "errors": []}

``errors`` is everything that checkov only logs: a check file that does not import, a check that
raises, a plan it cannot parse. The caller treats each as a failure, because checkov does not.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import logging
import os
import re
import sys
import types
from pathlib import Path
from typing import Any, TextIO

_ID = re.compile(r"CKV_AWS_\d+")
_OTHER_CLOUDS = (
    *("alicloud", "azure", "digitalocean", "gcp", "github", "gitlab", "kubernetes", "linode"),
    *("ncp", "nutanix", "oci", "openstack", "panos", "tencentcloud", "yandexcloud", "okta", "ibm"),
)


class _Errors(logging.Handler):
    """Keeps what checkov logs as an error, which is all it does about it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        self.messages.append(text)

    def take(self) -> list[str]:
        messages, self.messages = self.messages, []
        return list(dict.fromkeys(messages))


def main(policies: str, own_checks: list[str]) -> int:
    """Serve requests until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # checkov prints; answers must stay clean
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    gc.disable()  # two thousand modules are imported, and none of them becomes garbage
    _leave_out_other_clouds()
    if own_checks:
        _leave_out_other_checks(frozenset(own_checks))
    # checkov's sums need no arrays; without them its evaluator takes Python's own functions.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    # With it checkov calls home, which it must not; its TLS alone takes a tenth of all imports.
    sys.modules["aiohttp"] = types.ModuleType("aiohttp")

    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.checks.resource.registry import resource_registry
    from checkov.terraform.plan_runner import Runner

    # Loading goes by the registry's own function, once: the runner would load again per plan.
    resource_registry.load_external_checks(policies)
    _leave_out_edges()
    _find_entities_by_address()
    gc.freeze()
    gc.enable()
    load_errors = errors.take()
    _answer(answers, {"ready": True, "errors": load_errors})
    checks = _Checks()
    for line in sys.stdin:
        request = json.loads(line)
        unknown = sorted(set(request["checks"]) - checks.known)
        checks.keep_only(set(request["checks"]))
        answer: dict[str, Any] = {"plan": request["plan"], "records": []}
        try:
            runner_filter = RunnerFilter(
                framework=["terraform_plan"],
                checks=request["checks"],  # graph checks stand in no registry here
                download_external_modules=False,
            )
            report = Runner().run(
                root_folder=None, files=[request["plan"]], runner_filter=runner_filter
            )
            for kind in (report.passed_checks, report.failed_checks, report.skipped_checks):
                answer["records"] += [_record(record) for record in kind]
            parsing = [f"checkov cannot parse {path}" for path in report.parsing_errors]
        except Exception as error:  # whatever checkov does, the caller must hear of it
            parsing = [f"checkov stopped: {type(error).__name__}: {error}"]
        answer["errors"] = errors.take() + parsing
        if unknown:
            answer["errors"].append(f"checkov knows no check {', '.join(unknown)}")
        _answer(answers, answer)
    return 0


def _leave_out_other_clouds() -> None:
    """Have the checks of other clouds not imported: hundreds, and none of them runs.

    Should a check that is asked for ever stand there, it is missed and named (``_Checks``).
    """
    for cloud in _OTHER_CLOUDS:
        for kind in ("resource", "data", "provider"):
            name = f"checkov.terraform.checks.{kind}.{cloud}"
            sys.modules[name] = types.ModuleType(name)


def _leave_out_other_checks(wanted: frozenset[str]) -> None:
    """Have those of checkov's files imported alone in which the ID of a wanted check stands.

    A check that is missed for it is named as others are (``_Checks``).
    """
    spec = importlib.util.find_spec("checkov")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for kind in ("resource", "data", "provider"):
            directory = Path(place, "terraform", "checks", kind, "aws")
            package = types.ModuleType(f"checkov.terraform.checks.{kind}.aws")
            package.__path__ = [str(directory)]
            package.__dict__["__all__"] = [
                file.stem
                for file in sorted(directory.glob("*.py"))
                if file.stem != "__init__" and wanted & set(_ID.findall(file.read_text("utf-8")))
            ]
            sys.modules[package.__name__] = package


def _leave_out_edges() -> None:
    """Have checkov's graph built without edges.

    Finding them takes time by the square of the plan's size, and only graph checks (CKV2_…) ask
    for them, none of which is on: they lose provider aliases and module variables.
    """
    from checkov.terraform.graph_builder.local_graph import TerraformLocalGraph

    TerraformLocalGraph._build_edges = lambda self: None


def _find_entities_by_address() -> None:
    """Have checkov look a resource's context up, where it would go through all of them."""
    from checkov.terraform import plan_utils

    slow = plan_utils.get_entity_context
    entities: dict[int, tuple[Any, dict[str, Any]]] = {}

    def fast(
        definitions: Any,
        definitions_raw: Any,
        definition_path: list[str],
        full_file_path: str,
        entity_id: str,
        block_type: str = "resource",
    ) -> Any:
        blocks = definitions.get(full_file_path, {}).get(block_type, [])
        kept = entities.get(id(blocks))
        if kept is None or kept[0] is not blocks:
            index = {_address(block): block for block in blocks}
            kept = entities[id(blocks)] = (blocks, index)
        block = kept[1].get(entity_id)
        only = {full_file_path: {block_type: [block] if block else blocks}}
        return slow(only, definitions_raw, definition_path, full_file_path, entity_id, block_type)

    plan_utils.get_entity_context = fast


def _address(block: dict[str, Any]) -> Any:
    for named in block.values():
        for conf in named.values() if isinstance(named, dict) else ():
            if isinstance(conf, dict) and "__address__" in conf:
                return conf["__address__"]
    return None


class _Checks:
    """The checks that checkov can run on a plan.

    Those that are not asked for are taken out of its registries: its own filter compares every
    check with every pattern, again for every resource, and is silent on an ID that it lacks.
    """

    def __init__(self) -> None:
        from checkov.terraform.checks.data.registry import data_registry
        from checkov.terraform.checks.provider.registry import provider_registry
        from checkov.terraform.checks.resource.registry import resource_registry

        self._all = [
            (checks, {kind: list(checks) for kind, checks in checks.items()})
            for registry in (resource_registry, provider_registry, data_registry)
            for checks in (registry.checks, registry.wildcard_checks)
        ]

    @property
    def known(self) -> set[str]:
        """Their IDs."""
        return {check.id for _, kinds in self._all for checks in kinds.values() for check in checks}

    def keep_only(self, wanted: set[str]) -> None:
        """Leave only the checks of some IDs in checkov's registries."""
        for registered, kinds in self._all:
            for kind, checks in kinds.items():
                registered[kind] = [check for check in checks if check.id in wanted]


def _record(record: Any) -> dict[str, Any]:
    return {
        "check": record.check_id,
        "name": record.check_name,
        "resource": record.resource_address or record.resource,
        "result": record.check_result["result"].value,
        "details": list(record.details or []),
        "guideline": record.guideline or "",
    }


def _answer(stream: TextIO, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
