"""lockgate guard: what would run code or leave the repository is refused, in disguise too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.base import paths
from lockgate.guarding.guard import guard
from lockgate.guarding.guard_finding import FIXES, GuardFinding
from lockgate.guarding.guard_sources import module_allowed, module_host, provider_allowed
from lockgate.repository.file_tree import FILE, LINK, FileTree
from lockgate.repository.pipeline_settings import PipelineSettings
from tests.repository.git_repositories import AWS, BACKEND, GitFiles, module

ROOT = paths.repository_root(Path(__file__))
BASE = {
    "lockgate.yaml": "pipeline: {modules: [acme/], hosts: [registry.terraform.io]}\n",
    "envs/dev/main.tf": AWS + module("../../modules/a"),
    "envs/dev/backend.tf": BACKEND,
    "infra/web/main.tf": AWS + 'provider "aws" {\n}\n',
    "modules/a/main.tf": AWS + 'resource "aws_vpc" "a" {\n  tags = { a = "$${x}" }\n}\n',
}
SETTINGS = PipelineSettings(modules=("acme/", "git::https://git.example.com/acme"))
LABEL = SETTINGS.protected_paths_label
M = "modules/a/x.tf"


def tree(files: dict[str, str]) -> FileTree:
    """Files in memory; "-> x" is a link."""
    kinds = {path: LINK if text.startswith("-> ") else FILE for path, text in files.items()}
    return FileTree(kinds, lambda path: files[path].removeprefix("-> ").encode())


def refused(change: dict[str, str], *labels: str) -> list[GuardFinding]:
    return list(guard(tree(BASE), tree({**BASE, **change}), change, SETTINGS, labels))


def new_backend(line: str) -> str:
    return f'terraform {{\n  backend "s3" {{\n    {line}\n  }}\n}}\n'


def remote_state(config: str) -> str:
    return f'data "terraform_remote_state" "x" {{\n  backend = "s3"\n  config = {config}\n}}\n'


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (M, remote_state('{ bucket = "b", key = local.key, "region" = "x" }')),
        (
            M,
            'provider "aws" {\n  use_fips_endpoint = true\n  dynamic "assume_role" {\n'
            "    for_each = [1]\n    content {\n      role_arn = var.role\n    }\n  }\n"
            "  default_tags {\n    tags = { (var.a) = 1, web_endpoint = var.b }\n  }\n}\n",
        ),
        (
            M,
            'terraform {\n  encryption {\n    key_provider "aws_kms" "x" {\n      region = "x"\n'
            '    }\n    method "aes_gcm" "y" {\n      keys = key_provider.aws_kms.x\n    }\n'
            "  }\n}\n",
        ),
        (M + ".json", '{"terraform": {"required_version": ">= 1", "experiments": ["x"]}}'),
    ],
)
def test_what_leads_nowhere_else_passes(file: str, text: str) -> None:
    assert refused({file: text}) == []


@pytest.mark.parametrize(
    ("text", "rule", "cause"),
    [
        ('module "m" {\n  source = "./link/../evil"\n}\n', "module", "goes up from a link"),
        ('locals {\n  a = file("link/../../../../etc/x")\n}\n', "path", "leads out of"),
        ('locals {\n  a = file("${path.module}/link/../b")\n}\n', "path", "goes up from a link"),
    ],
)
def test_a_path_that_goes_up_from_a_link_is_refused(text: str, rule: str, cause: str) -> None:
    # Terraform reads envs/dev/evil; who follows the link reads modules/a/b/evil.
    change = {
        "envs/dev/link": "-> ../../modules/a/b/c",
        "modules/a/b/c/main.tf": AWS,
        "modules/a/b/evil/main.tf": AWS,
        "envs/dev/evil/main.tf": 'data "external" "x" {}\n',
        "envs/dev/x.tf": text,
    }
    found = refused(change)
    assert [(each.file, each.rule) for each in found] == [("envs/dev/x.tf", rule)]
    assert cause in found[0].cause


def test_what_is_allowed_passes() -> None:
    text = (
        'module "b" {\n  source = "acme/b/aws"\n}\nlocals { a = file("${path.module}/main.tf") }\n'
    )
    assert refused({M: text.replace("{ a", "{\n a").replace(" }\n", "\n}\n")}) == []


CASES: list[tuple[str, str, str, int]] = [
    # rule, file, text, line
    ("external-data", M, '\ndata "external" "x" {}\n', 2),
    ("external-data", M, 'check "c" {\n  data "http" "x" {}\n}\n', 2),
    ("external-data", M + ".json", '{"data": {"external": {"x": {"program": ["sh"]}}}}', 1),
    ("external-data", M, 'data "ex\\u0074ernal" "x" {}\n', 1),
    # Text that only seems to open an interpolation, or to be a heredoc that goes on.
    ("external-data", M, 'locals {\n  a = "$${"\n}\ndata "http" "x" {}\n#"}\n', 4),
    ("external-data", M, 'locals {\n  a = <<E\n{"\nE\n}\ndata "http" "x" {}\n', 6),
    ("provisioner", M, 'resource "aws_vpc" "b" {\n  provisioner "local-exec" {}\n}\n', 2),
    (
        "provisioner",
        M + ".json",
        '{"resource": {"aws_vpc": {"b": [{"provisioner": [{"local-exec": {}}]}]}}}',
        1,
    ),
    ("provider", M, 'resource "null_resource" "b" {}\n', 1),
    ("provider", M, 'resource "aws_vpc" "b" {\n  provider = evil.x\n}\n', 1),
    ("provider", M, 'provider "evil" {}\n', 1),
    (
        "provider",
        M,
        'terraform {\n  required_providers {\n    aws = {\n      source = "evil/aws"\n'
        "    }\n  }\n}\n",
        4,
    ),
    (
        "provider",
        M + ".json",
        '{"terraform": [{"required_providers": {"aws": {"source": "evil/aws"}}}]}',
        1,
    ),
    ("provider", "envs/dev/.terraform.lock.hcl", 'provider "evil.example/a/b" {}\n', 1),
    ("host", M, 'provider "aws" {\n  endpoints {\n    s3 = "https://evil.example"\n  }\n}\n', 3),
    ("module", M, module("evil/b/aws"), 2),
    ("module", M, module("acme-evil/b/aws"), 2),
    ("module", M, module("git::https://git.example.com/acme/../evil/b"), 2),
    ("module", M, module("${var.x}/b"), 2),
    ("module", M, module("/tmp/x"), 2),
    ("module", M, module("../../../x"), 2),
    ("host", M, module("git::https://git.example.com/acme/b"), 2),
    ("credentials", M, 'provider "aws" {\n  shared_config_files = ["./x"]\n}\n', 2),
    ("backend", M, 'data "terraform_remote_state" "x" {\n  backend = "http"\n}\n', 1),
    ("backend", "envs/dev/backend.tf", BACKEND.replace('"state"', '"theirs"'), 2),
    ("host", "envs/dev/x.tf", "terraform {\n  cloud {}\n}\n", 2),
    ("path", M, 'locals {\n  a = file("/proc/self/environ")\n}\n', 2),
    ("path", M, 'locals {\n  a = file("~/.aws/credentials")\n}\n', 2),
    ("path", M, 'locals {\n  a = file("../../../x")\n}\n', 2),
    ("path", M, 'locals {\n  a = file("${path.module}/../../../x")\n}\n', 2),
    ("path", M, 'locals {\n  a = file("../../.git/config")\n}\n', 2),
    ("path", M, "locals {\n  a = file(var.x)\n}\n", 2),
    ("path", M, 'locals {\n  a = <<E\n${file("/etc/passwd")}\nE\n}\n', 3),
    ("path", M + ".json", '{"locals": {"a": "${file(\\"/etc/passwd\\")}"}}', 1),
    ("path", M, 'locals {\n  a = fileset(path.module, "../../../*")\n}\n', 2),
    ("path", M, "locals {\n  a = templatestring(var.x, {})\n}\n", 2),
    ("path", M, 'locals {\n  a = core::file("/etc/passwd")\n}\n', 2),
    *[
        ("host", "envs/new/main.tf", new_backend(f'{name} = "http://evil.example"'), 3)
        for name in ("sts_endpoint", "iam_endpoint", "ec2_metadata_service_endpoint")
    ],
    (
        "host",
        M,
        'provider "aws" {\n  dynamic "endpoints" {\n    for_each = [1]\n    content {\n'
        '      sts = "http://evil.example"\n    }\n  }\n}\n',
        5,
    ),
    ("backend", M, remote_state("local.x"), 3),
    ("backend", M, remote_state('merge({}, { sts_endpoint = "http://evil.example" })'), 3),
    ("backend", M, remote_state('{ (local.x) = "http://evil.example" }'), 3),
    ("host", M, remote_state('{ a = { "endpoints" = { sts = "http://evil.example" } } }'), 3),
    (
        "credentials",
        M,
        'provider "aws" {\n  assume_role_with_web_identity {\n'
        '    web_identity_token_file = "/x"\n  }\n}\n',
        3,
    ),
    # OpenTofu's, which runs a program.
    (
        "engine-override",
        M,
        'terraform {\n  encryption {\n    key_provider "external" "x" {}\n  }\n}\n',
        3,
    ),
    (
        "engine-override",
        M + ".json",
        '{"terraform": {"encryption": {"method": {"external": {"x": {}}}}}}',
        1,
    ),
    ("engine-override", M, 'terraform {\n  state_store "x" {}\n}\n', 2),
    ("syntax", M, "locals {\n", 1),
    ("syntax", "envs/dev/terraform.tfvars", "a = \n", 1),
    ("syntax", M + ".json", '{"a": \n', 2),
    ("link", "docs/x", "-> ../../etc", 1),
    ("link", "docs/x", "-> /etc", 1),
    ("link", "docs/x", "-> ../.git/config", 1),
    ("engine-override", ".env", "# ok\nTF_VAR_x=1\n", 2),
    ("engine-override", "deploy.sh", "export TF_CLI_ARGS_plan=-var=x=1\n", 1),
    ("engine-override", "compose.yaml", "env:\n  TF_CLI_ARGS: -x\n", 2),
    ("engine-override", "envs/dev/a.auto.tfvars", 'TF_CLI_ARGS = "x"\n', 1),
    ("engine-override", ".terraformrc", "", 1),
    ("engine-override", "x/rc.conf", "provider_installation {\n  dev_overrides {\n", 2),
    ("engine-files", "envs/dev/.terraform/modules/modules.json", "{}", 1),
    ("engine-files", "envs/dev/terraform.d/plugins/x", "", 1),
    ("protected-path", ".github/workflows/a.yml", "a", 1),
    ("protected-path", "lockgate.yaml", "a: 1", 1),
    ("environment", "infra/web/main.tf", 'resource "aws_vpc" "b" {\n}\n', 1),
]


@pytest.mark.parametrize(("rule", "file", "text", "line"), CASES)
def test_it_is_refused_with_its_line(rule: str, file: str, text: str, line: int) -> None:
    found = refused({file: text})
    assert (rule, file, line) in [(each.rule, each.file, each.line) for each in found], found


def test_there_is_a_case_for_every_refusal() -> None:
    assert {rule for rule, *_ in CASES} == set(FIXES)


def test_every_refusal_has_its_entry_in_the_runbook() -> None:
    text = (ROOT / "docs" / "guard.md").read_text()
    assert [fix for fix in FIXES if f"\n### {fix}\n" not in text] == []


def test_a_template_that_is_read_is_followed() -> None:
    change = {
        M: 'locals {\n  a = templatefile("${path.module}/t.tftpl", {})\n}\n',
        "modules/a/t.tftpl": 'x\n${file("/proc/self/environ")}\n',
    }
    assert [(each.file, each.line) for each in refused(change)] == [("modules/a/t.tftpl", 2)]


def test_an_override_file_is_judged_as_any_other() -> None:
    assert refused({"envs/dev/x_override.tf": module("evil/b/aws")})
    assert refused({"envs/dev/main.tofu": 'data "http" "x" {}\n'})


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("deploy.sh", "# The password comes from TF_VAR_password=... in the pipeline\nexit 0\n"),
        ("compose.yaml", "env:\n  # TF_CLI_ARGS: is not set\n  A: b\n"),
        (".env", "# TF_VAR_x is set elsewhere\nA=b\n"),
        ("envs/dev/terraform.tfvars", 'a = "b" # or by TF_VAR_a\n# TF_VAR_c = "d"\n'),
    ],
)
def test_a_comment_sets_nothing(file: str, text: str) -> None:
    assert refused({file: text}) == []


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("deploy.sh", "export A\\\n# TF_CLI_ARGS=-x\n", 2),
        ("deploy.cmd", "# & set TF_CLI_ARGS=-x\n", 1),
        ("deploy.sh", "//usr/bin/env TF_CLI_ARGS=-x terraform plan\n", 1),
    ],
)
def test_what_only_looks_like_a_comment_is_refused(file: str, text: str, line: int) -> None:
    assert [(each.rule, each.line) for each in refused({file: text})] == [("engine-override", line)]


@pytest.mark.parametrize(
    ("pipeline", "protected"),
    [
        ({}, []),
        ({".github/workflows/a.yml": "run: terraform plan\n"}, []),
        ({".github/workflows/a.yml": "run: ./scripts/plan\n"}, ["scripts/plan"]),
        ({".gitlab-ci.yml": "script: make plan\n", "Makefile": "plan:\n"}, ["Makefile"]),
        (
            {"Jenkinsfile": "sh 'make'\n", "Makefile": "all:\n\tscripts/plan\n"},
            ["Makefile", "scripts/plan"],
        ),
    ],
)
def test_a_directory_is_the_pipelines_where_the_pipeline_uses_it(
    pipeline: dict[str, str], protected: list[str]
) -> None:
    change = {"scripts/plan": "echo\n", "Makefile": "all:\n", "ci/x": "x\n"}
    before = {**BASE, **pipeline}
    found = guard(tree(before), tree({**before, **change}), change, SETTINGS)
    assert [each.file for each in found if each.rule == "protected-path"] == protected


def test_what_the_settings_protect_is_protected_whoever_uses_it() -> None:
    settings = PipelineSettings(protected_paths=("scripts/",))
    change = {"scripts/plan": "echo\n"}
    (found,) = guard(tree(BASE), tree({**BASE, **change}), change, settings)
    assert (found.rule, found.file) == ("protected-path", "scripts/plan")


def test_the_label_lets_protected_paths_and_the_backend_change_and_nothing_else() -> None:
    moved = {"lockgate.yaml": "a: 1", "envs/dev/backend.tf": BACKEND.replace("state", "other")}
    assert refused(moved, "another-label")
    assert refused(moved, LABEL) == []
    assert refused({M: 'data "http" "x" {}\n'}, LABEL)


def test_what_was_there_before_is_refused_as_well() -> None:
    files = {**BASE, M: 'data "http" "x" {}\n'}
    assert guard(tree(files), tree(files), (), SETTINGS)


@pytest.mark.parametrize(
    ("source", "host"),
    [
        ("acme/b/aws", "registry.terraform.io"),
        ("reg.example.com/acme/b/aws", "reg.example.com"),
        ("github.com/acme/b//sub?ref=1", "github.com"),
        ("git@github.com:acme/b.git", "github.com"),
        ("git::ssh://git@host.example/b", "host.example"),
        ("git::https://github.com@evil.example/b", "evil.example"),
        ("s3::https://s3.amazonaws.com/b", "s3.amazonaws.com"),
        ("acme/b", None),
    ],
)
def test_the_host_of_a_module(source: str, host: str | None) -> None:
    assert module_host(source) == host


def test_names_are_compared_whole() -> None:
    assert provider_allowed("registry.opentofu.org/hashicorp/AWS", ["hashicorp/aws"])
    assert not provider_allowed("evil.example/hashicorp/aws", ["hashicorp/aws"])
    assert not provider_allowed("hashicorp/aws2", ["hashicorp/aws"])
    assert module_allowed("git::https://x/acme?ref=1", ["git::https://x/acme"])
    assert not module_allowed("git::https://x/acme@evil.example/b", ["git::https://x/acme"])


def test_the_command_takes_the_settings_of_the_base(tmp_path: Path) -> None:
    repository = GitFiles.make(tmp_path / "repository", BASE)
    assert repository.lockgate("guard", "--base", "main").returncode == 0
    repository.commit(
        {
            "lockgate.yaml": "pipeline: {providers: [evil/x], protected_paths: []}\n",
            M: 'terraform {\n  required_providers {\n    x = { source = "evil/x" }\n  }\n}\n',
        }
    )
    finished = repository.lockgate("guard", "--base", "main", "--json")
    assert finished.returncode == 1, finished.stderr
    answer = json.loads(finished.stdout)
    assert not answer["passes"]
    assert [
        (finding["rule"], finding["file"], finding["line"]) for finding in answer["findings"]
    ] == [
        ("protected-path", "lockgate.yaml", 1),
        ("provider", M, 3),
    ]
    said = repository.lockgate("guard", "--base", "main", "--label", LABEL).stdout
    assert f"{M}:3: provider: the provider 'evil/x' is not allowed. Use an allowed" in said
    assert repository.lockgate("guard", "--base", "nowhere").returncode == 2


def test_this_repository_passes() -> None:
    finished = GitFiles(ROOT).lockgate("guard", "--base", "HEAD", "--label", LABEL)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_a_file_name_stays_in_its_line() -> None:
    (found,) = refused({"x\n::error::y\x1b[2K/.terraform/a": ""})
    assert str(found).startswith("x ::error::y<U+001B>[2K/.terraform/a:1: engine-files: ")


def test_an_environment_may_not_work_on_the_state_of_another() -> None:
    # With the label either: two environments on one state destroy each other.
    change = {"envs/new/main.tf": AWS, "envs/new/b.tf": BACKEND.replace("dev", "./dev")}
    (found,) = refused(change, LABEL)
    assert (found.file, found.line, found.rule) == ("envs/new/b.tf", 2, "backend")
    assert "the state of new is that of dev" in found.cause
    assert refused({**change, "envs/new/b.tf": BACKEND.replace("dev", "new")}) == []
    empty = 'terraform {\n  backend "s3" {}\n}\n'
    assert refused({**change, "envs/new/b.tf": empty, "envs/newer/b.tf": empty}) == []


@pytest.mark.parametrize(
    "text",
    [
        'locals {\n  a = "\x1b[31mred\x1b[0m"\n}\n',
        "# page\fbreak\x00\x1b\nlocals { a = 1 }\n",
        "/* \x07\r */\n",
        'locals {\n  a = "cost $$${1 + 1} %%%{ if"\n}\n',
        'locals {\n  a = <<E\n\x1b[1m\f$$$${file("/etc/passwd")}\nE \t\n}\n',
        '\ufefflocals {\n  größe = { "日本" = 1 }\n}\n',
        "locals { u\u0308ber = 1 }\n",
        'locals {\n  a = /* why */ core::file("${path.module}/main.tf") # so\n}\n',
        'locals {\n  a = "${path.module ~} /../../docs"\n}\n',
    ],
)
def test_what_terraform_reads_is_not_refused_for_its_characters(text: str) -> None:
    assert refused({M: text}) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # `~}` takes the blank away: Terraform climbs out of the repository.
        ('locals {\n  a = file("${path.module ~} /../../../etc/passwd")\n}\n', 2),
        ('locals {\n  a = file("${path.module~}\\n/../../../etc/passwd")\n}\n', 2),
        ('locals {\n  a = core::templatefile("/etc/passwd", {})\n}\n', 2),
        ('locals {\n  a = core::templatestring("x", {})\n}\n', 2),
        ('locals {\n  a = core :: fileset("/etc", "*")\n}\n', 2),
    ],
)
def test_a_file_is_not_read_in_a_form_that_hides_it(text: str, line: int) -> None:
    assert ("path", M, line) in [(each.rule, each.file, each.line) for each in refused({M: text})]


@pytest.mark.parametrize("name", ["main.tofu", "main.tofu.json"])
def test_an_environment_of_tofu_files_alone_is_looked_at(name: str) -> None:
    native = 'output "x" {\n  value = file("/etc/hostname")\n}\n'
    as_json = '{"output":\n {"x": {"value": "${file(\\"/etc/hostname\\")}"}}}'
    text = as_json if name.endswith(".json") else native
    (found,) = refused({f"envs/b/{name}": text})
    assert (found.rule, found.file, found.line) == ("path", f"envs/b/{name}", 2)


@pytest.mark.parametrize(
    "name", ["override.tf", "x_override.tf", "x_override.tf.json", "backend.tofu", "override.tofu"]
)
def test_a_state_is_not_moved_by_an_override(name: str) -> None:
    text = BACKEND.replace('"dev"', '"elsewhere"')
    if name.endswith(".json"):
        text = '{"terraform": {"backend": {"s3": {"bucket": "state", "key": "elsewhere"}}}}'
    (found,) = refused({f"envs/dev/{name}": text})
    assert (found.rule, found.file) == ("backend", f"envs/dev/{name}")
    assert refused({f"envs/dev/{name}": text}, LABEL) == []


def test_an_override_that_says_the_same_moves_nothing() -> None:
    assert refused({"envs/dev/override.tf": "# the same\n" + BACKEND}) == []


def test_an_override_may_not_share_the_state_of_another() -> None:
    change = {
        "envs/new/main.tf": AWS,
        "envs/new/b.tf": BACKEND.replace("dev", "new"),
        "envs/new/override.tf": BACKEND,
    }
    (found,) = refused(change, LABEL)
    assert (found.file, found.rule) == ("envs/new/override.tf", "backend")
    assert "the state of new is that of dev" in found.cause


TWO = {
    "lockgate.yaml": "environments: {prod: {production: true}}\n",
    "infra/main.tf": AWS + new_backend('bucket = "b"') + 'provider "aws" {\n}\n',
    "infra/prod.tfvars": "",
    "infra/prod.tfbackend": 'key = "prod"\n',
    "infra/dev.tfvars": "",
    "infra/dev.tfbackend": 'key = "dev"\n',
}
ROOT_MODULE = AWS + 'provider "aws" {\n}\n'


def changed(files: dict[str, str], change: dict[str, str], *labels: str) -> list[GuardFinding]:
    return list(guard(tree(files), tree({**files, **change}), change, SETTINGS, labels))


def test_variable_files_and_backend_files_may_change() -> None:
    same = '# as before\nkey = "prod"\n'
    assert changed(TWO, {"infra/prod.tfvars": "a = 1\n", "infra/prod.tfbackend": same}) == []


@pytest.mark.parametrize(
    ("file", "text", "rule", "said"),
    [
        ("infra/prod.tfbackend", 'key = "x"\n', "backend", "the state of prod would be elsewhere"),
        ("infra/prod.tfbackend", 'key = "dev"\n', "backend", "prod would be elsewhere"),
        ("infra/prod.tfbackend", 'endpoint = "http://evil.example"\n', "host", "evil.example"),
        ("infra/prod.tfbackend", "key = \n", "syntax", "does not parse"),
        ("infra/prod.tfbackend", 'shared_credentials_file = "x"\n', "credentials", "is set"),
        ("web/main.tf", ROOT_MODULE, "environment", "prod would be called infra-prod"),
    ],
)
def test_what_is_found_and_not_said_may_not_change_by_the_way(
    file: str, text: str, rule: str, said: str
) -> None:
    findings = changed(TWO, {file: text})
    assert [found for found in findings if found.rule == rule and said in found.cause], findings


def test_a_name_that_nothing_is_said_of_may_change() -> None:
    assert changed({**TWO, "lockgate.yaml": ""}, {"web/main.tf": ROOT_MODULE}) == []


def test_variable_files_of_one_root_module_need_no_states_that_are_told_apart() -> None:
    files = {path: text for path, text in TWO.items() if not path.endswith(".tfbackend")}
    files["infra/main.tf"] = BACKEND + ROOT_MODULE
    assert changed(files, {"infra/prod.tfvars": "a = 1\n"}) == []


def test_environments_that_are_named_must_have_states_of_their_own() -> None:
    entry = "{directory: infra, var_files: [infra/%s.tfvars]%s}"
    files = {**TWO, "infra/main.tf": AWS + BACKEND}
    change = {"infra/dev.tfvars": "a = 1\n"}
    alike = f"environments: {{a: {entry % ('dev', '')}, b: {entry % ('prod', '')}}}\n"
    (found,) = changed({**files, "lockgate.yaml": alike}, change)
    assert found.cause == "the state of b is that of a, which it would change"
    apart = f"environments: {{a: {entry % ('dev', ', workspace: x')}, b: {entry % ('prod', '')}}}\n"
    assert changed({**files, "lockgate.yaml": apart}, change) == []
