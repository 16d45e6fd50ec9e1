"""Whatever JSON claims to be a plan, the model reads it, and unknown never becomes a pass."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.judgement import judge
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.architecture import read_architecture
from lockgate_policies.model.plan_values import UNKNOWN, is_known, overlay

_RULES = load_rules()
_TYPES = sorted({kind for file in _RULES if file.rule for kind in file.rule.subjects})
_ARGUMENTS = [
    "vpc_id",
    "subnets",
    "subnet_id",
    "route",
    "route_table_id",
    "gateway_id",
    "alias",
    "name",
    "zone_id",
    "type",
    "failover_routing_policy",
    "health_check_id",
    "cidr_block",
    "availability_zone",
    "tags",
    "internal",
    "fqdn",
    "policy",
    "subnet_ids",
    "ip_address",
    "target_group_arn",
    "target_group_arns",
    "load_balancer_arn",
    "security_groups",
    "launch_template",
    "certificate_arn",
    "health_check",
    "replicate_source_db",
    "global_cluster_identifier",
    "backup_retention_period",
    "min_size",
    "ingress",
    "default_action",
]

_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_references = st.sampled_from(
    [
        "aws_vpc.a",
        "aws_vpc.a.id",
        "aws_subnet.a[0].id",
        'module.m["k"].out',
        "module.m",
        "each.value",
        "each.key",
        "count.index",
        "local.x",
        "var.v",
        "data.aws_region.a.name",
        "aws_lb.a.dns_name",
        "self.id",
        "[",
        "",
    ]
)
_json = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
_arguments = st.dictionaries(st.sampled_from(_ARGUMENTS), _json, max_size=6)
_expressions = st.dictionaries(
    st.sampled_from(_ARGUMENTS),
    _json | st.fixed_dictionaries({"references": st.lists(_references, max_size=3)}),
    max_size=6,
)


@st.composite
def _resources(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(_TYPES))
    name = draw(st.sampled_from(["a", "b"]))
    key = draw(st.none() | st.integers(0, 2) | st.sampled_from(["k", 'q"uote', ""]))
    index = "" if key is None else f"[{key!r}]"
    return {
        "address": f"{kind}.{name}{index}",
        "mode": draw(st.sampled_from(["managed", "data"])),
        "type": kind,
        "name": name,
        **({} if key is None else {"index": key}),
        "values": draw(_arguments | _json),
        "expressions": draw(_expressions | _json),
        "unknown": draw(_arguments | st.booleans() | _json),
        "provider": draw(st.sampled_from(["aws", "aws.west", "m:aws", ""])),
    }


@st.composite
def _plans(draw: st.DrawFn) -> dict[str, Any]:
    resources = draw(st.lists(_resources(), max_size=8))
    configs = [
        {
            "address": f"{r['type']}.{r['name']}",
            "type": r["type"],
            "name": r["name"],
            "mode": r["mode"],
            "provider_config_key": r["provider"],
            "expressions": r["expressions"],
            "for_each_expression": draw(st.none() | _json | _expressions),
        }
        for r in resources
    ]
    module = {
        "resources": configs,
        "outputs": {"out": {"expression": draw(_expressions)}},
        "module_calls": {},
    }
    calls = {"m": {"source": "./m", "expressions": draw(_expressions), "module": module}}
    planned = {"resources": resources}
    return {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": resources,
                "child_modules": [{"address": 'module.m["k"]', **planned}, draw(_json)],
            }
        },
        "resource_changes": [
            {
                "address": r["address"],
                "change": {"actions": ["create"], "after_unknown": r["unknown"]},
            }
            for r in resources
        ],
        "configuration": {
            "provider_config": {
                "aws": {
                    "name": "aws",
                    "expressions": {"region": {"constant_value": draw(st.text(max_size=9))}},
                },
                "aws.west": draw(_json),
            },
            "root_module": {"resources": configs, "module_calls": calls},
        },
        "prior_state": draw(_json),
        "variables": draw(_json),
    }


_paths = st.sampled_from(["alias.0.name", "subnets.0", "vpc_id", "route.0", "policy", "", "."])
_places = st.sampled_from(["aws_lb.a", "aws_subnet.a[0]", "data.aws_vpc.a", "aws_vpc.b", "nowhere"])
_origins = st.lists(
    st.fixed_dictionaries(
        {"address": _places | _json, "attribute": st.text(max_size=4), "whole": st.booleans()}
    )
    | _json,
    max_size=3,
)
_sections = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "regions": st.dictionaries(_places, st.sampled_from(["us-east-1", "us-west-2"]) | _json),
        "references": st.dictionaries(_places, st.dictionaries(_paths, _origins) | _json) | _json,
        "outputs": _json,
        "looked_up": st.dictionaries(_places, _json) | _json,
    }
)


def _stops(document: dict[str, Any]) -> list[str]:
    architecture = read_architecture(document)
    return [
        finding.message
        for file in _RULES
        for finding in judge(file, architecture).findings
        if " stopped: " in finding.message
    ]


@settings(max_examples=150)
@given(_plans())
def test_no_plan_makes_a_rule_stop(document: dict[str, Any]) -> None:
    assert _stops(document) == []


@settings(max_examples=150)
@given(_plans(), _sections | _json)
def test_no_resolved_section_makes_a_rule_stop(document: dict[str, Any], section: Any) -> None:
    document["lockgate"] = {"resolved": section}
    assert _stops(document) == []


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=8), _json, max_size=4))
def test_any_json_object_can_be_read(document: dict[str, Any]) -> None:
    assert _stops(document) == []


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(
            ["planned_values", "configuration", "resource_changes", "prior_state", "variables"]
        ),
        _json,
    )
)
def test_nonsense_in_a_plans_own_keys_can_be_read(document: dict[str, Any]) -> None:
    assert _stops(document) == []


@given(_json, _json)
def test_what_a_plan_marks_unknown_is_unknown(known: Any, unknown: Any) -> None:
    joined = overlay(known, unknown)

    def marked(value: Any) -> bool:
        if value is True:
            return True
        if isinstance(value, dict):
            return any(marked(item) for item in value.values())
        return isinstance(value, list) and any(marked(item) for item in value)

    assert is_known(joined) is not marked(unknown)


def test_a_plan_in_which_nothing_is_known_passes_no_rule_on_a_resource() -> None:
    """Every argument of every resource unknown and given by an expression that leads nowhere."""
    resources = [
        {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "values": {}}
        for kind in _TYPES
    ]
    document = {
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [
            {"address": r["address"], "change": {"after_unknown": dict.fromkeys(_ARGUMENTS, True)}}
            for r in resources
        ],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {}}},
            "root_module": {
                "resources": [
                    {
                        "address": r["address"],
                        "provider_config_key": "aws",
                        "expressions": {name: {"references": ["local.x"]} for name in _ARGUMENTS},
                    }
                    for r in resources
                ]
            },
        },
    }
    architecture = read_architecture(document)
    assert architecture.region(architecture.tree.resources[0]) is UNKNOWN
    passing = {
        file.id
        for file in _RULES
        if (file.id == "LG_REGION_1" or file.id.startswith(("LG_FAILOVER", "LG_SUBNET")))
        and any(f.verdict is Verdict.PASS for f in judge(file, architecture).findings)
    }
    assert passing == set()
