"""The guard: what of a change would run code or leave the repository, found without running it.

Read is every file that planning an environment reads, changed or not. What cannot be told is
refused. The rules of docs/guard.md; the allow-lists are those of the base branch.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from lockgate.guarding.guard_files import check_files
from lockgate.guarding.guard_finding import GuardFinding
from lockgate.guarding.guard_sources import (
    BUILT_IN,
    is_local,
    module_allowed,
    module_host,
    provider_address,
    provider_allowed,
)
from lockgate.hcl import expressions
from lockgate.hcl.blocks import Block, Expression
from lockgate.hcl.expressions import Call
from lockgate.hcl.reading import CONFIGURATION, VARIABLES
from lockgate.hcl.tokens import NEWLINE, TEMPLATE, HclSyntaxError, Token, template
from lockgate.repository.affected import environment_directories
from lockgate.repository.file_tree import SUBMODULE, FileTree, OutsideError
from lockgate.repository.module_graph import FILE_FUNCTIONS, LOCK_FILE, ModuleReader
from lockgate.repository.pipeline_settings import PipelineSettings

# Data sources that run a program, call a function or ask a server while planning.
_RUNNING_DATA = frozenset({"external", "http", "aws_lambda_invocation"})
_CREDENTIALS = frozenset(
    {
        "shared_config_file",
        "shared_config_files",
        "shared_credentials_file",
        "shared_credentials_files",
        "custom_ca_bundle",
        "http_proxy",
        "https_proxy",
        "insecure",
        "web_identity_token",
        "web_identity_token_file",
    }
)
_ENDPOINTS = frozenset({"endpoint", "endpoints"})
# Switches and modes, no addresses.
_NO_ENDPOINTS = frozenset(
    {"use_fips_endpoint", "use_dualstack_endpoint", "s3_us_east_1_regional_endpoint"}
)
_TAGS = frozenset({"default_tags", "ignore_tags"})
_KNOWN_IN_TERRAFORM = frozenset(
    {
        *("required_providers", "backend", "cloud", "provider_meta", "encryption"),
        *("experiments", "required_version", "language"),  # arguments, which JSON may list
    }
)
# Of OpenTofu's `encryption`: those that run no program and ask no server of the change's choice.
_KEY_PROVIDERS = frozenset({"pbkdf2", "aws_kms"})
_METHODS = frozenset({"aes_gcm", "unencrypted"})
_REMOTE_STATE_BACKENDS = frozenset({"s3"})


def guard(
    before: FileTree,
    after: FileTree,
    changed: Iterable[str],
    settings: PipelineSettings,
    labels: Collection[str] = (),
    prefix: str = "",
) -> tuple[GuardFinding, ...]:
    """Every refusal, by file and line; none if the change may be planned.

    ``settings`` are those of the base, ``prefix`` where lockgate.yaml stands in the trees.
    """
    found = set(check_files(before, after, changed, settings, labels, prefix))
    reader = ModuleReader(after)
    for directory in environment_directories(after, prefix).values():
        found |= _Walk(reader, directory, settings).found
    if settings.protected_paths_label not in labels:
        found |= _moved_states(ModuleReader(before), reader, prefix)
    found |= _shared_states(reader, prefix)
    return tuple(sorted(found))


class _Walk:
    """Reads what planning one environment reads."""

    def __init__(self, reader: ModuleReader, root: str, settings: PipelineSettings) -> None:
        self.tree = reader.tree
        self.reader = reader
        self.root = root
        self.settings = settings
        self.found: set[GuardFinding] = set()
        self.seen: set[str] = set()
        self.templates: set[str] = set()
        self.module(root, f"{root}/main.tf", 1)

    def say(self, path: str, line: int, rule: str, cause: str) -> None:
        self.found.add(GuardFinding(path, line, rule, cause))

    def module(self, directory: str, caller: str, line: int) -> None:
        """Read a module's files and the modules it calls."""
        try:
            real = self.tree.resolve(directory).path
        except OutsideError as error:
            self.say(caller, line, "module", str(error))
            return
        if real in self.seen:
            return
        self.seen.add(real)
        if not self.tree.is_directory(real):
            what = "a submodule" if self.in_submodule(real) else "no directory of the repository"
            self.say(caller, line, "module", f"{directory} is {what}")
            return
        documents: list[tuple[str, Block]] = []
        for name in self.tree.names(real):
            is_values = real == self.place(self.root) and name.endswith(VARIABLES)
            is_lock = real == self.place(self.root) and name == LOCK_FILE
            if not (name.endswith(CONFIGURATION) or is_values or is_lock):
                continue
            path = self.place(posixpath.join(real, name))
            if path is None or not self.tree.is_file(path):
                continue  # links out of the tree are refused by their names
            try:
                document = self.reader.parsed(path)
            except HclSyntaxError as error:
                self.say(path, error.line, "syntax", f"does not parse: {error.problem}")
                continue
            if is_lock:
                for block in document.of_kind("provider"):
                    self.provider_source(path, block.line, block.labels[0] if block.labels else "")
            elif not is_values:
                documents.append((path, document))
        self.providers(documents)
        for path, document in documents:
            self.blocks(real, path, document)

    def blocks(self, directory: str, path: str, document: Block) -> None:
        for block in document.walk():
            if block.kind in ("data", "ephemeral") and len(block.labels) == 2:
                self.data(path, block)
        for block in document.blocks:
            if block.kind in ("resource", "removed"):  # what is removed may run code as it goes
                for inner in block.of_kind("provisioner"):
                    kind = inner.labels[0] if inner.labels else "?"
                    self.say(path, inner.line, "provisioner", f"a provisioner {kind} runs code")
            elif block.kind == "module":
                self.called(directory, path, block)
            elif block.kind == "provider":
                self.connection(path, block)
            elif block.kind == "terraform":
                self.terraform(path, block)
        for block in document.walk():
            for attribute in block.attributes:
                self.expression(directory, path, attribute.expression)

    def data(self, path: str, block: Block) -> None:
        kind, name = block.labels
        if kind in _RUNNING_DATA:
            self.say(path, block.line, "external-data", f"{block.kind}.{kind}.{name} runs code")
        if kind == "terraform_remote_state":
            backend = block.attribute("backend")
            text = expressions.literal(backend.expression) if backend else None
            if text not in _REMOTE_STATE_BACKENDS:
                cause = f"data.{kind}.{name} reads a state that is not in S3"
                self.say(path, block.line, "backend", cause)
            self.connection(path, block)
            config = block.attribute("config")
            if config is not None and not _written_out(config.expression):
                cause = f"the config of data.{kind}.{name} is computed"
                self.say(path, config.line, "backend", cause)

    def called(self, directory: str, path: str, block: Block) -> None:
        source = block.attribute("source")
        if source is None:
            return  # an override, or Terraform refuses it
        name = block.labels[0] if block.labels else "?"
        text = expressions.literal(source.expression)
        if text is None:
            self.say(path, source.line, "module", f"the source of module {name} is no plain text")
        elif is_local(text):
            self.module(posixpath.join(directory, text), path, source.line)
        else:
            if not module_allowed(text, self.settings.modules):
                self.say(path, source.line, "module", f"the module source {text} is not allowed")
            host = module_host(text)
            if host is None:
                self.say(path, source.line, "host", f"{text} names no host that can be told")
            else:
                self.host(path, source.line, host)

    def terraform(self, path: str, block: Block) -> None:
        for inner in block.blocks:
            if inner.kind not in _KNOWN_IN_TERRAFORM:
                cause = f"nobody knows what terraform.{inner.kind} makes the engine do"
                self.say(path, inner.line, "engine-override", cause)
        for inner in block.of_kind("encryption"):
            self.encryption(path, inner)
        for inner in block.of_kind("cloud"):
            named = inner.attribute("hostname")
            text = expressions.literal(named.expression) if named else "app.terraform.io"
            self.host(path, inner.line, text or "a computed host")
        for inner in block.of_kind("backend"):
            self.connection(path, inner)
            label = inner.labels[0] if inner.labels else "?"
            if label in ("http", "remote"):
                what = inner.attribute("address" if label == "http" else "hostname")
                text = expressions.literal(what.expression) if what else "app.terraform.io"
                host = (urlsplit(text).hostname if text and "//" in text else text) or ""
                self.host(path, inner.line, host or "a computed host")
            elif label not in ("s3", "local"):
                cause = f"the backend {label} names no host that can be told"
                self.say(path, inner.line, "host", cause)

    def encryption(self, path: str, block: Block) -> None:
        """OpenTofu's: a key can come from a program that it runs, or from a server."""
        self.connection(path, block)
        for inner in block.walk():
            allowed = {"key_provider": _KEY_PROVIDERS, "method": _METHODS}.get(inner.kind)
            if allowed is not None and not allowed.issuperset(inner.labels[:1]):
                cause = f"the {inner.kind} {', '.join(inner.labels[:1])} runs code or asks a server"
                self.say(path, inner.line, "engine-override", cause)

    def connection(self, path: str, block: Block, endpoints: bool = False) -> None:
        """Where credentials come from and go to, in a provider or backend."""
        for attribute in block.attributes:
            self.connected(path, attribute.name, attribute.line, attribute.expression, endpoints)
        for inner in block.blocks:
            names = {inner.kind, *inner.labels} if inner.kind == "dynamic" else {inner.kind}
            if not names & _TAGS:
                self.connection(path, inner, endpoints or bool(names & _ENDPOINTS))

    def connected(
        self, path: str, name: str | None, line: int, value: Expression, endpoints: bool = False
    ) -> None:
        """One argument, or one item of an argument that is an object."""
        if name in _CREDENTIALS:
            self.say(path, line, "credentials", f"{name} is set")
        elif endpoints or name in _ENDPOINTS or _is_endpoint(name):
            self.endpoints(path, line, value)
        elif name not in _TAGS:
            for each in expressions.items(value) or ():
                self.connected(path, *each)

    def endpoints(self, path: str, line: int, value: Expression) -> None:
        pairs = expressions.items(value)
        for _, at, each in pairs if pairs is not None else [(None, line, value)]:
            text = expressions.literal(each)
            host = urlsplit(text).hostname if text else None
            self.host(path, at, host or "a computed endpoint")

    def host(self, path: str, line: int, host: str) -> None:
        if host.lower() not in {each.lower() for each in self.settings.hosts}:
            self.say(path, line, "host", f"the host {host} is not allowed")

    def providers(self, documents: list[tuple[str, Block]]) -> None:
        """The providers that a module names, and those its blocks imply."""
        named: set[str] = {"terraform"}
        for path, document in documents:
            for block in document.of_kind("terraform"):
                for inner in block.of_kind("required_providers"):
                    for attribute in inner.attributes:
                        named.add(attribute.name)
                        self.required(path, attribute.name, attribute.line, attribute.expression)
        for path, document in documents:
            for block in document.walk():
                name = _provider_name(block)
                if name is not None and name not in named:
                    named.add(name)
                    self.provider_source(path, block.line, f"hashicorp/{name}")

    def required(self, path: str, name: str, line: int, value: Expression) -> None:
        if expressions.literal(value) is not None:  # a version alone
            self.provider_source(path, line, f"hashicorp/{name}")
            return
        pairs = expressions.items(value)
        if pairs is None:
            self.say(path, line, "provider", f"the provider {name} is not written out")
            return
        sources = [(at, given) for key, at, given in pairs if key in ("source", None)]
        if not sources:
            self.provider_source(path, line, f"hashicorp/{name}")
        for at, given in sources:
            text = expressions.literal(given)
            if text is None:
                self.say(path, at, "provider", f"the source of {name} is no plain text")
            else:
                self.provider_source(path, at, text)

    def provider_source(self, path: str, line: int, source: str) -> None:
        if source.lower() == BUILT_IN:
            return
        if not provider_allowed(source, self.settings.providers):
            self.say(path, line, "provider", f"the provider {source!r} is not allowed")
        address = provider_address(source)
        if address is not None:
            self.host(path, line, address[0])

    def expression(self, directory: str, path: str, given: Expression) -> None:
        for made in expressions.calls(given):
            if made.name.removeprefix("core::") in FILE_FUNCTIONS:
                self.reads(directory, path, made)
            elif made.name.removeprefix("core::") == "templatestring":
                self.say(path, made.line, "path", "a computed template may read any file")

    def reads(self, directory: str, path: str, made: Call) -> None:
        name = made.name.removeprefix("core::")
        places = self.literal_path(directory, made.arguments[0] if made.arguments else ())
        if places is None:
            self.say(path, made.line, "path", f"{name} reads a path that is computed")
            return
        if name == "fileset":
            pattern = expressions.literal(made.arguments[1]) if len(made.arguments) > 1 else None
            if pattern is None or ".." in pattern or pattern.startswith(("/", "~", "{")):
                self.say(path, made.line, "path", "fileset looks for a pattern that is computed")
        for place in places:
            try:
                real = self.tree.resolve(place).path
            except OutsideError as error:
                self.say(path, made.line, "path", f"{name}: {error}")
                continue
            if real.split("/")[0] == ".git" or self.in_submodule(real):
                self.say(path, made.line, "path", f"{name} reads {place}, not of the repository")
            elif name == "templatefile":
                self.template_file(directory, real)

    def template_file(self, directory: str, path: str) -> None:
        """A template may call the functions that read files, too."""
        if path in self.templates or not self.tree.is_file(path):
            return
        self.templates.add(path)
        try:
            text = self.tree.read(path).decode("utf-8")
            self.expression(directory, path, (template(text, 1),))
        except UnicodeDecodeError:
            self.say(path, 1, "syntax", "is a template that is not UTF-8 text")
        except HclSyntaxError as error:
            self.say(path, error.line, "syntax", f"does not parse: {error.problem}")

    def literal_path(self, directory: str, given: Expression) -> list[str] | None:
        """The places that an argument names, None if it is computed.

        A relative path is relative to the root module, where Terraform runs.
        """
        plain = [each for each in given if each.kind != NEWLINE]
        base = self.base(directory, plain)
        if base is not None:
            return [base]
        if len(plain) != 1 or plain[0].kind != TEMPLATE:
            return None
        if plain[0].literal is not None:
            text = plain[0].literal
            if text.startswith(("/", "~")) or "\\" in text:
                return [text if text.startswith("/") else "/" + text]
            return [posixpath.join(self.root, text)]
        head, *rest = plain[0].parts
        texts = [part for part in rest if isinstance(part, str)]
        if isinstance(head, str) or len(texts) != len(rest):
            return None
        base = self.base(directory, [each for each in head if each.kind != NEWLINE])
        return None if base is None else [base + "".join(texts)]

    def base(self, directory: str, tokens: list[Token]) -> str | None:
        if len(tokens) != 3 or [each.text for each in tokens[:2]] != ["path", "."]:
            return None
        return {"module": directory, "root": self.root}.get(tokens[2].text)

    def place(self, path: str) -> str | None:
        try:
            return self.tree.resolve(path).path
        except OutsideError:
            return None

    def in_submodule(self, path: str) -> bool:
        while path:
            if self.tree.entries.get(path) == SUBMODULE:
                return True
            path = posixpath.dirname(path)
        return False


