"""The ci_access module, applied: whose token gets which role, and what a plan may write."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest
from pytest_terraform import terraform

ROOT_MODULE = "tests/modules/terraform/ci_access"
REGIONS = ("us-east-1",)
GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
AUDIENCE = "sts.amazonaws.com"
OURS = "repo:example/infrastructure"
PROJECT = "project_path:example/platform/infrastructure"

# Puts the fixture of that name into this module; as a decorator it would do nothing else.
terraform("ci_access", scope="module")
pytestmark = pytest.mark.usefixtures("untouched")


@pytest.fixture(scope="module")
def iam(client: Callable[[str, str], Any], ci_access: Any) -> Any:
    """IAM, with the module's roles in it."""
    assert ci_access.outputs["ci_access"]["value"]["plan_role_name"] == "lockgate-plan"
    return client("iam", "us-east-1")


def _admits(policy: dict[str, Any], host: str, subject: str, audience: str) -> bool:
    """Whether a trust policy lets a token in: every condition of one of its statements holds."""
    claims = {f"{host}:sub": subject, f"{host}:aud": audience}
    for statement in policy["Statement"]:
        assert set(statement["Condition"]) <= {"StringEquals", "StringLike"}
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        equal = statement["Condition"].get("StringEquals", {}).items()
        like = statement["Condition"].get("StringLike", {}).items()
        of_host = statement["Principal"]["Federated"].endswith(f":oidc-provider/{host}")
        if (
            of_host
            and all(claims.get(key) == value for key, value in equal)
            and all(fnmatchcase(claims.get(key, ""), value) for key, value in like)
        ):
            return True
    return False


@pytest.mark.parametrize(
    ("host", "subject", "roles"),
    [
        (GITHUB, f"{OURS}:environment:lockgate-plan", {"plan"}),
        (GITHUB, f"{OURS}:environment:lockgate-apply", {"apply"}),
        (GITHUB, f"{OURS}:pull_request", set()),
        (GITHUB, f"{OURS}:ref:refs/heads/main", set()),
        (GITHUB, f"{OURS}-copy:environment:lockgate-apply", set()),
        (GITHUB, "repo:stranger/infrastructure:environment:lockgate-plan", set()),
        (GITHUB, f"{PROJECT}:ref_type:branch:ref:main", set()),
        (GITLAB, f"{PROJECT}:ref_type:branch:ref:main", {"plan", "apply"}),
        (GITLAB, f"{PROJECT}:ref_type:branch:ref:feature", {"plan"}),
        (GITLAB, f"{PROJECT}:ref_type:branch:ref:main2", {"plan"}),
        (GITLAB, f"{PROJECT}:ref_type:tag:ref:main", {"plan"}),
        (GITLAB, f"{PROJECT}-copy:ref_type:branch:ref:main", set()),
        (GITLAB, "project_path:stranger/infrastructure:ref_type:branch:ref:main", set()),
        (GITLAB, f"{OURS}:environment:lockgate-apply", set()),
    ],
)
def test_a_token_gets_the_roles_of_what_it_is_of(
    iam: Any, host: str, subject: str, roles: set[str]
) -> None:
    for audience, expected in ((AUDIENCE, roles), ("https://example.com", set())):
        got = {
            role
            for role in ("plan", "apply")
            if _admits(
                iam.get_role(RoleName=f"lockgate-{role}")["Role"]["AssumeRolePolicyDocument"],
                host,
                subject,
                audience,
            )
        }
        assert got == expected


def test_each_host_has_a_provider_for_the_audience(iam: Any) -> None:
    found = {}
    for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=each["Arn"])
        found[provider["Url"].removeprefix("https://")] = provider["ClientIDList"]
    assert found == {GITHUB: [AUDIENCE], GITLAB: [AUDIENCE]}


def test_a_plan_writes_locks_and_no_state(iam: Any) -> None:
    document = iam.get_role_policy(RoleName="lockgate-plan", PolicyName="state")["PolicyDocument"]
    bucket = "arn:aws:s3:::example-state"
    allowed: dict[str, set[str]] = {}
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        actions, resources = (
            [each] if isinstance(each, str) else each
            for each in (statement["Action"], statement["Resource"])
        )
        for action in actions:
            allowed.setdefault(action, set()).update(resources)
    locks = {f"{bucket}/lockgate/locks/*", f"{bucket}/*.tflock"}
    assert allowed == {
        "s3:ListBucket": {bucket},
        "s3:GetObject": {f"{bucket}/*"},
        "s3:PutObject": locks,
        "s3:DeleteObject": locks,
    }


@pytest.mark.parametrize("role", ["plan", "apply"])
def test_each_role_has_its_policies(iam: Any, role: str) -> None:
    attached = iam.list_attached_role_policies(RoleName=f"lockgate-{role}")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == [f"example-{role}"]


def test_a_second_plan_is_empty(
    ci_access: Any, plan_again: Callable[[Any], subprocess.CompletedProcess[str]]
) -> None:
    finished = plan_again(ci_access)
    assert finished.returncode == 0, finished.stdout + finished.stderr
