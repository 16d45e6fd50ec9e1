"""What a change does to the places where environments keep their states."""

from __future__ import annotations

import posixpath

from lockgate.guarding.guard_finding import GuardFinding
from lockgate.repository.environments import PlacedEnvironment, in_tree
from lockgate.repository.file_tree import OutsideError
from lockgate.repository.module_reader import ModuleReader
from lockgate_policies.hcl import expressions
from lockgate_policies.hcl.blocks import Block, Expression
from lockgate_policies.hcl.module_files import Dialect
from lockgate_policies.hcl.tokens import NEWLINE, HclSyntaxError

_PLACES = ("backend", "cloud", "state_store")


def moved_states(before: ModuleReader, after: ModuleReader, prefix: str) -> set[GuardFinding]:
    """The environments of both trees whose state the change puts elsewhere, for either engine."""
    then = _by_name(before, prefix)
    moved_states: set[GuardFinding] = set()
    for name, root in _by_name(after, prefix).items():
        directory = root.directory
        for dialect in Dialect if name in then else ():
            old = _backends(before, then[name].directory, dialect)
            new = _backends(after, directory, dialect)
            if old is None or new is None:
                continue  # what does not parse is refused elsewhere
            if _told(then[name], old) != _told(root, new):
                place = (new[0][0], new[0][1].line) if new else _main(directory)
                cause = f"the state of {name} would be elsewhere"
                moved_states.add(GuardFinding(*place, "backend", cause))
    return moved_states


def shared_states(reader: ModuleReader, prefix: str) -> set[GuardFinding]:
    """The environments whose state is written out to be another one's."""
    owners: dict[tuple[str, ...], str] = {}
    shared_states: set[GuardFinding] = set()
    for name, root in _by_name(reader, prefix).items():
        for dialect in Dialect:
            for file, block in _backends(reader, root.directory, dialect) or ():
                place = _written_place(block, root)
                owner = owners.setdefault(place, name) if place else name
                if owner != name:
                    cause = f"the state of {name} is that of {owner}, which it would change"
                    shared_states.add(GuardFinding(file, block.line, "backend", cause))
    return shared_states


def _main(directory: str) -> tuple[str, int]:
    return posixpath.join(directory, "main.tf"), 1


def _by_name(reader: ModuleReader, prefix: str) -> dict[str, PlacedEnvironment]:
    """The root modules of a tree's environments, by their names."""
    environments = in_tree(reader.tree, prefix).values()
    return {root.name: root for environment in environments for root in environment.roots}


def _told(root: PlacedEnvironment, backends: list[tuple[str, Block]]) -> object:
    """All that tells where a state is."""
    shapes = [_shape(block) for _, block in backends]
    return shapes, root.inputs.workspace, root.inputs.backend_config


def _written_place(block: Block, root: PlacedEnvironment) -> tuple[str, ...] | None:
    """Bucket, key and workspace of a state; None if they are given to ``init`` from outside."""
    given = [block.attribute(each) for each in ("bucket", "key")]
    texts = [expressions.literal(each.expression) for each in given if each]
    if root.inputs.backend_config or block.labels != ("s3",) or len(texts) != 2 or not all(texts):
        return None
    return str(texts[0]), posixpath.normpath(str(texts[1])), root.inputs.workspace


def _backends(
    reader: ModuleReader, directory: str, dialect: Dialect
) -> list[tuple[str, Block]] | None:
    """Where an environment keeps its state, with overrides; None if that cannot be read."""
    try:
        blocks = reader.blocks(directory, dialect)
    except (OutsideError, HclSyntaxError):
        return None
    return [
        (block.file, inner)
        for block in blocks
        if block.block.kind == "terraform"
        for inner in block.block.blocks
        if inner.kind in _PLACES
    ]


def _shape(block: Block) -> object:
    """A block without its lines and spaces."""
    return (
        block.kind,
        block.labels,
        sorted(
            (attribute.name, repr(_words(attribute.expression))) for attribute in block.attributes
        ),
        [_shape(each) for each in block.blocks],
    )


def _words(expression: Expression) -> list[object]:
    return [
        (each.kind, each.text, [p if isinstance(p, str) else _words(p) for p in each.parts])
        for each in expression
        if each.kind != NEWLINE
    ]
