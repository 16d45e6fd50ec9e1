"""``lockgate check`` beside what a user would write: ``init``, ``plan`` and ``show -json``.

Both plan the same environments with the same engine and the same provider, the bare run two at a
time. Its copies carry what a plan without an account needs: credentials that nobody asks for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import cost
from bench.cost import Cost
from lockgate.base import paths
from lockgate.install import provision
from lockgate.repository import environments
from lockgate_policies.model.hcl_reader import read_module

_USUAL_PLACES = ("/opt", "/usr/local", "/usr/share")
_DEPTH = 4
_FLAGS = {
    "access_key": "test",
    "secret_key": "test",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
}
# Without it, this version asks EC2 for an account attribute, for 20 seconds if nobody answers.
_FLAGS_OF_BUNDLED = {**_FLAGS, "skip_get_ec2_platforms": True}


@dataclass(frozen=True)
class Provider:
    """A provider to measure with: its version, and the CLI configuration that leads to it."""

    version: str
    cli_config: Path
    flags: dict[str, object]


@dataclass(frozen=True)
class Subject:
    """A repository whose environments are checked, and copies of them for the bare run."""

    root: Path
    copies: tuple[Path, ...]
    provider: Provider

    def bare(self) -> Cost:
        """What a user would write."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            return cost.of_work(lambda: list(pool.map(self._plan, self.copies)))

    def checked(self) -> Cost:
        """The same by Lockgate, verdict included."""
        return cost.of_command(
            [sys.executable, "-m", "lockgate", "check", "--provider", self._named],
            self.root,
            {"TF_CLI_CONFIG_FILE": str(self.provider.cli_config)},
        )

    @property
    def _named(self) -> str:
        bundled = self.provider.version == provision.PROVIDER_VERSION
        return "bundled" if bundled else self.provider.version

    def _plan(self, directory: Path) -> None:
        terraform = str(paths.repository_root() / "scripts" / "terraform")
        variables = {
            "TF_CLI_CONFIG_FILE": str(self.provider.cli_config),
            "CHECKPOINT_DISABLE": "1",
        }
        shutil.rmtree(directory / ".terraform", ignore_errors=True)
        (directory / ".terraform.lock.hcl").unlink(missing_ok=True)
        commands = (
            ["init", "-input=false"],
            ["plan", "-input=false", "-out=p"],
            ["show", "-json", "p"],
        )
        for command in commands:
            subprocess.run(
                [terraform, *command],
                cwd=directory,
                env={**os.environ, **variables},
                check=True,
                stdout=subprocess.DEVNULL,
            )


def bundled() -> Provider:
    """The provider that Lockgate brings with it."""
    provider = provision.ensure_provider()
    return Provider(provision.PROVIDER_VERSION, provider.cli_config, dict(_FLAGS_OF_BUNDLED))


@contextmanager
def newest_installed() -> Iterator[Provider | None]:
    """The newest AWS provider in a filesystem mirror of this machine, if there is one."""
    versions = [
        (tuple(int(part) for part in version.name.split(".")), mirror)
        for mirror in _mirrors()
        for version in (mirror / "registry.terraform.io" / "hashicorp" / "aws").glob("*.*.*")
    ]
    if not versions:
        yield None
        return
    numbers, mirror = max(versions)
    with tempfile.TemporaryDirectory() as place:
        config = Path(place, "terraform.rc")
        path = json.dumps(str(mirror))
        config.write_text(f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n")
        config.write_text(config.read_text() + "  }\n}\n")
        yield Provider(".".join(map(str, numbers)), config, dict(_FLAGS))


@contextmanager
def subject(provider: Provider, count: int | None = None) -> Iterator[Subject]:
    """This repository's environments, or that many copies of its first one, and their copies."""
    with tempfile.TemporaryDirectory() as base:
        place, source = Path(base), paths.repository_root()
        root = place / "repository"
        for part in ("modules", "envs"):
            shutil.copytree(source / part, root / part, ignore=shutil.ignore_patterns(".*"))
        if count is not None:
            first = sorted((root / "envs").iterdir())[0]
            for number in range(count):
                shutil.copytree(first, root / "envs" / f"copy{number}")
            for original in sorted((source / "envs").iterdir()):
                shutil.rmtree(root / "envs" / original.name)
            (root / "lockgate.yaml").write_text("defaults: {recovery_time_objective: 180}\n")
        else:
            shutil.copy(source / "lockgate.yaml", root)
        chosen = environments.discover(root)
        bare = place / "bare"
        shutil.copytree(root, bare)
        copies = tuple(_prepared(environment, bare, provider) for environment in chosen)
        yield Subject(root, copies, provider)


def forget_answers() -> None:
    """Have the next check ask the provider everything, as the first check of all does."""
    for file in paths.home().glob("answers-*"):
        file.unlink(missing_ok=True)


def _prepared(environment: environments.Environment, bare: Path, provider: Provider) -> Path:
    directory = bare / environment.directory.relative_to(environment.root)
    facts = read_module(environment.directory, environment.root)
    document = {
        "terraform": {"backend": {"local": {}}},
        "provider": {
            "aws": [
                {**({"alias": block["alias"]} if block["alias"] else {}), **provider.flags}
                for block in facts["providers"]
            ]
        },
    }
    (directory / "~account_override.tf.json").write_text(json.dumps(document))
    return directory


def _mirrors() -> Iterator[Path]:
    """Directories in Terraform's mirror layout below the usual places for optional software."""
    for place in map(Path, _USUAL_PLACES):
        for directory, inner, _ in os.walk(place):
            if len(Path(directory).relative_to(place).parts) >= _DEPTH:
                inner.clear()
            if "registry.terraform.io" in inner:
                inner.clear()
                yield Path(directory)
