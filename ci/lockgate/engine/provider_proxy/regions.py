"""AWS's regions and the zones that an account sees in them without opting in to more.

Sources: "AWS Regions" and "Availability Zones" in the AWS global infrastructure user guide, and
botocore's `endpoints.json`. A zone's letter is an account's own view; which letters there are is
not. us-west-1 and ap-northeast-1 show two and three of theirs to a new account.
"""

from __future__ import annotations

_LETTERS = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "abc",
    "ap-southeast-7": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "cn-north-1": "abc",
    "cn-northwest-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-gov-east-1": "abc",
    "us-gov-west-1": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
}

REGIONS = frozenset(_LETTERS)


def zones(region: str) -> list[str]:
    """The names of a region's availability zones; none for a region that is not known."""
    return [region + letter for letter in _LETTERS.get(region, "")]


def partition(region: str) -> str:
    """The partition that a region's ARNs begin with."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
