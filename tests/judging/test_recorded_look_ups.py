"""What an account answered once stands for it in plans without one.

The account is the embedded AWS here: it answers as one does, and nobody has one for a test.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lockgate.base.errors import UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_proxy.recorded_answers import (
    RecordedAnswer,
    RecordedAnswers,
    asked_of,
)
from lockgate.judging.look_up_recording import record
from lockgate.judging.plan_making import ResolvedPlans
from lockgate.judging.recorded_look_ups import read_recorded
from lockgate.repository.environments import Environment
from lockgate.targets.embedded_target import EmbeddedTarget
from tests.environments import PROVIDER, MakeEnvironment

MAIN = f"""{PROVIDER}
data "aws_vpc" "shared" {{
  filter {{
    name   = "tag:Name"
    values = ["shared"]
  }}
}}

data "aws_ssm_parameter" "token" {{
  name = "/shared/token"
}}

data "aws_iam_policy_document" "own" {{
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }}
}}

resource "aws_subnet" "this" {{
  vpc_id     = data.aws_vpc.shared.id
  cidr_block = cidrsubnet(data.aws_vpc.shared.cidr_block, 8, 1)
}}
"""
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def network(endpoint: str) -> str:
    """A VPC and a secret that stand in the account; the VPC's ID."""
    options = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    ec2: Any = boto3.client("ec2", **options, **keys)  # type: ignore[call-overload]
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "shared"}])
    ssm: Any = boto3.client("ssm", **options, **keys)  # type: ignore[call-overload]
    ssm.put_parameter(Name="/shared/token", Value="hunter2", Type="SecureString")
    return str(vpc)


@pytest.fixture
def recorded(environment: MakeEnvironment, endpoint: str, network: str) -> Environment:
    """An environment whose look-ups were recorded."""
    made = environment(MAIN, name="prod")
    record(made, EmbeddedTarget(endpoint, keep_state=False), Engine.find())
    return made


def test_the_account_answers_once_and_a_plan_without_it_knows(
    recorded: Environment, plans: ResolvedPlans, network: str, tmp_path: Path
) -> None:
    text = (recorded.root / "lookups" / "prod.json").read_text()
    assert network in text
    assert "hunter2" not in text
    out = tmp_path / "plan.json"
    plans.plan(recorded, out, lambda _name, _remark: None)
    document = json.loads(out.read_bytes())
    (subnet,) = [
        change["change"]["after"]
        for change in document["resource_changes"]
        if change["type"] == "aws_subnet"
    ]
    assert subnet["vpc_id"] == network
    assert subnet["cidr_block"] == "10.7.1.0/24"
    assert document["lockgate"]["recorded"] == [
        {"environment": "prod", "account": "123456789012", "days": 0}
    ]


def answers(*given: RecordedAnswer, recorded: datetime = NOW) -> RecordedAnswers:
    return RecordedAnswers(1, "prod", "123456789012", recorded, given)


def test_the_same_question_has_the_same_answer_and_no_other() -> None:
    asked = asked_of({"tags": {"Name": "a"}, "filter": [], "id": None})
    answer = RecordedAnswer("aws_vpc", "us-east-1", asked, {"id": "vpc-1"})
    told = answers(answer)
    assert told.find("aws_vpc", "us-east-1", {"tags": {"Name": "a"}}) == {"id": "vpc-1"}
    assert told.find("aws_vpc", "us-west-2", {"tags": {"Name": "a"}}) == {}
    assert told.find("aws_vpc", "us-east-1", {"tags": {"Name": "b"}}) == {}
    assert told.find("aws_subnet", "us-east-1", {"tags": {"Name": "a"}}) == {}


def test_two_answers_to_one_question_are_none() -> None:
    one = RecordedAnswer("aws_vpc", "us-east-1", {}, {"id": "vpc-1"})
    other = RecordedAnswer("aws_vpc", "us-east-1", {}, {"id": "vpc-2"})
    assert answers(one, other).find("aws_vpc", "us-east-1", {}) == {}


def test_sets_are_asked_in_any_order() -> None:
    one = {"filter": [{"name": "a", "values": ["x", "y"]}, {"name": "b", "values": ["z"]}]}
    other = {"filter": [{"name": "b", "values": ["z"]}, {"values": ["y", "x"], "name": "a"}]}
    assert asked_of(one) == asked_of(other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "holds no recorded look-ups"),
        ('{"version": 2}', "holds no recorded look-ups"),
        ("[" * 100_000, "holds no recorded look-ups"),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "lookups").mkdir()
    (tmp_path / "lookups" / "prod.json").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_recorded(tmp_path, "prod", NOW)
    assert str(caught.value).startswith(f"lookups/prod.json: {said}")
    assert "`lockgate record prod --target aws`" in str(caught.value)


def test_the_age_is_told_in_days(recorded: Environment) -> None:
    told = read_recorded(recorded.root, "prod", datetime.now(UTC) + timedelta(days=3))
    assert told is not None
    assert told.days == 3
    assert read_recorded(recorded.root, "dev", NOW) is None
