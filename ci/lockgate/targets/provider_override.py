"""The override that turns a root module towards the embedded AWS, without touching its files.

Terraform merges ``*_override.tf.json`` over the root module's own blocks: a provider block by its
alias, a backend as a whole (https://developer.hashicorp.com/terraform/language/files/override).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lockgate.engine.provider_arguments import ProviderArguments

# Terraform merges overrides in the order of their names, so this one must be the last: a person's
# own `override.tf` would turn the root module back.
FILE_NAME = "~lockgate_override.tf.json"

# Nothing here is secret: the embedded AWS accepts any credentials.
_CREDENTIALS = {"access_key": "test", "secret_key": "test"}
# Of these, a provider is given those that its version has.
_PROVIDER_FLAGS = {
    # The embedded AWS has an account number of its own.
    "allowed_account_ids": None,
    "forbidden_account_ids": None,
    # The default, 25, keeps trying for minutes where nobody answers any more.
    "max_retries": 2,
    # 3.x has the one, 5.x the other, 4.x both and refuses to be given both.
    "s3_force_path_style": True,
    "s3_use_path_style": True,
    "skip_credentials_validation": True,
    # Without it, the provider asks EC2 for an account attribute, for 20 seconds if nobody answers.
    "skip_get_ec2_platforms": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
    # Whose credentials the user would take, and by what way, is of a real account.
    "custom_ca_bundle": None,
    "ec2_metadata_service_endpoint": None,
    "http_proxy": None,
    "https_proxy": None,
    "profile": None,
    "shared_config_files": None,
    "shared_credentials_file": None,
    "shared_credentials_files": None,
    "token": None,
    "use_dualstack_endpoint": None,
    "use_fips_endpoint": None,
}


def provider_override(
    aliases: Sequence[str | None], endpoint: str, takes: ProviderArguments
) -> list[dict[str, Any]]:
    """Override blocks for the AWS providers of a root module; None is the one without an alias.

    ``takes`` is what the provider's own schema says that it can be given.
    """
    left_out = {"s3_force_path_style"} if "s3_use_path_style" in takes.arguments else set()
    named = takes.arguments - left_out
    flags = {name: value for name, value in _PROVIDER_FLAGS.items() if name in named}
    services = sorted(takes.endpoints)
    return [
        {
            **({"alias": alias} if alias else {}),
            **_CREDENTIALS,
            **flags,
            "endpoints": [dict.fromkeys(services, endpoint)],
        }
        for alias in aliases
    ]


def local_backend() -> dict[str, Any]:
    """A backend whose state lies in the scratch directory and goes with it."""
    return {"local": {}}


def s3_backend(endpoint: str, bucket: str, key: str) -> dict[str, Any]:
    """The S3 backend on the embedded AWS, with the lock file that it has in a real account."""
    return {
        "s3": {
            **_CREDENTIALS,
            "bucket": bucket,
            "key": key,
            "region": "us-east-1",
            "use_lockfile": True,
            "use_path_style": True,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
            "skip_s3_checksum": True,
            "max_retries": 2,
            "endpoints": {"s3": endpoint},
        }
    }


def override(backend: dict[str, Any], providers: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The whole override document; without ``providers`` the root module's are left as they are."""
    document: dict[str, Any] = {"terraform": {"backend": backend}}
    if providers:
        document["provider"] = {"aws": list(providers)}
    return document
