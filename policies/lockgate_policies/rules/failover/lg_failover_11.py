"""LG_FAILOVER_11: the roles that applications run with cannot change DNS records."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...catalogue.finding import Finding, failed, passed, unknown
from ...catalogue.rule import Rule, Severity
from ...model.application_roles import RolePolicy, Statement, application_roles, role_policies
from ...model.architecture import Architecture
from ...model.plan_values import UNKNOWN, Value

_ACTION = "route53:changeresourcerecordsets"
_ZONE = "arn:aws:route53:::hostedzone/"
# AWS's own policies that allow it without a condition, but for those of service-linked roles:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
MANAGED_THAT_CHANGE = frozenset(
    {
        "AIDevOpsAgentActionsPolicy",
        "AWSCloudMapFullAccess",
        "AWSCloudMapRegisterInstanceAccess",
        "AdministratorAccess",
        "AdministratorAccess-Amplify",
        "AmazonLaunchWizardFullAccessV2",
        "AmazonRoute53AutoNamingFullAccess",
        "AmazonRoute53AutoNamingRegistrantAccess",
        "AmazonRoute53FullAccess",
        "AmazonWorkMailFullAccess",
        "NetworkAdministrator",
        "PowerUserAccess",
        "SystemAdministrator",
    }
)
_MANAGED = ":iam::aws:policy/"


def judge(architecture: Architecture) -> Iterator[Finding]:
    """Read every policy of every role that something in this plan runs with."""
    roles = application_roles(architecture)
    for gap in roles.gaps:
        yield unknown("", gap)
    for role in roles.resources:
        findings = [_judge_policy(policy) for policy in role_policies(architecture, role)]
        yield from findings
        if not findings:
            yield passed(role.address, "has no policy in this plan")


def _judge_policy(policy: RolePolicy) -> Finding:
    where, role = policy.owner.address, policy.role.address
    if _MANAGED in policy.name:
        if policy.name.rsplit("/", 1)[-1] in MANAGED_THAT_CHANGE:
            return failed(where, f"{policy.name} lets {role} change DNS records")
        return passed(where)
    if not isinstance(policy.statements, list):
        which = f"{policy.name}: " if policy.name else ""
        return unknown(
            where,
            f"{which}what it allows {role} is not known; manage the policy in this plan, with the "
            "actions as plain texts (data.aws_iam_policy_document shows them while planning)",
        )
    verdicts = [_changes_records(statement) for statement in policy.statements]
    if True in verdicts:
        shown = policy.statements[verdicts.index(True)].actions
        actions = ", ".join(shown) if isinstance(shown, list) and shown else "everything else"
        return failed(where, f"allows {role} {actions}: it could take the failover name")
    if UNKNOWN in verdicts:
        return unknown(
            where, f"which actions or resources it allows {role} is not known until apply"
        )
    return passed(where)


def _changes_records(statement: Statement) -> Value:
    allowed = _matches(statement.actions, _ACTION)
    if allowed is False and statement.excluded_actions:
        excluded = _matches(statement.excluded_actions, _ACTION)
        allowed = UNKNOWN if excluded is UNKNOWN else not excluded
    if allowed is not True or statement.resources == []:
        return allowed
    if statement.resources is UNKNOWN:
        # Whoever names Route 53 means records; "*" on some bucket's ARN does not.
        named = any(action.lower().startswith("route53") for action in statement.actions or [])
        return True if named else UNKNOWN
    return any(_may_be_zone(pattern) for pattern in statement.resources)


def _matches(patterns: Value, text: str) -> Value:
    if patterns is UNKNOWN:
        return UNKNOWN
    return any(fnmatchcase(text, pattern.lower()) for pattern in patterns)


def _may_be_zone(pattern: str) -> bool:
    """Whether a resource pattern covers a hosted zone: one zone, some of them, or everything."""
    return ":hostedzone/" in pattern or fnmatchcase(f"{_ZONE}Z", pattern)


RULE = Rule(
    id="LG_FAILOVER_11",
    title="Roles that applications run with cannot change DNS records",
    severity=Severity.HIGH,
    why=(
        "Failover is decided by health checks, outside of the regions. A server that may change "
        "records, by mistake or in an intruder's hands, can point the name anywhere, and no second "
        "region helps. Roles of instances, scaling groups, ECS tasks, EKS nodes and functions in "
        "the plan are read."
    ),
    sources=(
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/"
        "sec_permissions_least_privileges.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/"
        "list_amazonroute53.html",
    ),
    fix="Take route53:ChangeResourceRecordSets out of what the application's role allows.",
    remediation="""\
data "aws_iam_policy_document" "application" {
  statement {
    actions   = ["s3:GetObject"] # no route53:Change..., no route53:*, no *
    resources = ["${aws_s3_bucket.this.arn}/*"]
  }
}
""",
    looked_up="A role that is only looked up is not accepted: what it allows is not in the plan.",
    subjects=(
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
    ),
    judge=judge,
)
