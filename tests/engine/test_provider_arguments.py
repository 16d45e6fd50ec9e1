"""What a provider can be configured with is asked of itself, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.provider_arguments import further_names, provider_arguments
from lockgate.engine.provider_proxy import provider_process
from lockgate.install import provision
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from tests.installed_providers import installed_provider


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A LOCKGATE_HOME in which nothing is known yet."""
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def refuse_to_start(*arguments: Any, **options: Any) -> None:
    raise AssertionError("asked again")


def test_a_provider_is_asked_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    binary = bundled_provider()
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path))
    asked = provider_arguments(binary)
    monkeypatch.setattr(provider_process, "ProviderProcess", refuse_to_start)
    assert provider_arguments(binary) == asked
    assert {"s3_force_path_style", "skip_get_ec2_platforms"} <= asked.arguments
    assert {"ec2", "elb", "route53", "s3", "sts"} <= asked.endpoints


def test_a_damaged_memory_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    binary = bundled_provider()
    monkeypatch.setenv("LOCKGATE_HOME", str(tmp_path))
    asked = provider_arguments(binary)
    (kept,) = (tmp_path / "provider-arguments").iterdir()
    kept.write_text('{"arguments": ["regi')
    assert provider_arguments(binary) == asked
    kept.write_text("[]")
    assert provider_arguments(binary) == asked


def test_another_program_at_the_same_place_is_asked_itself(empty_home: Path) -> None:
    program = empty_home.parent / "terraform-provider-aws_v9.9.9"
    binary = ProviderBinary("hashicorp/aws", "9.9.9", program)
    for said in ("first", "second, another one"):
        program.write_text(f"#!/bin/sh\necho '{said}'\n")
        program.chmod(0o755)
        with pytest.raises(EngineError, match=f"does not answer as a provider: '{said}'"):
            provider_arguments(binary)
    program.unlink()
    with pytest.raises(EngineError, match=r"hashicorp/aws 9\.9\.9 cannot be read"):
        provider_arguments(binary)


def test_provider_5_has_other_flags_and_one_name_for_each_service(empty_home: Path) -> None:
    takes = provider_arguments(installed_provider(5))
    assert "s3_use_path_style" in takes.arguments
    assert not {"skip_get_ec2_platforms", "s3_force_path_style"} & takes.arguments
    assert {"ec2", "route53", "s3", "sts", "rds", "kms"} <= takes.endpoints
    # It would warn of both: "This will be an error in a future release."
    assert len({"elb", "elasticloadbalancing"} & takes.endpoints) == 1
    assert len({"elbv2", "elasticloadbalancingv2"} & takes.endpoints) == 1


def test_of_several_names_the_first_is_kept() -> None:
    only_one = "Only one of the following attributes should be set: "
    said = [
        f'{only_one}"endpoints[0].config", "endpoints[0].configservice"\n\nThis will be an error.',
        f'{only_one}\n"endpoints[0].lex", "endpoints[0].lexmodels",\n'
        '"endpoints[0].lexmodelbuilding"',
        'Invalid value for "endpoints[0].s3": "endpoints[0].sts" is another matter.',
    ]
    assert further_names(said) == {"configservice", "lexmodels", "lexmodelbuilding"}
    assert further_names([]) == frozenset()


def test_the_bundled_one_is_that_of_the_mirror() -> None:
    assert bundled_provider().path.is_relative_to(provision.ensure_provider().mirror)
