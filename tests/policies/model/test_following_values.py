"""In a resolved plan every value says where it comes from, and only that is followed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge_plan_file
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.plan_values import UNKNOWN
from tests.policies.model.plans import (
    UNTIL_APPLY,
    Document,
    Planned,
    document,
    findings,
    led_to,
    plain_document,
)

RECORD = "aws_route53_record"
HEALTH_CHECK = "aws_route53_health_check.here"
HERE, THERE = "us-east-1", "us-west-2"
BOTH = {"references": ["aws_lb.here.dns_name", "aws_lb.here", "aws_lb.there.dns_name"]}


def _balancer(name: str, region: str, **values: Any) -> Planned:
    return Planned(
        f"aws_lb.{name}",
        {"dns_name": UNTIL_APPLY, "arn": UNTIL_APPLY, "internal": False, **values},
        region=region,
    )


def _record(role: str, leads_to: str, zone: Any = "Z1", **more: Any) -> Planned:
    alias = {"name": UNTIL_APPLY, "zone_id": UNTIL_APPLY, "evaluate_target_health": True}
    return Planned(
        f'{RECORD}.this["{role}"]',
        {
            "zone_id": zone,
            "name": "www.example.com",
            "type": "A",
            "set_identifier": role.lower(),
            "failover_routing_policy": [{"type": role}],
            "alias": [alias],
        },
        names={"alias": [{"name": {"references": ["each.value.dns", "each.value"]}}]},
        origins={"alias.0.name": f"{leads_to}.dns_name", **more},
    )


def _service(secondary: str = "aws_lb.there") -> list[Planned]:
    """What ``for_each = { PRIMARY = { dns = … }, SECONDARY = { dns = … } }`` makes."""
    return [
        _balancer("here", HERE),
        _balancer("there", THERE),
        _record("PRIMARY", "aws_lb.here"),
        _record("SECONDARY", secondary),
    ]


def test_records_made_by_for_each_lead_each_to_its_own_load_balancer() -> None:
    found = findings(document(*_service()), "LG_FAILOVER_2")
    assert [(f.verdict, f.message) for f in found] == [
        (Verdict.PASS, "leads to us-east-1"),
        (Verdict.PASS, "leads to us-west-2"),
    ]


def test_a_map_that_names_one_region_twice_is_found() -> None:
    found = findings(document(*_service(secondary="aws_lb.here")), "LG_FAILOVER_2")
    assert {f.verdict for f in found} == {Verdict.FAIL}
    assert "both lead to us-east-1: aws_lb.here" in found[0].message


def test_the_same_plan_without_its_origins_is_unknown_and_never_both() -> None:
    plan = document(*_service())
    plan["lockgate"]["resolved"]["references"] = {}
    found = findings(plan, "LG_FAILOVER_2")
    assert {f.verdict for f in found} == {Verdict.UNKNOWN}
    assert "comes from no resource of this plan" in found[0].message


@pytest.mark.parametrize("make", [document, plain_document])
@pytest.mark.parametrize("nothing", [None, "", []])
def test_a_value_that_is_known_to_be_nothing_leads_nowhere(make: Any, nothing: Any) -> None:
    """``target_group_arns = var.registered ? [var.target_group_arn] : []``."""
    group = Planned("aws_lb_target_group.this", {"arn": UNTIL_APPLY})
    servers = Planned(
        "aws_autoscaling_group.this",
        {"target_group_arns": nothing},
        names={"target_group_arns": {"references": ["aws_lb_target_group.this.arn", "var.on"]}},
    )
    plan = make(group, servers)
    assert led_to(plan, servers.address, "target_group_arns", "aws_lb_target_group") == ()
    assert read_architecture(plan).registrations == []
    assert read_architecture(plan).registration_gaps == ()


@pytest.mark.parametrize("make", [document, plain_document])
def test_an_action_whose_target_group_is_null_forwards_nowhere(make: Any) -> None:
    """``target_group_arn = var.maintenance ? null : aws_lb_target_group.this.arn``."""
    group = Planned("aws_lb_target_group.this", {"arn": UNTIL_APPLY})
    listener = Planned(
        "aws_lb_listener.this",
        {
            "load_balancer_arn": UNTIL_APPLY,
            "default_action": [{"type": "fixed-response", "target_group_arn": None}],
        },
        names={
            "load_balancer_arn": {"references": ["aws_lb.here.arn", "aws_lb.here"]},
            "default_action": [
                {"target_group_arn": {"references": ["var.off", "aws_lb_target_group.this.arn"]}}
            ],
        },
        origins={"load_balancer_arn": "aws_lb.here.arn"},
    )
    (balancer,) = read_architecture(make(_balancer("here", HERE), group, listener)).load_balancers
    assert [action.kind for action in balancer.actions] == ["fixed-response"]
    assert balancer.target_groups.resources == ()


def test_a_text_with_an_origin_in_it_leads_there() -> None:
    record = _record("PRIMARY", "aws_lb.here")
    plan = document(_balancer("here", HERE), record)
    entry = plan["lockgate"]["resolved"]["references"][record.address]["alias.0.name"][0]
    entry["whole"] = False  # "dualstack.${aws_lb.here.dns_name}"
    assert led_to(plan, record.address, "alias.0.name") == ("aws_lb.here",)


def test_every_element_of_a_list_must_come_from_somewhere() -> None:
    subnets = [Planned(f'aws_subnet.this["{key}"]', {"id": UNTIL_APPLY}) for key in "ab"]
    balancer = Planned(
        "aws_lb.this",
        {"subnets": [UNTIL_APPLY, UNTIL_APPLY, "subnet-0123456789abcdef0"]},
        names={"subnets": {"references": ["aws_subnet.this", "random_id.x.hex"]}},
        origins={"subnets.0": f"{subnets[0].address}.id"},
    )
    found = led_to(document(*subnets, balancer), "aws_lb.this", "subnets", "aws_subnet")
    assert found[0] == 'aws_subnet.this["a"]'
    assert "subnet-0123456789abcdef0 is not a resource of this plan" in found[1]
    assert "comes from no resource of this plan" in found[2]
    assert len(found) == 3


def test_what_exists_already_is_found_by_its_identifier() -> None:
    """After an apply values are known, and a known value has no origin."""
    name = "web-1234.us-west-2.elb.amazonaws.com"
    there = _balancer("there", THERE, dns_name=name)
    record = Planned(
        f"{RECORD}.this",
        {"alias": [{"name": name}]},
        names={"alias": [{"name": BOTH}]},
    )
    plan = document(_balancer("here", HERE), there, record)
    computed = plan["configuration"]["root_module"]["resources"][1]["expressions"]
    del computed["dns_name"]
    assert led_to(plan, record.address, "alias.0.name") == ("aws_lb.there",)


def test_of_two_regions_that_share_a_name_the_expression_means_one() -> None:
    groups = [
        Planned(f"aws_autoscaling_group.{name}", {"name": "web"}, region=region)
        for name, region in (("here", HERE), ("there", THERE))
    ]
    attached = Planned(
        "aws_autoscaling_attachment.there",
        {"autoscaling_group_name": "web"},
        names={"autoscaling_group_name": {"references": ["aws_autoscaling_group.there.name"]}},
    )
    plan = document(*groups, attached)
    path = "autoscaling_group_name"
    assert led_to(plan, attached.address, path) == ("aws_autoscaling_group.there",)
    typed = led_to(plan, attached.address, path, "aws_autoscaling_group")
    assert typed == ("aws_autoscaling_group.there",)


def test_the_region_is_that_of_the_provider_instance() -> None:
    """Inherited through modules, the provider's key tells no region."""
    plan = document(Planned("aws_vpc.this", region=THERE))
    plan["configuration"]["provider_config"] = {}
    architecture = read_architecture(plan)
    assert architecture.region(architecture.tree.resources[0]) == THERE
    del plan["lockgate"]["resolved"]
    architecture = read_architecture(plan)
    assert architecture.region(architecture.tree.resources[0]) is UNKNOWN


