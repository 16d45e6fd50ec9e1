"""The override is made for the provider's own version: its flags, and its names of services."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.engine.provider_arguments import ProviderArguments
from lockgate.targets.provider_override import local_backend, override, provider_override

ENDPOINT = "http://127.0.0.1:4321"
NAMES = frozenset({"ec2", "s3", "sts"})


def takes(*arguments: str) -> ProviderArguments:
    return ProviderArguments(frozenset({"access_key", "secret_key", *arguments}), NAMES)


@pytest.mark.parametrize(
    ("has", "given"),
    [
        (("s3_force_path_style",), "s3_force_path_style"),
        (("s3_use_path_style",), "s3_use_path_style"),
        # 4.x has both, and refuses to be given both.
        (("s3_force_path_style", "s3_use_path_style"), "s3_use_path_style"),
    ],
)
def test_buckets_stand_in_the_path_by_the_flag_that_the_version_has(
    has: tuple[str, ...], given: str
) -> None:
    (block,) = provider_override([None], ENDPOINT, takes(*has))
    assert {name for name in block if "path_style" in name} == {given}
    assert block[given] is True


@pytest.mark.parametrize(
    "argument",
    ["profile", "token", "https_proxy", "shared_config_files", "custom_ca_bundle"],
)
def test_no_way_of_the_users_into_a_real_account_is_left(argument: str) -> None:
    (block,) = provider_override([None], ENDPOINT, takes(argument))
    assert block[argument] is None
    (without,) = provider_override([None], ENDPOINT, takes())
    assert argument not in without


@given(st.frozensets(st.text(min_size=1)), st.frozensets(st.text(min_size=1)))
def test_nothing_is_given_that_the_provider_does_not_take(
    arguments: frozenset[str], endpoints: frozenset[str]
) -> None:
    named = takes(*arguments).arguments
    for block in provider_override([None, "west"], ENDPOINT, ProviderArguments(named, endpoints)):
        assert set(block) <= named | {"alias", "endpoints"}
        assert block["endpoints"] == [dict.fromkeys(endpoints, ENDPOINT)]


def test_every_alias_is_turned_and_a_plan_without_aws_is_left_alone() -> None:
    blocks = provider_override([None, "west"], ENDPOINT, takes())
    assert [block.get("alias") for block in blocks] == [None, "west"]
    document = override(local_backend(), blocks)
    assert document["provider"] == {"aws": blocks}
    assert "provider" not in override(local_backend())
