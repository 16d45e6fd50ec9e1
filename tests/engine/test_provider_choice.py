"""The provider that an environment is planned with is the one that its user's Terraform takes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice, checked_name, user_cli_configuration
from lockgate.engine.provider_request import read_request
from lockgate.install import provision
from lockgate.repository.environments import Environment
from tests.environments import MakeEnvironment

PLATFORM = f"{'darwin' if sys.platform == 'darwin' else 'linux'}_amd64"
ASKS = """\
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{}"
    }}
  }}
}}
"""

MakeMirror = Callable[..., Path]


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any provider, and without a way to a registry."""
    real = provision.ensure_provider().mirror.parent
    home = tmp_path / "home"
    bundled = home / "lockgate" / real.name
    bundled.mkdir(parents=True)
    (bundled / "mirror").symlink_to(real / "mirror")
    shutil.copy(real / ".complete.json", bundled)
    # It names the mirror by its path.
    config = (real / "terraform.rc").read_text("utf-8").replace(str(real), str(bundled))
    (bundled / "terraform.rc").write_text(config, "utf-8")
    for name in ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_PLUGIN_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home / "xdg"))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOCKGATE_HOME", str(home / "lockgate"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")


@pytest.fixture
def mirror(tmp_path: Path) -> MakeMirror:
    """Makes a mirror in Terraform's layout; `init` runs no provider, so a text stands for one."""

    def make(*versions: str, place: Path = tmp_path / "mirror") -> Path:
        for version in versions:
            package = place / "registry.terraform.io/hashicorp/aws" / version / PLATFORM
            package.mkdir(parents=True)
            program = package / f"terraform-provider-aws_v{version}_x5"
            program.write_text(version)
            program.chmod(0o755)
        return place

    return make


def configuration(place: Path, mirror: Path, more: str = "") -> Path:
    text = (
        f'provider_installation {{\n{more}\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}'
    )
    place.write_text(text)
    return place


def choose(environment: Environment, named: str | None = None, setting: str = "") -> str:
    binary = ProviderChoice(Engine.find(), named).of(environment, setting)
    assert binary.path.is_file()
    return f"{binary.source} {binary.version}"


def test_the_newest_that_the_constraints_admit_comes_from_the_users_mirror(
    environment: MakeEnvironment,
    mirror: MakeMirror,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = mirror("4.67.0", "5.31.0", "5.100.0", "6.2.0")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration(tmp_path / "own.rc", made)))
    assert choose(environment(ASKS.format("~> 5.0"))) == "hashicorp/aws 5.100.0"
    assert choose(environment(ASKS.format(">= 4.0, < 5.0"))) == "hashicorp/aws 4.67.0"
    assert choose(environment("")) == "hashicorp/aws 6.2.0"


def test_modules_ask_too(environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path) -> None:
    configuration(tmp_path / "home" / ".terraformrc", mirror("5.31.0", "5.100.0"))
    made = environment(ASKS.format(">= 5.0") + 'module "net" {\n  source = "./net"\n}\n')
    (made.directory / "net").mkdir()
    (made.directory / "net" / "versions.tf").write_text(ASKS.format("< 5.50"))
    assert choose(made) == "hashicorp/aws 5.31.0"


@pytest.mark.parametrize(
    "place", ["home/.terraform.d/plugins", "repository/envs/dev/terraform.d/plugins"]
)
def test_terraforms_own_local_mirrors_count(
    environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path, place: str
) -> None:
    made = environment(ASKS.format("~> 5.0"))
    mirror("5.9.0", place=tmp_path / place)
    assert choose(made) == "hashicorp/aws 5.9.0"


def test_the_lock_file_says_which_and_its_hashes_hold(
    environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path
) -> None:
    configuration(tmp_path / "home" / ".terraformrc", mirror("5.31.0", "5.100.0"))
    made = environment(ASKS.format("~> 5.0"))
    lock = made.directory / ".terraform.lock.hcl"
    entry = 'provider "registry.terraform.io/hashicorp/aws" {{\n  version = "5.31.0"\n{}}}\n'
    lock.write_text(entry.format(""))
    assert choose(made) == "hashicorp/aws 5.31.0"
    lock.write_text(entry.format(f'  hashes = ["h1:{"A" * 43}="]\n'))
    with pytest.raises(
        EngineError, match=r"^envs/dev/\.terraform\.lock\.hcl:1: dev asks for"
    ) as no:
        choose(made)
    assert "checksum" in str(no.value)