def test_a_provider_without_a_region_is_where_its_subnets_say() -> None:
    """The resolved plan gives it the primary region; its zones know better."""
    vpc = Planned("aws_vpc.this")
    subnet = Planned("aws_subnet.this", {"availability_zone": "us-west-2a"})
    plan = document(vpc, subnet)
    plan["configuration"]["provider_config"]["aws"] = {"name": "aws"}
    architecture = read_architecture(plan)
    assert {architecture.region(each) for each in architecture.tree.resources} == {THERE}
    assert architecture.regions.of_provider("aws") == THERE
    (found,) = findings(plan, "LG_REGION_6")
    assert found.verdict is Verdict.PASS


def test_zones_of_two_regions_do_not_move_a_provider() -> None:
    subnets = [
        Planned(f"aws_subnet.{zone[-1]}", {"availability_zone": zone})
        for zone in ("us-east-1a", "us-west-2b")
    ]
    plan = document(*subnets)
    plan["configuration"]["provider_config"]["aws"] = {"name": "aws"}
    verdicts = {each.address: each.verdict for each in findings(plan, "LG_REGION_6")}
    assert verdicts == {"aws_subnet.a": Verdict.PASS, "aws_subnet.b": Verdict.FAIL}


@pytest.mark.parametrize(
    ("not_given", "leads"), [((), ("aws_security_group.lb",)), (["source"], ())]
)
def test_an_argument_that_is_null_by_its_expression_leads_nowhere(
    not_given: list[str], leads: tuple[str, ...]
) -> None:
    """The provider computes it: in the plan it is unknown, and its expression names a group."""
    names = {"references": ["var.open", "aws_security_group.lb.id", "aws_security_group.lb"]}
    rule = Planned(
        "aws_security_group_rule.this",
        {"source": UNTIL_APPLY},
        names={"source": names},
        origins={} if not_given else {"source": "aws_security_group.lb.id"},
        not_given=not_given,
    )
    group = Planned("aws_security_group.lb", {"id": UNTIL_APPLY})
    plan = document(group, rule)
    assert led_to(plan, rule.address, "source") == leads
    architecture = read_architecture(plan)
    (read,) = architecture.of_type("aws_security_group_rule")
    assert architecture.gives(read, "source") is not bool(not_given)
    assert not architecture.candidates(read, "source").gaps


