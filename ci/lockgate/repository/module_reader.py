"""Reads the modules of one tree, each file once, however many environments use it."""

from __future__ import annotations

import posixpath

from lockgate.repository.file_references import (
    FileReferences,
    references_of,
    references_of_template,
)
from lockgate.repository.file_tree import FileTree
from lockgate_policies.hcl.blocks import Block
from lockgate_policies.hcl.module_files import Dialect, module_files
from lockgate_policies.hcl.overrides import SourceBlock, merged
from lockgate_policies.hcl.reading import parse
from lockgate_policies.hcl.scanner import template
from lockgate_policies.hcl.tokens import HclSyntaxError


class ModuleReader:
    """The files of a tree, parsed when they are first asked for."""

    def __init__(self, tree: FileTree) -> None:
        self.tree = tree
        self._parsed: dict[str, Block | HclSyntaxError] = {}
        self._references: dict[str, FileReferences] = {}
        self._templates: dict[str, FileReferences | HclSyntaxError] = {}

    def parsed(self, path: str) -> Block:
        """A file's blocks. Raises HclSyntaxError."""
        if path not in self._parsed:
            try:
                self._parsed[path] = parse(path, self.tree.read(path))
            except HclSyntaxError as error:
                self._parsed[path] = error
        block = self._parsed[path]
        if isinstance(block, HclSyntaxError):
            raise block
        return block

    def references(self, path: str) -> FileReferences:
        """What a file says about others. Raises HclSyntaxError."""
        if path not in self._references:
            self._references[path] = references_of(self.parsed(path))
        return self._references[path]

    def template_references(self, path: str) -> FileReferences:
        """What a template file says about others. Raises HclSyntaxError."""
        if path not in self._templates:
            try:
                self._templates[path] = _template_references(self.tree.read(path))
            except HclSyntaxError as error:
                self._templates[path] = error
        template_references = self._templates[path]
        if isinstance(template_references, HclSyntaxError):
            raise template_references
        return template_references

    def blocks(self, directory: str, dialect: Dialect) -> tuple[SourceBlock, ...]:
        """A module's blocks as they count, with the paths of their files.

        Raises HclSyntaxError, and OutsideError for a path that leads out of the tree.
        """
        real = self.tree.resolve(directory).path
        files = module_files(self.tree.names(real), dialect)

        def read(names: tuple[str, ...]) -> list[SourceBlock]:
            paths = [self.tree.resolve(posixpath.join(real, name)).path for name in names]
            return [
                SourceBlock(path, block)
                for path in paths
                if self.tree.is_file(path)
                for block in self.parsed(path).blocks
            ]

        return merged(read(files.primary), read(files.overrides))


def _template_references(content: bytes) -> FileReferences:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HclSyntaxError(1, "is a template that is not UTF-8 text") from error
    return references_of_template(template(text, 1))
