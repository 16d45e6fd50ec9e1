"""The alarms module, applied in two regions: what is watched, and whom it tells."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/alarms"
REGIONS = ("us-east-1", "us-west-2")
OF = dict(zip(("primary", "secondary"), REGIONS, strict=True))

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("alarms", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")
each_role = pytest.mark.parametrize("role", sorted(OF))


def output(applied: Any, name: str) -> Any:
    """An output of the root module."""
    return applied.outputs[name]["value"]


def alarms_of(client: Callable[[str, str], Any], role: str) -> dict[str, dict[str, Any]]:
    """What the API says of a region's alarms, by what each name says after the module's name."""
    found = client("cloudwatch", OF[role]).describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(f"example-{role}-"): alarm for alarm in found}


def dimensions(alarm: dict[str, Any]) -> dict[str, str]:
    """What an alarm's metric is about."""
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


def test_alarms_are_where_their_metrics_are(alarms: Any, client: Callable[[str, str], Any]) -> None:
    assert set(alarms_of(client, "primary")) == {
        "health-check-primary",
        "health-check-secondary",
        "healthy-hosts",
        "unhealthy-hosts",
    }
    assert set(alarms_of(client, "secondary")) == {"replication-lag"}
    for role in OF:
        assert set(output(alarms, role)["alarm_names"]) == {
            f"example-{role}-{name}" for name in alarms_of(client, role)
        }


@each_role
def test_every_alarm_goes_to_the_topic_of_its_own_region(
    alarms: Any, client: Callable[[str, str], Any], role: str
) -> None:
    topic = output(alarms, role)["topic_arn"]
    assert topic.split(":")[3] == OF[role]
    assert [each["TopicArn"] for each in client("sns", OF[role]).list_topics()["Topics"]] == [topic]
    for alarm in alarms_of(client, role).values():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([topic], [topic])
        assert alarm["ActionsEnabled"] is True


@each_role
def test_an_unhealthy_health_check_is_an_alarm(
    alarms: Any, client: Callable[[str, str], Any], role: str
) -> None:
    alarm = alarms_of(client, "primary")[f"health-check-{role}"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Route53", "HealthCheckStatus")
    assert dimensions(alarm) == {"HealthCheckId": output(alarms, "health_check_ids")[role]}
    assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Minimum", "LessThanThreshold")
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1.0, "breaching")


@pytest.mark.parametrize(
    ("name", "metric", "comparison", "threshold", "missing"),
    [
        ("unhealthy-hosts", "UnHealthyHostCount", "GreaterThanThreshold", 0.0, "notBreaching"),
        ("healthy-hosts", "HealthyHostCount", "LessThanThreshold", 2.0, "breaching"),
    ],
)
@pytest.mark.usefixtures("alarms")
def test_hosts_are_watched_as_the_load_balancer_counts_them(
    client: Callable[[str, str], Any],
    name: str,
    metric: str,
    comparison: str,
    threshold: float,
    missing: str,
) -> None:
    alarm = alarms_of(client, "primary")[name]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApplicationELB", metric)
    assert dimensions(alarm) == {
        "LoadBalancer": "app/example/0123456789abcdef",
        "TargetGroup": "targetgroup/example/0123456789abcdef",
    }
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == (comparison, threshold)
    assert (alarm["TreatMissingData"], alarm["EvaluationPeriods"]) == (missing, 5)


@pytest.mark.usefixtures("alarms")
def test_replication_that_lags_or_stopped_is_an_alarm(client: Callable[[str, str], Any]) -> None:
    alarm = alarms_of(client, "secondary")["replication-lag"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/RDS", "AuroraGlobalDBReplicationLag")
    assert dimensions(alarm) == {"DBClusterIdentifier": "example-secondary"}
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 1000.0)
    assert alarm["TreatMissingData"] == "breaching"


def test_second_plan_is_empty(
    alarms: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    plan = plan_again(alarms)
    assert plan.returncode == 0, plan.stdout + plan.stderr


def test_destroy_leaves_nothing(
    alarms: Any, untouched: set[str], inventory: Callable[[], set[str]]
) -> None:
    assert inventory() > untouched
    alarms.terraform.destroy()
    assert inventory() == untouched
