"""Root modules planned behind the proxy, by the real engine and the real provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lockgate.engine.engine import Engine
from lockgate.engine.resolved_planner import PlanRequest, Resolved, ResolvedPlanner
from lockgate.install.provider_binary import ProviderBinary, bundled_provider
from lockgate.targets.accountless_workspace import accountless_environment

SETTINGS = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"""
PROVIDER = SETTINGS + 'provider "aws" {\n  region = "us-east-1"\n}\n'
TWO_PROVIDERS = PROVIDER + 'provider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'


@dataclass(frozen=True)
class Planned:
    """A resolved plan, and what a test asks of it."""

    document: dict[str, Any]
    how: Resolved

    @property
    def resolved(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["lockgate"]["resolved"]
        return found

    def leads(self, address: str, path: str) -> list[str]:
        """What the references of an argument lead to."""
        found = self.resolved["references"].get(address, {}).get(path, [])
        return [f"{each['address']}.{each['attribute']}" for each in found]

    def change(self, address: str) -> dict[str, Any]:
        """The planned change of a resource."""
        (found,) = [
            resource_change["change"]
            for resource_change in self.document["resource_changes"]
            if resource_change["address"] == address
        ]
        return dict(found)


Plan = Callable[..., Planned]


def planner_of(binary: ProviderBinary, directories: list[Path], ways: int = 1) -> ResolvedPlanner:
    """A planner with nothing of this machine's in its environment."""
    return ResolvedPlanner(Engine.find(), binary, accountless_environment(None), directories, ways)


def plan_in(planner: ResolvedPlanner, directory: Path, scratch: Path) -> Planned:
    """Plan a directory that is a scratch copy already."""
    scratch.mkdir(exist_ok=True)
    out = scratch / "resolved.json"
    how = planner.plan(PlanRequest(directory, scratch, "eu-west-1"), out)
    return Planned(json.loads(out.read_bytes()), how)


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResolvedPlanner]:
    """A planner with the bundled provider, warm for all tests of a file."""
    places = tmp_path_factory.mktemp("outputs")
    (places / "main.tf").write_text(
        "locals {\n  a = [x.outputs.vpc_id, x.outputs.subnet_ids[0], x.outputs.cidr_prefix]\n"
        '  b = x.outputs.places.west["first"].id\n}\n'
    )
    with planner_of(bundled_provider(), [places]) as warm:
        yield warm


@pytest.fixture
def plan(planner: ResolvedPlanner, tmp_path: Path) -> Plan:
    """Plans a root module from its text, and from files that lie beside it."""

    def make(main: str, **files: str) -> Planned:
        directory = tmp_path / "root"
        directory.mkdir(exist_ok=True)
        (directory / "main.tf").write_text(main)
        for name, text in files.items():
            path = directory / name.replace("__", "/").replace("_tf", ".tf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return plan_in(planner, directory, tmp_path / "scratch")

    return make
