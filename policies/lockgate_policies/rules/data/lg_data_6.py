"""LG_DATA_6: every data store has a copy in another region that it can be restored from."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.backup_copies import backup_regions
from ...model.data_stores import DATABASE_TYPES, read_databases
from ...model.plan_tree import Resource
from ...model.plan_values import UNKNOWN

_FILES = "aws_efs_file_system"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every database that is no copy itself, and every file system."""
    for database in read_databases(architecture):
        if not database.is_copy:
            copies = database.copies
            yield _judge_store(architecture, database.resource, copies.regions, copies.gaps)
    for files in architecture.of_type(_FILES):
        yield _judge_store(architecture, files, frozenset(), ())


def _judge_store(
    architecture: Architecture, store: Resource, live: frozenset[str], gaps: tuple[str, ...]
) -> Finding:
    home = architecture.region(store)
    if home is UNKNOWN:
        return unknown(store.address, "its region is not known, see LG_REGION_4")
    backups = backup_regions(architecture, store)
    elsewhere = sorted((live | backups.regions) - {home})
    if elsewhere:
        return passed(store.address, f"can be restored in {', '.join(elsewhere)}")
    if untold := [*gaps, *backups.gaps]:
        return unknown(
            store.address, f"whether a copy leaves {home} is not known: {'; '.join(untold)}"
        )
    return failed(
        store.address,
        f"no backup of it leaves {home}: it is lost with that region, backups included",
    )


RULE = Rule(
    id="LG_DATA_6",
    title="Every data store has a backup or a copy in another region",
    severity=Severity.CRITICAL,
    why=(
        "Backups that stand beside what they are of are lost with it. AWS Backup copies by a "
        "`copy_action` to a vault in another region, RDS replicates its automated backups, EFS "
        "replicates a file system. A selection by ARN, by pattern `*` or by a tag that the store "
        "has is followed. Databases and file systems are judged; which buckets need a copy is a "
        "decision."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html#backup-and-restore",
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html",
    ),
    fix="Copy its backups to a vault in another region, or replicate them there.",
    remediation="""\
resource "aws_backup_plan" "this" {
  name = "daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = "cron(0 5 * * ? *)"

    copy_action {
      destination_vault_arn = aws_backup_vault.secondary.arn # with the other region's provider
    }
  }
}
""",
    looked_up="A vault that is only looked up is accepted, in the region of its data source.",
    subjects=(*DATABASE_TYPES, _FILES),
    judge=judge,
)
