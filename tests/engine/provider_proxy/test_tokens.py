"""Made-up texts are found wherever they went, and nothing else is taken for one."""

from __future__ import annotations

import base64
import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.engine.provider_proxy import forms
from lockgate.engine.provider_proxy.tokens import Occurrence, Origin, TokenTable

ORIGIN = Origin("resource aws_vpc us-east-1 0 1", "id")


def _table() -> tuple[TokenTable, str]:
    table = TokenTable()
    core = table.core(ORIGIN)
    table.add(core, f"vpc-{core}", ORIGIN)
    return table, f"vpc-{core}"


@given(st.text(), st.text())
def test_a_text_is_found_inside_any_other(before: str, after: str) -> None:
    table, text = _table()
    whole = not before and not after
    assert table.find(before + text + after) == [Occurrence(ORIGIN, whole)]


@given(st.text("0123456789abcdef", max_size=40), st.text("0123456789abcdef", max_size=40))
def test_it_is_found_among_more_digits(before: str, after: str) -> None:
    table, text = _table()
    core = text.removeprefix("vpc-")
    assert table.find(f"{before}{core}{after}") == [Occurrence(ORIGIN, whole=False)]


@given(st.text())
def test_no_other_text_is_taken_for_one(text: str) -> None:
    table, _ = _table()
    assert table.find(text) == []


def test_another_runs_text_is_not_this_ones() -> None:
    _, text = _table()
    other, _ = _table()
    assert other.find(text) == []


@pytest.mark.parametrize(
    "encode",
    [
        str.upper,
        lambda text: base64.b64encode(f"#!/bin/sh\nvpc={text}\n".encode()).decode(),
        lambda text: base64.b64encode(gzip.compress(f"vpc={text}".encode())).decode(),
    ],
)
def test_it_is_found_in_other_spellings(encode: object) -> None:
    table, text = _table()
    assert callable(encode)
    assert [each.origin for each in table.find(encode(text))] == [ORIGIN]


def test_digests_are_the_same_with_any_secret() -> None:
    (one, first), (other, second) = _table(), _table()
    assert first != second
    assert one.canonical(f"a{first}b".encode()) == other.canonical(f"a{second}b".encode())
    assert one.canonical(b"nothing of ours") == "nothing of ours"


def test_an_arn_is_not_two_things() -> None:
    """The account in it is made up as well, but leads nowhere else."""
    table = TokenTable()
    arn = Origin(ORIGIN.call, "arn")
    core = table.core(arn)
    table.add("123412341234", "123412341234", Origin(ORIGIN.call, "owner_id"))
    table.add(core, f"arn:aws:ec2:us-east-1:123412341234:vpc/{core}", arn)
    text = f'"arn:aws:ec2:us-east-1:123412341234:vpc/{core}"'
    assert table.find(text) == [Occurrence(arn, whole=False)]


CORE = "0123456789abcdef0"


@pytest.mark.parametrize(
    ("type_name", "attribute", "form"),
    [
        ("aws_vpc", "id", r"vpc-[0-9a-f]{17}"),
        ("aws_vpc", "main_route_table_id", r"rtb-[0-9a-f]{17}"),
        ("aws_autoscaling_group", "vpc_security_group_ids", r"sg-[0-9a-f]{17}"),
        ("aws_launch_template", "id", r"lt-[0-9a-f]{17}"),
        ("aws_lb", "id", r"arn:aws:elasticloadbalancing:us-east-1:1+:loadbalancer/app/[\w/]+"),
        ("aws_lb", "arn_suffix", r"app/[\w-]+/[0-9a-f]+"),
        ("aws_lb_target_group", "arn_suffix", r"targetgroup/[\w-]+/[0-9a-f]+"),
        ("aws_lb", "dns_name", r"[0-9a-f]+\.us-east-1\.lb\.example"),
        ("aws_lb", "zone_id", r"Z[0-9A-F]{17}"),
        ("aws_iam_role", "arn", r"arn:aws:iam::1+:role/\w+"),
        ("aws_s3_bucket", "arn", r"arn:aws:s3:::\w+"),
        ("aws_cloudwatch_log_group", "arn", r"arn:aws:logs:us-east-1:1+:log-group:\w+"),
        ("aws_subnets", "ids", r"subnet-[0-9a-f]{17}"),
        ("aws_unheard_of", "whatever", r"x[0-9a-f]{17}"),
    ],
)
def test_forms_are_those_that_validations_look_for(
    type_name: str, attribute: str, form: str
) -> None:
    text = forms.text(type_name, attribute, CORE, "us-east-1", "1" * 12)
    assert re.fullmatch(form, text), text
    assert CORE in text.lower()


def test_arns_are_of_the_regions_partition() -> None:
    arn = forms.text("aws_sns_topic", "arn", CORE, "cn-north-1", "1" * 12)
    assert arn.startswith("arn:aws-cn:sns:cn-north-1:")
