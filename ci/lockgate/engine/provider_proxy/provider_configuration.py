"""What a provider is configured with: never a way into a real account, whatever HCL says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lockgate.engine.provider_proxy.provider_schema import Block
from lockgate.engine.provider_proxy.regions import REGIONS
from lockgate.engine.provider_proxy.values import is_unknown

# Nothing here is secret: nobody is asked who would look at it.
_SET = {
    "access_key": "test",
    "secret_key": "test",
    "max_retries": 1,
    "skip_credentials_validation": True,
    "skip_get_ec2_platforms": True,
    "skip_metadata_api_check": True,
    "skip_region_validation": True,
    "skip_requesting_account_id": True,
    "s3_force_path_style": True,
    "s3_use_path_style": True,
}
# Who somebody is, where else AWS would be, and by which way: none of it is followed.
_UNSET = (
    *("token", "profile", "shared_credentials_file", "shared_credentials_files"),
    *("shared_config_files", "assume_role", "assume_role_with_web_identity"),
    *("allowed_account_ids", "forbidden_account_ids", "custom_ca_bundle", "insecure"),
    *("http_proxy", "https_proxy", "no_proxy", "ec2_metadata_service_endpoint"),
    *("ec2_metadata_service_endpoint_mode", "sts_region", "use_fips_endpoint"),
    *("use_dualstack_endpoint", "s3_us_east_1_regional_endpoint", "endpoints"),
)
# Providers with this argument follow AWS_ENDPOINT_URL, and refuse two names for one endpoint.
_FIRST_WITH_ENDPOINT_URL = "s3_use_path_style"


@dataclass(frozen=True)
class ProviderConfiguration:
    """A provider's configuration without any way out, and the region it stands for.

    ``region`` is None where the configuration does not say one that is known and AWS has;
    ``assumed`` tells that it says none at all, and that the settings' primary one stands for it.
    """

    value: dict[str, Any]
    region: str | None
    assumed: bool


def without_ways_out(
    schema: Block, config: Mapping[str, Any], primary_region: str, endpoint: str
) -> ProviderConfiguration:
    """The configuration with credentials and roles taken out, and every endpoint on loopback."""
    value = dict(config)
    for name in _UNSET:
        if name in schema.attributes:
            value[name] = None
        elif name in schema.blocks:
            value[name] = []
    # In 3.39 this flag is a boolean, in 5.x a text.
    kinds = {name: attribute.type for name, attribute in schema.attributes.items()}
    for name, setting in _SET.items():
        if name in kinds:
            value[name] = (
                str(setting).lower() if kinds[name] == "string" and setting is True else setting
            )
    if _FIRST_WITH_ENDPOINT_URL not in kinds and "endpoints" in schema.blocks:
        names = schema.blocks["endpoints"].block.attributes
        value["endpoints"] = [dict.fromkeys(names, endpoint)]
    given = value.get("region")
    assumed = given in (None, "")
    region = primary_region if assumed else given
    known = isinstance(region, str) and region in REGIONS
    value["region"] = primary_region if is_unknown(region) else region
    return ProviderConfiguration(value, region if known else None, assumed)
