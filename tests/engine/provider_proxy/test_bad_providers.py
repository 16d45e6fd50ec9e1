"""A provider that fails is named, with what it did; nothing of it stays behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy.provider_process import ProviderProcess
from lockgate.engine.provider_proxy.provider_schema import ProviderSchema
from lockgate.install.provider_binary import ProviderBinary
from tests.engine.provider_proxy.conftest import PROVIDER, Planned, plan_in, planner_of
from tests.engine.provider_proxy.fake_provider import program

NOWHERE = "http://127.0.0.1:1"


def _binary(how: str, tmp_path: Path) -> ProviderBinary:
    return ProviderBinary("hashicorp/aws", "9.9.9", program(how, tmp_path))


def _plan(how: str, tmp_path: Path, resource: str = "") -> Planned:
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(PROVIDER + (resource or 'resource "aws_vpc" "this" {}\n'))
    with planner_of(_binary(how, tmp_path), [root]) as planner:
        return plan_in(planner, root, tmp_path / "scratch")


def test_one_that_behaves_is_planned_with(tmp_path: Path) -> None:
    """Without it, what the others fail at could be the double."""
    planned = _plan("behaves", tmp_path)
    assert planned.resolved["provider"] == "hashicorp/aws 9.9.9"
    assert planned.resolved["regions"] == {"aws_vpc.this": "us-east-1"}


def test_one_that_dies_in_the_middle_is_said_to_have_died(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as failure:
        _plan("dies", tmp_path)
    said = str(failure.value)
    assert "hashicorp/aws 9.9.9 ended in the middle of PlanResourceChange of aws_vpc" in said
    assert "exit code 7" in said
    assert "panic: out of memory" in said


def test_one_that_hangs_is_given_up(tmp_path: Path) -> None:
    process = ProviderProcess(_binary("hangs", tmp_path), NOWHERE, call_seconds=1)
    try:
        with pytest.raises(EngineError, match="did not answer PlanResourceChange in 1 s"):
            process.call("PlanResourceChange", b"")
    finally:
        process.close()


def test_one_that_does_not_start_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="did not start in 1 s"):
        ProviderProcess(_binary("does not start", tmp_path), NOWHERE, start_seconds=1)


def test_what_is_no_provider_is_not_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="does not answer as a provider: 'This binary is a plug"):
        ProviderProcess(_binary("is no provider", tmp_path), NOWHERE)


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = ProviderBinary("hashicorp/aws", "9.9.9", tmp_path / "missing")
    with pytest.raises(EngineError, match=r"hashicorp/aws 9\.9\.9 .*missing"):
        ProviderProcess(missing, NOWHERE)


def test_one_that_speaks_protocol_6_alone_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"speaks protocol 6 \(grpc\).*speaks 5"):
        _plan("speaks protocol 6", tmp_path)


@pytest.mark.parametrize("how", ["answers rubbish", "answers rubbish values"])
def test_rubbish_is_refused(how: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as failure:
        _plan(how, tmp_path)
    assert "terraform plan failed" in str(failure.value)


def test_a_schema_of_100_megabytes_is_read(tmp_path: Path) -> None:
    process = ProviderProcess(_binary("has a schema of 100 MB", tmp_path), NOWHERE)
    try:
        begun = time.monotonic()
        data = process.call("GetSchema", b"")
        schema = ProviderSchema(data)
        block = schema.resource("aws_vpc")
    finally:
        process.close()
    assert len(data) > 100_000_000
    assert block is not None
    assert set(block.attributes) == {"id", "cidr_block", "owner"}
    assert time.monotonic() - begun < 30


def test_megabytes_in_an_attribute_pass_through(tmp_path: Path) -> None:
    text = "0123456789abcdef" * (1 << 17)
    planned = _plan("behaves", tmp_path, f'resource "aws_vpc" "this" {{\n  owner = "{text}"\n}}\n')
    assert planned.change("aws_vpc.this")["after"]["owner"] == text


def test_nothing_of_a_provider_stays_behind(tmp_path: Path) -> None:
    process = ProviderProcess(_binary("behaves", tmp_path), NOWHERE)
    directory = process.directory
    assert directory.is_dir()
    process.close()
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
