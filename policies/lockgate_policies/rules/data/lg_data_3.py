"""LG_DATA_3: databases keep their backups for the promised number of days."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag, number
from ...model.data_stores import DATABASE_TYPES, INSTANCE, TABLE, Database, read_databases
from ...model.plan_values import UNKNOWN, Value

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
_POINT_IN_TIME_DAYS = 35
# Not given, the provider sends 0 for an instance, which turns backups off, and 1 for a cluster:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance
_INSTANCE_DAYS = 0
_CLUSTER_DAYS = 1


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every database that is not a copy; a copy's data is its source's to keep."""
    needed = architecture.settings.backup_retention_days
    for database in read_databases(architecture):
        if database.is_copy:
            continue
        days = _days(architecture, database)
        if days is UNKNOWN:
            yield unknown(
                database.address,
                "how long its backups are kept is not known until apply: give a number of days",
            )
        elif days >= needed:
            yield passed(database.address, f"keeps backups for {days} days")
        elif database.resource.type == TABLE:
            yield failed(
                database.address, f"has no point_in_time_recovery; {needed} days are promised"
            )
        else:
            yield failed(
                database.address,
                f"keeps backups for {days} day(s) (backup_retention_period); {needed} are promised",
            )


def _days(architecture: Architecture, database: Database) -> Value:
    resource = database.resource
    if resource.type == TABLE:
        enabled = flag(architecture, resource, "point_in_time_recovery.0.enabled")
        return enabled if enabled is UNKNOWN else _POINT_IN_TIME_DAYS * enabled
    default = _INSTANCE_DAYS if resource.type == INSTANCE else _CLUSTER_DAYS
    return number(architecture, resource, "backup_retention_period", default)


RULE = Rule(
    id="LG_DATA_3",
    title="Databases keep their backups for the promised number of days",
    severity=Severity.HIGH,
    why=(
        "Replication copies a mistake within a second; only a backup from before it helps, and "
        "mistakes are often noticed days later. backup_retention_days in lockgate.yaml is the "
        "promise, 7 days unless it says otherwise."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"
        "rel_backing_up_data_automated_backups_data.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    ),
    fix="Set backup_retention_period to 7 days or more, or enable point_in_time_recovery.",
    remediation="""\
resource "aws_db_instance" "primary" {
  # ...
  backup_retention_period = 7
}

resource "aws_dynamodb_table" "this" {
  # ...
  point_in_time_recovery {
    enabled = true
  }
}
""",
    subjects=DATABASE_TYPES,
    judge=judge,
)
