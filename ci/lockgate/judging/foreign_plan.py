"""Reads a plan that somebody else wrote, or says what it is instead and how to get a plan.

``terraform show -json PLANFILE`` has written the same document since 0.12, and OpenTofu writes it
too. What reaches a gate is often something else of the same name: the plan file itself, the log of
``terraform plan -json``, a state, the words of a wrapper around the plan.
Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from lockgate.base.errors import UsageError
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.plan_values import as_dict, as_list, as_text

_SHOW = "write it with `terraform show -json PLANFILE > plan.json`"
# A plan's JSON names its format; 0.1 was the first, and an unknown major number means that what is
# known here no longer holds.
_KNOWN_MAJORS = ("0", "1")
_LOG = f"it is the log that `terraform plan -json` prints; plan with -out PLANFILE, and {_SHOW}"
_PLAN_FILE = b"PK\x03\x04"
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_foreign_plan(content: bytes, name: str) -> dict[str, Any]:
    """The plan document in a file's content; ``name`` is what messages call the file.

    PowerShell writes UTF-16 and byte order marks; both are read. Raises UsageError for what is no
    plan, with what it is and how to get one.
    """
    if content.startswith(_PLAN_FILE):
        raise UsageError(
            f"{name} is a plan in Terraform's own form, which only Terraform can read: run "
            f"`terraform show -json {name} > plan.json` where it was planned, and judge that"
        )
    text = _decoded(content, name).strip()
    if not text:
        raise UsageError(f"{name} is empty: {_SHOW}, and see whether that command failed")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no plan in JSON: {_other_words(text, error)}") from error
    if problem := _no_plan(document):
        raise UsageError(f"{name} is no plan: {problem}")
    return as_dict(document)


def has_aws(document: dict[str, Any]) -> bool:
    """Tell whether a plan has anything of the AWS provider, resource or configuration."""
    configured = as_dict(as_dict(document.get("configuration")).get("provider_config"))
    if any(as_dict(entry).get("name") == "aws" for entry in configured.values()):
        return True
    changed = [as_dict(change) for change in as_list(document.get("resource_changes"))]
    if any((as_text(change.get("type")) or "").startswith("aws_") for change in changed):
        return True
    return any(
        (as_text(resource.get("type")) or "").startswith("aws_") for resource in _planned(document)
    )


def with_provider(document: dict[str, Any]) -> dict[str, Any]:
    """The plan with an AWS provider configuration, without a region, where it has none.

    Checkov asks the rules once for each provider configuration. Where there is none, because the
    region came from the shell or the configuration was left out, it would ask none of them.
    """
    configuration = as_dict(document.get("configuration"))
    providers = as_dict(configuration.get("provider_config"))
    asked = any(
        as_dict(entry).get("name") == "aws" and not key.startswith("module.")
        for key, entry in providers.items()
    )
    if asked:
        return document
    root = as_dict(configuration.get("root_module"))
    providers = {**providers, "aws": {"name": "aws"}}
    configuration = {**configuration, "provider_config": providers, "root_module": root}
    return {**document, "configuration": configuration}


def with_known_regions(document: dict[str, Any]) -> dict[str, Any]:
    """The plan with the region of each provider that its resources name, as far as it tells.

    It tells by the plan's variables and names, which no longer stand beside the configuration where
    plans are joined.
    """
    regions = read_architecture(document).regions
    configuration = as_dict(document.get("configuration"))
    providers = dict(as_dict(configuration.get("provider_config")))
    for key in regions.keys_in_use:
        region = regions.of_provider(key)
        if isinstance(region, str):
            config = as_dict(providers.get(key)) or {"name": "aws"}
            expressions = {**as_dict(config.get("expressions"))}
            expressions["region"] = {"constant_value": region}
            providers[key] = {**config, "expressions": expressions}
    return {**document, "configuration": {**configuration, "provider_config": providers}}


def _decoded(content: bytes, name: str) -> str:
    encoding = next((way for mark, way in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise UsageError(f"{name} is no plan in JSON, and no text: {_SHOW}") from error


def _other_words(text: str, error: Exception) -> str:
    first = text.splitlines()[0]
    if first.startswith('{"@level"'):
        return _LOG
    if not text.startswith("{"):
        if "\n{" in text:
            return (
                f"it begins with other words ({first[:60]!r}); on GitHub Actions, set "
                "terraform_wrapper: false of setup-terraform, and keep only what "
                "`terraform show -json` prints"
            )
        return f"it begins with {first[:60]!r}; {_SHOW}"
    return f"{error}; it was cut off or changed: {_SHOW} again"


def _no_plan(document: object) -> str:
    if not isinstance(document, dict):
        return f"it is a JSON {_kind(document)}; {_SHOW}"
    if "@level" in document:
        return _LOG
    if isinstance(document.get("planned_values"), dict):
        if not as_text(document.get("terraform_version")):
            return f"it does not say which terraform_version wrote it; {_SHOW}, and change nothing"
        version = as_text(document.get("format_version")) or "0.1"
        if version.partition(".")[0] not in _KNOWN_MAJORS:
            return (
                f"its format_version is {version}, and this Lockgate knows 0.x and 1.x; take a "
                "newer Lockgate"
            )
        if _damaged(document):
            return f"a resource or a change in it was cut down; {_SHOW}, and leave nothing out"
        return ""
    if isinstance(document.get("resource_changes"), list):
        return f"it is a part of one, without planned_values; {_SHOW}, and leave nothing out"
    if "values" in document and "format_version" in document:
        return f"it is a state (`terraform show -json` without a plan file); {_SHOW}"
    if "lineage" in document or "serial" in document:
        return f"it is a state file; {_SHOW}"
    if any(key in document for key in ("resource", "module", "provider", "variable")):
        return f"it looks like configuration; {_SHOW}"
    for key, inside in document.items():
        if isinstance(inside, dict) and "planned_values" in inside:
            return f"the plan is inside of its key {key!r}; take it out (`jq .{key}`)"
    return f"it has no planned_values; {_SHOW}"


def _kind(document: object) -> str:
    names = {list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(document), "number")


def _planned(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resource instances of all modules, whatever stands there in their place."""
    waiting = [as_dict(as_dict(document.get("planned_values")).get("root_module"))]
    while waiting:
        module = waiting.pop()
        yield from (as_dict(resource) for resource in as_list(module.get("resources")))
        waiting += [as_dict(child) for child in as_list(module.get("child_modules"))]


def _configured(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resource blocks of all modules, whatever stands there in their place."""
    waiting = [as_dict(as_dict(document.get("configuration")).get("root_module"))]
    while waiting:
        module = waiting.pop()
        yield from (as_dict(resource) for resource in as_list(module.get("resources")))
        calls = as_dict(module.get("module_calls")).values()
        waiting += [as_dict(as_dict(call).get("module")) for call in calls]


def _damaged(document: dict[str, Any]) -> bool:
    """Tell whether a resource, its block or a change lacks what Terraform always writes."""
    for resource in (*_planned(document), *_configured(document)):
        if not all(as_text(resource.get(name)) for name in ("address", "type", "name")):
            return True
    for entry in as_list(document.get("resource_changes")):
        change = as_dict(as_dict(entry).get("change"))
        if not as_text(as_dict(entry).get("address")) or not {"before", "after"} <= change.keys():
            return True
    return False
