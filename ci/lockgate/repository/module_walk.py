"""The one walk over an environment's modules: every file that planning it reads.

Who wants to know something of them listens. What cannot be told is told to the listener.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lockgate.repository.file_references import CalledModule, FileCall, FileReferences, Mention
from lockgate.repository.file_tree import OutsideError, Resolved
from lockgate.repository.module_reader import ModuleReader
from lockgate_policies.hcl.blocks import Block
from lockgate_policies.hcl.module_files import is_configuration
from lockgate_policies.hcl.reading import VARIABLES
from lockgate_policies.hcl.tokens import HclSyntaxError

LOCK_FILE = ".terraform.lock.hcl"


@dataclass(frozen=True)
class ModuleCall:
    """A call of a module in its environment, ``module.a.module.b``, and where it stands."""

    address: str
    directory: str
    file: str
    line: int


@dataclass(frozen=True)
class Place:
    """A file under way: the call that leads to it, its module's directory, its path."""

    call: ModuleCall
    directory: str
    path: str


class Listener:
    """Hears of what a walk meets. It does nothing of itself."""

    def followed(self, call: ModuleCall, resolved: Resolved) -> None:
        """A path was followed, perhaps through links."""

    def outside(self, call: ModuleCall, error: OutsideError) -> None:
        """A module's directory leads out of the tree."""

    def file_outside(self, call: ModuleCall, error: OutsideError) -> None:
        """A file of a module leads out of the tree."""

    def missing(self, call: ModuleCall, directory: str) -> None:
        """A module's directory is not there."""

    def file(self, place: Place) -> None:
        """A file is read."""

    def unreadable(self, path: str, line: int, problem: str) -> None:
        """A file cannot be read."""

    def lock_file(self, place: Place, document: Block) -> None:
        """The root module's lock file."""

    def module(self, directory: str, documents: Sequence[tuple[str, Block]]) -> None:
        """The files of a module's configuration, those that can be read."""

    def called(self, place: Place, module: CalledModule) -> None:
        """A module is called that is no directory beside its caller."""

    def reads(self, place: Place, call: FileCall) -> Iterable[str]:
        """A function reads files. Answers where they are, resolved, for templates to follow."""
        return ()

    def computed_template(self, place: Place, line: int) -> None:
        """A template is made while planning: it may read anything."""

    def computed_path(self, place: Place, line: int, base: str) -> None:
        """``path.module`` or the like is used for something other than a path's start."""

    def mentions(self, place: Place, mention: Mention) -> None:
        """A text may name files."""


def is_local(source: str) -> bool:
    """Tell whether a module's source is a path beside its caller."""
    return source in (".", "..") or source.startswith(("./", "../"))


def walk(reader: ModuleReader, root: str, listener: Listener) -> None:
    """Go through the environment in a directory."""
    _Walk(reader, listener).module(ModuleCall("", root, f"{root}/main.tf", 1))


class _Walk:
    def __init__(self, reader: ModuleReader, listener: Listener) -> None:
        self.reader = reader
        self.tree = reader.tree
        self.listener = listener
        self.seen: set[str] = set()
        self.templates: set[str] = set()

    def module(self, call: ModuleCall) -> None:
        """Read a module's files and the modules it calls."""
        try:
            resolved = self.tree.resolve(call.directory)
        except OutsideError as error:
            self.listener.outside(call, error)
            return
        self.listener.followed(call, resolved)
        directory = resolved.path
        if directory in self.seen:
            return
        self.seen.add(directory)
        if not self.tree.is_directory(directory):
            self.listener.missing(call, directory)
            return
        read = [
            (Place(call, directory, path), name)
            for name in self.tree.names(directory)
            if self._is_read(call, name)
            and (path := self._file(call, posixpath.join(directory, name))) is not None
        ]
        documents = [
            (place.path, document)
            for place, name in read
            if (document := self._document(place, name)) is not None and is_configuration(name)
        ]
        self.listener.module(directory, documents)
        for place, name in read:
            if name != LOCK_FILE:
                self._follow(place)

    def _is_read(self, call: ModuleCall, name: str) -> bool:
        # Values and the lock file are read beside the root module only.
        beside = not call.address and (name.endswith(VARIABLES) or name == LOCK_FILE)
        return is_configuration(name) or beside

    def _file(self, call: ModuleCall, path: str) -> str | None:
        try:
            resolved = self.tree.resolve(path)
        except OutsideError as error:
            self.listener.file_outside(call, error)
            return None
        self.listener.followed(call, resolved)
        return resolved.path if self.tree.is_file(resolved.path) else None

    def _document(self, place: Place, name: str) -> Block | None:
        self.listener.file(place)
        try:
            document = self.reader.parsed(place.path)
        except HclSyntaxError as error:
            self.listener.unreadable(place.path, error.line, f"does not parse: {error.problem}")
            return None
        if name == LOCK_FILE:
            self.listener.lock_file(place, document)
        return document

    def _follow(self, place: Place) -> None:
        try:
            references = self.reader.references(place.path)
        except HclSyntaxError:
            return  # said when the module's files were read
        for module in references.modules:
            source = module.source
            if source is None or not is_local(source):
                self.listener.called(place, module)
                continue
            address = f"{place.call.address}.module.{module.name}".removeprefix(".")
            line = module.source_line or module.line
            directory = posixpath.join(place.directory, source)
            self.module(ModuleCall(address, directory, place.path, line))
        self._tell(place, references)

    def _tell(self, place: Place, references: FileReferences) -> None:
        for call in references.calls:
            places = tuple(self.listener.reads(place, call))
            if call.function == "templatefile":
                for path in places:
                    self._template(place, path)
        for line in references.computed_templates:
            self.listener.computed_template(place, line)
        for mention in references.mentions:
            self.listener.mentions(place, mention)
        for line, base in references.computed_paths:
            self.listener.computed_path(place, line, base)

    def _template(self, place: Place, path: str) -> None:
        """Follow a template: it may call the functions that read files, too."""
        if path in self.templates or not self.tree.is_file(path):
            return
        self.templates.add(path)
        try:
            references = self.reader.template_references(path)
        except HclSyntaxError as error:
            problem = error.problem
            if not problem.startswith("is a template"):
                problem = f"does not parse: {problem}"
            self.listener.unreadable(path, error.line, problem)
        else:
            self._tell(Place(place.call, place.directory, path), references)
