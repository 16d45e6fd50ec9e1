"""LG_LB_11: no security group opens an administration or database port to the world."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN

# The high-risk ports of Security Hub's EC2.19, and the databases that it leaves out.
_PORTS = {
    20: "FTP",
    21: "FTP",
    22: "SSH",
    23: "Telnet",
    25: "SMTP",
    110: "POP3",
    135: "RPC",
    143: "IMAP",
    445: "CIFS",
    1433: "SQL Server",
    1434: "SQL Server",
    1521: "Oracle",
    2375: "Docker",
    3306: "MySQL",
    3389: "RDP",
    4333: "ahsp",
    5432: "PostgreSQL",
    5439: "Redshift",
    5601: "OpenSearch Dashboards",
    6379: "Redis",
    9042: "Cassandra",
    9200: "OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
}


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Judge every permission to come in."""
    for ingress in architecture.ingress:
        anywhere = ingress.from_anywhere
        if anywhere is False:
            yield passed(ingress.owner.address)
            continue
        open_ports = [port for port in _PORTS if ingress.admits(port) is True]
        unclear = any(ingress.admits(port) is UNKNOWN for port in _PORTS)
        if anywhere is True and open_ports:
            named = ", ".join(f"{port} ({_PORTS[port]})" for port in open_ports[:3])
            more = f" and {len(open_ports) - 3} more" if len(open_ports) > 3 else ""
            yield failed(ingress.owner.address, f"opens {named}{more} to the world")
        elif unclear or (anywhere is UNKNOWN and open_ports):
            yield unknown(ingress.owner.address, "its ports or ranges are not known until apply")
        else:
            yield passed(ingress.owner.address)


RULE = Rule(
    id="LG_LB_11",
    title="No security group opens an administration or database port to the world",
    severity=Severity.CRITICAL,
    why=(
        "A port for administrators or databases that the world can reach will be found within "
        "minutes; what falls to that takes both regions with it."
    ),
    sources=("https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19",),
    fix="Admit the port from a security group or a private range only.",
    remediation="""\
resource "aws_security_group_rule" "database" {
  security_group_id        = aws_security_group.database.id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = aws_security_group.app.id
}
""",
    subjects=(
        "aws_security_group",
        "aws_default_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
    ),
    judge=judge,
)
