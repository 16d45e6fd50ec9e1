"""LG_DATA_1: every database has a copy in the other region."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.data_stores import CLUSTERS, INSTANCE, TABLE, Database, read_databases
from ...model.plan_values import UNKNOWN

_COPY = {
    INSTANCE: "an aws_db_instance with replicate_source_db",
    TABLE: "a replica block",
    **dict.fromkeys(CLUSTERS, "a member of a global cluster, or a replica cluster,"),
}


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every database that is not a copy itself."""
    for database in read_databases(architecture):
        if not database.is_copy:
            yield _judge_database(architecture, database)


def _judge_database(architecture: Architecture, database: Database) -> Finding:
    if database.region is UNKNOWN:
        return unknown(database.address, "its region is not known, see LG_REGION_4")
    others = [region for region in architecture.expected_regions if region != database.region]
    regions = sorted(database.copies.regions.intersection(others))
    if regions:
        return passed(database.address, f"has a copy in {', '.join(regions)}")
    if database.copies.gaps:
        return unknown(
            database.address,
            f"whether it has a copy elsewhere is not known: {'; '.join(database.copies.gaps)}",
        )
    where = " or ".join(others)
    only = ", ".join(sorted(database.copies.regions))
    return failed(
        database.address,
        f"has no copy in {where}{f' (only in {only})' if only else ''}: add "
        f"{_COPY[database.resource.type]} there",
    )


RULE = Rule(
    id="LG_DATA_1",
    title="Every database has a replica or a global cluster member in the other region",
    severity=Severity.CRITICAL,
    why=(
        "Servers in a second region are of no use without the data. Restoring a backup there takes "
        "hours and loses what came after it. RDS instances, Aurora, DocumentDB and Neptune "
        "clusters and DynamoDB tables are judged, in every environment."
    ),
    sources=(
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html",
    ),
    fix="Add a cross-region replica, a global cluster member or a DynamoDB replica block.",
    remediation="""\
resource "aws_db_instance" "replica" {
  provider            = aws.secondary
  replicate_source_db = aws_db_instance.primary.arn
  instance_class      = "db.r6g.large"
}
""",
    subjects=(INSTANCE, *CLUSTERS, TABLE),
    judge=judge,
)
