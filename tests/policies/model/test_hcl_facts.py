"""The facts of valid HCL are read, in every form that Terraform accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.judging.static_check import check_static
from lockgate.repository.environments import discover
from lockgate.verdict.verdict import EnvironmentVerdict
from lockgate_policies.catalogue.finding import Verdict
from lockgate_policies.catalogue.rule_files import load_rules
from lockgate_policies.model.hcl_facts import HclFacts
from lockgate_policies.model.hcl_reader import read_facts, read_module

ROOT = paths.repository_root(Path(__file__))
RULES = load_rules()
AWS = {"source": "hashicorp/aws", "version": ">= 3.39, < 7.0"}
BACKEND = {"bucket": "b", "key": "a/terraform.tfstate", "region": "us-east-1"}
VERSIONS = """\
terraform {
  required_version = ">= 1.10, < 2.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
  backend "s3" {
    bucket       = "b"
    key          = "a/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
"""


def environment(root: Path, files: dict[str, str | bytes]) -> EnvironmentVerdict:
    """The static verdict on the environment ``a`` of these files."""
    directory = root / "envs" / "a"
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (verdict,) = check_static(discover(root), RULES).environments
    return verdict


def verdicts(verdict: EnvironmentVerdict) -> dict[str, Verdict]:
    assert verdict.engine_error == ""
    return {finding.rule: finding.verdict for finding in verdict.findings}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("locals {\n  größe = 3\n}\n", "größe", "3"),
        ("locals { u\u0308ber = 1 }", "u\u0308ber", "1"),
        ("locals { 日本 = 日本.é }\n", "日本", "日本.é"),
        ('locals { m = { "日本" = a.b, größe = "ß", "emoji 🎉" = "x" } }\n', "m", "a.b ß x"),
        ("\ufefflocals { a = 1 }\n", "a", "1"),
        ("locals {\n  a = core::file(b.c)\n}\n", "a", "core::file(b.c)"),
        (
            "locals {\n  a = provider::aws::arn_parse(b.c)\n}\n",
            "a",
            "provider::aws::arn_parse(b.c)",
        ),
        ("locals {\n  a = <<-E\n    b\n  E \t\n}\n", "a", "    b\n"),
        ("locals {\n  a = /* why */ b.c # so\n}\n", "a", "b.c"),
        ("locals {\n  a = ( # why\n    b.c\n  )\n}\n", "a", "(b.c)"),
        ('locals {\n  a = "\x1b[31m"\n}\n', "a", "\x1b[31m"),
        ("# page\fbreak\nlocals { a = 1 }\n", "a", "1"),
        ('locals {\n  a = "cost $$${1 + 1}"\n}\n', "a", "cost $${1 + 1}"),
        ('locals {\n  a = "x-${b.c}-y"\n}\n', "a", "x-${b.c}-y"),
        ('locals {\n  a = "${b.c}"\n}\n', "a", "b.c"),
        ('locals {\n  a = [b.c, "${d.e}",\n    f["g"]]\n}\n', "a", 'b.c d.e f["g"]'),
        (
            "locals {\n  a = {\n    b = c.d\n    (e) = f.g\n  }.b\n}\n",
            "a",
            "{b = c.d, (e) = f.g}.b",
        ),
    ],
)
def test_what_terraform_accepts_is_read(tmp_path: Path, text: str, name: str, value: str) -> None:
    (tmp_path / "main.tf").write_bytes(text.encode())
    assert read_module(tmp_path, tmp_path)["locals"] == {name: value}


@pytest.mark.parametrize("name", ["büro", "u\u0308ber", "日本", "a-ö"])
def test_resources_of_any_name_are_referred_to(tmp_path: Path, name: str) -> None:
    (tmp_path / "main.tf").write_text(
        f'resource "terraform_data" "{name}" {{}}\n'
        f'output "o" {{\n  value = terraform_data.{name}.id\n}}\n'
    )
    facts = HclFacts(read_facts(tmp_path, tmp_path)["modules"])
    assert facts.location((), "terraform_data", name) == "main.tf:1"
    text = facts.output((), "o")
    assert text is not None
    assert HclFacts.references_in(text) == [f"terraform_data.{name}.id"]
    assert HclFacts.outputs_used(f"module.a.{name}", "a") == {name}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + VERSIONS,
        VERSIONS.replace("\n", "\r\n"),
        VERSIONS.replace("= true", "= /* always */ true"),
        VERSIONS + "# page\fbreak \x1b \0\n",
        VERSIONS + 'locals {\n  größe = { "日本" = "\x1b[31m" }\n}\n',
    ],
)
def test_the_state_is_judged_however_the_file_is_written(tmp_path: Path, text: str) -> None:
    assert verdicts(environment(tmp_path, {"versions.tf": text})) == verdicts(
        environment(tmp_path / "plain", {"versions.tf": VERSIONS})
    )


def test_bytes_that_are_not_utf_8_may_stand_in_a_comment(tmp_path: Path) -> None:
    found = environment(tmp_path, {"versions.tf": b"# \xe4\n" + VERSIONS.encode()})
    assert verdicts(found)["LG_STATE_2"] is Verdict.PASS


@pytest.mark.parametrize("encrypt", [True, False])
def test_a_root_in_json_syntax_gets_the_verdict_of_a_native_one(
    tmp_path: Path, encrypt: bool
) -> None:
    backend = {**BACKEND, "encrypt": encrypt, "use_lockfile": encrypt}
    document = {
        "terraform": {
            "required_version": ">= 1.10, < 2.0",
            "required_providers": {"aws": AWS},
            "backend": {"s3": backend},
        }
    }
    native = VERSIONS if encrypt else VERSIONS.replace("= true", "= false")
    expected = verdicts(environment(tmp_path / "native", {"versions.tf": native}))
    assert expected["LG_STATE_1"] is (Verdict.PASS if encrypt else Verdict.FAIL)
    for name, content in {
        "object": document,
        "lists": {"terraform": [document["terraform"]]},
        "list": [document],
    }.items():
        files: dict[str, str | bytes] = {"versions.tf.json": json.dumps(content)}
        assert verdicts(environment(tmp_path / name, files)) == expected


def test_a_call_in_json_syntax_says_what_a_native_one_says(tmp_path: Path) -> None:
    call = {
        "source": "../../modules/two_region_service",
        "providers": {"aws.primary": "aws", "aws.secondary": "aws.secondary"},
        "zones": ["us-east-1a", "us-east-1b"],
        "subnets": "${aws_subnet.a[*].id}",
        "name": "web-${var.name}",
        "tags": {"a": "${local.b}"},
        "https_enabled": True,
        "count": 3,
    }
    native = """\
module "service" {
  source = "../../modules/two_region_service"
  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }
  zones         = ["us-east-1a", "us-east-1b"]
  subnets       = aws_subnet.a[*].id
  name          = "web-${var.name}"
  tags          = { a = local.b }
  https_enabled = true
  count         = 3
}
"""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "main.tf").write_text(native)
    (tmp_path / "b" / "main.tf.json").write_text(json.dumps({"module": {"service": call}}))
    read = [read_module(tmp_path / name, tmp_path)["calls"]["service"] for name in "ab"]
    for each in read:
        del each["file"]
    assert read[0] == read[1]
    assert read[1]["providers"] == {"aws.primary": "aws", "aws.secondary": "aws.secondary"}


def test_an_override_that_weakens_the_state_is_judged(tmp_path: Path) -> None:
    weaker = VERSIONS[VERSIONS.index("  backend") : -2].replace("= true", "= false")
    files: dict[str, str | bytes] = {
        "versions.tf": VERSIONS,
        "override.tf": f"terraform {{\n{weaker}}}\n",
    }
    found = verdicts(environment(tmp_path, files))
    assert (found["LG_STATE_1"], found["LG_STATE_2"]) == (Verdict.FAIL, Verdict.FAIL)


def test_an_override_that_hardens_the_state_is_judged(tmp_path: Path) -> None:
    backend = {**BACKEND, "encrypt": True, "use_lockfile": True}
    files: dict[str, str | bytes] = {
        "versions.tf": VERSIONS.replace("= true", "= false"),
        "z_override.tf.json": json.dumps({"terraform": {"backend": {"s3": backend}}}),
    }
    found = verdicts(environment(tmp_path, files))
    assert (found["LG_STATE_1"], found["LG_STATE_2"]) == (Verdict.PASS, Verdict.PASS)


def test_an_override_of_nothing_is_no_pass(tmp_path: Path) -> None:
    found = environment(tmp_path, {"versions.tf": VERSIONS, "override.tf": 'module "m" {}\n'})
    assert not found.passes
    assert "override.tf:1: overrides module.m, which is nowhere" in str(found.engine_error)


def test_a_link_to_nowhere_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    directory = tmp_path / "envs" / "a"
    directory.mkdir(parents=True)
    (directory / "more.tf").symlink_to("nowhere.tf")
    found = environment(tmp_path, {"versions.tf": VERSIONS})
    assert "more.tf:1: cannot be read" in str(found.engine_error)


def test_an_environment_of_tofu_files_alone_is_judged(tmp_path: Path) -> None:
    found = verdicts(environment(tmp_path, {"versions.tofu": VERSIONS}))
    assert found["LG_STATE_1"] is Verdict.PASS


def test_opentofu_judges_what_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str | bytes] = {
        "versions.tf": VERSIONS,
        "versions.tofu": VERSIONS.replace("= true", "= false"),
    }
    assert verdicts(environment(tmp_path, files))["LG_STATE_2"] is Verdict.PASS
    # Whatever it is called, it says what it is.
    engine = tmp_path / "engine"
    engine.write_text("#!/bin/sh\necho OpenTofu v1.9.0\n")
    engine.chmod(0o755)
    monkeypatch.setenv("LOCKGATE_TERRAFORM", str(engine))
    assert verdicts(environment(tmp_path, files))["LG_STATE_2"] is Verdict.FAIL
