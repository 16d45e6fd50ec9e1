"""What comes from the registry is what was signed there, and what the lock file names."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.install.provider_binary import ProviderBinary
from lockgate.repository.environments import Environment
from tests.engine.provider_registry import ProviderRegistry, SigningKey, serve
from tests.environments import MakeEnvironment

pytestmark = pytest.mark.skipif(
    shutil.which("gpg") is None, reason="a registry signs with GnuPG, which is not installed"
)
_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PLATFORM = f"{'darwin' if sys.platform == 'darwin' else 'linux'}_{_ARCHITECTURE}"
ASKS = 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n'


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SigningKey]:
    made = SigningKey.make(tmp_path_factory.mktemp("keys") / "gnupg")
    yield made
    made.close()


@pytest.fixture
def registry(
    key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ProviderRegistry]:
    """The only place that this machine's Terraform takes providers from."""
    for name in ("TF_PLUGIN_CACHE_DIR", "XDG_DATA_HOME", "LOCKGATE_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home" / "lockgate"))
    with serve(ProviderRegistry(key, PLATFORM)) as served:
        configuration = served.configuration(tmp_path / "own.rc")
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
        yield served


def choose(environment: Environment) -> ProviderBinary:
    return ProviderChoice(Engine.find()).of(environment)


def lock(environment: Environment, version: str, *hashes: str) -> None:
    quoted = ", ".join(f'"{each}"' for each in hashes)
    (environment.directory / ".terraform.lock.hcl").write_text(
        f'provider "registry.terraform.io/hashicorp/aws" {{\n  version = "{version}"\n'
        f"  hashes = [{quoted}]\n}}\n"
    )


def test_the_newest_is_downloaded_once_for_all_environments(
    environment: MakeEnvironment, registry: ProviderRegistry
) -> None:
    for version in ("4.9.0", "5.1.0", "5.2.0", "6.0.0"):
        registry.publish(version, version)
    found = {choose(environment(ASKS, name=name)) for name in ("dev", "prod")}
    (binary,) = found
    assert binary.version == "5.2.0"
    assert binary.path.read_text() == "5.2.0"
    assert registry.asked.count("/5.2.0/archive") == 1


def test_the_locked_one_is_downloaded_once_though_lock_files_differ(
    environment: MakeEnvironment, registry: ProviderRegistry
) -> None:
    named = registry.publish("5.1.0", "signed")
    registry.publish("5.2.0", "newer")
    dev, prod = environment(ASKS), environment(ASKS, name="prod")
    lock(dev, "5.1.0", named)
    lock(prod, "5.1.0", named)
    with (prod.directory / ".terraform.lock.hcl").open("a") as file:
        file.write('provider "registry.terraform.io/hashicorp/tls" {\n  version = "4.0.0"\n}\n')
    assert choose(dev) == choose(prod)
    assert choose(dev).path.read_text() == "signed"
    assert registry.asked.count("/5.1.0/archive") == 1


def test_another_hash_than_the_lock_files_is_refused(
    environment: MakeEnvironment, registry: ProviderRegistry
) -> None:
    registry.publish("5.1.0", "other")
    made = environment(ASKS)
    lock(made, "5.1.0", f"zh:{'0' * 64}")
    with pytest.raises(EngineError, match=r"lock\.hcl:1: dev asks for hashicorp/aws 5\.1\.0"):
        choose(made)


def test_an_archive_that_is_not_the_signed_one_is_refused(
    environment: MakeEnvironment, registry: ProviderRegistry
) -> None:
    registry.publish("5.1.0", "signed")
    signed = registry.sums["5.1.0"]
    registry.publish("5.1.0", "tampered")
    registry.sums["5.1.0"] = signed
    with pytest.raises(EngineError, match="checksum"):
        choose(environment(ASKS))


def test_a_program_that_changed_after_its_verification_is_not_run(
    environment: MakeEnvironment, registry: ProviderRegistry
) -> None:
    named = registry.publish("5.1.0", "signed")
    made = environment(ASKS)
    lock(made, "5.1.0", named)
    program = choose(made).path
    program.unlink()
    program.write_text("tampered")
    program.chmod(0o755)
    # What lies there no longer has the lock file's hash: it is downloaded again.
    assert choose(made).path.read_text() == "signed"
    assert registry.asked.count("/5.1.0/archive") == 2
