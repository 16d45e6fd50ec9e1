"""Chooses the AWS provider that an environment is planned with, and has Terraform install it.

In order: the version that a setting or a flag names; the one that the lock file or the constraints
ask for, which Terraform's own ``init`` finds by the user's CLI configuration, plugin cache, local
mirrors and registry, and verifies by the lock file's hashes; only where none can be reached and
none is asked for that it is not, the bundled one. Source of the order:
https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lockgate.base import paths
from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.engine import Engine, message_of
from lockgate.engine.provider_request import LOCK_FILE, SOURCE, ProviderRequest, read_request
from lockgate.install import provision
from lockgate.install.complete_directory import Facts, StampedDirectory
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from lockgate.install.provider_store import ProviderStore, packages
from lockgate.install.slow_command import Say
from lockgate.install.version_constraints import ConstraintError, admits, parse_version
from lockgate.repository.environments import Environment

BUNDLED = "bundled"
PROVIDER_VARIABLE = "LOCKGATE_PROVIDER"
_TERRAFORM, _OPENTOFU = "registry.terraform.io", "registry.opentofu.org"
# Bytes: the newest providers take 700 MB unpacked, and their archives half of that.
_NEEDS = 1_200_000_000
# What cannot be reached is told soon; a slow network still has the time to answer.
_PATIENCE = {"TF_REGISTRY_CLIENT_TIMEOUT": "15", "TF_REGISTRY_DISCOVERY_RETRY": "1"}
_PROGRAM = "terraform-provider-aws"


@dataclass(frozen=True)
class _Wanted:
    """What ``init`` is asked for: a constraint, and the lock file whose hashes must hold."""

    registry: str
    constraint: str
    lock: bytes


class ProviderChoice:
    """Chooses providers for the environments of one command; the same request is asked once."""

    def __init__(self, engine: Engine, named: str | None = None, say: Say = lambda _: None):
        """``named`` is a version or "bundled", from a flag; it goes before every setting.

        Raises:
            UsageError: it is neither.
        """
        if named:
            checked_name(named, f"--provider or {PROVIDER_VARIABLE}")
        self._engine = engine
        self._named = named
        self._say = say
        self._lock = threading.Lock()
        self._installed: dict[_Wanted, ProviderBinary | EngineError] = {}

    @classmethod
    def of_this_run(cls, engine: Engine, say: Say = lambda _: None) -> ProviderChoice:
        """The choice where no flag names a provider: LOCKGATE_PROVIDER may.

        Raises:
            UsageError: it names neither a version nor "bundled".
        """
        return cls(engine, os.environ.get(PROVIDER_VARIABLE), say)

    def of(
        self, environment: Environment, setting: str = "", remark: Say = lambda _: None
    ) -> ProviderBinary:
        """The provider of an environment; ``setting`` is its key ``provider`` in lockgate.yaml.

        ``remark`` is told when the bundled one stands in for one that cannot be reached.

        Raises:
            EngineError: the version cannot be had, with the ways to provide it.
        """
        named = self._named or setting
        if named == BUNDLED:
            return bundled_provider()
        request = read_request(environment, self.registry())
        wanted = self._wanted(request, named)
        if named:
            return self._must(environment, request, wanted)
        if _bundled_will_do(request) and provision.unsupported_platform() is None:
            try:
                return self._install(wanted, environment)
            except EngineError:
                # Nothing else is within reach, and it is one of those that are asked for.
                remark(f"is planned with the bundled {SOURCE}: no other can be reached")
                return bundled_provider()
        return self._must(environment, request, wanted)

    def known(self, environment: Environment, setting: str = "") -> ProviderBinary | str:
        """The provider of an environment, if it is installed already, or else what is asked for.

        Nothing is looked for. Raises as ``of``.
        """
        named = self._named or setting
        if named == BUNDLED:
            return bundled_provider()
        request = read_request(environment, self.registry())
        wanted = self._wanted(request, named)
        config = user_cli_configuration(wanted.registry)
        if binary := _overridden(config, wanted):
            return binary
        facts = self._directory(wanted, config).facts()
        if facts and facts == _facts_of(Path(str(facts.get("path")))):
            return _binary(facts)
        asked = request.locked if request.locked and not named else None
        return asked.version if asked else wanted.constraint.removeprefix("= ") or "any version"

    def _wanted(self, request: ProviderRequest, named: str) -> _Wanted:
        if not named:
            return _Wanted(self.registry(), request.constraint, request.lock)
        lock = request.lock if request.locked and request.locked.version == named else b""
        return _Wanted(self.registry(), f"= {named}", lock)

    def cli_configuration(self) -> Path:
        """Where Terraform finds other providers: as the user says, or as it does by itself."""
        if own := user_cli_configuration(self.registry()):
            return own
        empty = paths.home() / "empty.tfrc"
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.touch()
        return empty

    def registry(self) -> str:
        """The registry whose name the engine's providers stand under."""
        return _OPENTOFU if self._engine.is_opentofu else _TERRAFORM

    def _must(
        self, environment: Environment, request: ProviderRequest, wanted: _Wanted
    ) -> ProviderBinary:
        try:
            return self._install(wanted, environment)
        except EngineError as error:
            raise EngineError(_refusal(environment, request, wanted, str(error))) from error

    def _install(self, wanted: _Wanted, environment: Environment) -> ProviderBinary:
        with self._lock:
            if wanted not in self._installed:
                try:
                    self._installed[wanted] = self._installed_by_init(wanted, environment)
                except EngineError as error:
                    self._installed[wanted] = error
            outcome = self._installed[wanted]
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    def _installed_by_init(self, wanted: _Wanted, environment: Environment) -> ProviderBinary:
        config = user_cli_configuration(wanted.registry)
        if binary := _overridden(config, wanted):
            return binary
        directory = self._directory(wanted, config)

        def fill(_: Path) -> Facts:
            self._say(f"looking for {SOURCE} {wanted.constraint or '(any version)'}")
            return _facts_of(self._init(wanted, config, environment))

        def is_done() -> bool:
            # In a mirror of the user's, its program may be another by now.
            facts = directory.facts()
            return facts is not None and facts == _facts_of(Path(str(facts.get("path"))))

        directory.build(fill, is_done, self._say)
        return _binary(directory.facts() or {})

    def _directory(self, wanted: _Wanted, config: Path | None) -> StampedDirectory:
        key = self._key(wanted, config)
        return StampedDirectory(paths.home() / f"provider-aws-{key[:16]}", key, _NEEDS)

    def _init(self, wanted: _Wanted, config: Path | None, environment: Environment) -> Path:
        """Let Terraform find it, and keep it; its program."""
        with tempfile.TemporaryDirectory(prefix="lockgate-provider-") as scratch:
            root = Path(scratch)
            entry = {"source": f"{wanted.registry}/{SOURCE}"}
            if wanted.constraint:
                entry["version"] = wanted.constraint
            document = {"terraform": {"required_providers": {"aws": entry}}}
            (root / "versions.tf.json").write_text(json.dumps(document), "utf-8")
            if wanted.lock:
                (root / LOCK_FILE).write_bytes(wanted.lock)
            # A mirror that lies in the root module counts as Terraform's documentation says.
            if (environment.directory / "terraform.d").is_dir():
                (root / "terraform.d").symlink_to(environment.directory / "terraform.d")
            empty = root / "empty.tfrc"
            empty.touch()
            arguments = ["init", "-backend=false", "-input=false", "-no-color"]
            configurations = [config or empty]
            store = ProviderStore.at_home()
            if b'"h1:' in wanted.lock:
                # What another environment's lock file names as well is here. Of an unpacked
                # provider only this hash tells; without one Terraform would believe anything.
                configurations.insert(0, store.configuration(config or empty))
            for configuration in configurations:
                variables = {**_PATIENCE, "TF_CLI_CONFIG_FILE": str(configuration)}
                completed = self._engine.run(arguments, root, variables)
                if completed.exit_code == 0:
                    return _program_in(_kept(store, root / ".terraform" / "providers"))
            raise EngineError(message_of("terraform init", completed))

    def _key(self, wanted: _Wanted, config: Path | None) -> str:
        """What the choice depends on; without a lock file a newer version may come any day."""
        parts = [
            wanted.registry,
            wanted.constraint,
            wanted.lock.decode("utf-8", "replace"),
            config.read_text("utf-8", "replace") if config else "",
            os.environ.get("TF_PLUGIN_CACHE_DIR", ""),
            "" if wanted.lock else datetime.now(UTC).date().isoformat(),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _kept(store: ProviderStore, installed: Path) -> Path:
    """Where the one package that was installed lies from now on.

    Raises UsageError if there is no room for it.
    """
    (package,) = packages(installed)
    if package.is_symlink() and not package.resolve().is_relative_to(store.path.resolve()):
        return package.resolve()  # in a mirror or cache of the user's, which it stays in
    try:
        return store.take(installed, package)
    except (OSError, shutil.Error) as error:
        raise UsageError(
            f"{SOURCE} cannot be kept in {store.path}: {error}. Free some space, or set "
            "LOCKGATE_HOME to a directory on another disk."
        ) from error


def _binary(facts: Facts) -> ProviderBinary:
    path = Path(str(facts.get("path")))
    # …/hashicorp/aws/VERSION/PLATFORM/PROGRAM
    return ProviderBinary(SOURCE, path.parent.parent.name, path)


def _facts_of(program: Path) -> Facts:
    """What tells that a program is still the one that was verified; empty if it is not there."""
    try:
        status = program.stat()
    except OSError:
        return {}
    return {"path": str(program), "size": status.st_size, "changed": status.st_mtime_ns}


def checked_name(name: str, where: str) -> str:
    """The name of a provider's version as a setting or flag may give it.

    Raises:
        UsageError: it is neither a version nor "bundled".
    """
    if name != BUNDLED:
        try:
            parse_version(name)
        except ConstraintError as error:
            raise UsageError(
                f"{where} is '{name}': give a version of {SOURCE}, such as 5.100.0, or {BUNDLED}."
            ) from error
    return name


def user_cli_configuration(registry: str, variables: Mapping[str, str] = os.environ) -> Path | None:
    """The user's own CLI configuration of Terraform or OpenTofu; None where there is none."""
    named = variables.get("TF_CLI_CONFIG_FILE") or variables.get("TERRAFORM_CONFIG")
    home = Path(variables.get("HOME") or Path.home())
    usual = [home / ".terraformrc"]
    if registry == _OPENTOFU:
        xdg = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
        usual = [home / ".tofurc", *usual, xdg / "opentofu" / "tofurc"]
    candidates = [Path(named)] if named else usual
    return next((path for path in candidates if path.is_file()), None)


def _bundled_will_do(request: ProviderRequest) -> bool:
    version = provision.PROVIDER_VERSION
    if request.locked:
        return request.locked.version == version
    try:
        return admits(request.constraint, version)
    except ConstraintError:
        return False  # Terraform says what is wrong with it


def _overridden(config: Path | None, wanted: _Wanted) -> ProviderBinary | None:
    """A ``dev_overrides`` entry: a directory with the program, of no version in particular."""
    text = config.read_text("utf-8", "replace") if config else ""
    block = re.search(r"dev_overrides\s*\{(.*?)\}", text, re.DOTALL)
    for source, directory in re.findall(r'"([^"]+)"\s*=\s*"([^"]+)"', block[1] if block else ""):
        if source in (SOURCE, f"{wanted.registry}/{SOURCE}"):
            return ProviderBinary(SOURCE, "dev", _program_in(Path(directory).expanduser()))
    return None


def _program_in(place: Path) -> Path:
    programs = sorted(
        path
        for directory, _, files in os.walk(place, followlinks=True)
        for path in (Path(directory, name) for name in files)
        if path.name.startswith(_PROGRAM) and os.access(path, os.X_OK)
    )
    if not programs:
        raise EngineError(f"{place} holds no {_PROGRAM} that can be run.")
    return programs[-1]


def _refusal(environment: Environment, request: ProviderRequest, wanted: _Wanted, said: str) -> str:
    decisive = request.decisive
    version = decisive.version if decisive and not wanted.constraint.startswith("= ") else None
    asks = f"asks for {SOURCE} {version or wanted.constraint}"
    where = f"{decisive.where}: " if decisive and version else ""
    return (
        f"{where}{environment.name} {asks}, and no such version can be had: {_last_words(said)}\n"
        "There are three ways to provide it: a mirror or plugin cache that your CLI configuration "
        "names (provider_installation, TF_PLUGIN_CACHE_DIR); a network that reaches "
        f"{wanted.registry}; or another version to judge by, with --provider {BUNDLED} "
        f"({provision.PROVIDER_VERSION}) or the setting provider."
    )


def _last_words(said: str) -> str:
    """Terraform's own reason, in one line."""
    lines = [line.strip(" │╷╵") for line in said.splitlines()]
    told = " ".join(line for line in lines if line)
    _, _, after = told.partition("Failed to query available provider packages")
    reason = re.sub(r" To see which modules .*", "", after.strip() or told)
    return reason if len(reason) < 500 else f"{reason[:500]} …"
