"""LG_LOSS_2: the replication of every database fits into the recovery point objective."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.what_if import expected_losses


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Compare what each copy may lack with the objective; a missing copy is LG_DATA_1's."""
    budget = architecture.settings.recovery_point_objective
    for what_if in expected_losses(architecture):
        for data in what_if.data:
            if not data.judged or data.recovery_point is None:
                continue
            lacks = (
                f"without {what_if.loss.name}, the copy in {', '.join(data.regions)} may lack the "
                f"newest {data.recovery_point} s ({data.replication})"
            )
            if data.recovery_point <= budget:
                yield passed(data.address, f"{lacks}, within the objective of {budget} s")
            else:
                yield failed(data.address, f"{lacks}, and the objective is {budget} s")


RULE = Rule(
    id="LG_LOSS_2",
    title="The replication of every database fits into the recovery point objective",
    severity=Severity.HIGH,
    why=(
        "Replication to another region is asynchronous: what was written last is lost with the "
        "region. How much that is depends on the kind of replication, and AWS documents typical "
        "figures: 1 second for global clusters and global tables, minutes for read replicas."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
        "aurora-global-database-disaster-recovery.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
        "V2globaltables_HowItWorks.html",
        "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/"
        "disaster-recovery-options-in-the-cloud.html",
    ),
    fix="Use a global cluster or a global table, or promise a longer recovery point objective.",
    remediation="""\
# lockgate.yaml
# environments:
#   prod:
#     recovery_point_objective: 5

resource "aws_rds_global_cluster" "this" {
  # ... with a member aws_rds_cluster in each region
}
""",
    subjects=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_dynamodb_table",
    ),
    judge=judge,
)
