"""In a plain plan names are followed; where they do not tell which is meant, it is not known."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate_policies.catalogue.finding import Verdict
from tests.policies.model.plans import UNTIL_APPLY, Planned, findings, led_to, plain_document

SUBNETS = [
    *(Planned(f'aws_subnet.public["{key}"]', {"id": UNTIL_APPLY}) for key in "ab"),
    *(Planned(f'aws_subnet.private["{key}"]', {"id": UNTIL_APPLY}) for key in "ab"),
]
BALANCERS = [
    Planned("aws_lb.here", {"dns_name": UNTIL_APPLY}),
    Planned("aws_lb.there", {"dns_name": UNTIL_APPLY}, region="us-west-2"),
    *(Planned(f"aws_lb.many[{index}]", {"dns_name": UNTIL_APPLY}) for index in range(2)),
]
SIDES = {"roles": "aws_lb.here.dns_name aws_lb.there.dns_name"}
BY_KEY = "{for key, one in aws_subnet.private : key => one.id}"
TURNED = "{for key, one in aws_subnet.private : upper(key) => one.id}"


def _server(text: str, *names: str, key: str = "a", for_each: str = "") -> tuple[str, ...]:
    """Where ``subnet_id = TEXT`` of one server of several leads to."""
    server = Planned(
        f'aws_instance.this["{key}"]',
        {"subnet_id": UNTIL_APPLY},
        names={"subnet_id": {"references": list(names)}},
        texts={"subnet_id": text, **({"for_each": for_each} if for_each else {})},
    )
    local = {"by_key": BY_KEY, "turned": TURNED}
    plan = plain_document(*SUBNETS, server, local=local)
    return led_to(plan, server.address, "subnet_id", "aws_subnet")


def _check(text: str, *names: str, key: int = 0) -> tuple[str, ...]:
    """Where ``fqdn = TEXT`` of one health check of several leads to."""
    check = Planned(
        f"aws_route53_health_check.this[{key}]",
        {"fqdn": UNTIL_APPLY},
        names={"fqdn": {"references": list(names)}},
        texts={"fqdn": text},
    )
    return led_to(plain_document(*BALANCERS, check, local=SIDES), check.address, "fqdn")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("aws_subnet.private[each.key].id", ["aws_subnet.private", "each.key"]),
        ('aws_subnet.private["a"].id', ['aws_subnet.private["a"].id', "aws_subnet.private"]),
        ("local.by_key[each.key]", ["local.by_key", "each.key"]),
        ('local.by_key["a"]', ['local.by_key["a"]', "local.by_key"]),
    ],
)
def test_an_instance_that_names_tell_is_followed(text: str, names: list[str]) -> None:
    assert _server(text, *names) == ('aws_subnet.private["a"]',)


def test_in_a_set_each_value_is_its_own_key() -> None:
    names = ("aws_subnet.private", "each.value")
    text = "aws_subnet.private[each.value].id"
    assert _server(text, *names, for_each='toset(["a", "b"])') == ('aws_subnet.private["a"]',)
    (gap,) = _server(text, *names, for_each='{a = "b", b = "a"}')
    assert "takes one instance of aws_subnet.private" in gap


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        (
            'aws_subnet.private[each.key == "a" ? "b" : "a"].id',
            ["aws_subnet.private", "each.key"],
            "takes one instance of aws_subnet.private, and a plan does not say which",
        ),
        (
            "aws_subnet.private[var.zone].id",
            ["aws_subnet.private", "var.zone"],
            "takes one instance of aws_subnet.private, and a plan does not say which",
        ),
        (
            "local.turned[each.key]",
            ["local.turned", "each.key"],
            "takes [each.key] of several, which a plan does not tell",
        ),
    ],
)
def test_an_instance_that_names_do_not_tell_is_not_all_of_them(
    text: str, names: list[str], why: str
) -> None:
    (gap,) = _server(text, *names)
    assert why in gap
    assert gap.endswith('aws_subnet.private["a"] or aws_subnet.private["b"])')


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        (
            "count.index == 0 ? aws_lb.here.dns_name : aws_lb.there.dns_name",
            ["aws_lb.here.dns_name", "aws_lb.there.dns_name", "count.index"],
            "has a condition, and a plan does not say which value it is",
        ),
        (
            "local.roles[count.index]",
            ["local.roles", "count.index"],
            "takes [count.index] of several",
        ),
        (
            "aws_lb.many[1 - count.index].dns_name",
            ["aws_lb.many", "count.index"],
            "takes one instance of aws_lb.many",
        ),
        (
            "try(aws_lb.here.dns_name, aws_lb.there.dns_name)",
            ["aws_lb.here.dns_name", "aws_lb.there.dns_name"],
            "takes one value, and a plan does not say which",
        ),
    ],
)
def test_one_value_is_never_two_load_balancers(text: str, names: list[str], why: str) -> None:
    (gap,) = _check(text, *names)
    assert why in gap


@pytest.mark.parametrize(
    ("text", "names", "leads_to"),
    [
        ("aws_lb.many[count.index].dns_name", ["aws_lb.many", "count.index"], "aws_lb.many[1]"),
        ("var.x ? aws_lb.here.dns_name : null", ["aws_lb.here.dns_name", "var.x"], "aws_lb.here"),
        (
            'aws_lb.there.arn == "" ? aws_lb.here.dns_name : "status.example.org"',
            ["aws_lb.here.dns_name", "aws_lb.there.arn"],
            "aws_lb.here",
        ),
    ],
)
def test_a_condition_itself_leads_nowhere(text: str, names: list[str], leads_to: str) -> None:
    assert _check(text, *names, key=1) == (leads_to,)


def test_without_the_hcl_a_count_may_be_turned_round() -> None:
    """A plan names ``[count.index]`` and ``[1 - count.index]`` alike, unlike ``[each.key]``."""
    names = {"fqdn": {"references": ["aws_lb.many", "count.index"]}}
    check = Planned("aws_route53_health_check.this[0]", {"fqdn": UNTIL_APPLY}, names=names)
    plan = plain_document(*BALANCERS, check)
    del plan["lockgate"]["hcl"]
    (gap,) = led_to(plan, check.address, "fqdn")
    assert "takes one instance of aws_lb.many, and a plan does not say which" in gap


def _pair(names: list[str], texts: dict[str, str]) -> list[Planned]:
    return [
        Planned(
            f'aws_route53_record.this["{role}"]',
            {
                "zone_id": "Z1",
                "name": "www.example.com",
                "type": "A",
                "set_identifier": role,
                "failover_routing_policy": [{"type": role}],
                "alias": [{"name": UNTIL_APPLY}],
            },
            names={"alias": [{"name": {"references": names}}]},
            texts=texts,
        )
        for role in ("PRIMARY", "SECONDARY")
    ]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["each.value.dns", "each.value"], "each.value.dns"),
        (["local.roles", "each.key"], "local.roles[each.key]"),
        (["aws_lb.here.dns_name", "aws_lb.there.dns_name", "each.key"], "each.key == 1 ? 2 : 3"),
    ],
)
def test_records_that_names_do_not_tell_apart_are_unknown_and_not_said_to_be_wrong(
    names: list[str], text: str
) -> None:
    records = _pair(names, {"alias": text, "for_each": "local.roles"})
    plan = plain_document(*BALANCERS[:2], *records, local=SIDES)
    for resource in plan["configuration"]["root_module"]["resources"]:
        if resource["type"] == "aws_route53_record":
            resource["for_each_expression"] = {"references": ["local.roles"]}
    found = findings(plan, "LG_FAILOVER_2")
    assert {f.verdict for f in found} == {Verdict.UNKNOWN}
    assert all("aws_lb.here or aws_lb.there" in f.message for f in found)


def test_where_every_candidate_breaks_a_rule_it_is_broken() -> None:
    """Whichever key of the primary region it takes, it is one of the primary region's."""
    keys = [Planned(f"aws_kms_key.{name}", {"arn": UNTIL_APPLY}) for name in ("a", "b")]
    database = Planned(
        "aws_db_instance.there",
        {"kms_key_id": UNTIL_APPLY},
        names={"kms_key_id": {"references": ["aws_kms_key.a.arn", "aws_kms_key.b.arn"]}},
        texts={"kms_key_id": "var.x ? aws_kms_key.a.arn : aws_kms_key.b.arn"},
        region="us-west-2",
    )

    def verdicts(*changed: Planned) -> set[Verdict]:
        found = findings(plain_document(*changed, database), "LG_REGION_9")
        return {f.verdict for f in found if f.address == database.address}

    own = Planned("aws_kms_key.b", {"arn": UNTIL_APPLY}, region="us-west-2")
    assert verdicts(*keys) == {Verdict.FAIL}
    assert verdicts(keys[0], own) == {Verdict.UNKNOWN}


def test_a_literal_that_one_of_several_has_is_that_one() -> None:
    """``for_each = { a = aws_sqs_queue.a.name, … }`` with names that are known."""
    queues: list[Any] = [
        Planned("aws_sqs_queue.a", {"name": "orders"}),
        Planned("aws_sqs_queue.b", {"name": "bills"}),
    ]
    alarm = Planned(
        'aws_ssm_parameter.this["b"]',
        {"name": "bills"},
        names={"name": {"references": ["local.queues", "each.key"]}},
        texts={"name": "local.queues[each.key]"},
    )
    local = {"queues": "aws_sqs_queue.a.name aws_sqs_queue.b.name"}
    plan = plain_document(*queues, alarm, local=local)
    assert led_to(plan, alarm.address, "name", "aws_sqs_queue") == ("aws_sqs_queue.b",)
