"""The resolved plan: two plans of one environment, merged into what can be said for certain.

The ordinary plan tells what is known; the other one, in which everything unknown was made up,
tells where what is not known comes from. No made-up value stands in the outcome.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy.plan_session import MadeAnswer
from lockgate.engine.provider_proxy.regions import REGIONS
from lockgate.engine.provider_proxy.tokens import Occurrence, Origin
from lockgate.engine.provider_proxy.value_merge import MISSING, Path, ValueMerge

VERSION = 1
_MOST_NAMED = 5

Document = dict[str, Any]
IsSet = Callable[[str, str, Path], bool]
"""Whether the value of a mode ("managed" or "data") and type is a set at a path of names."""


@dataclass(frozen=True)
class Knowledge:
    """What is known of the making of a resolved plan."""

    provider: str
    answers: Mapping[str, MadeAnswer]
    find: Callable[[str], list[Occurrence]]
    as_ordinary: Callable[[str], str]
    """A resolved plan's address as the ordinary plan has it: keys may have been looked up."""
    is_null: Callable[[str, str], bool]
    """Whether it is certain that an argument (type, name), where it is null, is null."""
    is_set: IsSet
    foreign: Mapping[str, str] = field(default_factory=dict)
    """The addresses of calls that are other root modules' of the same environment."""
    region_by_resource: bool = False
    """Whether a resource names its region itself, as from version 6 of the AWS provider on."""


@dataclass
class _Resolution:
    """What goes into the outcome beside the plan: see ``merge``."""

    addresses: Mapping[str, str]
    regions: dict[str, str] = field(default_factory=dict)
    references: dict[str, dict[str, list[Document]]] = field(default_factory=dict)
    outputs: dict[str, list[Document]] = field(default_factory=dict)
    looked_up: dict[str, Any] = field(default_factory=dict)

    def entries(self, occurrences: list[Occurrence]) -> list[Document]:
        """References as the document has them; a text that leads nowhere has none."""
        return [
            {
                "address": self.addresses[occurrence.origin.call],
                "attribute": occurrence.origin.attribute,
                "whole": occurrence.whole,
            }
            for occurrence in occurrences
            if occurrence.origin.call in self.addresses
        ]

    def name(self, occurrence: Occurrence) -> str:
        """What an occurrence leads to, to sort by."""
        origin = occurrence.origin
        return f"{self.addresses.get(origin.call, origin.call)} {origin.attribute}"

    def refer(self, address: str, occurrences_by_path: Mapping[Path, list[Occurrence]]) -> None:
        """Record the references that an object's values hold, but those to itself."""
        paths: dict[str, list[Document]] = {}
        for path, occurrences in occurrences_by_path.items():
            entries = [entry for entry in self.entries(occurrences) if entry["address"] != address]
            if entries:
                paths[".".join(path)] = entries
        if paths:
            self.references[address] = paths


@dataclass(frozen=True)
class Merged:
    """A resolved plan, and whose each of the provider's answers is, by call."""

    document: Document
    addresses: dict[str, str]


def merge(ordinary: Document, resolved: Document, knowledge: Knowledge) -> Merged:
    """The ordinary plan without what is made up, and ``lockgate.resolved`` of docs/resolved-plan.

    Raises:
        Disagreement: the two do not have the same resources.
    """
    objects = {planned.address: planned for planned in _objects(resolved, knowledge.as_ordinary)}
    _must_agree(ordinary, objects)
    calls, addresses = _calls(objects.values(), knowledge)
    outcome = _Resolution({**knowledge.foreign, **addresses})
    document = {
        **ordinary,
        **_merge_changes(ordinary, objects, knowledge, outcome),
        **_merge_outputs(ordinary, resolved, knowledge, outcome),
    }
    _merge_prior_state(document, objects, calls, knowledge, outcome)
    outcome.regions = _regions(ordinary, objects, calls, knowledge)
    resolution = {
        "version": VERSION,
        "provider": knowledge.provider,
        "regions": outcome.regions,
        "references": outcome.references,
        "outputs": outcome.outputs,
        "looked_up": outcome.looked_up,
    }
    if not_given := _not_given(ordinary, calls, knowledge):
        resolution["not_given"] = not_given
    return Merged({"lockgate": {"resolved": resolution}, **document}, addresses)


