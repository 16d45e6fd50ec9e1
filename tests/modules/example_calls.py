"""Every example as a call of one root module, so that Terraform and the provider start once.

For that, a copy of each gives up its provider blocks, which a called module has from its caller,
and its names, which the others have too.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = {
    f"{path.parts[-3]}_{path.parts[-1]}": path.relative_to(ROOT)
    for path in sorted((ROOT / "modules").glob("*/examples/*"))
}
REGIONS = {"us-east-1": "aws", "us-west-2": "aws.west"}
ROOT_PROVIDERS = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
"""
# The calls that make a database. The embedded AWS deletes none that is protected, as AWS does not;
# but it has no ModifyGlobalCluster by which the protection could be taken away again.
UNPROTECTED = {
    "database_complete": "database",
    "database_minimal": "database",
    "two_region_service_complete": "service",
}
PASSWORD = {"master_password": "Only-the-test-knows-1"}
_PROVIDER = re.compile(r'^provider "aws" \{\n(.*?)^\}\n', re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r'^\s*(\w+)\s*=\s*"([^"]+)"', re.MULTILINE)


def providers(text: str) -> dict[str, str]:
    """The root module's providers, by what an example's own are called in it."""
    found = [dict(_ARGUMENT.findall(body)) for body in _PROVIDER.findall(text)]
    return {
        f"aws.{block['alias']}" if "alias" in block else "aws": REGIONS[block["region"]]
        for block in found
    }


def callable_text(text: str, name: str) -> str:
    """An example as a module that can be called, and whose names start with a name of its own."""
    aliases = ", ".join(provider for provider in providers(text) if provider != "aws")
    text = _PROVIDER.sub("", text)
    text = re.sub(
        r'(?m)^(\s+)(version\s+= ".*")$', rf"\1\2\n\1configuration_aliases = [{aliases}]", text
    )
    return re.sub(r'"example(?=["-])', f'"{name}', text)


def write(place: Path, examples: Mapping[str, Path] = EXAMPLES) -> Path:
    """Write the modules and a root module that calls the examples; return the latter."""
    shutil.copytree(ROOT / "modules", place / "modules", ignore=shutil.ignore_patterns(".*"))
    calls: dict[str, dict[str, Any]] = {}
    for number, (key, example) in enumerate(examples.items()):
        file = place / example / "main.tf"
        text = file.read_text("utf-8")
        calls[key] = {"source": f"../{example.as_posix()}", "providers": providers(text)}
        if 'variable "master_password"' in text:
            calls[key] |= PASSWORD
        file.write_text(callable_text(text, f"eg{number:02}"), "utf-8")
        if key in UNPROTECTED:
            override = {"module": {UNPROTECTED[key]: {"deletion_protection_enabled": False}}}
            (file.parent / "override.tf.json").write_text(json.dumps(override))
    directory = place / "calls"
    directory.mkdir()
    (directory / "providers.tf").write_text(ROOT_PROVIDERS)
    (directory / "calls.tf.json").write_text(json.dumps({"module": calls}))
    return directory
