"""Which files an environment's plan depends on, found in its HCL without running anything.

What cannot be told makes the whole repository a dependency: nothing may be missed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lockgate.repository.file_references import CalledModule, FileCall, Mention, NamedPath
from lockgate.repository.file_tree import SUBMODULE, AmbiguousError, OutsideError, Resolved
from lockgate.repository.module_reader import ModuleReader
from lockgate.repository.module_walk import Listener, ModuleCall, Place, walk


@dataclass
class Dependencies:
    """What an environment depends on.

    ``files`` maps a file, or a place where one would count, to the module that it is used through
    ("" for the environment itself); so does ``directories``, for everything in them.
    ``everything`` says why the whole repository counts, if it does.
    """

    files: dict[str, str] = field(default_factory=dict)
    directories: dict[str, str] = field(default_factory=dict)
    everything: list[str] = field(default_factory=list)

    def through(self, path: str) -> str | None:
        """The module through which a path is used, None if it is not."""
        if path in self.files:
            return self.files[path]
        for directory, through in self.directories.items():
            if directory in ("", path) or path.startswith(f"{directory}/"):
                return through
        return None


def dependencies(reader: ModuleReader, directory: str) -> Dependencies:
    """What the environment in a directory depends on."""
    graph = _Graph(reader, directory)
    walk(reader, directory, graph)
    return graph.found


class _Graph(Listener):
    def __init__(self, reader: ModuleReader, root: str) -> None:
        self.tree = reader.tree
        self.root = root
        self.found = Dependencies()

    def followed(self, call: ModuleCall, resolved: Resolved) -> None:
        for link in resolved.links:
            self.found.files.setdefault(link, call.address)
        for outer in _and_parents(resolved.path):
            if self.tree.entries.get(outer) == SUBMODULE:
                self.found.files.setdefault(outer, call.address)

    def outside(self, call: ModuleCall, error: OutsideError) -> None:
        self.everything(str(error))

    def file_outside(self, call: ModuleCall, error: OutsideError) -> None:
        self.everything(str(error))

    def file(self, place: Place) -> None:
        self.found.files.setdefault(place.path, place.call.address)

    def unreadable(self, path: str, line: int, problem: str) -> None:
        self.everything(f"{path}:{line}: {problem}")

    def called(self, place: Place, module: CalledModule) -> None:
        where, source = f"{place.path}:{module.line}", module.source
        if source is None:
            self.everything(f"{where}: the source of module {module.name} is no plain text")
        elif source.startswith(("/", "file:", ".\\", "..\\", "~")) or "::file" in source:
            self.everything(
                f"{where}: the source of module {module.name} is a path out of the repository"
            )

    def reads(self, place: Place, call: FileCall) -> Iterator[str]:
        if call.path is None:
            self.everything(
                f"{place.path}:{call.line}: {call.function} reads a path that is computed"
            )
            return
        if call.function == "fileset" and (call.pattern is None or ".." in call.pattern):
            self.everything(f"{place.path}:{call.line}: fileset looks for what is computed")
        first, *others = self.places(place, call.path)
        # People mean their own module, Terraform the root: that need not be in the repository.
        for path in (first, *(other for other in others if self.inside(other))):
            if (real := self.use(place.call, path)) is not None:
                yield real

    def computed_template(self, place: Place, line: int) -> None:
        self.everything(f"{place.path}:{line}: a computed template may read any file")

    def computed_path(self, place: Place, line: int, base: str) -> None:
        self.everything(f"{place.path}:{line}: a path is computed from path.{base}")

    def mentions(self, place: Place, mention: Mention) -> None:
        if mention.computed:
            self.everything(f"{place.path}:{mention.line}: a path is computed")
        if mention.path is not None:
            for path in self.places(place, mention.path):
                self.use(place.call, path)
        for base in dict.fromkeys((self.root, place.directory)):
            if mention.whole is not None:
                self.name(place.call, base, mention.whole)
            for word in mention.words:
                self.name(place.call, base, word, among_others=True)
            for start in mention.starts:
                self.starting(place.call, base, start)

    def places(self, place: Place, path: NamedPath) -> list[str]:
        """The places that a path may name.

        A relative path is relative to where Terraform runs, the root module, and that comes first;
        people mean their own module, so that both count.
        """
        if path.base is not None:
            return [(place.directory if path.base == "module" else self.root) + path.text]
        bases = dict.fromkeys((self.root, place.directory))
        return [posixpath.join(base, path.text) for base in bases]

    def starting(self, call: ModuleCall, base: str, start: str) -> None:
        """Add whatever is there whose path starts so."""
        directory, name = posixpath.split(posixpath.join(base, start))
        try:
            real = self.tree.resolve(directory).path
        except AmbiguousError as error:
            self.everything(str(error))
            return
        except OutsideError:
            return
        for entry in self.tree.names(real):
            if entry.startswith(name):
                self.name(call, directory, entry)

    def name(self, call: ModuleCall, base: str, text: str, *, among_others: bool = False) -> None:
        """Add a place if there is something: a text need not be a path.

        Of a text's many words, a plain one is no directory's name.
        """
        if not self.may_be(base, text):
            return
        place = posixpath.join(base, text)
        try:
            path = self.tree.resolve(place).path
        except AmbiguousError as error:
            self.everything(str(error))
            return
        except OutsideError:
            return
        named = not among_others or ("/" in text and bool(text.strip("./")))
        if self.tree.is_file(path) or (named and self.tree.is_directory(path)):
            self.use(call, place)

    def may_be(self, base: str, text: str) -> bool:
        """Whether anything there begins as a text does, looked up at little cost."""
        first = text.partition("/")[0]
        if first in ("", ".", ".."):
            return True
        path = posixpath.join(base, first)
        return path in self.tree.entries or path in self.tree.directories or self.linked(base)

    def linked(self, base: str) -> bool:
        """Whether a directory, or one around it, is not where it seems to be."""
        return base not in self.tree.directories or ".." in base.split("/")

    def use(self, call: ModuleCall, place: str) -> str | None:
        """Add a place, and what is in it if it is a directory; it need not exist."""
        try:
            resolved = self.tree.resolve(place)
        except OutsideError as error:
            self.everything(str(error))
            return None
        self.followed(call, resolved)
        self.found.files.setdefault(resolved.path, call.address)
        self.found.directories.setdefault(resolved.path, call.address)
        return resolved.path

    def inside(self, path: str) -> bool:
        try:
            self.tree.resolve(path)
        except OutsideError:
            return False
        return True

    def everything(self, reason: str) -> None:
        if reason not in self.found.everything:
            self.found.everything.append(reason)


def _and_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)
