"""LG_DATA_5: a production database survives the loss of a zone."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.data_stores import CLUSTERS, INSTANCE, Database, read_databases
from ...model.plan_values import UNKNOWN

_NEEDED = 2


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge production's instances and clusters that write; DynamoDB is in three zones always."""
    if not architecture.settings.production:
        return
    for database in read_databases(architecture):
        if database.is_copy:
            continue
        if database.resource.type == INSTANCE:
            yield _judge_instance(architecture, database)
        elif database.resource.type in CLUSTERS:
            yield _judge_cluster(architecture, database)


def _judge_instance(architecture: Architecture, database: Database) -> Finding:
    multi_az = flag(architecture, database.resource, "multi_az")
    if multi_az is UNKNOWN:
        return unknown(database.address, "multi_az is not known until apply: give it as a constant")
    if not multi_az:
        return failed(database.address, "multi_az is not true: it stops with its one zone")
    return passed(database.address)


def _judge_cluster(architecture: Architecture, database: Database) -> Finding:
    resource = database.resource
    # A Multi-AZ DB cluster has three instances of its own, Aurora Serverless v1 moves by itself.
    if resource.value("engine_mode") == "serverless" or architecture.gives(
        resource, "db_cluster_instance_class"
    ):
        return passed(database.address)
    instances, gaps = database.instances
    named = ", ".join(instance.address for instance in instances) or "none"
    if len(instances) < _NEEDED:
        if gaps:
            return unknown(
                database.address, f"how many instances it has is not known: {'; '.join(gaps)}"
            )
        return failed(
            database.address,
            f"has {len(instances)} instance(s) ({named}), {_NEEDED} are needed: storage is in "
            "three zones, but nothing takes over when the writer's zone is lost",
        )
    # AWS spreads instances over zones, unless the configuration says where.
    zones = {instance.text("availability_zone") for instance in instances}
    if len(zones) == 1 and UNKNOWN not in zones and None not in zones:
        return failed(
            database.address, f"has all its instances in one zone ({zones.pop()}): {named}"
        )
    return passed(database.address, f"has {len(instances)} instances")


RULE = Rule(
    id="LG_DATA_5",
    title="Databases of production environments survive the loss of a zone",
    severity=Severity.HIGH,
    why=(
        "Zones fail more often than regions. A database with a standby in another zone is back "
        "within a minute, without one the whole service must change regions for it."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
        "Concepts.AuroraHighAvailability.html",
    ),
    fix="Set multi_az = true, or give the cluster a second instance in another zone.",
    remediation="""\
resource "aws_db_instance" "primary" {
  # ...
  multi_az = true
}

resource "aws_rds_cluster_instance" "this" {
  count              = 2
  cluster_identifier = aws_rds_cluster.primary.id
  # ...
}
""",
    subjects=(INSTANCE, *CLUSTERS),
    judge=judge,
)
