"""The guard: what of a change would run code or leave the repository, found without running it.

Read is every file that planning an environment reads, changed or not. What cannot be told is
refused. The rules of docs/guard.md; the allow-lists are those of the base branch.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from lockgate.guarding.guard_environments import renamed_environments
from lockgate.guarding.guard_files import check_files
from lockgate.guarding.guard_finding import GuardFinding
from lockgate.guarding.guard_sources import (
    BUILT_IN,
    module_allowed,
    module_host,
    provider_address,
    provider_allowed,
)
from lockgate.guarding.guard_states import backend_files, moved_states, shared_states
from lockgate.repository.environments import in_tree
from lockgate.repository.file_references import CalledModule, FileCall, NamedPath
from lockgate.repository.file_tree import SUBMODULE, FileTree, OutsideError
from lockgate.repository.module_reader import ModuleReader
from lockgate.repository.module_walk import Listener, ModuleCall, Place, walk
from lockgate.repository.pipeline_settings import PipelineSettings
from lockgate_policies.hcl import expressions
from lockgate_policies.hcl.blocks import Block, Expression
from lockgate_policies.hcl.tokens import NEWLINE, HclSyntaxError

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
    findings = set(check_files(before, after, changed, settings, labels, prefix))
    reader = ModuleReader(after)
    for environment in in_tree(after, prefix).values():
        for root in environment.roots:
            listener = _Guard(after, root.directory, settings, findings)
            walk(reader, root.directory, listener)
            for file in backend_files(root, prefix):
                listener.backend_file(reader, file)
    if settings.protected_paths_label not in labels:
        findings |= moved_states(ModuleReader(before), reader, prefix)
        findings |= renamed_environments(before, after, prefix)
    findings |= shared_states(reader, prefix)
    return tuple(sorted(findings))


class _Guard(Listener):
    """Refuses, of what planning one environment reads, what would run code or leave."""

    def __init__(
        self, tree: FileTree, root: str, settings: PipelineSettings, findings: set[GuardFinding]
    ) -> None:
        self.tree = tree
        self.root = root
        self.settings = settings
        self.found = findings

    def say(self, path: str, line: int, rule: str, cause: str) -> None:
        self.found.add(GuardFinding(path, line, rule, cause))

    # A file that is a link out of the tree is refused by its name.
    def outside(self, call: ModuleCall, error: OutsideError) -> None:
        self.say(call.file, call.line, "module", str(error))

    def missing(self, call: ModuleCall, directory: str) -> None:
        what = "a submodule" if self.in_submodule(directory) else "no directory of the repository"
        self.say(call.file, call.line, "module", f"{call.directory} is {what}")

    def unreadable(self, path: str, line: int, problem: str) -> None:
        self.say(path, line, "syntax", problem)

    def lock_file(self, place: Place, document: Block) -> None:
        for block in document.of_kind("provider"):
            source = block.labels[0] if block.labels else ""
            self.provider_source(place.path, block.line, source)

    def module(self, directory: str, documents: Sequence[tuple[str, Block]]) -> None:
        self.providers(documents)
        for path, document in documents:
            self.blocks(path, document)

    def blocks(self, path: str, document: Block) -> None:
        for block in document.walk():
            if block.kind in ("data", "ephemeral") and len(block.labels) == 2:
                self.data(path, block)
        for block in document.blocks:
            if block.kind in ("resource", "removed"):  # what is removed may run code as it goes
                for inner in block.of_kind("provisioner"):
                    kind = inner.labels[0] if inner.labels else "?"
                    self.say(path, inner.line, "provisioner", f"a provisioner {kind} runs code")
            elif block.kind == "provider":
                self.connection(path, block)
            elif block.kind == "terraform":
                self.terraform(path, block)

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

    def called(self, place: Place, module: CalledModule) -> None:
        path, line, source = place.path, module.source_line, module.source
        if line is None:
            return  # an override, or Terraform refuses it
        if source is None:
            self.say(path, line, "module", f"the source of module {module.name} is no plain text")
            return
        if not module_allowed(source, self.settings.modules):
            self.say(path, line, "module", f"the module source {source} is not allowed")
        host = module_host(source)
        if host is None:
            self.say(path, line, "host", f"{source} names no host that can be told")
        else:
            self.host(path, line, host)

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

    def backend_file(self, reader: ModuleReader, path: str) -> None:
        """A file that ``init`` takes the backend's arguments from."""
        try:
            real = self.tree.resolve(path).path
            document = reader.parsed(real) if self.tree.is_file(real) else None
        except OutsideError:
            return  # refused as a link
        except HclSyntaxError as error:
            self.say(path, error.line, "syntax", f"does not parse: {error.problem}")
            return
        if document is None:
            return
        self.connection(real, document)
        for name in ("address", "hostname"):
            if given := document.attribute(name):
                text = expressions.literal(given.expression) or ""
                host = urlsplit(text).hostname if "//" in text else text
                self.host(real, given.line, host or "a computed host")

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
            for item in expressions.items(value) or ():
                self.connected(path, *item)

    def endpoints(self, path: str, line: int, value: Expression) -> None:
        pairs = expressions.items(value)
        for _, at, endpoint in pairs if pairs is not None else [(None, line, value)]:
            text = expressions.literal(endpoint)
            host = urlsplit(text).hostname if text else None
            self.host(path, at, host or "a computed endpoint")

    def host(self, path: str, line: int, host: str) -> None:
        if host.lower() not in {allowed.lower() for allowed in self.settings.hosts}:
            self.say(path, line, "host", f"the host {host} is not allowed")

    def providers(self, documents: Sequence[tuple[str, Block]]) -> None:
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

    def computed_template(self, place: Place, line: int) -> None:
        self.say(place.path, line, "path", "a computed template may read any file")

    def reads(self, place: Place, call: FileCall) -> Iterator[str]:
        path = self.named(place, call.path)
        if path is None:
            self.say(
                place.path, call.line, "path", f"{call.function} reads a path that is computed"
            )
            return
        if call.function == "fileset" and (
            call.pattern is None or ".." in call.pattern or call.pattern.startswith(("/", "~", "{"))
        ):
            cause = "fileset looks for a pattern that is computed"
            self.say(place.path, call.line, "path", cause)
        try:
            real = self.tree.resolve(path).path
        except OutsideError as error:
            self.say(place.path, call.line, "path", f"{call.function}: {error}")
            return
        if real.split("/")[0] == ".git" or self.in_submodule(real):
            cause = f"{call.function} reads {path}, not of the repository"
            self.say(place.path, call.line, "path", cause)
        else:
            yield real

    def named(self, place: Place, path: NamedPath | None) -> str | None:
        """The place that an argument names, None if it is computed.

        A relative path is relative to the root module, where Terraform runs.
        """
        if path is None or path.base == "cwd":
            return None
        if path.base is not None:
            return (place.directory if path.base == "module" else self.root) + path.text
        if path.text.startswith(("/", "~")) or "\\" in path.text:
            return path.text if path.text.startswith("/") else "/" + path.text
        return posixpath.join(self.root, path.text)

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
        words = [token.text for token in given.expression if token.kind != NEWLINE]
        return (text or words[0]).partition(".")[0] if text or words[0] else "?"
    return block.labels[0].partition("_")[0]
