"""Merges override files into what they override, as Terraform does.

https://developer.hashicorp.com/terraform/language/files/override#merging-behavior: arguments are
replaced one by one, nested blocks by kind; ``locals`` and ``required_providers`` by name;
``lifecycle`` argument by argument; a backend replaces a backend or ``cloud``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .blocks import Attribute, Block
from .expressions import literal
from .tokens import HclSyntaxError

# Kinds of which one may be overridden only where it is.
_NEED_A_BASE = ("resource", "data", "ephemeral", "module", "variable", "output")
_PLACES_OF_STATE = ("backend", "cloud", "state_store")


@dataclass(frozen=True)
class SourceBlock:
    """A top-level block and the file that it stands in."""

    file: str
    block: Block


class OverrideError(HclSyntaxError):
    """An override that Terraform refuses; ``file`` is where it stands."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.file = file


def merged(
    primary: Iterable[SourceBlock], overrides: Sequence[SourceBlock]
) -> tuple[SourceBlock, ...]:
    """The blocks of a module as they count. Raises OverrideError for an override of nothing."""
    blocks = list(primary)
    for override in overrides:
        if override.block.kind == "locals":
            _override_locals(blocks, override)
        elif override.block.kind == "terraform":
            _override_terraform(blocks, override)
        else:
            _override_named(blocks, override)
    return tuple(blocks)


def _override_named(blocks: list[SourceBlock], override: SourceBlock) -> None:
    name = _name(override.block)
    for number, source_block in enumerate(blocks):
        if _name(source_block.block) == name:
            blocks[number] = SourceBlock(
                source_block.file, _merged_block(source_block.block, override.block)
            )
            return
    block = override.block
    if block.kind in _NEED_A_BASE or (block.kind == "provider" and block.attribute("alias")):
        what = ".".join((block.kind, *block.labels))
        raise OverrideError(override.file, block.line, f"overrides {what}, which is nowhere")
    blocks.append(override)


def _name(block: Block) -> tuple[str | None, ...]:
    """What makes a block the one that an override means."""
    alias = block.attribute("alias") if block.kind == "provider" else None
    return (block.kind, *block.labels, literal(alias.expression) if alias else None)


def _merged_block(base: Block, override: Block) -> Block:
    kinds = {_kind(nested_block) for nested_block in override.blocks} - {"lifecycle"}
    # In JSON syntax, what is an object may be either, and stands in both.
    base = _without(base, kinds)
    replaced = kinds | {attribute.name for attribute in override.attributes} - {"lifecycle"}
    blocks = [nested_block for nested_block in base.blocks if _kind(nested_block) not in replaced]
    for nested_block in override.blocks:
        kept = [number for number, block in enumerate(blocks) if block.kind == "lifecycle"]
        if nested_block.kind == "lifecycle" and kept:
            blocks[kept[0]] = _with_attributes(blocks[kept[0]], nested_block.attributes)
        else:
            blocks.append(nested_block)
    return replace(_with_attributes(base, override.attributes), blocks=tuple(blocks))


def _kind(block: Block) -> str:
    """A nested block's kind; a ``dynamic`` one stands for those that it makes."""
    return block.labels[0] if block.kind == "dynamic" and block.labels else block.kind


def _with_attributes(block: Block, attributes: Iterable[Attribute]) -> Block:
    named = {attribute.name: attribute for attribute in (*block.attributes, *attributes)}
    return replace(block, attributes=tuple(named.values()))


def _override_locals(blocks: list[SourceBlock], override: SourceBlock) -> None:
    for attribute in override.block.attributes:
        for number, source_block in enumerate(blocks):
            if source_block.block.kind == "locals" and source_block.block.attribute(attribute.name):
                blocks[number] = SourceBlock(
                    source_block.file, _with_attributes(source_block.block, [attribute])
                )
                break
        else:
            problem = f"overrides local.{attribute.name}, which is nowhere"
            raise OverrideError(override.file, attribute.line, problem)


def _override_terraform(blocks: list[SourceBlock], override: SourceBlock) -> None:
    """Take away from every ``terraform`` block what the override says anew, and add it."""
    block = override.block
    set_anew = {argument.name for argument in block.attributes}
    moves = any(nested_block.kind in _PLACES_OF_STATE for nested_block in block.blocks)
    providers = {
        attribute.name
        for inner in block.of_kind("required_providers")
        for attribute in inner.attributes
    }
    for number, source_block in enumerate(blocks):
        if source_block.block.kind != "terraform":
            continue
        inner = [
            _without(kept, providers) if kept.kind == "required_providers" else kept
            for kept in source_block.block.blocks
            if not (moves and kept.kind in _PLACES_OF_STATE)
        ]
        kept = replace(_without(source_block.block, set_anew), blocks=tuple(inner))
        blocks[number] = SourceBlock(source_block.file, kept)
    blocks.append(override)


def _without(block: Block, names: set[str]) -> Block:
    return replace(
        block,
        attributes=tuple(
            attribute for attribute in block.attributes if attribute.name not in names
        ),
    )