def test_a_number_that_only_an_apply_tells_is_a_dependency_and_no_endpoint() -> None:
    """A number has no origin; what its expression names, the resource still needs."""
    database = Planned("aws_db_instance.here", {"port": UNTIL_APPLY})
    rule = Planned(
        "aws_security_group_rule.there",
        {"from_port": UNTIL_APPLY},
        names={"from_port": {"references": ["aws_db_instance.here.port", "aws_db_instance.here"]}},
        region=THERE,
    )
    found = findings(document(database, rule), "LG_REGION_9")
    assert [f.verdict for f in found] == [Verdict.FAIL]
    assert "from_port refers to aws_db_instance.here in us-east-1" in found[0].message


@pytest.mark.parametrize("section", [{"version": 2}, {}, "resolved"])
def test_a_section_of_another_version_is_judged_by_nobody(section: Any, tmp_path: Path) -> None:
    plan = document(*_service())
    plan["lockgate"]["resolved"] = section
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    for rule in load_rules():
        (found,) = judge_plan_file(str(file), rule).findings
        assert found.verdict is Verdict.UNKNOWN
        assert "only version 1 is known here" in found.message


# -- what is only looked up -------------------------------------------------------------------


def _zone(label: str, name: str = "example.com.") -> Planned:
    made_up = {"name": name, "zone_id": "Z0MADEUP", "private_zone": False}
    return Planned(f"data.aws_route53_zone.{label}", made_up)


def _in_zones(first: Planned, second: Planned) -> Document:
    records = [
        _record(role, f"aws_lb.{side}", UNTIL_APPLY, zone_id=f"{zone.address}.zone_id")
        for role, side, zone in (("PRIMARY", "here", first), ("SECONDARY", "there", second))
    ]
    looked_up = {zone.address: {"zone_id": True} for zone in (first, second)}
    return document(*_service()[:2], first, second, *records, looked_up=looked_up)