def _is_endpoint(name: str | None) -> bool:
    return name is not None and name.endswith("_endpoint") and name not in _NO_ENDPOINTS


def _written_out(value: Expression) -> bool:
    """Whether a value is an object whose names are all there to be read."""
    pairs = expressions.items(value)
    return pairs is not None and all(name is not None for name, _, _ in pairs)


def _provider_name(block: Block) -> str | None:
    """The local name of the provider that a block needs."""
    if block.kind == "provider" and block.labels:
        return block.labels[0]
    kinds = ("resource", "data", "ephemeral", "action", "list")
    if block.kind not in kinds or len(block.labels) != 2:
        return None
    given = block.attribute("provider")
    if given is not None:
        text = expressions.literal(given.expression)
        words = [each.text for each in given.expression if each.kind != NEWLINE]
        return (text or words[0]).partition(".")[0] if text or words[0] else "?"
    return block.labels[0].partition("_")[0]


def _moved_states(before: ModuleReader, after: ModuleReader, prefix: str) -> set[GuardFinding]:
    """The environments of both trees whose state the change puts elsewhere."""
    then = environment_directories(before.tree, prefix)
    found: set[GuardFinding] = set()
    for name, directory in environment_directories(after.tree, prefix).items():
        if name not in then:
            continue
        old, new = _backends(before, then[name]), _backends(after, directory)
        if old is None or new is None or [each[2] for each in old] == [each[2] for each in new]:
            continue  # what does not parse is refused elsewhere
        file, line, _ = new[0] if new else (posixpath.join(directory, "main.tf"), 1, None)
        found.add(GuardFinding(file, line, "backend", f"the state of {name} would be elsewhere"))
    return found


