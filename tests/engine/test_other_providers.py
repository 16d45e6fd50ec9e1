"""Other providers than AWS's come as Terraform gets them, once, bound by the lock file."""

from __future__ import annotations

import platform
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.engine.resolved_planner import PlanRequest, ResolvedPlanner
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from lockgate.install.provider_store import ProviderStore
from lockgate.repository.environments import Environment
from lockgate.targets.accountless_workspace import accountless_environment, accountless_workspace
from tests.environments import PROVIDER, MakeEnvironment

_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PLATFORM = f"{'darwin' if sys.platform == 'darwin' else 'linux'}_{_ARCHITECTURE}"
RANDOM = "registry.terraform.io/hashicorp/random"
ASKS = """\
terraform {
  required_providers {
    random = {
      source  = "hashicorp/random"
      version = "~> 3.0"
    }
  }
}
"""


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A packed mirror of the user's. AWS's provider stands for another, behind its name."""
    place = tmp_path / "mirror" / RANDOM
    place.mkdir(parents=True)
    for version in ("3.1.0", "3.6.0"):
        with zipfile.ZipFile(
            place / f"terraform-provider-random_{version}_{PLATFORM}.zip", "w"
        ) as packed:
            program = zipfile.ZipInfo(f"terraform-provider-random_v{version}_x5")
            program.external_attr = 0o755 << 16
            packed.writestr(program, script(version))
    return tmp_path / "mirror"


def script(version: str) -> str:
    return f"#!/bin/sh\n# {version}\nexec '{bundled_provider().path}'\n"


def configuration(mirror: Path) -> Path:
    file = mirror.with_name("own.rc")
    file.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}'
    )
    return file


def initialized(root: Path, cli_config: Path, lock: str = "") -> Path:
    """A root module that asks for the provider, after ``init``; where that put providers."""
    root.mkdir()
    (root / "main.tf").write_text(ASKS)
    if lock:
        (root / ".terraform.lock.hcl").write_text(lock)
    Engine.find().init(root, {"TF_CLI_CONFIG_FILE": str(cli_config)})
    return root / ".terraform" / "providers"


def test_what_was_installed_once_needs_no_mirror_again(mirror: Path, tmp_path: Path) -> None:
    store = ProviderStore(tmp_path / "home" / "providers")
    installed = initialized(tmp_path / "one", configuration(mirror))
    store.keep(installed)
    kept = store.path / RANDOM / "3.6.0" / PLATFORM
    assert [file.read_text() for file in kept.iterdir()] == [script("3.6.0")]
    lock = (tmp_path / "one" / ".terraform.lock.hcl").read_text()
    shutil.rmtree(mirror)
    shutil.rmtree(tmp_path / "one")
    again = initialized(tmp_path / "two", store.configuration(tmp_path / "own.rc"), lock)
    assert (again / RANDOM / "3.6.0" / PLATFORM).resolve() == kept


def test_what_was_kept_is_held_to_the_lock_files_hashes(mirror: Path, tmp_path: Path) -> None:
    store = ProviderStore(tmp_path / "home" / "providers")
    store.keep(initialized(tmp_path / "one", configuration(mirror)))
    lock = (tmp_path / "one" / ".terraform.lock.hcl").read_text()
    (program,) = (store.path / RANDOM / "3.6.0" / PLATFORM).iterdir()
    program.unlink()  # it is the installed one, too
    program.write_text("another")
    with pytest.raises(EngineError, match="checksum"):
        initialized(tmp_path / "two", store.configuration(tmp_path / "own.rc"), lock)


def test_what_lies_in_a_mirror_of_the_users_is_not_copied(mirror: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked" / RANDOM / "3.1.0" / PLATFORM
    unpacked.mkdir(parents=True)
    (unpacked / "terraform-provider-random_v3.1.0_x5").write_text("mine")
    store = ProviderStore(tmp_path / "home" / "providers")
    store.keep(initialized(tmp_path / "one", configuration(tmp_path / "unpacked")))
    kept = store.path / RANDOM / "3.1.0" / PLATFORM
    assert kept.is_symlink()
    assert kept.resolve() == unpacked
    shutil.rmtree(tmp_path / "unpacked")
    store.keep(initialized(tmp_path / "two", configuration(mirror)))
    with pytest.raises(EngineError, match=r"3\.1\.0|no available releases"):
        initialized(
            tmp_path / "three",
            store.configuration(tmp_path / "own.rc"),
            f'provider "{RANDOM}" {{\n  version = "3.1.0"\n}}\n',
        )


def test_without_room_nothing_is_kept_and_nothing_is_lost(mirror: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a directory")
    installed = initialized(tmp_path / "one", configuration(mirror))
    ProviderStore(home / "providers").keep(installed)
    assert (installed / RANDOM / "3.6.0" / PLATFORM).is_dir()


def test_a_provider_under_development_goes_before_what_was_kept(tmp_path: Path) -> None:
    own = tmp_path / "own.rc"
    own.write_text('provider_installation {\n  dev_overrides {\n    "me/mine" = "/src"\n  }\n}\n')
    store = ProviderStore(tmp_path / "providers")
    assert store.configuration(own) == own
    own.write_text("")
    assert store.configuration(own) != own


def test_an_environment_is_planned_with_the_locked_versions_of_all(
    environment: MakeEnvironment, mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = bundled_provider()
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    made = environment(f"{PROVIDER}{ASKS}")
    locked = made.directory / ".terraform.lock.hcl"
    locked.write_text(
        f'provider "{RANDOM}" {{\n  version = "3.1.0"\n}}\n\n'
        # What AWS's provider is, Lockgate has chosen before.
        'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.100.0"\n}\n'
    )
    own = configuration(mirror)
    before = locked.read_text()
    for _ in range(2):
        plan(made, binary, own, tmp_path / "plan.json")
        shutil.rmtree(mirror, ignore_errors=True)  # the second time it is kept
    assert sorted(path.name for path in (tmp_path / "home" / "providers" / RANDOM).iterdir()) == [
        "3.1.0"
    ]
    assert locked.read_text() == before


def plan(made: Environment, binary: ProviderBinary, own: Path, out: Path) -> None:
    environment = accountless_environment(own)
    with (
        ResolvedPlanner(Engine.find(), binary, environment, [made.directory], 1) as planner,
        accountless_workspace(made, {}) as workspace,
    ):
        planner.plan(PlanRequest(workspace.directory, workspace.scratch, "us-east-1"), out)
    assert out.stat().st_size > 0
