"""A small world for drills on a real account: an AWS API, name servers, and two regions.

The API is moto's, with the versions of health checks, which moto does not count. Name servers on
loopback answer with authority what Route 53 would, by reading records and checks from the API. A
region is an HTTP server on an address of its own; a load balancer's name leads to it.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from dnslib import QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSServer
from moto.route53.exceptions import Route53ClientError
from moto.route53.responses import Route53
from moto.s3.responses import S3Response
from moto.server import ThreadedMotoServer

from lockgate.drill.answers import choose, record_sets
from lockgate.drill.health import statuses
from lockgate.drill.records import parse_health_check, parse_record, plain_name
from lockgate.targets.aws_api import client

BUCKET = "states"
REGIONS = {"us-east-1": "127.0.0.2", "us-west-2": "127.0.0.3"}
_MAIN = """\
terraform {{
  backend "s3" {{
    bucket = "{bucket}"
    key    = "{name}/terraform.tfstate"
    region = "us-east-1"
  }}
}}
"""


class Region:
    """What stands behind one load balancer: it can be made to fail."""

    def __init__(self, address: str, port: int = 0) -> None:
        self.good = True
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if owner.good else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer((address, port), Handler)
        self.port = int(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class NameServers(BaseResolver):  # type: ignore[misc]
    """Route 53's name servers, and the names of load balancers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ttl = 0
        self.stuck = False
        self.recursive: set[str] = set()
        # What somebody else does when a name is asked for.
        self.meanwhile: Callable[[], None] = lambda: None
        self.server = DNSServer(
            self, port=0, address="127.0.0.1", handler=DNSHandler, logger=_Mute()
        )
        self.server.start_thread()
        self.address = f"127.0.0.1:{self.server.server.server_address[1]}"

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        """Answer one question (dnslib calls this)."""
        name = plain_name(str(request.q.qname))
        if request.header.rd:
            self.recursive.add(name)
        reply = request.reply()
        reply.header.aa = int(not name.endswith("amazonaws.com"))
        place = name if name in self.world.addresses else self._answer(name)
        if place is None or request.q.qtype != QTYPE.A:
            reply.header.rcode = RCODE.NOERROR if place else RCODE.NXDOMAIN
            return reply
        data = A(self.world.addresses[place])
        reply.add_answer(RR(request.q.qname, QTYPE.A, rdata=data, ttl=self.ttl))
        return reply

    def _answer(self, name: str) -> str | None:
        """The load balancer that Route 53 answers with, by what the API says now."""
        route53, zone = self.world.client("route53"), self.world.zones.get(name.partition(".")[2])
        if zone is None:
            return None
        self.meanwhile()
        listed = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        records = [parse_record(each) for each in listed if plain_name(each["Name"]) == name]
        healthy = {record.health_check: True for record in records if record.health_check}
        if not self.stuck:
            listed = route53.list_health_checks()["HealthChecks"]
            healthy = statuses({e["Id"]: parse_health_check(e) for e in listed}, lambda _: True)
        (found,) = record_sets(records)
        chosen = choose(found, healthy, lambda _: True)
        return chosen.alias if chosen else None


class _Mute:
    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@dataclass
