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
            told = _told(then[name], old, before, prefix), _told(root, new, after, prefix)
            if told[0] != told[1]:
                place = (new[0][0], new[0][1].line) if new else _main(directory)
                cause = f"the state of {name} would be elsewhere"
                moved_states.add(GuardFinding(*place, "backend", cause))
    return moved_states


def shared_states(reader: ModuleReader, prefix: str) -> set[GuardFinding]:
    """The environments whose state is written out to be another one's.

    Of one root module with several variable files that nobody has named in the settings, it is not
    known how their states are told apart; an apply asks for that.
    """
    owners: dict[tuple[str, ...], PlacedEnvironment] = {}
    shared_states: set[GuardFinding] = set()
    for root in _by_name(reader, prefix).values():
        for dialect in Dialect:
            for file, block in _backends(reader, root.directory, dialect) or ():
                place = _written_place(block, root, reader, prefix)
                owner = owners.setdefault(place, root) if place else root
                if owner.name != root.name and (root.said or owner.directory != root.directory):
                    cause = (
                        f"the state of {root.name} is that of {owner.name}, which it would change"
                    )
                    shared_states.add(GuardFinding(file, block.line, "backend", cause))
    return shared_states


def backend_files(root: PlacedEnvironment, prefix: str) -> list[str]:
    """The files of the tree that ``init`` takes a root module's backend from."""
    given = root.inputs.backend_config
    return [posixpath.join(prefix, entry) for entry in given if "=" not in entry]


def _main(directory: str) -> tuple[str, int]:
    return posixpath.join(directory, "main.tf"), 1


def _by_name(reader: ModuleReader, prefix: str) -> dict[str, PlacedEnvironment]:
    """The root modules of a tree's environments, by their names."""
    environments = in_tree(reader.tree, prefix).values()
    return {root.name: root for environment in environments for root in environment.roots}


def _told(
    root: PlacedEnvironment,
    backends: list[tuple[str, Block]],
    reader: ModuleReader,
    prefix: str,
) -> object:
    """All that tells where a state is."""
    shapes = [_shape(block) for _, block in backends]
    files = [_backend_file(reader, file) for file in backend_files(root, prefix)]
    texts = [entry for entry in root.inputs.backend_config if "=" in entry]
    return shapes, root.inputs.workspace, [_shape(file) for file in files if file], texts


def _backend_file(reader: ModuleReader, path: str) -> Block | None:
    """What a backend's file says; None if there is none, or if it does not parse."""
    try:
        real = reader.tree.resolve(path).path
        return reader.parsed(real) if reader.tree.is_file(real) else None
    except (OutsideError, HclSyntaxError):
        return None


def _written_place(
    block: Block, root: PlacedEnvironment, reader: ModuleReader, prefix: str
) -> tuple[str, ...] | None:
    """Bucket, key and workspace of a state; None if they are given to ``init`` from outside."""
    if block.labels != ("s3",):
        return None
    texts: dict[str, str | None] = {}
    said = [block, *(_backend_file(reader, file) for file in backend_files(root, prefix))]
    for document in said:
        for attribute in document.attributes if document else ():
            texts[attribute.name] = expressions.literal(attribute.expression)
    for entry in root.inputs.backend_config:
        name, told, value = entry.partition("=")
        if told:
            texts[name.strip()] = value.strip()
    bucket, key = texts.get("bucket"), texts.get("key")
    if not bucket or not key:
        return None
    return bucket, posixpath.normpath(key), root.inputs.workspace


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
        [_shape(inner) for inner in block.blocks],
    )


def _words(expression: Expression) -> list[object]:
    return [
        (token.kind, token.text, [p if isinstance(p, str) else _words(p) for p in token.parts])
        for token in expression
        if token.kind != NEWLINE
    ]
