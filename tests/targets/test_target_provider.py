"""What is applied to the embedded AWS is applied by the provider that it was judged with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine import provider_arguments
from lockgate.engine.engine import Engine
from lockgate.install.provider_binary import ProviderBinary
from lockgate.repository.environments import Environment
from lockgate.targets import provider_override
from lockgate.targets.embedded_target import EmbeddedTarget
from lockgate.targets.target_selection import chosen_provider, for_apply, for_check, for_reading
from tests.environments import PROVIDER, MakeEnvironment

VERSION = "5.100.0"
NOWHERE = "http://127.0.0.1:9"
PINNED = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 9.9" }
  }
}
"""


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProviderBinary:
    """A provider of the user's, which takes other arguments than the bundled one."""
    program = tmp_path / VERSION / "linux_arm64" / f"terraform-provider-aws_v{VERSION}_x5"
    program.parent.mkdir(parents=True)
    program.write_text(VERSION)
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    takes = provider_arguments.ProviderArguments(
        frozenset({"access_key", "s3_use_path_style", "profile"}), frozenset({"ec2", "elbv2"})
    )
    monkeypatch.setattr(provider_arguments, "_ask", lambda _: takes)
    return ProviderBinary("hashicorp/aws", VERSION, program)


def overridden(environment: Environment, target: EmbeddedTarget) -> tuple[dict[str, Any], str]:
    with target.workspace(environment) as workspace:
        text = (workspace.directory / provider_override.FILE_NAME).read_text("utf-8")
        return json.loads(text), Path(workspace.env["TF_CLI_CONFIG_FILE"]).read_text("utf-8")


@pytest.mark.parametrize("machine", [("linux", "aarch64"), ("darwin", "arm64")])
def test_a_users_provider_needs_nothing_bundled(
    machine: tuple[str, str],
    provider: ProviderBinary,
    environment: MakeEnvironment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", machine[0])
    monkeypatch.setattr("platform.machine", lambda: machine[1])
    made = environment(PROVIDER)
    document, config = overridden(made, EmbeddedTarget(NOWHERE, False, lambda _: provider))
    (block,) = document["provider"]["aws"]
    assert block["endpoints"] == [{"ec2": NOWHERE, "elbv2": NOWHERE}]
    assert (block["s3_use_path_style"], block["profile"]) == (True, None)
    assert "skip_get_ec2_platforms" not in block
    assert "registry.opentofu.org/hashicorp/aws" in config
    # Only what needs the bundled one says so.
    with pytest.raises(UsageError, match=r"packaged for Linux x86_64 only"):
        overridden(made, EmbeddedTarget(NOWHERE, keep_state=False))


def test_the_setting_of_each_environment_counts(
    environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCKGATE_PROVIDER")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", _only_mirrors(environment("").root / "own.rc"))
    made, other = environment(PINNED), environment(PINNED, name="prod")
    (made.root / "lockgate.yaml").write_text(
        "version: 1\nenvironments:\n  dev:\n    provider: bundled\n"
    )
    of = chosen_provider(Engine.find(), lambda _: None)
    assert of(made).version == "3.39.0"
    with pytest.raises(EngineError, match=r"^envs/prod/main\.tf:3: prod asks for .* ~> 9\.9"):
        of(other)


def test_whatever_works_on_the_embedded_aws_gets_the_chosen_one(
    environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCKGATE_PROVIDER", "9.9.9")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", _only_mirrors(tmp_path / "own.rc"))
    monkeypatch.setenv("LOCKGATE_ENDPOINT", NOWHERE)
    made, engine = environment(PROVIDER), Engine.find()
    for opened in (
        for_check("embedded", engine, lambda _: None),
        for_apply("embedded", made.root, lambda _: None, engine),
        for_reading("embedded", made.root, engine),
    ):
        with opened as target:
            assert isinstance(target, EmbeddedTarget)
            with pytest.raises(EngineError, match=r"asks for hashicorp/aws = 9\.9\.9"):
                target.provider_of(made)


def _only_mirrors(file: Path) -> str:
    """A CLI configuration by which nothing is looked for in a registry."""
    empty = file.parent / "empty-mirror"
    empty.mkdir()
    file.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{empty}"\n  }}\n}}'
    )
    return str(file)
