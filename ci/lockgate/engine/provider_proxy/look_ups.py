"""Answers what only an account could: data sources, ephemeral resources, imports.

What needs no account is asked of the provider itself. The rest has the shape of the schema: what
the configuration says is echoed, what the provider would find out is made up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from lockgate.engine.provider_proxy.made_up import Maker, asked_for, fill
from lockgate.engine.provider_proxy.provider_schema import Block
from lockgate.engine.provider_proxy.regions import zones

# By the provider's documentation and source, these compute their answer from their arguments and
# the provider's configuration, or from a table that the provider carries.
_WITHOUT_AN_ACCOUNT_WORDS = """
    aws_arn aws_billing_service_account aws_cloudfront_log_delivery_canonical_user_id
    aws_cloudtrail_service_account aws_default_tags aws_elastic_beanstalk_hosted_zone
    aws_elb_hosted_zone_id aws_elb_service_account aws_iam_policy_document aws_lb_hosted_zone_id
    aws_partition aws_redshift_service_account aws_region aws_sagemaker_prebuilt_ecr_image
    aws_service aws_service_principal
"""
# What a parameter is called whose text is a number: `/app/port`, `max-size`.
_NUMBER = re.compile(r"(?:^|[/_.-])(?:port|count|size|number|capacity|timeout|days|threshold)$")
_WITHOUT_AN_ACCOUNT = frozenset(_WITHOUT_AN_ACCOUNT_WORDS.split())


def needs_an_account(type_name: str) -> bool:
    """Tell whether the provider would ask AWS to answer this data source."""
    return type_name not in _WITHOUT_AN_ACCOUNT


def call_name(kind: str, type_name: str, config: str, region: str) -> str:
    """What identifies a look-up: the same question in the same region has the same answer."""
    digest = hashlib.sha256(config.encode()).hexdigest()[:16]
    return f"{kind} {type_name} {region} {digest}"


def answer(
    block: Block, config: Any, maker: Maker, joined: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to a look-up: the configuration, and what is made up around it.

    ``joined`` is what is planned elsewhere of the very thing that is looked up.
    """
    asked = asked_for(block.attributes, config, maker.shapes.keys)
    asked |= _fitting(block, config, joined or {})
    if maker.type_name == "aws_availability_zones" and zones(maker.region):
        asked |= {"names": zones(maker.region), "group_names": [maker.region]}
    if maker.type_name == "aws_availability_zone" and config.get("name"):
        asked |= _zone(config["name"])
    if maker.type_name == "aws_route53_zone" and isinstance(config.get("name"), str):
        # As the provider has it since 3.0 (its upgrade guide): without the dot at the end.
        asked["name"] = config["name"].removesuffix(".").lower()
    if maker.type_name == "aws_ssm_parameter" and _NUMBER.search(str(config.get("name"))):
        asked |= {"value": maker.number_in_text(("value",))}
    filled: dict[str, Any] = fill(block, asked, maker)
    return filled


def _fitting(block: Block, config: Mapping[str, Any], joined: Mapping[str, Any]) -> dict[str, Any]:
    """The joined values that the data source has under the same name, in the same type."""
    fitting: dict[str, Any] = {}
    for name, attribute in block.attributes.items():
        given, value = config.get(name), joined.get(name)
        if value is None or (given is not None and not isinstance(given, dict)):
            continue
        if _is_of(value, attribute.type):
            fitting[name] = {**value, **given} if isinstance(given, dict) else value
    # Many data sources have no ID of their own, and take what identifies the thing.
    return fitting


def _is_of(value: Any, kind: Any) -> bool:
    if isinstance(kind, list):
        return isinstance(value, dict if kind[0] in ("map", "object") else list)
    return isinstance(value, {"string": str, "bool": bool}.get(kind, int | float))


def _zone(name: str) -> dict[str, Any]:
    region = name.rstrip("abcdefghijklmnopqrstuvwxyz")
    if name not in zones(region):
        return {}
    return {"region": region, "name_suffix": name.removeprefix(region), "group_name": region}


def imported(block: Block, identity: str) -> dict[str, Any]:
    """The state of a resource that is imported: nothing is known of it but its ID."""
    empty: dict[str, Any] = dict.fromkeys(block.attributes)
    for name, nested in block.blocks.items():
        empty[name] = None if nested.is_single else []
    return {**empty, "id": identity}
