"""The file in which an environment's look-ups are recorded: ``lookups/ENVIRONMENT.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from lockgate.base import documents
from lockgate.base.errors import UsageError
from lockgate.base.paths import look_ups_file
from lockgate.engine.provider_proxy.recorded_answers import (
    RecordedAnswer,
    RecordedAnswers,
    asked_of,
)
from lockgate.engine.provider_proxy.resolved_plan import resources_of
from lockgate.repository.environments import Environment
from lockgate_policies.model.architecture import Architecture
from lockgate_policies.model.plan_tree import Resource

_VERSION: Any = 1
# Data sources whose answers hold no secret, by the provider's documentation.
_TYPES_WORDS = """
    aws_acm_certificate aws_alb aws_alb_listener aws_alb_target_group aws_ami aws_ami_ids
    aws_apigatewayv2_api aws_apigatewayv2_apis aws_autoscaling_group aws_autoscaling_groups
    aws_availability_zone aws_availability_zones aws_caller_identity
    aws_cloudfront_distribution aws_customer_gateway aws_db_cluster_snapshot aws_db_instance
    aws_db_subnet_group aws_dynamodb_table aws_ec2_managed_prefix_list aws_ec2_transit_gateway
    aws_ecr_repository aws_ecs_cluster aws_ecs_service aws_efs_access_point
    aws_efs_file_system aws_efs_mount_target aws_eks_cluster aws_elasticache_cluster
    aws_elasticache_replication_group aws_elasticache_subnet_group aws_elb
    aws_iam_account_alias aws_iam_instance_profile aws_iam_policy aws_iam_role aws_instance
    aws_instances aws_internet_gateway aws_kms_alias aws_kms_key aws_lambda_function aws_lb
    aws_lb_listener aws_lb_target_group aws_lbs aws_nat_gateway aws_nat_gateways
    aws_network_acls aws_network_interface aws_network_interfaces
    aws_organizations_organization aws_prefix_list aws_rds_cluster aws_redshift_cluster
    aws_region aws_regions aws_route53_resolver_endpoint aws_route53_zone aws_route53_zones
    aws_route_table aws_route_tables aws_s3_bucket aws_secretsmanager_secret
    aws_security_group aws_security_groups aws_sns_topic aws_sqs_queue aws_ssm_parameter
    aws_subnet aws_subnet_ids aws_subnets aws_vpc aws_vpc_endpoint aws_vpc_endpoint_service
    aws_vpc_peering_connection aws_vpcs aws_wafv2_web_acl
"""
_TYPES = frozenset(_TYPES_WORDS.split())
_ATTRIBUTES_WORDS = """
    account_id address alias_arn allocated_storage arn arn_suffix arns associations
    availability_zone availability_zone_id availability_zones aws_account_id
    backup_retention_period bucket bucket_domain_name bucket_regional_domain_name
    canonical_hosted_zone_id cidr_block cidr_block_associations cidr_blocks cluster_identifier
    cluster_name customer_master_key_spec db_instance_class db_instance_identifier
    db_subnet_group deletion_window_in_days dns_name domain domain_name domain_names
    enable_dns_hostnames enable_dns_support enabled endpoint engine engine_version entries
    function_name group_names hosted_zone_id id identifier ids image_id instance_type internal
    internet_gateway_id ip_address_type ipv6_cidr_block is_default key_id key_usage
    load_balancer_arn load_balancer_type main max_entries multi_az multi_region name
    name_prefix names owner_id owners path platform port prefix_list_id primary_name_server
    private_dns_name private_zone protocol public_ip public_ips reader_endpoint region
    repository_url route53_zone_id route_table_id security_group_id security_groups service
    service_name state status storage_encrypted subnet_id subnet_ids subnets tags
    target_key_arn target_key_id target_type types user_id vpc_id vpc_security_groups
    website_domain website_endpoint zone_id zone_ids
"""
_ATTRIBUTES = frozenset(_ATTRIBUTES_WORDS.split())


@dataclass(frozen=True)
class Recorded:
    """What is recorded of one environment, and how many days ago that was."""

    answers: RecordedAnswers
    days: int


def file_of(directory: Path, environment: str) -> Path:
    """Where an environment's look-ups are recorded, in the repository or in another revision."""
    return directory / look_ups_file(environment)


def read_recorded(directory: Path, environment: str, now: datetime) -> Recorded | None:
    """What is recorded of an environment; None if nothing is.

    Raises UsageError for a file that is not one of ``lockgate record``.
    """
    file = file_of(directory, environment)
    try:
        answers = documents.read(file.read_bytes(), RecordedAnswers)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{file.relative_to(directory)}: holds no recorded look-ups: {error}. Write it again "
            f"with `lockgate record {environment} --target aws`, or remove it."
        ) from error
    return Recorded(answers, max(0, (now - answers.recorded.astimezone(UTC)).days))


def recorded_answers(
    environment: Environment, architecture: Architecture, account: str, now: datetime
) -> tuple[RecordedAnswers, tuple[str, ...]]:
    """What may be recorded of a plan against an account, and the addresses that are left out."""
    answers: list[RecordedAnswer] = []
    left_out: list[str] = []
    sensitive = _sensitive(architecture.tree.document)
    for data in architecture.tree.data:
        if not data.type.startswith("aws_") or data.type == "aws_iam_policy_document":
            continue
        secret = sensitive.get(data.address, frozenset())
        if data.type not in _TYPES or secret & set(data.config.get("expressions") or {}):
            left_out.append(data.address)
        else:
            answers.append(_answer(data, architecture, secret))
    unique = {msgspec.json.encode(answer): answer for answer in answers}
    written = RecordedAnswers(
        _VERSION, environment.name, account, now.replace(microsecond=0), tuple(unique.values())
    )
    return written, tuple(sorted(left_out))


def _answer(data: Resource, architecture: Architecture, secret: frozenset[str]) -> RecordedAnswer:
    region = architecture.region(data)
    values = {
        name: value
        for name, value in sorted(data.values.items())
        if name in _ATTRIBUTES and name not in secret and value not in (None, [], {}, "")
    }
    expressions = data.config.get("expressions") or {}
    asked = {name: value for name, value in data.values.items() if name in expressions}
    return RecordedAnswer(
        data.type, region if isinstance(region, str) else None, asked_of(asked), values
    )


def _sensitive(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The attributes of data sources that Terraform marks as sensitive, by address."""
    state = (document.get("prior_state") or {}).get("values") or {}
    return {
        resource["address"]: frozenset(
            name
            for name, marks in (resource.get("sensitive_values") or {}).items()
            if _marked(marks)
        )
        for resource in resources_of(state)
    }


def _marked(marks: Any) -> bool:
    """Whether anything in a tree of marks is sensitive."""
    if isinstance(marks, dict):
        return any(map(_marked, marks.values()))
    return any(map(_marked, marks)) if isinstance(marks, list) else marks is True
