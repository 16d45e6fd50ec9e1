"""Which resource instances an argument leads to, through variables, outputs, locals and modules.

Before an apply almost every identifier is unknown, so "the subnets of this load balancer" cannot
be read as values: it must be followed as references. Terraform writes an expression's references
as a list of strings (https://developer.hashicorp.com/terraform/internals/json-format#expression-representation):
most specific first, without the text of the expression. Where that loses something (locals are
not in a plan at all, ``module.a[each.key].out`` keeps only ``module.a``), the facts read from the
HCL (see ``hcl_facts``) fill in; where they are missing too, the answer has a gap and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .hcl_facts import HclFacts
from .plan_tree import ModuleInstance, PlanTree, Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list, as_text
from .selections import indexed, selected
from .targets import Targets, merge

_STEP = re.compile(r'([^.\[\]]+)|\[("(?:[^"\\]|\\.)*"|\d+)\]')
_ITERATION = ("each", "count")
# A chain of references longer than this is not configuration that a person wrote.
_LONGEST_CHAIN = 200
_MOST_HOPS = 8


@dataclass(frozen=True)
class _Scope:
    """Where an expression stands: its module instance and the key of its resource or call."""

    module: ModuleInstance
    key: str | int | None
    for_each: Any


class References:
    """Follows references in one plan."""

    def __init__(self, tree: PlanTree, facts: HclFacts) -> None:
        self._tree = tree
        self._facts = facts
        self._by_identity: dict[tuple[str, str], list[Resource]] | None = None

    def targets(self, resource: Resource, path: str, *types: str) -> Targets:
        """The resource instances (of the given types) that the argument at ``path`` leads to.

        ``path`` is dotted (``alias.0.name``). A value that is known is matched against the
        identifiers of the plan's resources first, because it says more than the reference does.
        """
        return self._targets(resource, path, types, 0)

    def _targets(self, resource: Resource, path: str, types: tuple[str, ...], hops: int) -> Targets:
        known = self._by_value(resource.value(path), types)
        if known is not None:
            return known
        where = f"{resource.address}: {path}"
        expression = resource.expression(path)
        scope = _Scope(resource.module, resource.key, resource.config.get("for_each_expression"))
        source = self._facts.expression(resource.module.path, resource.type, resource.name, path)
        if expression is None and resource.value(path) is UNKNOWN and source is not None:
            # A dynamic block: a plan omits its expressions, the HCL has them.
            expression = {"references": self._facts.references_in(source)}
        found = selected(merge(self._follow(expression, scope, where, source, 0)), source, where)
        if not found.resources and not found.gaps:
            return Targets(gaps=_not_followed(where, resource, path))
        typed = found.of_type(*types) if types else found
        name = path.split(".")[-1]
        if typed.resources or hops > _MOST_HOPS:
            return typed
        # `vpc_id = aws_subnet.a.vpc_id` means the VPC that the subnet was given.
        onward = [r for r in found.resources if r.sets(name)]
        return merge([typed, *(self._targets(r, name, types, hops + 1) for r in onward)])

    def all_targets(self, resource: Resource) -> Targets:
        """Every resource instance that any argument of the resource leads to."""
        return merge(self.by_argument(resource).values())

    def by_argument(self, resource: Resource) -> dict[str, Targets]:
        """What each argument and block of the resource leads to, ``dynamic`` blocks included."""
        scope = _Scope(resource.module, resource.key, resource.config.get("for_each_expression"))
        path, kind, name = resource.module.path, resource.type, resource.name
        expressions = as_dict(resource.config.get("expressions"))
        found: dict[str, Targets] = {}
        for argument in dict.fromkeys([*expressions, *self._facts.arguments(path, kind, name)]):
            source = self._facts.expression(path, kind, name, argument)
            expression = expressions.get(argument)
            if expression is None:  # a dynamic block: a plan omits its expressions
                expression = {"references": self._facts.references_in(source or "")}
            where = f"{resource.address}: {argument}"
            found[argument] = merge(self._follow(expression, scope, where, source, 0))
        return found

    # -- by value ---------------------------------------------------------------------------

    def _by_value(self, value: Value, types: tuple[str, ...]) -> Targets | None:
        texts = [value] if isinstance(value, str) else as_list(value)
        if not texts or not types or not all(isinstance(text, str) and text for text in texts):
            return None
        index = self._identities()
        found: dict[int, Resource] = {}
        for text in texts:
            matches = [r for kind in types for r in index.get((kind, text), [])]
            if not matches:
                return None
            found.update((id(match), match) for match in matches)
        return Targets(tuple(found.values()))

    def _identities(self) -> dict[tuple[str, str], list[Resource]]:
        if self._by_identity is None:
            self._by_identity = {}
            for resource in self._tree.resources:
                for name in ("id", "arn", "dns_name", "zone_id", "name"):
                    text = as_text(resource.values.get(name))
                    # A name is an identity only where AWS makes it one; elsewhere two regions
                    # share it freely.
                    if text and (name != "name" or resource.type in _NAMED_BY_NAME):
                        self._by_identity.setdefault((resource.type, text), []).append(resource)
        return self._by_identity

    # -- by reference -----------------------------------------------------------------------

    def _follow(
        self, expression: Any, scope: _Scope, where: str, source: str | None, depth: int
    ) -> Iterator[Targets]:
        if depth > _LONGEST_CHAIN:
            yield Targets(gaps=(f"{where}: the chain of references does not end",))
            return
        if isinstance(expression, list):
            for item in expression:
                yield from self._follow(item, scope, where, source, depth + 1)
            return
        references = as_dict(expression).get("references")
        if not isinstance(references, list):
            for item in as_dict(expression).values():
                if isinstance(item, dict | list):
                    yield from self._follow(item, scope, where, source, depth + 1)
            return
        texts = _most_specific(text for text in references if isinstance(text, str))
        iterates = any(text.split(".")[0] in _ITERATION for text in texts)
        for text in texts:
            yield self._reference(text, scope, where, source, iterates, depth + 1)

    def _reference(
        self,
        text: str,
        scope: _Scope,
        where: str,
        source: str | None,
        iterates: bool,
        depth: int,
    ) -> Targets:
        steps = split_reference(text)
        head = steps[0] if steps else ""
        if head == "var" and len(steps) > 1:
            found = self._variable(str(steps[1]), scope.module, where, depth)
            return indexed(found, steps[2:], where)
        if head == "local" and len(steps) > 1:
            return indexed(self._local(str(steps[1]), scope, where, depth), steps[2:], where)
        if head == "each" and len(steps) > 1 and steps[1] == "value":
            return self._each_value(scope, where, depth)
        if head in ("each", "count", "path", "terraform", "self"):
            return Targets()
        if head == "module" and len(steps) > 1:
            return self._module(steps, scope, where, source, iterates, depth)
        return self._resource(steps, scope, where, iterates)

    def _variable(self, name: str, module: ModuleInstance, where: str, depth: int) -> Targets:
        if module.parent is None:
            return Targets()  # a root variable is a value, and cannot lead to a resource
        expression = as_dict(module.call.get("expressions")).get(name)
        if expression is None:
            return Targets()
        scope = _Scope(module.parent, module.key, module.call.get("for_each_expression"))
        source = self._facts.call_argument(module.parent.path, module.name, name)
        where = f"{where} (var.{name})"
        return selected(merge(self._follow(expression, scope, where, source, depth)), source, where)

    def _local(self, name: str, scope: _Scope, where: str, depth: int) -> Targets:
        text = self._facts.local(scope.module.path, name)
        if text is None:
            gap = (
                f"{where} goes through local.{name}, and a plan holds no locals: judge the plan "
                "together with its HCL, or pass the resource's attribute directly"
            )
            return Targets(gaps=(gap,))
        references = self._facts.references_in(text)
        expression = {"references": references}
        where = f"{where} (local.{name})"
        return selected(merge(self._follow(expression, scope, where, text, depth)), text, where)

    def _each_value(self, scope: _Scope, where: str, depth: int) -> Targets:
        if scope.for_each is None:
            return Targets()
        found = merge(self._follow(scope.for_each, scope, f"{where} (for_each)", None, depth))
        same = tuple(r for r in found.resources if r.key == scope.key)
        return Targets(same, found.gaps) if same else found

    def _module(
        self,
        steps: list[str | int],
        scope: _Scope,
        where: str,
        source: str | None,
        iterates: bool,
        depth: int,
    ) -> Targets:
        name, rest = str(steps[1]), steps[2:]
        instances = scope.module.instances_of(name)
        keyed = [child for child in instances if child.key is not None]
        if keyed and rest and any(child.key == rest[0] for child in keyed):
            instances = [child for child in keyed if child.key == rest[0]]
            rest = rest[1:]
        elif keyed and iterates:
            instances = [child for child in keyed if child.key == scope.key] or instances
        outputs = {str(rest[0])} if rest else self._facts.outputs_used(source, name)
        if outputs is None:
            used = set().union(*(child.outputs for child in instances)) if instances else set()
            if len(used) > 1:
                gap = (
                    f"{where} takes an output of module.{name} that a plan does not name: "
                    "judge the plan together with its HCL"
                )
                return Targets(gaps=(gap,))
            outputs = used
        parts: list[Targets] = []
        for child in instances:
            for output in sorted(outputs):
                entry = as_dict(child.outputs.get(output))
                text = self._facts.output(child.path, output)
                inner = _Scope(child, None, None)
                via = f"{where} (module.{name}.{output})"
                followed = merge(self._follow(entry.get("expression"), inner, via, text, depth))
                parts.append(indexed(selected(followed, text, via), rest[1:], where))
        return merge(parts)

    def _resource(
        self, steps: list[str | int], scope: _Scope, where: str, iterates: bool
    ) -> Targets:
        mode = "data" if steps and steps[0] == "data" else "managed"
        rest = steps[1:] if mode == "data" else steps
        if len(rest) < 2:
            return Targets()
        kind, name, selector = str(rest[0]), str(rest[1]), rest[2] if len(rest) > 2 else None
        instances = [
            resource
            for resource in scope.module.resources
            if resource.mode == mode and resource.type == kind and resource.name == name
        ]
        keyed = [resource for resource in instances if resource.key is not None]
        if keyed and selector is not None and any(r.key == selector for r in keyed):
            instances = [resource for resource in keyed if resource.key == selector]
        elif keyed and iterates:
            instances = [resource for resource in keyed if resource.key == scope.key] or instances
        return Targets(tuple(instances))


# Types whose `name` is what other resources refer to them by.
_NAMED_BY_NAME = frozenset(
    {"aws_autoscaling_group", "aws_db_subnet_group", "aws_launch_template", "aws_iam_role"}
)


def split_reference(text: str) -> list[str | int]:
    """Split ``module.a["x"].b[0]`` into its steps: names, string keys and integer keys."""
    steps: list[str | int] = []
    for name, index in _STEP.findall(text):
        if name:
            steps.append(name)
        elif index.startswith('"'):
            steps.append(index[1:-1].replace('\\"', '"').replace("\\\\", "\\"))
        else:
            steps.append(int(index))
    return steps


def _most_specific(references: Iterable[str]) -> list[str]:
    """Drop the references that another one merely lengthens: Terraform lists every prefix."""
    texts = list(dict.fromkeys(references))
    return [
        text
        for text in texts
        if not any(other.startswith((f"{text}.", f"{text}[")) for other in texts)
    ]


def _not_followed(where: str, resource: Resource, path: str) -> tuple[str, ...]:
    """Why an argument leads to no resource of the plan; nothing when it is simply not set."""
    value = resource.value(path)
    if value is UNKNOWN:
        if not resource.sets(path.split(".")[0]) and "." not in path:
            return ()  # computed by the provider, not given
        return (f"{where} is not known until apply, and no reference tells where it leads",)
    texts = [value] if isinstance(value, str) else as_list(value)
    named = [text for text in texts if isinstance(text, str) and text]
    if not named:
        return ()
    return (f"{where} = {', '.join(named)} is not a resource of this plan",)