def test_a_zone_that_is_looked_up_by_its_name_carries_both_records() -> None:
    found = findings(_in_zones(_zone("a"), _zone("b", name="example.com")), "LG_FAILOVER_1")
    assert [f.verdict for f in found] == [Verdict.PASS, Verdict.PASS]


def test_two_zones_of_different_names_are_two_zones() -> None:
    found = findings(_in_zones(_zone("a"), _zone("b", name="example.org")), "LG_FAILOVER_1")
    assert {f.verdict for f in found} == {Verdict.FAIL}


def test_what_was_looked_up_is_known_to_nobody() -> None:
    architecture = read_architecture(_in_zones(_zone("a"), _zone("b")))
    zone = architecture.tree.by_address["data.aws_route53_zone.a"]
    assert zone.value("zone_id") is UNKNOWN
    assert zone.value("name") == "example.com."


def test_a_standby_that_is_only_looked_up_is_named_and_not_accepted() -> None:
    standby = Planned("data.aws_lb.there", {"dns_name": "x", "arn": "x"}, region=THERE)
    records = [_record("PRIMARY", "aws_lb.here"), _record("SECONDARY", standby.address)]
    looked_up = {standby.address: {"dns_name": True, "arn": True}}
    plan = document(_balancer("here", HERE), standby, *records, looked_up=looked_up)
    assert {f.verdict for f in findings(plan, "LG_FAILOVER_2")} == {Verdict.PASS}
    for rule in ("LG_LB_13", "LG_LOSS_1"):
        unknown = [f for f in findings(plan, rule) if f.verdict is Verdict.UNKNOWN]
        assert any("data.aws_lb.there" in f.message for f in unknown), rule


@pytest.mark.parametrize("kind", ["terraform_remote_state", "aws_ssm_parameter"])
def test_an_address_that_another_root_module_wrote_down_may_be_a_load_balancers(kind: str) -> None:
    """Of which kind it is, only an account tells: that it is none must not be said."""
    places = [Planned(f"data.{kind}.{name}", {"value": "x"}) for name in ("here", "there")]
    checked = {"references": [f"{HEALTH_CHECK}.id", HEALTH_CHECK]}
    primary, secondary = (
        replace(
            record,
            values={**record.values, "health_check_id": UNTIL_APPLY},
            names={**record.names, "health_check_id": checked},
        )
        for record in (
            _record("PRIMARY", places[0].address, health_check_id=f"{HEALTH_CHECK}.id"),
            _record("SECONDARY", places[1].address, health_check_id=f"{HEALTH_CHECK}.id"),
        )
    )
    check = Planned(
        HEALTH_CHECK,
        {"type": "HTTPS", "fqdn": UNTIL_APPLY},
        names={"fqdn": {"references": [f"{places[0].address}.value", places[0].address]}},
        origins={"fqdn": f"{places[0].address}.value"},
    )
    plan = document(
        *places,
        primary,
        secondary,
        check,
        looked_up={place.address: {"value": True} for place in places},
    )
    for rule in ("LG_FAILOVER_2", "LG_FAILOVER_3"):
        found = findings(plan, rule)
        assert {finding.verdict for finding in found} == {Verdict.UNKNOWN}, rule
        assert f"data.{kind}.here, which is only looked up" in found[0].message


@pytest.mark.parametrize("rule", ["LG_LB_2", "LG_SUBNET_3"])
def test_subnets_that_are_only_looked_up_are_named_and_not_accepted(rule: str) -> None:
    subnets = [Planned(f'data.aws_subnet.this["{key}"]', {"id": "x"}) for key in "ab"]
    balancer = Planned(
        "aws_lb.this",
        {"subnets": UNTIL_APPLY, "internal": False},
        origins={f"subnets.{n}": f"{subnet.address}.id" for n, subnet in enumerate(subnets)},
    )
    looked_up = {subnet.address: {"id": True} for subnet in subnets}
    (found,) = findings(document(*subnets, balancer, looked_up=looked_up), rule)
    assert found.verdict is Verdict.UNKNOWN
    assert 'data.aws_subnet.this["a"], data.aws_subnet.this["b"] is only looked up' in found.message


