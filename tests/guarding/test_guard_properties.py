"""The guard over generated trees: one forbidden construct anywhere is refused, at its line."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.guarding.guard import guard
from lockgate.repository.pipeline_settings import PipelineSettings
from tests.guarding.test_guard import tree
from tests.hcl.terraform_reads import terraform_read_all
from tests.repository.git_repositories import AWS, module

_SETTINGS = PipelineSettings(hosts=("registry.terraform.io",))
_ROOT = "envs/dev"
_MARK = "LINE"


@dataclass(frozen=True)
class Construct:
    """Something that is refused. The marks stand in the line that it is refused at."""

    rule: str
    native: str
    json: dict[str, Any]
    json_mark: str = _MARK


def _data(kind: str, rule: str = "external-data", **body: Any) -> list[Construct]:
    attributes = "".join(f"{name} = {json.dumps(value)}\n" for name, value in body.items())
    labels = [f'"{kind}" "{_MARK}"', f"{kind} {_MARK}", f'"{kind}" {_MARK}']
    block: dict[str, Any] = {kind: {_MARK: body or [{}]}}
    return [
        *(
            Construct(rule, f"data {label} {{\n{attributes}}}\n", {"data": block})
            for label in labels
        ),
        Construct(
            rule,
            f'check "c" {{\n  data {labels[0]} {{\n{attributes}}}\n}}\n',
            {"check": {"c": [{"data": [block]}]}},
        ),
        Construct(rule, f"ephemeral {labels[0]} {{}}\n", {"ephemeral": [block]})
        if not body
        else Construct(rule, f"data {labels[0]} {{\n{attributes}}}\n", {"data": [{}, block]}),
    ]


def _provisioner(inside: str, first: dict[str, str], *path: str) -> list[Construct]:
    """A provisioner in a block that begins with some arguments."""
    run = {"when": "destroy", "command": "x"}
    document: dict[str, Any] = {**first, "provisioner": {f"local-exec{_MARK}": run}}
    for each in reversed(path):
        document = {each: document}
    arguments = "".join(f"  {name} = {value}\n" for name, value in first.items())
    texts = [
        f'{inside} {{\n{arguments}  provisioner "local-exec{_MARK}" {{ when = destroy }}\n}}\n',
        f"{inside} {{\n  provisioner local-exec{_MARK} {{\n    when = destroy\n"
        f"    command = <<EOT\n}}\nEOT\n  }}\n{arguments}}}\n",
    ]
    return [Construct("provisioner", text, document) for text in texts]


def _read(path: str) -> list[Construct]:
    """An expression that is refused, wherever an expression may stand."""
    call = f'file("{path}{_MARK}")'
    native = [
        f"locals {{\n  a = {call}\n}}\n",
        f"locals {{\n  a = [\n    for k in [1] :\n    upper({call})\n    if k == 1\n  ]\n}}\n",
        f"locals {{\n  a = true ? {{\n    b = [({call})]\n  }} : {{}}\n}}\n",
        f'locals {{\n  a = "x${{upper("${{{call}}}")}}"\n}}\n',
        f'locals {{\n  a = <<EOT\nx\n%{{ if {call} == "" }}y%{{ endif }}\nEOT\n}}\n',
        f"locals {{\n  a = <<-EOT\n      $${{\n      ${{{call}}}\n    EOT\n}}\n",
        f'output "o" {{\n  value = {call}\n}}\n',
        'resource "aws_vpc" "v" {\n  lifecycle {\n    precondition {\n'
        f'      condition = var.v == {call}\n      error_message = "x"\n    }}\n  }}\n}}\n',
        f'resource "aws_vpc" "v" {{\n  dynamic "x" {{\n    for_each = [{call}]\n    content {{}}\n'
        "  }\n}\n",
        f'variable "v" {{\n  validation {{\n    condition = core::{call} == ""\n  }}\n}}\n',
    ]
    text = f'x${{file("{path}{_MARK}")}}'
    rule = {"condition": f'${{var.v == file("{path}{_MARK}")}}', "error_message": "x"}
    documents: list[dict[str, Any]] = [
        {"locals": {"a": text}},
        {"locals": [{"a": [{"b": text}]}]},
        {"output": {"o": {"value": {text: 1}}}},
        {"resource": {"aws_vpc": {"v": [{"lifecycle": {"precondition": [rule]}}]}}},
    ]
    return [
        Construct("path", each, documents[number % len(documents)])
        for number, each in enumerate(native)
    ]


def _source(rule: str, source: str) -> Construct:
    return Construct(
        rule,
        f'module "m" {{\n  source = "{source}{_MARK}"\n}}\n',
        {"module": [{"m": {"source": f"{source}{_MARK}"}}]},
    )


CONSTRUCTS = [
    *_data("external"),
    *_data("http"),
    *_data("aws_lambda_invocation"),
    *_data("terraform_remote_state", "backend", backend="http"),
    *_provisioner('resource "aws_vpc" "v"', {}, "resource", "aws_vpc", "v"),
    *_provisioner("removed", {"from": "aws_vpc.v"}, "removed"),
    *_read("/etc/"),
    *_read("../../../"),
    *_read("~/"),
    Construct(
        "provider",
        f'resource "null_resource" "{_MARK}" {{}}\n',
        {"resource": {"null_resource": {_MARK: {}}}},
    ),
    Construct(
        "provider", f'provider "evil" {{ # {_MARK}\n}}\n', {"provider": {"evil": {}}}, '"evil"'
    ),
    Construct(
        "provider",
        'terraform {\n  required_providers {\n    x = {\n      version = "1"\n'
        f'      source  = "evil/x{_MARK}"\n    }}\n  }}\n}}\n',
        {"terraform": [{"required_providers": {"x": {"source": f"evil/x{_MARK}"}}}]},
    ),
    Construct(
        "provider",
        f'terraform {{\n  required_providers {{\n    x = {{ source = "evil/{_MARK}" }}\n  }}\n}}\n',
        {"terraform": {"required_providers": [{"x": {"source": f"evil/{_MARK}"}}]}},
    ),
    _source("module", "evil/x/"),
    _source("module", "/tmp/"),
    _source("module", "git::https://evil.example/"),
    _source("host", "git::https://evil.example/"),
    _source("module", "../../../../../../../"),
    Construct(
        "credentials",
        f'provider "aws" {{\n  shared_config_files = ["./{_MARK}"]\n}}\n',
        {"provider": {"aws": [{"shared_credentials_file": f"./{_MARK}"}]}},
    ),
    Construct(
        "host",
        f'provider "aws" {{\n  endpoints {{\n    s3 = "https://{_MARK}.example"\n  }}\n}}\n',
        {"provider": {"aws": {"endpoints": [{"s3": f"https://{_MARK}.example"}]}}},
    ),
    Construct(
        "host",
        f'terraform {{\n  cloud {{ # {_MARK}\n    organization = "x"\n  }}\n}}\n',
        {"terraform": {"cloud": {"organization": "x"}}},
        '"cloud"',
    ),
]

# What is allowed, and only looks as if it were not.
_FILLERS = [
    "",
    "\n\n",
    '# data "external" "x" {\n',
    '// provisioner "local-exec" { "\n',
    '/* data "http" "x" {\n  ${ "\n*/\n',
    'locals {\n  a = <<EOT\ndata "external" "x" {}\n EOT.\n"${"}"}\nEOT\n}\n',
    'locals {\n  b = <<-EOT\n    %{ if true }$${file("/etc/passwd")}\n    %{ endif ~}\n  EOT\n}\n',
    'locals {\n  c = "}"\n  d = "${"}"}"\n  e = "# no comment"\n  f = "/* nor this"\n}\n',
    'locals {\n  g = "$${file(\\"/x\\")}" # "\n  h = "%%{ if"\n  i = "\\\\" // "${"\n}\n',
    "locals {\n  j = [for k, v in { a = 1 } : { (k) = v } if v]\n  k = (\n    1 +\n    2)\n}\n",
    'variable "v" {\n  type    = object({ a = optional(string, "}") })\n  default = {}\n}\n',
    'resource "aws_vpc" "f" {\n  tags = {\n    "data.http" : "local-exec", file = "x"\n  }\n}\n',
    'output "f" {\n  value = file("${path.module}/main.tf")\n}\n',
    'data "aws_region" "external" {}\n',
]
_JSON_FILLERS: list[dict[str, Any]] = [
    {"//": 'data "external"'},
    {"locals": [{"f": 'data "external" "x" {', "g": '$${file("/etc/passwd")}'}]},
    {"output": {"f": {"value": '}"{ ${1 + 2}', "//": {"provisioner": "local-exec"}}}},
    {"variable": {"f": {"default": {"data": {"external": {"x": {}}}}}}},
]
_NATIVE_NAMES = ["main.tf", "a.tf", "z.tf", "override.tf", "z_override.tf", "x.tofu"]
_JSON_NAMES = ["a.tf.json", "override.tf.json", "z_override.tf.json", "x.tofu.json"]


@st.composite
def _directories(draw: st.DrawFn) -> list[str]:
    """The root module, and modules that one after the other calls, wherever they lie."""
    directories = [_ROOT]
    for number in range(draw(st.integers(0, 3))):
        above = draw(st.sampled_from(["modules", directories[-1], "a/b/c", "envs"]))
        directories.append(f"{above}/m{number}")
    return directories


@st.composite
def _trees(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """The files of a tree that is allowed, and its modules' directories."""
    directories = draw(_directories())
    files = {}
    for caller, called in zip(directories, [*directories[1:], ""], strict=True):
        parts = draw(st.lists(st.sampled_from(_FILLERS), max_size=4))
        if called:
            source = posixpath.relpath(called, caller)
            source = source if source.startswith(".") else f"./{source}"
            if draw(st.booleans()):
                files[f"{caller}/linked"] = f"-> {posixpath.relpath(called, caller)}"
                source = "./linked"
            parts.insert(draw(st.integers(0, len(parts))), module(source))
        files[f"{caller}/main.tf"] = AWS + "".join(parts)
    return files, directories