class World:
    """A repository, and the account in which its environments stand."""

    root: Path
    endpoint: str
    balancers: dict[str, dict[str, Any]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client of the API; to make one is slow."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = client(service, region, self.endpoint)
        return self._clients[key]

    def variables(self) -> dict[str, str]:
        """What makes this the user's own account: boto3 reads the endpoint from there."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
        }

    def check(self, region: str = "us-east-1", **more: Any) -> str:
        """A health check of the load balancer in a region."""
        config = {
            "Type": "HTTP",
            "FullyQualifiedDomainName": self.balancers[region]["DNSName"],
            "Port": self.regions[region].port,
            "ResourcePath": "/",
            "RequestInterval": 10,
            "FailureThreshold": 3,
            **more,
        }
        made = self.client("route53").create_health_check(
            CallerReference=os.urandom(8).hex(), HealthCheckConfig=config
        )
        return str(made["HealthCheck"]["Id"])

    def environment(
        self,
        name: str,
        check: str | None,
        secondary_check: str | None = None,
        secondary_region: str = "us-west-2",
    ) -> str | None:
        """An environment that is applied, with one failover name, app.NAME.test; its check."""
        directory = self.root / "envs" / name
        directory.mkdir(parents=True)
        (directory / "main.tf").write_text(_MAIN.format(bucket=BUCKET, name=name))
        route53 = self.client("route53")
        made = route53.create_hosted_zone(Name=f"{name}.test", CallerReference=name)
        zone = self.zones[f"{name}.test"] = made["HostedZone"]["Id"].split("/")[-1]
        for role, region, each in (
            ("PRIMARY", "us-east-1", check),
            ("SECONDARY", secondary_region, secondary_check),
        ):
            record = {
                "Name": f"app.{name}.test",
                "Type": "A",
                "SetIdentifier": role,
                "Failover": role,
                "AliasTarget": {
                    "HostedZoneId": "Z35SXDOTRQ7X7K",
                    "DNSName": self.balancers[region]["DNSName"],
                    "EvaluateTargetHealth": True,
                },
                **({"HealthCheckId": each} if each else {}),
            }
            change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
        own: list[tuple[str, dict[str, Any]]] = [
            ("aws_lb", {"arn": balancer["LoadBalancerArn"]}) for balancer in self.balancers.values()
        ]
        named = {"zone_id": zone, "fqdn": f"app.{name}.test", "failover_routing_policy": [{}]}
        own.append(("aws_route53_record", named))
        resources = [
            {"mode": "managed", "type": kind, "instances": [{"attributes": values}]}
            for kind, values in own
        ]
        self.client("s3").put_object(
            Bucket=BUCKET,
            Key=f"{name}/terraform.tfstate",
            Body=json.dumps({"version": 4, "resources": resources}).encode(),
        )
        return check

    def config(self, check: str) -> dict[str, Any]:
        """A health check's configuration as the API tells it."""
        answer = self.client("route53").get_health_check(HealthCheckId=check)
        config: dict[str, Any] = answer["HealthCheck"]["HealthCheckConfig"]
        return config

    def version(self, check: str) -> int:
        """How often a health check was updated, and one."""
        answer = self.client("route53").get_health_check(HealthCheckId=check)
        return int(answer["HealthCheck"]["HealthCheckVersion"])

    def journals(self) -> list[str]:
        """The journals of unfinished drills."""
        listed = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="lockgate/drills/")
        return [stored["Key"] for stored in listed.get("Contents", [])]


@contextmanager
def world(root: Path) -> Iterator[tuple[World, NameServers]]:
    """A world in which nothing is applied yet, for the length of the context."""
    (root / "lockgate.yaml").write_text("version: 1\n")
    with pytest.MonkeyPatch.context() as patch:
        _be_strict(patch)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        found = World(root, f"http://{host}:{port}")
        found.client("s3").create_bucket(Bucket=BUCKET)
        shared = 0
        for region, address in REGIONS.items():
            behind = found.regions[region] = Region(address, shared)
            shared = behind.port
            balancer = found.balancers[region] = _balancer(found, region, shared)
            found.addresses[plain_name(balancer["DNSName"])] = address
        names = NameServers(found)
        try:
            yield found, names
        finally:
            names.server.stop()
            names.server.server.server_close()
            for behind in found.regions.values():
                behind.server.shutdown()
                behind.server.server_close()
            server.stop()


def _balancer(world: World, region: str, port: int) -> dict[str, Any]:
    ec2, elb = world.client("ec2", region), world.client("elbv2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{place}.0/24", AvailabilityZone=f"{region}{zone}"
        )["Subnet"]["SubnetId"]
        for place, zone in enumerate("ab")
    ]
    made: dict[str, Any] = elb.create_load_balancer(Name="app", Subnets=subnets)["LoadBalancers"][0]
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=port,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )
    return made


def _be_strict(patch: pytest.MonkeyPatch) -> None:
    """Let moto's UpdateHealthCheck count versions, and refuse an old one, as Route 53 does.

    It would also forget children and regions that an update does not name.
    """
    original, lock = Route53.update_health_check, threading.Lock()

    def update(self: Route53) -> Any:
        with lock:
            check = self.backend.get_health_check(self._get_param("HealthCheckId"))
            named = self._get_param("HealthCheckVersion")
            if named is not None and int(named) != check.health_check_version:
                raise Route53ClientError("HealthCheckVersionMismatch", "It was changed since.")
            children, regions = check.children, check.regions
            answer = original(self)
            check.children = check.children or children
            check.regions = check.regions or regions
            check.health_check_version += 1
            return answer

    put = S3Response._key_response_put

    # S3 looks whether an object is there and writes it in one; moto, in two.
    def write(self: S3Response, *arguments: Any) -> Any:
        with lock:
            return put(self, *arguments)

    patch.setattr(Route53, "update_health_check", update)
    patch.setattr(S3Response, "_key_response_put", write)