@dataclass(frozen=True)
class _Object:
    """A resource or a data source of a plan, with the values it has there."""

    address: str
    mode: str
    type_name: str
    values: Document
    unknown: Any


def _objects(plan: Document, name: Callable[[str], str]) -> Iterator[_Object]:
    for change in plan.get("resource_changes") or ():
        after = change["change"].get("after")
        if isinstance(after, dict):
            unknown = change["change"].get("after_unknown") or {}
            yield _Object(name(change["address"]), change["mode"], change["type"], after, unknown)
    for resource in resources_of(plan.get("prior_state", {}).get("values") or {}):
        if resource["mode"] == "data":
            yield _Object(
                name(resource["address"]),
                "data",
                resource["type"],
                resource.get("values") or {},
                {},
            )


def resources_of(values: Document) -> Iterator[Document]:
    """The resources and data sources of a plan's or a state's values, in any module."""
    modules = [values.get("root_module") or {}]
    while modules:
        module = modules.pop()
        yield from module.get("resources") or ()
        modules += module.get("child_modules") or ()


class Disagreement(EngineError):
    """The two passes do not have the same resources."""


def _must_agree(ordinary: Document, resolved: Mapping[str, _Object]) -> None:
    first = {
        resource_change["address"]
        for resource_change in ordinary.get("resource_changes") or ()
        if resource_change["mode"] == "managed"
        and isinstance(resource_change["change"].get("after"), dict)
    }
    second = {planned.address for planned in resolved.values() if planned.mode == "managed"}
    if first == second:
        return
    named = sorted(first ^ second)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    raise Disagreement(
        "Which resources there are depends on what is only known in the account (a number or a "
        f"range that is looked up): {', '.join(named[:_MOST_NAMED])}{more}. Give `count` and "
        "`for_each` values that the configuration knows."
    )


def _calls(
    objects: Iterable[_Object], knowledge: Knowledge
) -> tuple[dict[str, str], dict[str, str]]:
    """Which of the provider's answers each object is, and whose every answer is.

    An object is the answer whose values it holds where they were made up for; it may hold some of
    a second answer, if it was planned once more. Two that look the same up share one answer.
    """
    calls: dict[str, str] = {}
    owners: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for planned in sorted(objects, key=lambda one: one.address):
        votes: Counter[str] = Counter()
        for path, occurrences in _found_in(planned.values, knowledge.find).items():
            for occurrence in occurrences:
                origin = occurrence.origin
                if occurrence.whole and _is_own(planned, path, origin, knowledge.answers):
                    # What it is called by is its own; other values can be another's of its type.
                    votes[origin.call] += 1000 if path == ("id",) else 1
        for call, count in votes.items():
            owners[call][planned.address] = count
        if votes:
            calls[planned.address] = votes.most_common(1)[0][0]
    return calls, {call: counts.most_common(1)[0][0] for call, counts in owners.items()}


def _is_own(
    planned: _Object, path: Path, origin: Origin, answers: Mapping[str, MadeAnswer]
) -> bool:
    answer = answers.get(origin.call)
    return (
        answer is not None
        and answer.type_name == planned.type_name
        and answer.looked_up == (planned.mode == "data")
        and origin.attribute == ".".join(path)
    )


def _found_in(values: Any, find: Callable[[str], list[Occurrence]]) -> dict[Path, list[Occurrence]]:
    merge = ValueMerge(find)
    merge.merge(MISSING, True, values)
    return merge.found


