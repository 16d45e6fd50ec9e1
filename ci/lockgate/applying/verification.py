"""Verifies an environment after its apply, before the next stage begins.

A second plan must be empty, every declared output must be there, load balancers and records must
be there for the AWS API too, and where the settings ask for it a failover drill must succeed.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockgate.applying import drift
from lockgate.base import paths
from lockgate.base.errors import EngineError
from lockgate.engine.engine import Engine
from lockgate.judging.environment_plan import plan_environment
from lockgate.repository.environments import Environment
from lockgate.targets.target import Target

_MOST_NAMED = 5


@dataclass(frozen=True)
class Verification:
    """What an environment did not pass; nothing is good."""

    problems: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Tell whether nothing was found."""
        return not self.problems


def verify(environment: Environment, target: Target, engine: Engine) -> Verification:
    """Plan again and ask the AWS API, for each root module.

    Raises EngineError if a plan or the API fails.
    """
    if environment.parts:
        outcomes = [(part, verify(part, target, engine)) for part in environment.parts]
        return Verification(
            tuple(f"{part.inside}: {problem}" for part, one in outcomes for problem in one.problems)
        )
    with tempfile.TemporaryDirectory(prefix="lockgate-verify-") as scratch:
        out = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine, out)
        plan = json.loads(out.read_bytes())
    problems = [*_changes(plan), *outputs_without_value(plan)]
    return Verification((*problems, *unhealthy(plan, target)))


def drill_arguments(target_name: str, time_scale: int) -> tuple[str, ...]:
    """What a promotion's drills are called with: only the embedded AWS's time can be scaled."""
    scaled = ("--time-scale", str(time_scale)) if target_name == "embedded" else ()
    return ("--target", target_name, *scaled)


def drill(environment: Environment, arguments: list[str]) -> Verification:
    """Run ``lockgate drill``. Fails where this version has none: what did not run is no pass.

    On a real account it moves real clients. What confirms that is the setting that names the
    environment, which was reviewed and merged.
    """
    if importlib.util.find_spec("lockgate.commands.drill") is None:
        return Verification(("verify_with_drill asks for a drill, which this version cannot run",))
    command = [*paths.PYTHON, "-m", "lockgate", "drill", environment.name, *arguments]
    if "aws" in arguments:
        command += ["--confirm", environment.name]
    finished = subprocess.run(
        command,
        cwd=environment.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode == 0:
        return Verification(())
    words = (finished.stderr.strip() or finished.stdout.strip()).splitlines()[-3:]
    said = f"the drill ended with {finished.returncode}: {' '.join(words)}"
    if finished.returncode == EngineError.exit_code:
        raise EngineError(said)
    return Verification((said,))


def _changes(plan: dict[str, Any]) -> Iterator[str]:
    changed = drift.planned_changes(plan)
    if changed:
        more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
        named = ", ".join(sorted(changed)[:_MOST_NAMED])
        yield (
            f"the second plan is not empty, so it never converges: {named}{more}. "
            "`lockgate plan` shows what would change again"
        )
    elif plan.get("errored") or plan.get("complete") is False:
        yield "the second plan is not complete"
    for name, change in (plan.get("output_changes") or {}).items():
        if change.get("actions") not in (["no-op"], None):
            yield f"the second plan changes the output '{name}'"


def outputs_without_value(plan: dict[str, Any]) -> Iterator[str]:
    """Say of each output that is declared and has no value that it has none."""
    declared = (plan.get("configuration") or {}).get("root_module", {}).get("outputs") or {}
    standing = (drift.standing_values(plan)).get("outputs") or {}
    for name in sorted(declared):
        # Terraform keeps no output whose value is null.
        if standing.get(name, {}).get("value") is None:
            yield f"the output '{name}' is declared and has no value"


def unhealthy(plan: dict[str, Any], target: Target) -> Iterator[str]:
    """What the AWS API says is not there, or not active. Raises EngineError if it fails."""
    from botocore.exceptions import BotoCoreError, ClientError

    for resource in drift.managed_resources(plan):
        values, address = resource.get("values") or {}, str(resource.get("address"))
        try:
            if resource.get("type") in ("aws_lb", "aws_alb"):
                yield from _load_balancer(address, str(values.get("arn")), target)
            elif resource.get("type") == "aws_route53_record":
                yield from _record(address, values, target)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) >= 500:
                raise EngineError(f"{address}: {error}") from error
            yield f"{address}: {error}"
        except BotoCoreError as error:
            raise EngineError(f"{address} cannot be asked for: {error}") from error


def _load_balancer(address: str, arn: str, target: Target) -> Iterator[str]:
    # arn:partition:elasticloadbalancing:REGION:account:loadbalancer/…
    region = arn.split(":")[3] if arn.count(":") >= 5 else ""
    if not region:
        yield f"{address}: its state holds no ARN"
        return
    answer = target.client("elbv2", region).describe_load_balancers(LoadBalancerArns=[arn])
    for balancer in answer["LoadBalancers"]:
        if balancer["State"]["Code"] != "active":
            yield f"{address} is {balancer['State']['Code']}, not active"


def _record(address: str, values: dict[str, Any], target: Target) -> Iterator[str]:
    name, kind = str(values.get("fqdn") or values.get("name")).rstrip("."), values.get("type")
    identifier = values.get("set_identifier") or None
    # Route 53 answers with octal codes for what is no letter, digit or hyphen.
    wanted = name.lower().replace("*", "\\052")
    pages = target.client("route53", "us-east-1").get_paginator("list_resource_record_sets")
    for page in pages.paginate(HostedZoneId=values.get("zone_id")):
        for record_set in page["ResourceRecordSets"]:
            same = record_set["Name"].rstrip(".").replace("*", "\\052") == wanted
            if (
                same
                and record_set["Type"] == kind
                and record_set.get("SetIdentifier") == identifier
            ):
                return
    yield f"{address}: Route 53 holds no record set {name} {kind} {identifier or ''}".rstrip()


def changed_resources(environment: Environment, target: Target, engine: Engine) -> list[str]:
    """The addresses of what a plan would change. Raises EngineError if it cannot be planned."""
    with tempfile.TemporaryDirectory(prefix="lockgate-verify-") as scratch:
        out = Path(scratch) / "plan.json"
        plan_environment(environment, target, engine, out)
        return sorted(drift.planned_changes(json.loads(out.read_bytes())))
