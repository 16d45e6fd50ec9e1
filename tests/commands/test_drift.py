"""lockgate drift on an embedded AWS: what a person changed by hand is found, and what it breaks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lockgate.applying.drift import AttributeDrift, EnvironmentDrift, exit_code, read_drift
from lockgate.base import paths
from lockgate.targets import local_aws
from tests.commands.conftest import PROVIDERS, Repository, package_of_state_rules

ROOT = paths.repository_root(Path(__file__))
NETWORK = (
    PROVIDERS
    + """
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "network" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.this.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ssm_parameter" "secret" {
  name  = "secret"
  type  = "SecureString"
  value = "hush"
}
"""
)


@dataclass(frozen=True)
class Account:
    """A repository whose only environment is applied, and the API of where it is."""

    repository: Repository
    endpoint: str
    variables: dict[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run lockgate there, with a gate whose only rules are those about the state."""
        return self.repository.run(*arguments, env=self.variables)

    def client(self, service: str) -> Any:
        """A client of the API, for what a person does by hand."""
        import boto3

        session: Any = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
        )
        return session.client(service, endpoint_url=self.endpoint)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    root = tmp_path_factory.mktemp("drift") / "repository"
    root.mkdir()
    (root / "lockgate.yaml").write_text("version: 1\n")
    package = package_of_state_rules(root.parent / "package")
    with local_aws.throw_away() as endpoint:
        variables = {"PYTHONPATH": package, "LOCKGATE_ENDPOINT": endpoint}
        made = Account(Repository(root), endpoint, variables)
        made.repository.environment("dev", NETWORK)
        applied = made.run("apply", "dev")
        assert applied.returncode == 0, applied.stderr
        made.repository.environment("waiting", NETWORK)
        yield made


def test_what_was_just_applied_has_no_drift(account: Account) -> None:
    finished = account.run("drift", "dev")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "no drift; what stands keeps the rules" in finished.stdout


def test_an_environment_that_was_never_applied_is_said_to_be_so(account: Account) -> None:
    finished = account.run("drift", "waiting", "--json")
    assert finished.returncode == 0, finished.stderr
    (found,) = json.loads(finished.stdout)["environments"]
    assert found["applied"] is False
    assert found["summary"] == "nothing is applied yet: its state is empty"


def test_a_person_changes_things_and_apply_undoes_them(account: Account, tmp_path: Path) -> None:
    _change_by_hand(account)
    issue = tmp_path / "issue.md"
    finished = account.run("drift", "dev", "--json", "--issue", str(issue))
    assert finished.returncode == 1, finished.stderr
    (found,) = json.loads(finished.stdout)["environments"]
    resources = {resource["address"]: resource for resource in found["resources"]}
    assert set(resources) == {
        "aws_route.out",
        "aws_route_table.public",
        "aws_security_group.web",
        "aws_ssm_parameter.secret",
        "aws_vpc.this",
    }
    assert resources["aws_route.out"]["action"] == "deleted"
    assert resources["aws_route.out"]["reverted"] is True
    (tag,) = resources["aws_vpc.this"]["attributes"]
    assert (tag["path"], tag["before"], tag["after"]) == ("tags.Name", "network", "mine")
    (ingress,) = resources["aws_security_group.web"]["attributes"]
    assert ingress["before"] == []
    assert [rule["from_port"] for rule in ingress["after"]] == [22]
    secret = {a["path"]: a for a in resources["aws_ssm_parameter.secret"]["attributes"]}["value"]
    assert secret == {"path": "value", "before": None, "after": None, "sensitive": True}
    # What stands is judged as a plan is: the port that the person opened breaks a rule.
    assert found["verdict"]["passes"] is False
    text = issue.read_text()
    assert text.splitlines()[:2] == ["Drift: dev", ""]
    assert "| aws_route.out | deleted | undoes it |" in text
    assert 'tags.Name: "network" → "mine"' in text
    assert "`lockgate apply dev`" in text
    assert "- CKV_AWS_24 aws_security_group.web: Ensure no security groups allow" in text
    person = account.run("drift", "dev")
    assert "drift: 4 changed and 1 deleted outside; what stands breaks the rules" in person.stdout
    for said in (finished.stdout, finished.stderr, text, person.stdout, person.stderr):
        assert "hush" not in said
        assert "found out" not in said

    undone = account.run("apply", "dev")
    assert undone.returncode == 0, undone.stderr
    assert account.run("drift", "dev").returncode == 0