def _merge_changes(
    ordinary: Document,
    objects: Mapping[str, _Object],
    knowledge: Knowledge,
    outcome: _Resolution,
) -> Document:
    changes = []
    merged: dict[str, Document] = {}
    for change in ordinary.get("resource_changes") or ():
        address, inner = change["address"], change["change"]
        counterpart = objects.get(address)
        if not isinstance(inner.get("after"), dict) or counterpart is None:
            changes.append(change)
            continue
        is_set = partial(knowledge.is_set, change["mode"], change["type"])
        values = ValueMerge(knowledge.find, outcome.name, is_set)
        after, unknown = values.merge(
            inner["after"], inner.get("after_unknown"), counterpart.values
        )
        merged[address] = after
        outcome.refer(address, values.found)
        changes.append({**change, "change": {**inner, "after": after, "after_unknown": unknown}})
    planned = ordinary.get("planned_values") or {}
    return {
        **({"resource_changes": changes} if "resource_changes" in ordinary else {}),
        "planned_values": {**planned, **_with_values(planned, merged)},
    }


def _with_values(values: Document, merged: Mapping[str, Document]) -> Document:
    """Module values with those of the merged resources in place."""
    root = values.get("root_module")
    return {"root_module": _module(root, merged)} if root else {}


def _module(module: Document, merged: Mapping[str, Document]) -> Document:
    changed = dict(module)
    if "resources" in module:
        changed["resources"] = [
            {**resource, "values": merged[resource["address"]]}
            if resource["address"] in merged
            else resource
            for resource in module["resources"]
        ]
    if "child_modules" in module:
        # Terraform has them in another order every time.
        children = sorted(module["child_modules"], key=lambda child: child["address"])
        changed["child_modules"] = [_module(child, merged) for child in children]
    return changed


def _merge_outputs(
    ordinary: Document, resolved: Document, knowledge: Knowledge, outcome: _Resolution
) -> Document:
    """The outputs, in ``output_changes``; ``planned_values`` follows in ``_merge_prior_state``."""
    others = resolved.get("output_changes") or {}
    changes = {}
    for name, change in (ordinary.get("output_changes") or {}).items():
        values = ValueMerge(knowledge.find)
        after, unknown = values.merge(
            change.get("after"), change.get("after_unknown"), others.get(name, {}).get("after")
        )
        entries = [
            entry for occurrences in values.found.values() for entry in outcome.entries(occurrences)
        ]
        if entries:
            outcome.outputs[name] = [
                entry for index, entry in enumerate(entries) if entry not in entries[:index]
            ]
        changes[name] = {**change, "after_unknown": unknown}
        if after is MISSING:
            changes[name].pop("after", None)
        else:
            changes[name]["after"] = after
    return {"output_changes": changes} if changes else {}


def _merge_prior_state(
    document: Document,
    objects: Mapping[str, _Object],
    calls: Mapping[str, str],
    knowledge: Knowledge,
    outcome: _Resolution,
) -> None:
    """Take what was looked up out of the data sources' values, and say where it was."""
    prior = document.get("prior_state") or {}
    merged: dict[str, Document] = {}
    for resource in resources_of(prior.get("values") or {}):
        address = resource["address"]
        if resource["mode"] != "data":
            continue
        values = resource.get("values") or {}
        answer = knowledge.answers.get(calls.get(address, ""))
        invented = _made_tree(values, answer.made) if answer is not None else {}
        counterpart = objects.get(address)
        work = ValueMerge(knowledge.find)
        after, unknown = work.merge(values, invented, counterpart.values if counterpart else values)
        merged[address] = after
        outcome.refer(address, work.found)
        tree = _only_unknown(unknown)
        if tree:
            outcome.looked_up[address] = tree
    if merged:
        state = prior["values"]
        document["prior_state"] = {**prior, "values": {**state, **_with_values(state, merged)}}
        outputs = state.get("outputs")
        if outputs:
            document["prior_state"]["values"]["outputs"] = _known_outputs(outputs, document)
    planned = document.get("planned_values") or {}
    if planned.get("outputs"):
        document["planned_values"] = {
            **planned,
            "outputs": _known_outputs(planned["outputs"], document),
        }


