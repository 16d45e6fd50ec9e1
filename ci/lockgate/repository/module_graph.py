"""Which files an environment's plan depends on, found in its HCL without running anything.

What cannot be told makes the whole repository a dependency: nothing may be missed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lockgate.hcl import expressions
from lockgate.hcl.blocks import Block, Expression
from lockgate.hcl.expressions import Call
from lockgate.hcl.reading import CONFIGURATION, VARIABLES, parse
from lockgate.hcl.tokens import TEMPLATE, HclSyntaxError, Token, template
from lockgate.repository.file_tree import SUBMODULE, AmbiguousError, FileTree, OutsideError

LOCK_FILE = ".terraform.lock.hcl"
# https://developer.hashicorp.com/terraform/language/functions: those that read files.
FILE_FUNCTIONS = frozenset(
    {
        "file",
        "fileexists",
        "fileset",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "filemd5",
        "filesha1",
        "filesha256",
        "filesha512",
        "templatefile",
    }
)
_PATHS = ("module", "root", "cwd")
# PATH_MAX of Linux (limits.h): a longer text names no file.
_LONGEST_PATH = 4096


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


@dataclass(frozen=True)
class ModuleCall:
    """A call of a module in its environment: ``module.a.module.b``."""

    address: str
    directory: str


class ModuleReader:
    """Reads modules of one tree, each once, however many environments use it."""

    def __init__(self, tree: FileTree) -> None:
        self.tree = tree
        self._parsed: dict[str, Block | HclSyntaxError] = {}

    def parsed(self, path: str) -> Block:
        """A file's blocks. Raises HclSyntaxError."""
        if path not in self._parsed:
            try:
                self._parsed[path] = parse(path, self.tree.read(path))
            except HclSyntaxError as error:
                self._parsed[path] = error
        found = self._parsed[path]
        if isinstance(found, HclSyntaxError):
            raise found
        return found

    def dependencies(self, directory: str) -> Dependencies:
        """What the environment in a directory depends on."""
        return _Walk(self, directory).found


