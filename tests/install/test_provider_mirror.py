"""The mirror of one provider: for Terraform and OpenTofu, and without a copy of its program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from lockgate.install.provider_mirror import REGISTRIES, cli_config_for, link

TERRAFORM = str(paths.repository_root(Path(__file__)) / "scripts" / "terraform")


@pytest.fixture
def binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProviderBinary:
    """A provider, and a LOCKGATE_HOME without a mirror of it."""
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    program = tmp_path / "5.100.0" / "linux_arm64" / "terraform-provider-aws_v5.100.0_x5"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return ProviderBinary("hashicorp/aws", "5.100.0", program)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_it_stands_under_the_names_of_both_registries(
    binary: ProviderBinary, registry: str
) -> None:
    config = cli_config_for(binary)
    inside = "hashicorp/aws/5.100.0/linux_arm64/terraform-provider-aws_v5.100.0_x5"
    placed = config.parent / registry / inside
    assert placed.samefile(binary.path)
    # OpenTofu and Terraform skip a platform's directory that is a link.
    assert not any(
        part.is_symlink() for part in (placed, *placed.relative_to(config.parent).parents)
    )
    text = config.read_text("utf-8")
    assert text.count(f'"{registry}/hashicorp/aws"') == 2
    assert f'path    = "{config.parent}"' in text


def test_a_mirror_is_made_once_and_follows_a_program_that_was_replaced(
    binary: ProviderBinary,
) -> None:
    config = cli_config_for(binary)
    before = config.stat().st_mtime_ns
    binary.path.unlink()
    binary.path.write_text("#!/bin/sh\nexit 1\n")
    assert cli_config_for(binary) == config
    assert config.stat().st_mtime_ns == before
    programs = list(config.parent.rglob("*_x5"))
    assert len(programs) == len(REGISTRIES)
    assert all(program.samefile(binary.path) for program in programs)


def test_two_providers_do_not_meet(binary: ProviderBinary, tmp_path: Path) -> None:
    other = tmp_path / "own" / "5.100.0" / "linux_arm64" / binary.path.name
    other.parent.mkdir(parents=True)
    other.write_text("#!/bin/sh\n")
    theirs = cli_config_for(ProviderBinary(binary.source, binary.version, other))
    assert theirs != cli_config_for(binary)


def test_a_home_that_cannot_be_written_is_said(
    binary: ProviderBinary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match=r"No mirror of the provider .* 5\.100\.0 can .*LOCKGATE"):
        cli_config_for(binary)


@pytest.mark.parametrize("same_disk", [True, False])
def test_terraform_installs_from_it(
    same_disk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = bundled_provider()
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    if not same_disk:
        monkeypatch.setattr(os, "link", _across_disks)
    config = cli_config_for(provider)
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\n')
    for command in (["init", "-input=false"], ["providers", "schema", "-json"]):
        finished = subprocess.run(
            [TERRAFORM, *command],
            cwd=tmp_path,
            env={**os.environ, "TF_CLI_CONFIG_FILE": str(config)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
    assert '"aws_vpc"' in finished.stdout


def test_a_link_is_left_alone_and_a_stray_file_replaced(tmp_path: Path) -> None:
    program, place = tmp_path / "program", tmp_path / "a" / "b" / "place"
    program.write_text("one")
    place.parent.mkdir(parents=True)
    place.write_text("stray")
    link(program, place)
    link(program, place)
    assert place.samefile(program)
    assert [path.name for path in place.parent.iterdir()] == ["place"]


def _across_disks(*_: object) -> None:
    raise OSError(18, "Invalid cross-device link")