def _shared_states(reader: ModuleReader, prefix: str) -> set[GuardFinding]:
    """The environments whose state is written out to be another one's."""
    owners: dict[tuple[str, str], str] = {}
    found: set[GuardFinding] = set()
    for name, directory in environment_directories(reader.tree, prefix).items():
        for file, line, block in _backend_blocks(reader, directory) or ():
            place = [block.attribute(each) for each in ("bucket", "key")]
            texts = [expressions.literal(each.expression) for each in place if each]
            if block.labels != ("s3",) or len(texts) != 2 or not all(texts):
                continue  # given to `init` from outside
            owner = owners.setdefault((str(texts[0]), posixpath.normpath(str(texts[1]))), name)
            if owner != name:
                cause = f"the state of {name} is that of {owner}, which it would change"
                found.add(GuardFinding(file, line, "backend", cause))
    return found


def _backends(reader: ModuleReader, directory: str) -> list[tuple[str, int, object]] | None:
    blocks = _backend_blocks(reader, directory)
    return None if blocks is None else [(file, line, _shape(each)) for file, line, each in blocks]


def _backend_blocks(reader: ModuleReader, directory: str) -> list[tuple[str, int, Block]] | None:
    found: list[tuple[str, int, Block]] = []
    try:
        real = reader.tree.resolve(directory).path
        for name in reader.tree.names(real):
            path = reader.tree.resolve(posixpath.join(real, name)).path
            if not name.endswith(CONFIGURATION) or not reader.tree.is_file(path):
                continue
            for block in reader.parsed(path).of_kind("terraform"):
                for inner in block.blocks:
                    if inner.kind in ("backend", "cloud", "state_store"):
                        found.append((path, inner.line, inner))
    except (OutsideError, HclSyntaxError):
        return None
    return found


def _shape(block: Block) -> object:
    """A block without its lines and spaces."""
    return (
        block.kind,
        block.labels,
        sorted((each.name, repr(_words(each.expression))) for each in block.attributes),
        [_shape(each) for each in block.blocks],
    )


def _words(expression: Expression) -> list[object]:
    return [
        (each.kind, each.text, [p if isinstance(p, str) else _words(p) for p in each.parts])
        for each in expression
        if each.kind != NEWLINE
    ]