def test_a_provider_under_development_is_the_one(
    environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    program = tmp_path / "own" / "terraform-provider-aws"
    program.write_text("mine")
    program.chmod(0o755)
    own = f'dev_overrides {{\n    "hashicorp/aws" = "{program.parent}"\n  }}'
    configuration(tmp_path / "home" / ".terraformrc", mirror(), own)
    assert choose(environment(ASKS.format("~> 5.0"))) == "hashicorp/aws dev"


def test_the_bundled_one_stands_in_only_if_it_is_asked_for(environment: MakeEnvironment) -> None:
    remarks: list[str] = []
    choice = ProviderChoice(Engine.find())
    binary = choice.of(environment(ASKS.format(">= 3.39, < 7.0")), "", remarks.append)
    assert binary.version == provision.PROVIDER_VERSION
    assert remarks == ["is planned with the bundled hashicorp/aws: no other can be reached"]
    made = environment(ASKS.format("~> 5.0"), name="prod")
    with pytest.raises(EngineError) as refused:
        choice.of(made)
    told = str(refused.value)
    assert told.startswith("envs/prod/main.tf:3: prod asks for hashicorp/aws ~> 5.0, and no such ")
    assert "registry.terraform.io" in told
    assert "three ways" in told
    assert "--provider bundled (3.39.0)" in told


def test_a_flag_goes_before_a_setting_and_both_before_the_lock_file(
    environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path
) -> None:
    configuration(tmp_path / "home" / ".terraformrc", mirror("5.31.0", "5.100.0"))
    made = environment(ASKS.format("~> 5.0"))
    assert choose(made, setting="5.31.0") == "hashicorp/aws 5.31.0"
    assert choose(made, setting="bundled") == f"hashicorp/aws {provision.PROVIDER_VERSION}"
    assert choose(made, named="5.100.0", setting="bundled") == "hashicorp/aws 5.100.0"
    with pytest.raises(EngineError, match=r"dev asks for hashicorp/aws = 4\.0\.0, and no such"):
        choose(made, named="4.0.0")


def test_what_was_found_once_is_not_looked_for_again(
    environment: MakeEnvironment, mirror: MakeMirror, tmp_path: Path
) -> None:
    configuration(tmp_path / "home" / ".terraformrc", mirror("5.31.0"))
    made = environment(ASKS.format("~> 5.0"))
    said: list[str] = []
    for _ in range(2):
        ProviderChoice(Engine.find(), say=said.append).of(made)
    assert said == ["looking for hashicorp/aws ~> 5.0"]


@pytest.mark.parametrize("name", ["latest", "~> 5.0", "5.x", "Bundled"])
def test_a_name_that_is_no_version_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"give a version of hashicorp/aws, such as 5\.100\.0"):
        checked_name(name, "--provider")


def test_opentofu_has_a_registry_and_a_configuration_of_its_own(
    environment: MakeEnvironment, tmp_path: Path
) -> None:
    # A program that says it is OpenTofu stands for one: no package that can be had carries it.
    tofu = tmp_path / "tofu"
    tofu.write_text("#!/bin/sh\necho OpenTofu v1.10.6\n")
    tofu.chmod(0o755)
    engine = Engine.find(str(tofu))
    assert engine.is_opentofu
    assert not Engine.find().is_opentofu
    assert ProviderChoice(engine).registry() == "registry.opentofu.org"
    home = tmp_path / "home"
    (home / ".terraformrc").touch()
    assert user_cli_configuration("registry.opentofu.org") == home / ".terraformrc"
    (home / ".tofurc").touch()
    assert user_cli_configuration("registry.opentofu.org") == home / ".tofurc"
    assert user_cli_configuration("registry.terraform.io") == home / ".terraformrc"
    made = environment(ASKS.format("~> 5.0"))
    lock = made.directory / ".terraform.lock.hcl"
    lock.write_text('provider "registry.opentofu.org/hashicorp/aws" {\n  version = "5.31.0"\n}\n')
    locked = read_request(made, "registry.opentofu.org").locked
    assert locked is not None
    assert (locked.version, locked.where) == ("5.31.0", "envs/dev/.terraform.lock.hcl:1")
    assert read_request(made, "registry.terraform.io").locked is None


def test_a_configuration_that_is_named_and_not_there_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "nowhere.rc"))
    assert user_cli_configuration("registry.terraform.io") is None
