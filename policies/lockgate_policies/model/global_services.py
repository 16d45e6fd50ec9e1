"""Resources of AWS's global services, which belong to no region.

Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
"""

from __future__ import annotations

_PREFIXES = (
    "aws_account_",
    "aws_budgets_",
    "aws_ce_",
    "aws_cloudfront_",
    "aws_globalaccelerator_",
    "aws_iam_",
    "aws_networkmanager_",
    "aws_organizations_",
    "aws_route53_",
    "aws_route53domains_",
    "aws_route53recoverycontrolconfig_",
    "aws_route53recoveryreadiness_",
    "aws_shield_",
    "aws_waf_",
)
# They start like a global service, and stand in a region all the same.
_REGIONAL = ("aws_route53_resolver_", "aws_networkmanager_vpc_attachment")


def is_global(resource_type: str) -> bool:
    """Tell whether resources of a type belong to no region."""
    return resource_type.startswith(_PREFIXES) and not resource_type.startswith(_REGIONAL)