class _Walk:
    def __init__(self, reader: ModuleReader, root: str) -> None:
        self.reader = reader
        self.tree = reader.tree
        self.root = root
        self.found = Dependencies()
        self.seen: set[str] = set()
        self.templates: set[str] = set()
        self.module(ModuleCall("", root))

    def module(self, call: ModuleCall) -> None:
        """Add a module's files and, through them, what they use."""
        directory = self.place(call.directory, call)
        if directory is None or directory in self.seen:
            return
        self.seen.add(directory)
        for name in self.tree.names(directory):
            path = posixpath.join(directory, name)
            configuration = name.endswith(CONFIGURATION)
            # Terraform reads values and the lock file beside the root module only.
            beside = not call.address and (name.endswith(VARIABLES) or name == LOCK_FILE)
            if not configuration and not beside:
                continue
            real = self.place(path, call)
            if real is None or not self.tree.is_file(real):
                continue
            self.found.files.setdefault(real, call.address)
            if name != LOCK_FILE:
                self.configuration(call, directory, real)

    def configuration(self, call: ModuleCall, directory: str, path: str) -> None:
        """Follow one file of a module."""
        try:
            document = self.reader.parsed(path)
        except HclSyntaxError as error:
            self.everything(f"{path}:{error.line}: does not parse: {error.problem}")
            return
        for block in document.of_kind("module"):
            self.called(call, directory, path, block)
        for each in document.walk():
            for attribute in each.attributes:
                if (each.kind, attribute.name) != ("module", "source"):
                    self.expression(call, directory, path, attribute.expression)

    def called(self, call: ModuleCall, directory: str, path: str, block: Block) -> None:
        source = block.attribute("source")
        name = block.labels[0] if block.labels else "?"
        where = f"{path}:{block.line}"
        text = expressions.literal(source.expression) if source else None
        if text is None:
            self.everything(f"{where}: the source of module {name} is no plain text")
        elif text.startswith(("/", "file:", ".\\", "..\\", "~")) or "::file" in text:
            self.everything(f"{where}: the source of module {name} is a path out of the repository")
        elif text in (".", "..") or text.startswith(("./", "../")):
            address = f"{call.address}.module.{name}".removeprefix(".")
            self.module(ModuleCall(address, posixpath.join(directory, text)))

    def expression(self, call: ModuleCall, directory: str, path: str, given: Expression) -> None:
        """Add what an expression may read."""
        for made in expressions.calls(given):
            if made.name in FILE_FUNCTIONS:
                self.read_by(call, directory, path, made)
            elif made.name == "templatestring":
                self.everything(f"{path}:{made.line}: a computed template may read any file")
        for each in expressions.templates(given):
            self.mentioned(call, directory, path, each)
        inside = {id(token) for token in _heads(given)}
        for kind in _PATHS:
            for token in expressions.references(given, "path", kind):
                if id(token) not in inside:
                    self.everything(f"{path}:{token.line}: a path is computed from path.{kind}")

    def read_by(self, call: ModuleCall, directory: str, path: str, made: Call) -> None:
        """Add what a call of a file function reads."""
        argument = made.arguments[0] if made.arguments else ()
        place = self.literal_path(directory, argument)
        if place is None:
            self.everything(f"{path}:{made.line}: {made.name} reads a path that is computed")
            return
        if made.name == "fileset":
            pattern = expressions.literal(made.arguments[1]) if len(made.arguments) > 1 else None
            if pattern is None or ".." in pattern:
                self.everything(f"{path}:{made.line}: fileset looks for what is computed")
        for each in place:
            if each != place[0] and not self.inside(each):
                continue
            real = self.use(call, each)
            if real is not None and made.name == "templatefile":
                self.template_file(call, directory, real)

    def template_file(self, call: ModuleCall, directory: str, path: str) -> None:
        """Follow a template: it may call the functions that read files, too."""
        if path in self.templates or not self.tree.is_file(path):
            return
        self.templates.add(path)
        try:
            text = self.tree.read(path).decode("utf-8")
            self.expression(call, directory, path, (template(text, 1),))
        except UnicodeDecodeError:
            self.everything(f"{path}:1: is a template that is not UTF-8 text")
        except HclSyntaxError as error:
            self.everything(f"{path}:{error.line}: does not parse: {error.problem}")

    def mentioned(self, call: ModuleCall, directory: str, path: str, each: Token) -> None:
        """Add the file that a text names: an argument such as ``filename`` reads it."""
        from_path = any(
            next(expressions.references(part, "path", kind), None)
            for part in each.parts
            if not isinstance(part, str)
            for kind in _PATHS
        )
        if from_path:
            place = self.literal_path(directory, (each,))
            if place is None:
                self.everything(f"{path}:{each.line}: a path is computed")
            for one in place or ():
                self.use(call, one)
            return
        start = each.parts[0] if each.parts and isinstance(each.parts[0], str) else ""
        if each.literal is None and any("../" in x for x in each.parts if isinstance(x, str)):
            self.everything(f"{path}:{each.line}: a path is computed")
        if not start or start.startswith("/") or len(start) > _LONGEST_PATH or "\n" in start:
            return
        for base in dict.fromkeys((self.root, directory)):
            if each.literal is not None:
                self.name(call, posixpath.join(base, start))
            # What `format` fills in, and an interpolation, may end any name that starts so.
            if each.literal is None or "%" in start:
                self.starting(call, posixpath.join(base, start.partition("%")[0]))

    def starting(self, call: ModuleCall, start: str) -> None:
        """Add whatever is there whose path starts so."""
        directory, name = posixpath.split(start)
        try:
            real = self.tree.resolve(directory).path
        except AmbiguousError as error:
            self.everything(str(error))
            return
        except OutsideError:
            return
        for each in self.tree.names(real):
            if each.startswith(name):
                self.name(call, posixpath.join(directory, each))

    def name(self, call: ModuleCall, place: str) -> None:
        """Add a place if there is something: a text need not be a path."""
        try:
            resolved = self.tree.resolve(place)
        except AmbiguousError as error:
            self.everything(str(error))
            return
        except OutsideError:
            return
        if self.tree.is_file(resolved.path) or self.tree.is_directory(resolved.path):
            self.use(call, place)

    def use(self, call: ModuleCall, place: str) -> str | None:
        """Add a place, and what is in it if it is a directory; it need not exist."""
        real = self.place(place, call)
        if real is None:
            return None
        self.found.files.setdefault(real, call.address)
        self.found.directories.setdefault(real, call.address)
        return real

    def place(self, path: str, call: ModuleCall) -> str | None:
        """Where a path leads, its links added; None, and everything added, if out of the tree."""
        try:
            resolved = self.tree.resolve(path)
        except OutsideError as error:
            self.everything(str(error))
            return None
        for link in resolved.links:
            self.found.files.setdefault(link, call.address)
        for outer in _and_parents(resolved.path):
            if self.tree.entries.get(outer) == SUBMODULE:
                self.found.files.setdefault(outer, call.address)
        return resolved.path

    def inside(self, path: str) -> bool:
        try:
            self.tree.resolve(path)
        except OutsideError:
            return False
        return True

    def literal_path(self, directory: str, given: Expression) -> list[str] | None:
        """The places that an expression may name in the repository; None if it is computed.

        A relative path is relative to where Terraform runs, the root module, and that comes first;
        people mean their own module, so that both count.
        """
        plain = tuple(_plain(given))
        if len(plain) == 3 and (base := self.base(directory, plain)) is not None:
            return [base]
        if len(plain) != 1 or plain[0].kind != TEMPLATE:
            return None
        parts = plain[0].parts
        if plain[0].literal is not None:
            bases = dict.fromkeys((self.root, directory))
            return [posixpath.join(base, plain[0].literal) for base in bases]
        head, rest = parts[0], parts[1:]
        if isinstance(head, str) or not all(isinstance(part, str) for part in rest):
            return None
        base = self.base(directory, tuple(_plain(head)))
        if base is None:
            return None
        return [f"{base}{''.join(part for part in rest if isinstance(part, str))}"]

    def base(self, directory: str, tokens: Expression) -> str | None:
        """The directory that ``path.module`` or ``path.root`` is."""
        if [each.text for each in tokens[:2]] != ["path", "."] or len(tokens) != 3:
            return None
        return {"module": directory, "root": self.root, "cwd": self.root}.get(tokens[2].text)

    def everything(self, reason: str) -> None:
        if reason not in self.found.everything:
            self.found.everything.append(reason)


def _and_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)


def _plain(expression: Expression) -> Iterator[Token]:
    return (each for each in expression if each.kind != "newline")


def _heads(expression: Expression) -> Iterator[Token]:
    """The first tokens of paths that are read as literal: at a template's start, or an argument."""
    for each in expressions.templates(expression):
        for part in each.parts:
            if not isinstance(part, str):
                yield from tuple(_plain(part))[:1]
    for made in expressions.calls(expression):
        if made.name in FILE_FUNCTIONS and made.arguments:
            yield from tuple(_plain(made.arguments[0]))[:1]
