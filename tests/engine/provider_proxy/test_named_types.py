"""Terraform reads the schemas of the types that configurations name, and misses none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base.errors import EngineError
from lockgate.engine.provider_proxy import protocol
from lockgate.engine.provider_proxy.named_types import (
    EVERY,
    installed_modules,
    local_modules,
    named_types,
)
from lockgate.engine.provider_proxy.provider_schema import ProviderSchema
from lockgate.install.provider_binary import bundled_provider
from tests.engine.provider_proxy.conftest import PROVIDER, plan_in, planner_of

VPC = 'resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n}\n'


def test_every_word_that_may_be_a_type_counts_in_every_syntax(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(VPC + "import {\n  to = aws_lb.this\n}\n")
    (tmp_path / "more.tf.json").write_text('{"data": {"aws_region": {"here": {}}}}')
    (tmp_path / "its.tofu").write_text('resource "aws_eip" "this" {}\n')
    (tmp_path / "README.md").write_text("aws_instance is no word of the configuration")
    words = named_types([tmp_path])
    assert words is not EVERY
    assert words == {"aws_vpc", "aws_lb", "aws_region", "aws_eip"}


def test_a_name_that_is_written_in_escapes_may_be_any(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text('{"resource": {"\\u0061ws_vpc": {"this": {}}}}')
    assert named_types([tmp_path]) is EVERY


def test_modules_are_those_that_terraform_recorded(tmp_path: Path) -> None:
    record = tmp_path / ".terraform" / "modules" / "modules.json"
    record.parent.mkdir(parents=True)
    modules = [{"Key": "", "Dir": "."}, {"Key": "a", "Dir": ".terraform/modules/a"}]
    record.write_text(json.dumps({"Modules": modules}))
    assert tmp_path / ".terraform/modules/a" in list(installed_modules(tmp_path))
    record.write_text("[]")
    with pytest.raises(ValueError, match="no object"):
        list(installed_modules(tmp_path))


def test_local_modules_are_followed_through_each_other(tmp_path: Path) -> None:
    sources = {"root": "../one", "one": "./../two", "two": "../one"}
    for name, source in sources.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(f'module "m" {{\n  source = "{source}"\n}}\n')
    guessed = list(local_modules([tmp_path / "root"]))
    assert [path.name for path in guessed] == ["root", "one", "two"]


def test_of_one_name_every_kind_stays_and_of_other_providers_all() -> None:
    kinds = ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas")
    names = ("aws_vpc", "aws_lb", "other")
    schema = protocol.GetSchemaResponse(**{kind: dict.fromkeys(names, b"") for kind in kinds})
    kept = protocol.GetSchemaResponse.FromString(
        ProviderSchema(schema.SerializeToString()).only(frozenset({"aws_vpc"}))
    )
    for kind in kinds:
        assert sorted(getattr(kept, kind)) == ["aws_vpc", "other"]


def test_what_was_not_foreseen_is_planned_and_refused_as_ever(tmp_path: Path) -> None:
    """The warm Terraform has read the schema of a network alone, when another type comes."""
    for name, main in {
        "first": VPC,
        "second": 'resource "aws_eip" "this" {}\n',
        "third": 'resource "aws_vcp" "this" {}\n',
        "fourth": 'resource "aws_region" "this" {}\n',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(PROVIDER + main)
    with planner_of(bundled_provider(), [tmp_path / "first"]) as planner:
        plan_in(planner, tmp_path / "first", tmp_path / "scratch")
        planned = plan_in(planner, tmp_path / "second", tmp_path / "scratch")
        assert planned.change("aws_eip.this")["actions"] == ["create"]
    with planner_of(bundled_provider(), [tmp_path / "third", tmp_path / "fourth"]) as planner:
        with pytest.raises(EngineError, match=r"main\.tf line 10(.|\n)*does not support resource"):
            plan_in(planner, tmp_path / "third", tmp_path / "scratch")
        with pytest.raises(EngineError, match="Did you intend to use the data source"):
            plan_in(planner, tmp_path / "fourth", tmp_path / "scratch")
