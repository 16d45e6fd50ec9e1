"""LG_DATA_2: production databases are protected from deletion."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.data_stores import DATABASE_TYPES, TABLE, read_databases
from ...model.plan_values import UNKNOWN


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every database of a production environment, copies included; the default is false.

    A DynamoDB table is judged where the provider in use has the argument (it came with 4.61).
    """
    if not architecture.settings.production:
        return
    for database in read_databases(architecture):
        resource = database.resource
        name = "deletion_protection_enabled" if resource.type == TABLE else "deletion_protection"
        if resource.type == TABLE and name not in resource.values:
            continue
        value = flag(architecture, resource, name)
        if value is UNKNOWN:
            yield unknown(
                database.address, f"{name} is not known until apply: give it as a constant"
            )
        elif value:
            yield passed(database.address)
        else:
            yield failed(database.address, f"{name} is not true: one wrong plan deletes the data")


RULE = Rule(
    id="LG_DATA_2",
    title="Databases of production environments are protected from deletion",
    severity=Severity.HIGH,
    why=(
        "A renamed resource is a deleted database. With deletion protection AWS refuses, and the "
        "mistake costs a failed apply instead of a restore."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-8",
    ),
    fix="Set deletion_protection = true (DynamoDB: deletion_protection_enabled).",
    remediation="""\
resource "aws_db_instance" "primary" {
  # ...
  deletion_protection = true
}
""",
    subjects=DATABASE_TYPES,
    judge=judge,
)
