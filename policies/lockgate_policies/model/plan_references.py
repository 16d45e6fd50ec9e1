"""Where arguments lead in a plain plan file: names are followed, as far as names can tell.

Before an apply almost every identifier is unknown, so "the subnets of this load balancer" cannot
be read as values: it must be followed as references. Terraform writes an expression's references
as a list of strings (https://developer.hashicorp.com/terraform/internals/json-format#expression-representation):
most specific first, without the text of the expression. Where that loses something (locals are
not in a plan at all, ``module.a[each.key].out`` keeps only ``module.a``), the facts read from the
HCL (see ``hcl_facts``) fill in; where they are missing too, the answer has a gap and says so.

Names do not say which of several things an expression takes (``each.value.dns``, ``a ? b : c``).
Such an answer is never "both of them": unless something else decides, it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .hcl_facts import HclFacts
from .plan_tree import ModuleInstance, Resource
from .plan_values import UNKNOWN, Value, as_dict, as_list, is_empty, is_known
from .references import References, not_of_this_plan
from .selections import alternatives, indexed, indices, keyed, selected
from .targets import Targets, merge, one_of
from .value_index import ValueIndex

_STEP = re.compile(r'([^.\[\]]+)|\[("(?:[^"\\]|\\.)*"|\d+)\]')
_ITERATION = ("each", "count")
# A chain of references longer than this is not configuration that a person wrote.
_LONGEST_CHAIN = 80
_MOST_HOPS = 8
# Arguments that take one value: what may lead to two resources leads to one of them.
_ONE_VALUE = re.compile(
    r"(?:^|_)(?:id|arn|name|fqdn|address|db|role|bucket|cluster|instance|group|identifier)$"
)
_SEVERAL = frozenset({"vpc_zone_identifier"})


@dataclass(frozen=True)
class _Scope:
    """Where an expression stands: its module instance and the key of its resource or call.

    ``for_each`` is the expression that made the key, and ``keys`` its text, where that is known.
    """

    module: ModuleInstance
    key: str | int | None
    for_each: Any = None
    keys: str | None = None


class NamedReferences(References):
    """Follows the names in a plan's configuration."""

    def __init__(self, facts: HclFacts, values: ValueIndex) -> None:
        self._facts = facts
        self._values = values

    def candidates(self, resource: Resource, path: str, *types: str) -> Targets:
        """All the resource instances that the argument at ``path`` may lead to."""
        return self._candidates(resource, path, types, 0)

    def _candidates(
        self, resource: Resource, path: str, types: tuple[str, ...], hops: int
    ) -> Targets:
        if resource.known_empty(path):
            return Targets()
        value = resource.value(path)
        known = self._values.find(value, types) if types else None
        if known is not None and (len(known.resources) == 1 or not isinstance(value, str)):
            return known
        where = f"{resource.address}: {path}"
        targets = self._argument(resource, path, where)
        if known is not None:
            # Two regions may use one name: of those that have it, the expression names the one.
            both = known.only(r for r in known.resources if r in targets.resources)
            return both if both.resources else known
        if not targets.resources and not targets.gaps:
            return Targets(gaps=_not_followed(where, resource, path))
        targets = _of_one_value(targets, path, value, where)
        typed = targets.of_type(*types) if types else targets
        if typed.resources or typed.gaps or hops > _MOST_HOPS:
            return typed
        # `vpc_id = aws_subnet.a.vpc_id` means the VPC that the subnet was given.
        name = path.split(".")[-1]
        onward = [
            self._candidates(r, name, types, hops + 1) for r in targets.resources if r.sets(name)
        ]
        return merge(
            [typed, one_of(onward, _which_value(where)) if targets.either else merge(onward)]
        )

    def by_argument(self, resource: Resource) -> dict[str, Targets]:
        """What each argument and block of the resource leads to, ``dynamic`` blocks included."""
        facts = self._facts.arguments(resource.module.path, resource.type, resource.name)
        expressions = as_dict(resource.config.get("expressions"))
        return {
            argument: self._argument(resource, argument, f"{resource.address}: {argument}")
            for argument in dict.fromkeys([*expressions, *facts])
        }

    def _argument(self, resource: Resource, path: str, where: str) -> Targets:
        """What the expression at a path leads to, by its own text where it has one."""
        expression, value = resource.expression(path), resource.value(path)
        source = self._facts.expression(resource.module.path, resource.type, resource.name, path)
        scope = self._scope_of(resource)
        if expression is None:
            # A dynamic block: a plan omits its expressions, the HCL has them.
            if source is None or ("." in path and value is not UNKNOWN):
                return Targets()
            expression = {"references": self._facts.references_in(source)}
            return selected(merge(self._follow(expression, scope, where, source, 0)), source, where)
        if "references" in as_dict(expression):
            whole = source if "." not in path else None
            return self._leaf(expression, value, scope, where, path, source, whole)
        return merge(self._blocks(expression, value, scope, where, path, source))

    def _blocks(
        self,
        expression: Any,
        value: Value,
        scope: _Scope,
        where: str,
        path: str,
        source: str | None,
    ) -> Iterator[Targets]:
        """What the arguments inside of blocks lead to, each by its own value."""
        if is_empty(value) and value is not None:
            return
        if isinstance(expression, list):
            values = value if isinstance(value, list) and len(value) == len(expression) else None
            for index, item in enumerate(expression):
                inner = values[index] if values is not None else UNKNOWN
                yield from self._blocks(item, inner, scope, where, path, source)
            return
        if "references" in as_dict(expression):
            yield self._leaf(expression, value, scope, where, path, source, None)
            return
        for name, item in as_dict(expression).items():
            known = isinstance(value, dict) and name in value
            if known and is_empty(value[name]):
                continue
            if isinstance(item, dict | list):
                inner = value[name] if known else UNKNOWN
                yield from self._blocks(item, inner, scope, where, name, source)

    def _leaf(
        self,
        expression: Any,
        value: Value,
        scope: _Scope,
        where: str,
        path: str,
        source: str | None,
        whole: str | None,
    ) -> Targets:
        """One expression. ``source`` is the text that it stands in, ``whole`` its own text."""
        if whole is None:
            targets = merge(self._follow(expression, scope, where, source, 0))
        else:
            targets = self._read(expression, scope, where, whole, 0)
        targets = _having(targets, value)
        joined = whole is not None and "${" in whole
        return targets if joined else _of_one_value(targets, path, value, where)

    def _scope_of(self, resource: Resource) -> _Scope:
        path, kind, name = resource.module.path, resource.type, resource.name
        keys = self._facts.expression(path, kind, name, "for_each")
        return _Scope(
            resource.module, resource.key, resource.config.get("for_each_expression"), keys
        )

    # -- by reference -----------------------------------------------------------------------

    def _read(
        self, expression: Any, scope: _Scope, where: str, text: str | None, depth: int
    ) -> Targets:
        """What an expression with its own text leads to; of a conditional, one of its values."""
        values = alternatives(text) if depth <= _LONGEST_CHAIN else []
        if len(values) < 2:
            return selected(merge(self._follow(expression, scope, where, text, depth)), text, where)
        parts = [
            self._read(
                {"references": self._facts.references_in(alternative)},
                scope,
                where,
                alternative,
                depth + 1,
            )
            for alternative in values
        ]
        return one_of(parts, f"{where} has a condition, and a plan does not say which value it is")

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
        iterates = next((t for text in texts if (t := text.split(".")[0]) in _ITERATION), None)
        for text in texts:
            yield self._reference(text, scope, where, source, iterates, depth + 1)

    def _reference(
        self,
        text: str,
        scope: _Scope,
        where: str,
        source: str | None,
        iterates: str | None,
        depth: int,
    ) -> Targets:
        steps = split_reference(text)
        head = steps[0] if steps else ""
        if head == "var" and len(steps) > 1:
            targets, inner = self._variable(str(steps[1]), scope.module, where, depth)
            return self._part(targets, steps, scope, where, source, inner)
        if head == "local" and len(steps) > 1:
            targets, inner = self._local(str(steps[1]), scope, where, depth)
            return self._part(targets, steps, scope, where, source, inner)
        if head == "each" and len(steps) > 1 and steps[1] == "value":
            return self._each_value(scope, where, depth)
        if head in ("each", "count", "path", "terraform", "self"):
            return Targets()
        if head == "module" and len(steps) > 1:
            return self._module(steps, scope, where, source, iterates, depth)
        return self._resource(steps, scope, where, source, iterates)

    def _part(
        self,
        targets: Targets,
        steps: list[str | int],
        scope: _Scope,
        where: str,
        source: str | None,
        inner: str | None,
    ) -> Targets:
        """What is taken of a variable or local value, ``inner`` being its own expression's text."""
        if len(steps) > 2:
            return indexed(targets, steps[2:], inner, where)
        by = (indices(source, f"{steps[0]}.{steps[1]}") or set()) - {"*"}
        if not by or len(targets.resources) < 2:
            return targets
        mine = keyed(targets, min(by), scope.key, inner) if len(by) == 1 else None
        if mine is not None:
            return mine
        why = f"{where} takes [{', '.join(sorted(by))}] of several, which a plan does not tell"
        return Targets(targets.resources, targets.gaps, (*targets.either, why))

    def _variable(
        self, name: str, module: ModuleInstance, where: str, depth: int
    ) -> tuple[Targets, str | None]:
        if module.parent is None:
            return Targets(), None  # a root variable is a value, and cannot lead to a resource
        expression = as_dict(module.call.get("expressions")).get(name)
        if expression is None:
            return Targets(), None
        path, call = module.parent.path, module.name
        keys = self._facts.call_argument(path, call, "for_each")
        scope = _Scope(module.parent, module.key, module.call.get("for_each_expression"), keys)
        text = self._facts.call_argument(path, call, name)
        return self._read(expression, scope, f"{where} (var.{name})", text, depth), text

    def _local(
        self, name: str, scope: _Scope, where: str, depth: int
    ) -> tuple[Targets, str | None]:
        text = self._facts.local(scope.module.path, name)
        if text is None:
            gap = (
                f"{where} goes through local.{name}, and a plan holds no locals: judge the plan "
                "together with its HCL, or pass the resource's attribute directly"
            )
            return Targets(gaps=(gap,)), None
        expression = {"references": self._facts.references_in(text)}
        return self._read(expression, scope, f"{where} (local.{name})", text, depth), text

    def _each_value(self, scope: _Scope, where: str, depth: int) -> Targets:
        if scope.for_each is None:
            return Targets()
        # Where the collection is written, each.value has no meaning yet.
        outside = _Scope(scope.module, None)
        targets = self._read(scope.for_each, outside, f"{where} (for_each)", scope.keys, depth)
        same = tuple(r for r in targets.resources if r.key is not None and r.key == scope.key)
        if same and len({r.name for r in targets.resources}) == 1:
            return Targets(same, targets.gaps)
        why = f"{where} takes each.value of several, and a plan does not say which is whose"
        return Targets(targets.resources, targets.gaps, (*targets.either, why))

    def _module(
        self,
        steps: list[str | int],
        scope: _Scope,
        where: str,
        source: str | None,
        iterates: str | None,
        depth: int,
    ) -> Targets:
        name, rest = str(steps[1]), steps[2:]
        instances = scope.module.instances_of(name)
        keys = [child.key for child in instances]
        if rest and rest[0] is not None and rest[0] in keys:
            instances = [child for child in instances if child.key == rest[0]]
            rest = rest[1:]
        wanted, told = _keys(keys, f"module.{name}", scope, source, iterates)
        instances = [child for child in instances if child.key in wanted]
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
                via = f"{where} (module.{name}.{output})"
                inner = _Scope(child, None)
                followed = self._read(entry.get("expression"), inner, via, text, depth)
                parts.append(indexed(followed, rest[1:], text, where))
        return merge(parts) if told else one_of(parts, _which(where, f"module.{name}"))

    def _resource(
        self,
        steps: list[str | int],
        scope: _Scope,
        where: str,
        source: str | None,
        iterates: str | None,
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
        keys = [resource.key for resource in instances]
        if selector is not None and selector in keys:
            return Targets(tuple(r for r in instances if r.key == selector))
        address = f"data.{kind}.{name}" if mode == "data" else f"{kind}.{name}"
        wanted, told = _keys(keys, address, scope, source, iterates)
        targets = Targets(tuple(r for r in instances if r.key in wanted))
        return targets if told else one_of(_apart(targets), _which(where, address))


def _keys(
    keys: list[str | int | None],
    name: str,
    scope: _Scope,
    source: str | None,
    iterates: str | None,
) -> tuple[list[str | int | None], bool]:
    """The keys of the instances that are meant, and whether all of these are."""
    if len(keys) < 2:
        return keys, True
    by = indices(source, name)
    if by is None:  # the text is not known, or names it through something else
        if iterates is None:
            return keys, True
        if iterates == "count":
            return keys, False  # [count.index] and [1 - count.index] are named alike
        by = {"each.key"}
    wanted: list[str | int | None] = []
    for index in sorted(by):
        if index == "*":
            return keys, True
        literal = split_reference(f"[{index}]")
        if len(literal) == 1 and literal[0] in keys:
            wanted.append(literal[0])
        elif _is_own_key(index, scope) and scope.key in keys:
            wanted.append(scope.key)
        else:
            return keys, False
    return wanted, True


def _is_own_key(index: str, scope: _Scope) -> bool:
    """Whether an index is the key of the resource or call that it stands in, and nothing else."""
    if index == "each.value":  # in a set, each value is its own key
        return (scope.keys or "").lstrip().startswith("toset(")
    return index in ("each.key", "count.index")


def _which(where: str, name: str) -> str:
    return f"{where} takes one instance of {name}, and a plan does not say which"


def _apart(targets: Targets) -> Iterator[Targets]:
    return (Targets((resource,)) for resource in targets.resources)


def _takes_one(path: str) -> bool:
    name = path.split(".")[-1]
    return name not in _SEVERAL and _ONE_VALUE.search(name) is not None


def _having(targets: Targets, value: Value) -> Targets:
    """Of several, those that have the value where it is known: nothing else can be meant."""
    if not targets.either or not is_known(value) or is_empty(value):
        return targets
    texts = {text for text in [value, *as_list(value)] if isinstance(text, str)}
    mine = [
        resource
        for resource in targets.resources
        if any(isinstance(own, str) and own in texts for own in resource.values.values())
    ]
    return Targets(tuple(mine), targets.gaps)


def _of_one_value(targets: Targets, path: str, value: Value, where: str) -> Targets:
    """Of an argument that takes one value, several resources are one that is not known."""
    if targets.either or not _takes_one(path) or isinstance(value, dict | list):
        return targets
    return Targets(targets.resources, targets.gaps, (_which_value(where),))


def _which_value(where: str) -> str:
    return f"{where} takes one value, and a plan does not say which"


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
    return (not_of_this_plan(where, named),) if named else ()
