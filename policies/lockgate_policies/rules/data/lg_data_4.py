"""LG_DATA_4: the storage of databases is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.arguments import flag
from ...model.data_stores import CLUSTERS, INSTANCE, Database, read_databases
from ...model.plan_values import UNKNOWN, Value


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge instances and clusters, copies included; AWS encrypts every DynamoDB table."""
    for database in read_databases(architecture):
        if database.resource.type not in (INSTANCE, *CLUSTERS):
            continue
        encrypted = _encrypted(architecture, database)
        if encrypted is UNKNOWN:
            yield unknown(
                database.address,
                "storage_encrypted is not known until apply: give it as a constant",
            )
        elif encrypted:
            yield passed(database.address)
        else:
            yield failed(database.address, "storage_encrypted is not true: its disks are in clear")


def _encrypted(architecture: Architecture, database: Database) -> Value:
    resource = database.resource
    # A replica in another region ignores storage_encrypted and is encrypted by its kms_key_id:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance
    if database.is_copy and architecture.gives(resource, "kms_key_id"):
        return True
    # The default is false, but for Aurora Serverless v1, which is always encrypted:
    # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    serverless = resource.value("engine_mode") == "serverless"
    return serverless or flag(architecture, resource, "storage_encrypted")


RULE = Rule(
    id="LG_DATA_4",
    title="The storage of databases is encrypted",
    severity=Severity.HIGH,
    why=(
        "Encryption can only be chosen when a database is created, and its backups and replicas "
        "inherit the choice: adding it later means a copy and an interruption."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3",
    ),
    fix="Set storage_encrypted = true, and kms_key_id for a replica in another region.",
    remediation="""\
resource "aws_db_instance" "primary" {
  # ...
  storage_encrypted = true
}

resource "aws_db_instance" "replica" {
  provider            = aws.secondary
  replicate_source_db = aws_db_instance.primary.arn
  kms_key_id          = aws_kms_key.secondary.arn
  # ...
}
""",
    subjects=(INSTANCE, *CLUSTERS),
    judge=judge,
)