def _change_by_hand(account: Account) -> None:
    ec2 = account.client("ec2")
    (vpc,) = (each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"])
    (table,) = (
        route_table["RouteTableId"]
        for route_table in ec2.describe_route_tables()["RouteTables"]
        if any(route.get("GatewayId", "").startswith("igw-") for route in route_table["Routes"])
    )
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "mine"}])
    (group,) = (
        security_group["GroupId"]
        for security_group in ec2.describe_security_groups()["SecurityGroups"]
        if security_group["GroupName"] == "web"
    )
    open_to_all = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[open_to_all])
    account.client("ssm").put_parameter(
        Name="secret", Value="found out", Type="SecureString", Overwrite=True
    )


def test_a_state_that_cannot_be_read_is_no_pass(account: Account) -> None:
    s3 = account.client("s3")
    (bucket,) = (each["Name"] for each in s3.list_buckets()["Buckets"])
    key = "dev/terraform.tfstate"
    kept = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=b"{ not a state")
    try:
        finished = account.run("drift", "dev")
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=kept)
    assert finished.returncode == 3
    assert "could not be read, so nothing is known of it" in finished.stdout
    assert "`lockgate drift dev` again" in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr


def test_code_that_is_not_applied_yet_is_no_drift(account: Account) -> None:
    changed = NETWORK.replace('value = "hush"', 'value = "another"')
    account.repository.environment("dev", changed)
    try:
        finished = account.run("drift", "dev")
    finally:
        account.repository.environment("dev", NETWORK)
    assert finished.returncode == 0, finished.stdout
    assert "no drift; 1 more to be applied" in finished.stdout
    assert "aws_ssm_parameter.secret" in finished.stdout


def test_nothing_is_started_to_find_that_nothing_is_applied(repository: Repository) -> None:
    repository.environment("dev", NETWORK)
    finished = repository.run("drift")
    assert finished.returncode == 0
    assert "The embedded AWS is not up" in finished.stderr
    assert repository.run("local", "status").returncode == 1


def test_an_issue_that_cannot_be_written_is_said(repository: Repository) -> None:
    repository.environment("dev", NETWORK)
    finished = repository.run("drift", "--issue", "no/such/issue.md")
    assert finished.returncode == 2
    assert "no/such/issue.md cannot be written: No such file or directory" in finished.stderr


def _plan(before: object, after: object, **change: object) -> dict[str, Any]:
    entry = {"actions": ["update"], "before": before, "after": after, **change}
    return {"resource_drift": [{"address": "a.b", "mode": "managed", "change": entry}]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tags": None}, {"tags": {}}),
        ({"name": None}, {"name": ""}),
        ({"self": None}, {"self": False}),
        ({"tags": {"a": None}}, {"tags": {"a": ""}}),
    ],
)
def test_what_only_the_provider_writes_otherwise_is_no_drift(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert read_drift("dev", _plan(before, after)).resources == ()


def test_a_zero_that_the_plan_undoes_is_drift() -> None:
    plan = _plan({"size": 0}, {"size": None})
    change = {"actions": ["update"], "before": {"size": None}, "after": {"size": 0}}
    plan["resource_changes"] = [{"address": "a.b", "mode": "managed", "change": change}]
    (found,) = read_drift("dev", plan).resources
    assert found.attributes == (AttributeDrift("size", 0, None),)
    assert found.reverted


@pytest.mark.parametrize("secret", [{"list": True}, {"list": [{"key": True}]}, {"list": [True]}])
@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
def test_a_secret_anywhere_in_a_list_hides_all_of_it(secret: object, side: str) -> None:
    plan = _plan({"list": [{"key": "hush"}]}, {"list": [{"key": "told"}]}, **{side: secret})
    (found,) = read_drift("dev", plan).resources
    assert found.attributes == (AttributeDrift("list", None, None, sensitive=True),)


def test_the_worst_environment_decides() -> None:
    unread = EnvironmentDrift("a", engine_error="no")
    empty = EnvironmentDrift("b", applied=False)
    unjudged = EnvironmentDrift("c")
    assert exit_code((empty,)) == 0
    assert exit_code((empty, unjudged)) == 1
    assert exit_code((empty, unjudged, unread)) == 3
    assert exit_code(()) == 1