@st.composite
def _with(draw: st.DrawFn, construct: Construct) -> tuple[dict[str, str], str, int]:
    """A tree with a construct anywhere; the file it is in and the line that it is refused at."""
    files, directories = draw(_trees())
    directory = draw(st.sampled_from(directories))
    mark = _MARK
    if draw(st.booleans()):
        path = f"{directory}/{draw(st.sampled_from(_NATIVE_NAMES))}"
        around = st.lists(st.sampled_from(_FILLERS), max_size=3).map("".join)
        text = files.get(path, "") + draw(around) + construct.native + draw(around)
        if draw(st.booleans()):
            text = text.replace("\n", "\r\n")
    else:
        path = f"{directory}/{draw(st.sampled_from(_JSON_NAMES))}"
        fillers = draw(st.lists(st.sampled_from(_JSON_FILLERS), max_size=2))
        place = draw(st.integers(0, len(fillers)))
        pairs = [*fillers[:place], construct.json, *fillers[place:]]
        # An array of objects, as HCL reads the body of a file; or one object with equal keys.
        text = json.dumps(pairs, indent=draw(st.sampled_from([1, 4])))
        if draw(st.booleans()):
            members = [json.dumps(pair, indent=1)[1:-1].rstrip("\n") for pair in pairs]
            text = "{" + ",".join(members) + "\n}\n"
        if draw(st.booleans()):
            text = _escaped(text, draw)
        mark = construct.json_mark
    line = text[: text.index(mark)].count("\n") + 1
    return {**files, path: text}, path, line


