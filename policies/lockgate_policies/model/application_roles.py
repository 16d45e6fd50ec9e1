"""The IAM roles that the service itself runs with, and the policies that they carry.

A role is an application's when something that serves uses it: an instance or what a scaling group
launches (by an instance profile), an ECS task, a Lambda function, an EKS node.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .plan_tree import Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list
from .targets import Targets, merge

if TYPE_CHECKING:
    from .architecture import Architecture

_ROLE = "aws_iam_role"
_PROFILE = "aws_iam_instance_profile"
_BY_PROFILE = (
    ("aws_instance", "iam_instance_profile"),
    ("aws_launch_template", "iam_instance_profile"),
    ("aws_launch_configuration", "iam_instance_profile"),
)
_BY_ROLE = (
    ("aws_ecs_task_definition", "task_role_arn"),
    ("aws_ecs_task_definition", "execution_role_arn"),
    ("aws_eks_node_group", "node_role_arn"),
    ("aws_lambda_function", "role"),
)
# An HCL `jsonencode({...})`, as either HCL parser prints it.
_ACTION_KEY = re.compile(r"""\bAction\b['"]?\s*[=:]\s*""")
_TEXTS = re.compile(r"""\[\s*(?:(?:"[^"$]*"|'[^'$]*')[\s,]*)+\]|"[^"$]*"|'[^'$]*'""")
_TEXT = re.compile(r"""["']([^"'$]*)["']""")


@dataclass(frozen=True)
class Statement:
    """What a policy allows; actions and resources are lists of patterns, or UNKNOWN."""

    actions: Value
    excluded_actions: Value
    resources: Value


@dataclass(frozen=True)
class RolePolicy:
    """A policy of an application's role.

    ``owner`` is the resource that ties it to the role. ``statements`` are those that allow, or
    UNKNOWN; ``name`` is what names a policy that this plan does not manage.
    """

    owner: Resource
    role: Resource
    statements: list[Statement] | Value
    name: str = ""


def application_roles(architecture: Architecture) -> Targets:
    """The roles that instances, tasks, functions and nodes of this plan run with."""
    parts = []
    for kind, path in _BY_PROFILE:
        for resource in architecture.of_type(kind):
            if architecture.gives(resource, path):
                profiles = architecture.targets(resource, path).of_type(_PROFILE)
                parts.append(Targets(gaps=profiles.gaps))
                for profile in profiles.resources:
                    known = profile.mode == "managed"
                    parts.append(
                        architecture.targets(profile, "role", _ROLE)
                        if known
                        else Targets((profile,))
                    )
    for kind, path in _BY_ROLE:
        for resource in architecture.of_type(kind):
            if architecture.gives(resource, path):
                parts.append(architecture.targets(resource, path, _ROLE))
    roles = merge(parts)
    strange = (
        f"{address} is only looked up: what it allows is not in this plan"
        for address in roles.looked_up
    )
    managed = tuple(r for r in roles.resources if r.mode == "managed")
    return Targets(managed, (*roles.gaps, *strange))


def role_policies(architecture: Architecture, role: Resource) -> Iterator[RolePolicy]:
    """Every policy that the plan ties to a role: its own, attached and inline ones."""
    for index, block in enumerate(role.blocks("inline_policy")):
        # The provider reads a role without inline policies back as one block of empty texts:
        # https://github.com/hashicorp/terraform-provider-aws/pull/5904
        if block.get("policy") not in (None, ""):
            path = f"inline_policy.{index}.policy"
            yield RolePolicy(role, role, _statements(architecture, role, path))
    yield from _attached(architecture, role, role, "managed_policy_arns")
    for resource in architecture.of_type("aws_iam_role_policy"):
        if role in architecture.targets(resource, "role", _ROLE).resources:
            yield RolePolicy(resource, role, _statements(architecture, resource, "policy"))
    for kind, path in (
        ("aws_iam_role_policy_attachment", "role"),
        ("aws_iam_policy_attachment", "roles"),
        ("aws_iam_role_policy_attachments_exclusive", "role_name"),
    ):
        arns = "policy_arns" if kind.endswith("_exclusive") else "policy_arn"
        for resource in architecture.of_type(kind):
            if role in architecture.targets(resource, path, _ROLE).resources:
                yield from _attached(architecture, resource, role, arns)


def _attached(
    architecture: Architecture, owner: Resource, role: Resource, path: str
) -> Iterator[RolePolicy]:
    value = owner.value(path)
    names = [value] if isinstance(value, str) else as_list(value)
    for name in names:
        if isinstance(name, str) and name:
            yield RolePolicy(owner, role, UNKNOWN, name)
    if value is not UNKNOWN and UNKNOWN not in names:
        return
    if not architecture.gives(owner, path):
        return
    targets = architecture.targets(owner, path)
    policies = [target for target in targets.resources if target.type == "aws_iam_policy"]
    for policy in policies:
        if policy.mode == "managed":
            yield RolePolicy(owner, role, _statements(architecture, policy, "policy"))
        else:
            yield RolePolicy(owner, role, UNKNOWN, policy.address)
    if targets.gaps or not policies:
        yield RolePolicy(owner, role, UNKNOWN, targets.why or "a policy that is not known")


def _statements(
    architecture: Architecture, resource: Resource, path: str
) -> list[Statement] | Value:
    value = resource.value(path)
    if isinstance(value, str):
        try:
            return _of_json(json.loads(value))
        except (ValueError, RecursionError):
            return UNKNOWN
    # A document with an ARN that AWS has yet to give is unknown as a whole; its data source is
    # planned with the parts that are known, and its HCL has the actions.
    documents = architecture.targets(resource, path)
    if documents.known and documents.resources:
        sources = [r for r in documents.resources if r.type == "aws_iam_policy_document"]
        if sources and all(r.mode == "data" and r.blocks("statement") for r in sources):
            return [statement for r in sources for statement in _of_data(r)]
    text = architecture.facts.expression(resource.module.path, resource.type, resource.name, path)
    return _of_text(text or "") if "." not in path else UNKNOWN


def _of_json(document: object) -> list[Statement] | Value:
    names = []
    entries = as_dict(document).get("Statement")
    for entry in [entries] if isinstance(entries, dict) else as_list(entries):
        if as_dict(entry).get("Effect") == "Allow":
            names.append(
                Statement(
                    *(_patterns(entry.get(key)) for key in ("Action", "NotAction", "Resource"))
                )
            )
    return names if isinstance(entries, dict | list) else UNKNOWN


def _of_data(document: Resource) -> Iterator[Statement]:
    for block in document.blocks("statement"):
        # "effect" defaults to Allow; one that is not known may allow.
        if block.get("effect") != "Deny":
            yield Statement(
                *(_patterns(block.get(key)) for key in ("actions", "not_actions", "resources"))
            )


def _of_text(text: str) -> list[Statement] | Value:
    """The actions in the HCL of ``jsonencode({...})``, if all are plain texts and only allow."""
    if not text.startswith("jsonencode(") or "NotAction" in text or "Deny" in text:
        return UNKNOWN
    actions: list[str] = []
    for key in _ACTION_KEY.finditer(text):
        literal = _TEXTS.match(text, key.end())
        if literal is None:
            return UNKNOWN
        actions += _TEXT.findall(literal.group())
    return [Statement(actions, [], UNKNOWN)] if actions else UNKNOWN


def _patterns(value: Value) -> Value:
    if value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
        return UNKNOWN
    texts = [value] if isinstance(value, str) else as_list(value)
    return [text for text in texts if isinstance(text, str)]