def test_a_value_of_something_looked_up_is_no_resource_of_the_plan() -> None:
    """``vpc_id = data.aws_subnet.a.vpc_id``: which VPC that is, the plan does not say."""
    subnet = Planned("data.aws_subnet.a", {"vpc_id": "x"})
    group = Planned(
        "aws_lb_target_group.this",
        {"vpc_id": UNTIL_APPLY},
        origins={"vpc_id": "data.aws_subnet.a.vpc_id"},
    )
    plan = document(Planned("aws_vpc.other"), subnet, group)
    (gap,) = led_to(plan, group.address, "vpc_id", "aws_vpc")
    assert "comes from data.aws_subnet.a, which is only looked up" in gap


def test_a_network_that_is_only_looked_up_is_not_said_to_be_missing() -> None:
    networks = [
        Planned(f"data.aws_vpc.{name}", {"id": "x"}, region=region)
        for name, region in (("here", HERE), ("there", THERE))
    ]
    looked_up = {network.address: {"id": True} for network in networks}
    (found,) = findings(document(*networks, *_service(), looked_up=looked_up), "LG_REGION_1")
    assert found.verdict is Verdict.UNKNOWN
    assert "the network in us-west-2 is only looked up by data.aws_vpc.there" in found.message


def test_a_security_group_that_is_only_looked_up_may_shut_everybody_out() -> None:
    group = Planned("data.aws_security_group.this", {"id": "x"})
    balancer = Planned(
        "aws_lb.here",
        {"dns_name": UNTIL_APPLY, "security_groups": UNTIL_APPLY},
        origins={"security_groups.0": f"{group.address}.id"},
    )
    listener = Planned(
        "aws_lb_listener.this",
        {"port": 443, "load_balancer_arn": UNTIL_APPLY},
        origins={"load_balancer_arn": "aws_lb.here.arn"},
    )
    plan = document(
        group,
        balancer,
        listener,
        _record("PRIMARY", "aws_lb.here"),
        looked_up={group.address: {"id": True}},
    )
    (found,) = findings(plan, "LG_LB_10")
    assert found.verdict is Verdict.UNKNOWN
    assert "data.aws_security_group.this is only looked up" in found.message


def test_a_role_that_is_only_looked_up_may_change_records() -> None:
    role = Planned("data.aws_iam_role.this", {"arn": "x"})
    function = Planned(
        "aws_lambda_function.this",
        {"role": UNTIL_APPLY},
        origins={"role": "data.aws_iam_role.this.arn"},
    )
    plan = document(role, function, looked_up={role.address: {"arn": True}})
    (found,) = findings(plan, "LG_FAILOVER_11")
    assert found.verdict is Verdict.UNKNOWN
    assert "data.aws_iam_role.this is only looked up" in found.message


def _attached(**attachment: str) -> Document:
    """Servers whose module is given no target group, and an attachment that names one."""
    group = Planned("aws_lb_target_group.this", {"arn": UNTIL_APPLY, "port": 8080})
    listener = Planned(
        "aws_lb_listener.this",
        {
            "load_balancer_arn": UNTIL_APPLY,
            "default_action": [{"type": "forward", "target_group_arn": UNTIL_APPLY}],
        },
        names={
            "default_action": [{"target_group_arn": {"references": ["aws_lb_target_group.this"]}}]
        },
        origins={
            "load_balancer_arn": "aws_lb.here.arn",
            "default_action.0.target_group_arn": "aws_lb_target_group.this.arn",
        },
    )
    servers = Planned(
        "aws_autoscaling_group.this",
        {"name": "web", "target_group_arns": UNTIL_APPLY},
        names={"target_group_arns": {"references": ["var.target_group_arns"]}},
    )
    attached = Planned(
        "aws_autoscaling_attachment.this",
        {"autoscaling_group_name": "web", "lb_target_group_arn": UNTIL_APPLY},
        names={"autoscaling_group_name": {"references": ["aws_autoscaling_group.this.name"]}},
        origins=attachment,
    )
    return document(_balancer("here", HERE), group, listener, servers, attached)


