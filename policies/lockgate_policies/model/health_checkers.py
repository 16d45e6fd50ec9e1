"""Where Route 53's health checkers stand, and the IPv4 addresses that they ask from.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html for the
regions; for the addresses, the service ROUTE53_HEALTHCHECKS of
https://ip-ranges.amazonaws.com/ip-ranges.json without China, as GetCheckerIpRanges lists them.
"""

from __future__ import annotations

from .address_ranges import AddressRange, address_range

CHECKER_REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-west-1",
        "us-west-2",
    }
)
FEWEST_REGIONS = 3
"""The fewest regions that a health check may name."""

_TEXTS = (
    *(f"15.177.{third}.0/23" for third in range(2, 64, 4)),
    "54.183.255.128/26",
    "54.228.16.0/26",
    "54.232.40.64/26",
    "54.241.32.64/26",
    "54.243.31.192/26",
    "54.244.52.192/26",
    "54.245.168.0/26",
    "54.248.220.0/26",
    "54.250.253.192/26",
    "54.251.31.128/26",
    "54.252.79.128/26",
    "54.252.254.192/26",
    "54.255.254.192/26",
    "107.23.255.0/26",
    "176.34.159.192/26",
    "177.71.207.128/26",
)
CHECKER_RANGES: tuple[AddressRange, ...] = tuple(
    network for text in _TEXTS if (network := address_range(text)) is not None
)
