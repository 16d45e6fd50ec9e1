"""Regions that a text names: in an ARN, in the host name of a regional endpoint or of an image.

Sources: the forms of ARNs
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html), regional endpoints
(https://docs.aws.amazon.com/general/latest/gr/rande.html), the host names of S3
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .plan_values import Value

_REGION = r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
_ARN = re.compile(rf"\barn:aws[a-z-]*:[a-z0-9-]+:{_REGION}:[^\s\"',]*")
_HOST = re.compile(
    # The region is a label of its own, or follows "s3-" as it did before 2019.
    rf"\b(?:[a-z0-9-]+\.)*?(?:s3-)?{_REGION}\.(?:[a-z0-9-]+\.)*"
    r"(?:amazonaws\.com(?:\.cn)?|on\.aws|api\.aws)\b"
)


def regions_named(value: Value) -> Iterator[tuple[str, str]]:
    """Each region that a value names at any depth, with the ARN or host name that names it."""
    if isinstance(value, str):
        for pattern in (_ARN, _HOST):
            for match in pattern.finditer(value):
                yield match["region"], match[0]
    elif isinstance(value, dict):
        for member in value.values():
            yield from regions_named(member)
    elif isinstance(value, list):
        for member in value:
            yield from regions_named(member)
