"""The doctor: what is there, and how to get what is not."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from lockgate import cli, doctor
from lockgate.doctor import Part, Status
from lockgate.install import provision
from tests.environments import MakeEnvironment

ASKS = 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n'


def examined() -> dict[str, Part]:
    return {part.name: part for part in doctor.examine()}


def test_a_complete_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr().out
    for line in ("moto          5.2.5", "checkov       3.3.30 in ", "aws provider  3.39.0 in "):
        assert f"ok       {line}" in shown
    assert shown.endswith("Nothing is missing.\n")


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    names = [part["name"] for part in document["parts"]]
    assert names[:4] == ["lockgate", "python", "git", "terraform"]
    assert {"moto", "python-hcl2", "checkov", "aws provider", "home"} <= set(names)


def test_an_empty_home_is_told_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    assert cli.main(["doctor"]) == 2
    shown = capsys.readouterr().out
    assert "Missing: checkov, aws provider.\n" in shown
    assert shown.count("Run `lockgate setup`") == 2
    assert not (tmp_path / "home").exists()


def test_a_corrupt_provider_is_found_by_its_sha256(own_home: Path) -> None:
    (binary,) = own_home.glob("provider-*/mirror/*/*/*/*/*/terraform-provider-aws_*")
    with binary.open("r+b") as content:
        content.write(b"changed")
    part = examined()["aws provider"]
    assert part.status is Status.MISSING
    assert "not the sha256" in part.found
    assert part.fix == "Run `lockgate setup`."


def test_a_checkov_that_does_not_start_is_told(own_home: Path) -> None:
    python = provision.ensure_checkov()
    (environment,) = own_home.glob("checkov-*")
    stamp = (environment / ".complete.json").read_text("utf-8")
    environment.unlink()
    (environment / "bin").mkdir(parents=True)
    (environment / ".complete.json").write_text(stamp, "utf-8")
    fake = environment / "bin" / "python"
    fake.write_text("#!/bin/sh\necho 'ImportError: START_LINE' >&2\nexit 1\n")
    fake.chmod(0o755)
    assert provision.ensure_checkov() == python
    part = examined()["checkov"]
    assert part.status is Status.MISSING
    assert "ImportError: START_LINE" in part.fix
    assert f"Delete {environment}" in part.fix


def test_a_missing_git_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert doctor._git().status is Status.MISSING
    assert "Install git" in doctor._git().fix


def test_an_engine_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKGATE_TERRAFORM", "/nowhere/tofu")
    part = examined()["terraform"]
    assert part.status is Status.MISSING
    assert "/nowhere/tofu" in part.fix


def test_a_missing_library_and_a_rival_of_one_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = {"boto3": "1.44.0", "bc-python-hcl2": "0.4.3"}

    def version(name: str) -> str:
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(metadata, "version", version)
    parts = examined()
    assert parts["moto"].status is Status.MISSING
    assert "Install Lockgate again" in parts["moto"].fix
    assert parts["bc-python-hcl2"].status is Status.MISSING
    assert "cannot share an environment" in parts["bc-python-hcl2"].fix


def test_another_platform_is_told_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    parts = examined()
    part = parts["aws provider"]
    assert part.status is Status.NOTE
    assert "`lockgate check` takes the version that the configuration asks for" in part.fix
    assert "LOCKGATE_TERRAFORM" in part.fix
    # Nothing of that is needed to check with the user's own Terraform and provider.
    assert Status.MISSING not in {each.status for each in parts.values()}


def test_oddities_of_the_environment_are_notes(tmp_path: Path) -> None:
    (tmp_path / "rc").touch()
    assert not list(doctor.environment_oddities({"TF_CLI_CONFIG_FILE": str(tmp_path / "rc")}))
    odd = {
        "TF_CLI_CONFIG_FILE": "/nowhere/terraform.rc",
        "TF_CLI_ARGS_plan": "-refresh=false",
        "TF_DATA_DIR": "/data",
        "TF_WORKSPACE": "blue",
        "TF_IN_AUTOMATION": "1",
    }
    parts = {part.name: part for part in doctor.environment_oddities(odd)}
    assert set(parts) == set(odd) - {"TF_IN_AUTOMATION"}
    assert {part.status for part in parts.values()} == {Status.NOTE}
    assert "does not exist" in parts["TF_CLI_CONFIG_FILE"].found


def test_a_home_that_cannot_be_written_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    part = doctor._home()
    assert part.status is Status.NOTE
    assert "Set LOCKGATE_HOME" in part.fix


def test_which_provider_judges_is_told(
    environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = environment(ASKS)
    environment(ASKS, name="prod")
    monkeypatch.chdir(made.root)
    monkeypatch.delenv("LOCKGATE_PROVIDER")
    part = examined()["planned with"]
    assert part.status is Status.NOTE
    assert part.found == "hashicorp/aws ~> 5.0, which is not installed yet: dev, prod"
    (made.root / "lockgate.yaml").write_text("environments: {prod: {provider: bundled}}\n")
    parts = [part for part in doctor.examine() if part.name == "planned with"]
    assert [part.found.split(":")[-1].strip() for part in parts] == ["dev", "prod"]
    assert parts[1].status is Status.OK
    assert parts[1].found.startswith(f"hashicorp/aws {provision.PROVIDER_VERSION} in ")