def _escaped(text: str, draw: st.DrawFn) -> str:
    """The same JSON with a letter of a name written otherwise."""
    for name in ("external", "provisioner", "data", "source", "resource"):
        if draw(st.booleans()):
            text = text.replace(f'"{name}"', f'"\\u{ord(name[0]):04x}{name[1:]}"')
    return text


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda each: each.rule)
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_a_forbidden_construct_anywhere_is_refused_at_its_line(
    construct: Construct, data: st.DataObject
) -> None:
    files, path, line = data.draw(_with(construct))
    found = guard(tree({}), tree(files), files, _SETTINGS)
    assert (construct.rule, path, line) in {(each.rule, each.file, each.line) for each in found}


@settings(deadline=None, max_examples=150)
@given(_trees())
def test_what_only_looks_forbidden_is_not_refused(made: tuple[dict[str, str], list[str]]) -> None:
    files, _ = made
    assert guard(tree({}), tree(files), files, _SETTINGS) == ()


def test_terraform_reads_what_is_generated(tmp_path: Path) -> None:
    texts = {f"native{n}": ("a.tf", each.native) for n, each in enumerate(CONSTRUCTS)}
    texts |= {f"json{n}": ("a.tf.json", json.dumps(c.json)) for n, c in enumerate(CONSTRUCTS)}
    texts |= {f"filler{n}": ("a.tf", each) for n, each in enumerate(_FILLERS)}
    texts |= {f"other{n}": ("a.tf.json", json.dumps(e)) for n, e in enumerate(_JSON_FILLERS)}
    for name, (file, text) in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text)
    # It raises ValueError for what Terraform does not read.
    assert len(terraform_read_all([tmp_path / name for name in texts])) == len(texts)
