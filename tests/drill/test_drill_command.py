"""``lockgate drill`` on what is made directly in the embedded AWS: no Terraform runs."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lockgate.base import paths
from lockgate.targets import local_aws
from lockgate.targets.aws_api import client
from lockgate.targets.embedded_target import STATE_BUCKET


@dataclass(frozen=True)
class Account:
    """A repository, and an account in which environments stand."""

    root: Path
    endpoint: str
    balancers: dict[str, dict[str, Any]]

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client of the API."""
        return client(service, region, self.endpoint)

    def drill(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        variables = {"PYTHONPATH": paths.import_path(), "LOCKGATE_ENDPOINT": self.endpoint}
        return subprocess.run(
            [sys.executable, "-m", "lockgate", "drill", *arguments],
            cwd=self.root,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self, name: str, records: list[dict[str, Any]] | None = None) -> str:
        """An environment with a zone of these records, and a state that names them all."""
        directory = self.root / "envs" / name
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "main.tf").write_text("")
        route53 = self.client("route53")
        zone: str = route53.create_hosted_zone(Name=f"{name}.test", CallerReference=name)[
            "HostedZone"
        ]["Id"].split("/")[-1]
        for record in records or []:
            route53.change_resource_record_sets(
                HostedZoneId=zone,
                ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
            )
        failover: list[dict[str, Any]] = [
            {"zone_id": zone, "fqdn": record["Name"], "failover_routing_policy": [{}]}
            for record in records or []
            if "Failover" in record
        ]
        self.state(name, failover)
        return zone

    def state(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write the state of an environment."""
        made = [
            ("aws_lb", {"arn": balancer["LoadBalancerArn"]}) for balancer in self.balancers.values()
        ]
        made += [("aws_route53_record", record) for record in records]
        resources = [
            {"mode": "managed", "type": kind, "instances": [{"attributes": values}]}
            for kind, values in made
        ]
        self.client("s3").put_object(
            Bucket=STATE_BUCKET,
            Key=f"{name}/terraform.tfstate",
            Body=json.dumps({"version": 4, "resources": resources}).encode(),
        )

    def check(self, region: str) -> str:
        """A health check of the load balancer in a region: interval 10, threshold 3."""
        made = self.client("route53").create_health_check(
            CallerReference=os.urandom(8).hex(),
            HealthCheckConfig={
                "Type": "HTTP",
                "FullyQualifiedDomainName": self.balancers[region]["DNSName"],
                "Port": 80,
                "ResourcePath": "/",
                "RequestInterval": 10,
                "FailureThreshold": 3,
            },
        )
        identifier: str = made["HealthCheck"]["Id"]
        return identifier

    def record(self, name: str, role: str, region: str, check: str | None = None) -> dict[str, Any]:
        """One record of a failover pair."""
        found: dict[str, Any] = {
            "Name": f"app.{name}.test",
            "Type": "A",
            "SetIdentifier": role.lower(),
            "Failover": role,
            "AliasTarget": {
                "HostedZoneId": "Z35SXDOTRQ7X7K",
                "DNSName": self.balancers[region]["DNSName"],
                "EvaluateTargetHealth": True,
            },
        }
        return {**found, "HealthCheckId": check} if check else found


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    root = tmp_path_factory.mktemp("drill")
    (root / "lockgate.yaml").write_text("version: 1\n")
    with local_aws.throw_away() as endpoint:
        client("s3", "us-east-1", endpoint).create_bucket(Bucket=STATE_BUCKET)
        balancers = {}
        for region in ("us-east-1", "us-west-2"):
            ec2, elb = client("ec2", region, endpoint), client("elbv2", region, endpoint)
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            subnets = [
                ec2.create_subnet(
                    VpcId=vpc, CidrBlock=f"10.0.{place}.0/24", AvailabilityZone=f"{region}{zone}"
                )["Subnet"]["SubnetId"]
                for place, zone in enumerate("ab")
            ]
            made = elb.create_load_balancer(Name="app", Subnets=subnets)["LoadBalancers"][0]
            elb.create_listener(
                LoadBalancerArn=made["LoadBalancerArn"],
                Protocol="HTTP",
                Port=80,
                DefaultActions=[
                    {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
                ],
            )
            balancers[region] = made
        yield Account(root, endpoint, balancers)


def test_a_pair_with_a_health_check_recovers_and_is_drawn(account: Account, tmp_path: Path) -> None:
    pair = [
        account.record("good", "PRIMARY", "us-east-1", account.check("us-east-1")),
        account.record("good", "SECONDARY", "us-west-2"),
    ]
    account.environment("good", pair)
    picture = tmp_path / "timeline.svg"

    # Other tests run beside this one, and a machine that is late for once proves nothing.
    for scale in ("30", "20", "10"):
        finished = account.drill("good", "--time-scale", scale, "--json", "--picture", str(picture))
        if finished.returncode == 0:
            break

    assert finished.returncode == 0, finished.stderr
    (found,) = json.loads(finished.stdout)["drills"]
    assert found["recovery_time"] == 90
    assert found["took"] <= found["allowed"] == 100
    assert found["after"] == "us-west-2"
    assert f"{scale} times as fast" in finished.stderr
    assert "DNS answers with us-west-2" in finished.stderr
    assert "first good answer" in "".join(ElementTree.parse(picture).getroot().itertext())

    elsewhere = account.drill("good", "--lose", "eu-west-1")
    assert elsewhere.returncode == 2
    assert "It has some in: us-east-1, us-west-2" in elsewhere.stderr
    secondary = account.drill("good", "--lose", "us-west-2")
    assert secondary.returncode == 2
    assert "no name of 'good' has its primary record there" in secondary.stderr


def test_a_pair_without_a_health_check_does_not_pass(account: Account) -> None:
    pair = [
        account.record("unseen", "PRIMARY", "us-east-1"),
        account.record("unseen", "SECONDARY", "us-west-2"),
    ]
    account.environment("unseen", pair)

    finished = account.drill("unseen", "--time-scale", "60", "--fault", "500")

    assert finished.returncode == 1, finished.stderr
    assert "has no health check that would detect" in finished.stderr
    assert "time scale 60" in finished.stdout


def test_ctrl_c_ends_the_live_view_and_the_drill(account: Account) -> None:
    pair = [
        account.record("stopped", "PRIMARY", "us-east-1", account.check("us-east-1")),
        account.record("stopped", "SECONDARY", "us-west-2"),
    ]
    account.environment("stopped", pair)
    terminal, end = pty.openpty()
    variables = {"PYTHONPATH": paths.import_path(), "LOCKGATE_ENDPOINT": account.endpoint}
    with subprocess.Popen(
        [sys.executable, "-m", "lockgate", "drill", "stopped"],
        cwd=account.root,
        env={**os.environ, **variables, "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=end,
    ) as process:
        os.close(end)
        said = _read_until(terminal, "waiting until every client is served")
        process.send_signal(signal.SIGINT)
        said += _read_until(terminal, None)
        assert process.wait(60) == 130
    os.close(terminal)
    assert "healthy (8 of 8 checkers see it up)" in said
    assert "Interrupted" in said
    assert "Traceback" not in said
    # The cursor, which the live view hides, is there again.
    assert said.rindex("\x1b[?25h") > said.rindex("\x1b[?25l")


def _read_until(terminal: int, words: str | None) -> str:
    """What is written to a terminal until these words, or until it is closed."""
    said = ""
    while words is None or words not in said:
        try:
            read = os.read(terminal, 65536).decode(errors="replace")
        except OSError:  # which is how Linux tells that nobody writes any more
            read = ""
        if not read:
            assert words is None, said
            break
        said += read
    return said


def test_what_cannot_be_drilled_is_named(account: Account) -> None:
    account.environment("half", [account.record("half", "PRIMARY", "us-east-1")])
    account.environment("plain", [])
    gone = account.environment("gone", [])
    named = {"zone_id": gone, "fqdn": "app.gone.test", "failover_routing_policy": [{}]}
    account.state("gone", [named])
    weighted = account.record("mixed", "PRIMARY", "us-east-1")
    account.environment("mixed", [weighted])
    simple = {"Name": "app.mixed.test", "Type": "TXT", "TTL": 60, "Failover": "PRIMARY"}
    account.client("route53").change_resource_record_sets(
        HostedZoneId=_zone(account, "mixed"),
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        **simple,
                        "SetIdentifier": "text",
                        "ResourceRecords": [{"Value": '"v"'}],
                    },
                }
            ]
        },
    )
    (account.root / "envs" / "waiting").mkdir()
    (account.root / "envs" / "waiting" / "main.tf").write_text("")

    said = {
        "half": "app.half.test A: there is no SECONDARY record",
        "plain": "has no failover record",
        "gone": "holds no record of this name",
        "mixed": "records of type TXT are not modelled",
        "waiting": "lockgate apply waiting",
        "nowhere": "There is no environment 'nowhere'",
    }
    for name, words in said.items():
        finished = account.drill(name)
        assert finished.returncode == 2, (name, finished.stderr)
        assert words in " ".join(finished.stderr.split()), name
        assert "Traceback" not in finished.stderr


def _zone(account: Account, name: str) -> str:
    found = account.client("route53").list_hosted_zones_by_name(DNSName=f"{name}.test")
    identifier: str = found["HostedZones"][0]["Id"].split("/")[-1]
    return identifier
