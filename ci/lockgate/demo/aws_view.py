"""What the demonstration asks of the embedded AWS itself, and does to it by hand."""

from __future__ import annotations

from lockgate.base.errors import EngineError
from lockgate.targets.aws_api import client

EVERYWHERE = "0.0.0.0/0"


def failure_thresholds(endpoint: str) -> list[int]:
    """How many probes must fail, of every health check that Route 53 holds."""
    checks = client("route53", "us-east-1", endpoint).list_health_checks()["HealthChecks"]
    return [check["HealthCheckConfig"]["FailureThreshold"] for check in checks]


def delete_default_route(endpoint: str, region: str, name: str) -> str:
    """Delete the default route of the route table that is named so; the table's ID.

    Raises EngineError if there is no such table.
    """
    ec2 = client("ec2", region, endpoint)
    wanted = [{"Name": "tag:Name", "Values": [name]}]
    tables = ec2.describe_route_tables(Filters=wanted)["RouteTables"]
    if len(tables) != 1:
        raise EngineError(f"{region} has {len(tables)} route tables named {name}, not one.")
    table = str(tables[0]["RouteTableId"])
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock=EVERYWHERE)
    return table
