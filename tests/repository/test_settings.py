"""Settings that are not usable are refused with the key, what it holds and what it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from lockgate.base.errors import UsageError
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate_policies.model.setting_fields import keys
from lockgate_policies.model.settings import Settings, parse_settings


def test_an_environment_overrides_the_defaults() -> None:
    document = {
        "version": 1,
        "defaults": {"recovery_time_objective": 120},
        "environments": {"prod": {"production": True, "secondary_capacity_share": 1}},
    }
    assert parse_settings(document, "prod") == Settings(
        production=True, recovery_time_objective=120, secondary_capacity_share=1.0
    )
    assert parse_settings(document, "dev") == Settings(recovery_time_objective=120)
    assert parse_settings(None, "dev") == Settings()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "must be a mapping"),
        (
            {"regions": {}},
            "unknown key 'regions': known are defaults, environments, pipeline, version",
        ),
        ({"version": 2}, "version: 2 is not known, write 1"),
        ({"environments": []}, "environments: must map"),
        ({"environments": {"qa": {"rto": 1}}}, "environments.qa: unknown key 'rto'"),
        ({"defaults": {"production": "yes"}}, "production: must be true or false, not 'yes'"),
        ({"defaults": {"recovery_time_objective": True}}, "must be a whole number"),
        ({"defaults": {"recovery_time_objective": 0}}, "must be at least 1"),
        ({"defaults": {"secondary_capacity_share": 1.5}}, "must lie between 0 and 1"),
        ({"defaults": {"secondary_capacity_share": float("nan")}}, "must lie between 0 and 1"),
        ({"defaults": {"primary_region": "us-east-1\n"}}, "is no region name such as us-east-1"),
        ({"defaults": {"backup_retention_days": 90}}, "must lie between 1 and 35"),
        ({"defaults": {"primary_region": "Virginia"}}, "is no region name such as us-east-1"),
        (
            {"defaults": {"primary_region": "us-west-2", "secondary_region": "us-west-2"}},
            "are both 'us-west-2'",
        ),
        ({"defaults": 3}, "defaults: must be a mapping"),
    ],
)
def test_a_mistake_is_named(document: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings_for(document, "prod")


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text("version: 1\ndefaults: [\n")
    with pytest.raises(UsageError, match=r"lockgate\.yaml:3: not valid YAML"):
        read_settings_document(tmp_path)


def test_a_file_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text("[" * 5000)
    with pytest.raises(UsageError, match=r"lockgate\.yaml: cannot be read: .* too deeply"):
        read_settings_document(tmp_path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings_document(tmp_path) is None


def test_every_setting_is_described() -> None:
    for name, _, key in keys(Settings):
        assert key.description.endswith("."), name


@pytest.mark.parametrize(
    ("given", "regions"),
    [
        ({"primary_region": "us-west-2"}, ("us-west-2", "us-east-1")),
        ({"secondary_region": "us-east-1"}, ("us-west-2", "us-east-1")),
        ({"primary_region": "eu-west-1"}, ("eu-west-1", "us-west-2")),
    ],
)
def test_a_default_region_gives_way_to_the_one_that_is_said(
    given: dict[str, str], regions: tuple[str, str]
) -> None:
    settings = settings_for({"environments": {"prod": given}}, "prod")
    assert (settings.primary_region, settings.secondary_region) == regions