def test_a_group_that_an_attachment_fills_needs_no_other_registration() -> None:
    plan = _attached(lb_target_group_arn="aws_lb_target_group.this.arn")
    assert not [f for f in findings(plan, "LG_LB_12") if f.verdict is not Verdict.PASS]


def test_a_group_without_a_known_registration_is_unknown_while_others_lead_anywhere() -> None:
    (found,) = findings(_attached(), "LG_LB_12")[:1]
    assert found.verdict is Verdict.UNKNOWN
    assert "what is registered with aws_lb_target_group.this is not known" in found.message


def test_a_range_of_something_looked_up_names_it() -> None:
    network = Planned("data.aws_vpc.this", {"cidr_block": "10.0.0.0/16"})
    subnet = Planned(
        "aws_subnet.this",
        {"cidr_block": UNTIL_APPLY},
        names={"cidr_block": {"references": ["data.aws_vpc.this.cidr_block", "data.aws_vpc.this"]}},
    )
    looked_up = {network.address: {"cidr_block": True}}
    (found,) = findings(document(network, subnet, looked_up=looked_up), "LG_SUBNET_8")
    assert found.verdict is Verdict.UNKNOWN
    assert "data.aws_vpc.this is only looked up" in found.message


def test_a_route_table_that_is_only_looked_up_may_lead_anywhere() -> None:
    table = Planned("data.aws_route_table.this", {"id": "x"})
    network = Planned("aws_vpc.this", {"id": UNTIL_APPLY})
    subnet = Planned(
        "aws_subnet.private",
        {"id": UNTIL_APPLY, "vpc_id": UNTIL_APPLY},
        origins={"vpc_id": "aws_vpc.this.id"},
    )
    associated = Planned(
        "aws_route_table_association.this",
        {"subnet_id": UNTIL_APPLY, "route_table_id": UNTIL_APPLY},
        origins={
            "subnet_id": "aws_subnet.private.id",
            "route_table_id": "data.aws_route_table.this.id",
        },
    )
    looked_up = {table.address: {"id": True}}
    plan = document(table, network, subnet, associated, looked_up=looked_up)
    (found,) = findings(plan, "LG_SUBNET_4")
    assert found.verdict is Verdict.UNKNOWN
    assert "data.aws_route_table.this is only looked up" in found.message


def test_names_that_lead_to_names_are_followed_to_the_end() -> None:
    """A check of a name that is a CNAME for an alias of the load balancer."""
    alias = Planned(
        f"{RECORD}.regional",
        {"name": "here.example.com", "zone_id": "Z1", "alias": [{"name": UNTIL_APPLY}]},
        origins={"alias.0.name": "aws_lb.here.dns_name"},
    )
    cname = Planned(
        f"{RECORD}.probe",
        {"name": "probe.example.com", "zone_id": "Z1", "records": ["here.example.com"]},
    )
    check = Planned("aws_route53_health_check.this", {"fqdn": "probe.example.com"})
    plan = read_architecture(document(_balancer("here", HERE), alias, cname, check))
    assert plan.health_checks[0].probes.addresses == ("aws_lb.here",)


@pytest.mark.parametrize(("region", "verdict"), [(HERE, Verdict.PASS), (THERE, Verdict.FAIL)])
def test_a_certificate_that_is_looked_up_is_of_the_region_that_is_asked(
    region: str, verdict: Verdict
) -> None:
    certificate = Planned("data.aws_acm_certificate.this", {"arn": "x"}, region=region)
    listener = Planned(
        "aws_lb_listener.this",
        {"protocol": "HTTPS", "certificate_arn": UNTIL_APPLY},
        origins={"certificate_arn": "data.aws_acm_certificate.this.arn"},
    )
    looked_up = {certificate.address: {"arn": True}}
    (found,) = findings(document(certificate, listener, looked_up=looked_up), "LG_LB_7")
    assert found.verdict is verdict