def _known_outputs(outputs: Document, document: Document) -> Document:
    changes = document.get("output_changes") or {}
    known = {}
    for name, output in outputs.items():
        change = changes.get(name)
        known[name] = output
        if change is not None and "value" in output:
            rest = {key: inner for key, inner in output.items() if key != "value"}
            known[name] = {**rest, "value": change["after"]} if "after" in change else rest
    return known


def _made_tree(value: Any, invented: frozenset[Path], path: Path = ()) -> Any:
    if path in invented:
        return True
    if isinstance(value, dict):
        return {name: _made_tree(inner, invented, (*path, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [
            _made_tree(inner, invented, (*path, str(index))) for index, inner in enumerate(value)
        ]
    return False


def _only_unknown(tree: Any) -> Any:
    """The tree without the branches in which nothing is unknown."""
    if isinstance(tree, dict):
        branches = {name: _only_unknown(branch) for name, branch in tree.items()}
        return {name: branch for name, branch in branches.items() if branch}
    if isinstance(tree, list):
        branches_in_order = [_only_unknown(branch) for branch in tree]
        return branches_in_order if any(branches_in_order) else []
    return tree is True


def _regions(
    ordinary: Document,
    objects: Mapping[str, _Object],
    calls: Mapping[str, str],
    knowledge: Knowledge,
) -> dict[str, str]:
    """The exact region of each object: of the provider instance that answered for it.

    An object in whose answer nothing was made up has the region of those that are configured by
    the same provider block, if they all have one.
    """
    regions: dict[str, str] = {}
    by_key: defaultdict[str, set[str | None]] = defaultdict(set)
    blocks = _blocks(ordinary.get("configuration") or {})
    keys = {address: block.get("provider_config_key", "") for address, block in blocks.items()}
    for address, call in calls.items():
        region = knowledge.answers[call].region
        key = keys.get(_without_keys(address))
        if key is not None:
            by_key[key].add(region)
        if region is not None:
            regions[address] = region
    for address, planned in objects.items():
        key = keys.get(_without_keys(address))
        if address not in calls and key is not None and len(by_key[key]) == 1:
            (region,) = by_key[key]
            if region is not None and planned.type_name.startswith("aws_"):
                regions[address] = region
        own = planned.values.get("region")
        if knowledge.region_by_resource and planned.mode == "managed" and own in REGIONS:
            regions[address] = own
    return regions


def _not_given(
    ordinary: Document, calls: Mapping[str, str], knowledge: Knowledge
) -> dict[str, list[str]]:
    """Arguments that have an expression, and are null by it: the provider computes them."""
    blocks = _blocks(ordinary.get("configuration") or {})
    not_given = {}
    for address, call in sorted(calls.items()):
        expressions = blocks.get(_without_keys(address), {}).get("expressions") or {}
        answer = knowledge.answers[call]
        names = sorted(
            name
            for name in answer.not_given
            if name in expressions and knowledge.is_null(answer.type_name, name)
        )
        if names:
            not_given[address] = names
    return not_given


def _blocks(configuration: Document) -> dict[str, Document]:
    """The blocks of resources and data sources in the configuration, by address."""
    blocks: dict[str, Document] = {}
    modules = [("", configuration.get("root_module") or {})]
    while modules:
        prefix, module = modules.pop()
        for resource in module.get("resources") or ():
            blocks[prefix + resource["address"]] = resource
        for name, call in (module.get("module_calls") or {}).items():
            modules.append((f"{prefix}module.{name}.", call.get("module") or {}))
    return blocks


def _without_keys(address: str) -> str:
    """An address as the configuration has it, without the keys of instances."""
    text, inside, quoted = [], False, False
    skip = False
    for character in address:
        if skip:
            skip = False
        elif quoted and character == "\\":
            skip = True
        elif inside and character == '"':
            quoted = not quoted
        elif character == "[" and not inside:
            inside = True
        elif character == "]" and inside and not quoted:
            inside = False
        elif not inside:
            text.append(character)
    return "".join(text)
