"""Asks the AWS API: the embedded one, or with the user's own credentials."""

from __future__ import annotations

from typing import Any


def client(service: str, region: str, endpoint: str | None, patience: int | None = None) -> Any:
    """A client of the AWS API, of an embedded AWS or with the user's own credentials.

    With ``patience``, it waits for an answer that long (seconds), and asks once.
    """
    import boto3
    from botocore.config import Config

    config = Config()
    if patience is not None:
        config = Config(
            connect_timeout=patience, read_timeout=patience, retries={"total_max_attempts": 1}
        )
    given: dict[str, Any] = {"region_name": region, "config": config}
    if endpoint is None:
        session = boto3.Session()
    else:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")
        given |= {"endpoint_url": endpoint, "config": config.merge(Config(proxies={}))}
    # The stubs know each service by its literal name, and this is any of them.
    return session.client(service, **given)  # type: ignore[call-overload]
