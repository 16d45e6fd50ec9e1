"""lockgate affected: what a change can alter, as git and the modules tell it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lockgate.repository import environments
from lockgate.repository.affected import find_affected
from tests.repository.git_repositories import GitFiles, module

FILES = {
    "lockgate.yaml": "defaults: {recovery_time_objective: 200}\n",
    "README.md": "words\n",
    "envs/dev/main.tf": module("../../modules/service", "service"),
    "envs/dev/terraform.tfvars": 'size = "small"\n',
    "envs/dev/.terraform.lock.hcl": "# none\n",
    "envs/prod/main.tf": module("../../modules/other"),
    "modules/service/main.tf": module("../network", "network_primary"),
    "modules/network/main.tf": 'resource "aws_vpc" "this" {\n  user_data = "x"\n}\n',
    "modules/network/README.md": "words\n",
    "modules/other/main.tf": "",
    "modules/unused/main.tf": "",
    "shared/a.json": "{}\n",
    "shared/deep/b.json": "{}\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> GitFiles:
    return GitFiles.make(tmp_path / "repository", FILES)


def names(repository: GitFiles) -> tuple[str, ...]:
    return find_affected(repository.root, "main").names


def reasons(repository: GitFiles, environment: str = "dev") -> tuple[str, ...]:
    found = find_affected(repository.root, "main").environments
    return next((each.reasons for each in found if each.name == environment), ())


def test_a_nested_module_is_named_with_the_way_to_it(repository: GitFiles) -> None:
    repository.commit({"modules/network/main.tf": "# other\n"})
    finished = repository.lockgate("affected", "--base", "main")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == (
        "dev\n"
        "  modules/network/main.tf changed, used through "
        "module.service.module.network_primary\n"
        "Not affected: prod\n"
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README.md", ()),
        ("modules/network/README.md", ()),
        ("modules/unused/main.tf", ()),
        ("modules/unused/new.tf", ()),
        ("modules/service/main.tf", ("dev",)),
        ("modules/service/new.tf.json", ("dev",)),
        ("modules/other/main.tf", ("prod",)),
        ("envs/dev/terraform.tfvars", ("dev",)),
        ("envs/dev/new.auto.tfvars.json", ("dev",)),
        ("envs/dev/.terraform.lock.hcl", ("dev",)),
        ("waivers.yaml", ("dev", "prod")),
        ("policies/rules/lb/lg_lb_1.py", ("dev", "prod")),
    ],
)
def test_a_changed_or_new_file_affects_who_uses_it(
    repository: GitFiles, path: str, expected: tuple[str, ...]
) -> None:
    text = "{}" if path.endswith(".json") else "# new\n"
    repository.commit({path: text})
    assert names(repository) == expected


@pytest.mark.parametrize("path", [p for p in FILES if p.startswith(("envs/dev", "modules/netw"))])
def test_a_deleted_file_affects_who_used_it(repository: GitFiles, path: str) -> None:
    repository.commit({path: None, "envs/dev/providers.tf": "" if path.endswith("x") else None})
    found = find_affected(repository.root, "main").environments
    listed = [each.name for each in found]
    assert listed == ([] if path.endswith("README.md") else ["dev"])


def test_what_is_not_committed_counts_too(repository: GitFiles) -> None:
    repository.write({"modules/service/untracked.tf": "", "modules/other/main.tf": "# staged\n"})
    repository.git("add", "modules/other")
    assert names(repository) == ("dev", "prod")


def test_what_the_work_tree_puts_back_counts_as_committed(repository: GitFiles) -> None:
    repository.commit({"modules/other/main.tf": "# committed\n"})
    repository.write({"modules/other/main.tf": ""})
    assert names(repository) == ("prod",)


def test_what_others_merged_meanwhile_does_not_count(repository: GitFiles) -> None:
    repository.commit({"modules/other/main.tf": "# mine\n"})
    repository.git("checkout", "-q", "main")
    repository.commit({"modules/service/main.tf": "# theirs\n"})
    repository.git("checkout", "-q", "change")
    assert names(repository) == ("prod",)


def test_a_removed_module_call_affects(repository: GitFiles) -> None:
    repository.commit({"envs/dev/main.tf": "", "modules/network/main.tf": "# other\n"})
    assert "modules/network/main.tf changed, used through module.service.module" in str(
        reasons(repository)
    )


def test_new_and_deleted_environments_are_reported_as_such(repository: GitFiles) -> None:
    repository.commit(
        {
            "envs/prod/main.tf": None,
            "envs/qa/main.tf": "",
        }
    )
    finished = repository.lockgate("affected", "--base", "main", "--json")
    document = json.loads(finished.stdout)
    assert document["version"] == 1
    assert document["base"] == repository.git("rev-parse", "main")
    assert document["unaffected"] == ["dev"]
    assert document["environments"] == [
        {"environment": "prod", "deleted": True, "reasons": ["environment prod is deleted"]},
        {
            "environment": "qa",
            "deleted": False,
            "reasons": ["environment qa is new", "envs/qa/main.tf changed"],
        },
    ]
    matrix = repository.lockgate("affected", "--base", "main", "--matrix", "github")
    assert json.loads(matrix.stdout) == {"include": [{"environment": "qa"}]}


def test_settings_affect_whose_settings_they_change(repository: GitFiles) -> None:
    repository.commit(
        {
            "lockgate.yaml": "defaults: {recovery_time_objective: 200}\n"
            "environments: {prod: {production: true}}\n"
        }
    )
    assert names(repository) == ("prod",)
    assert reasons(repository, "prod") == ("lockgate.yaml changed production of prod",)
    repository.commit({"lockgate.yaml": "defaults: {recovery_time_objective: 201}\n"})
    assert names(repository) == ("dev", "prod")
    repository.commit({"lockgate.yaml": "defaults: {rto: 201}\n"})
    assert reasons(repository) == ("lockgate.yaml changed and is not usable",)
    repository.commit({"lockgate.yaml": "# only a word\n" + FILES["lockgate.yaml"]})
    assert names(repository) == ()


# What a module may say, the file that is then changed, and whether it counts.
READS = [
    ('a = file("../../shared/a.json")', "shared/a.json", True),
    ('a = file("${path.module}/../../shared/a.json")', "shared/a.json", True),
    ('a = "x ${file("${path.root}/../../shared/a.json")} y"', "shared/a.json", True),
    ('a = <<-EOT\n  ${file("../../shared/a.json")}\n  EOT\n', "shared/a.json", True),
    ('a = fileset("${path.module}/../../shared", "**")', "shared/deep/new.json", True),
    ('a = fileset("${path.module}/../../shared", "**")', "README.md", False),
    ('a = filemd5(("../../shared/a.json"))', "shared/a.json", True),
    ('a = templatefile("../../shared/a.json", {})', "shared/a.json", True),
    ('filename = "../../shared/a.json"', "shared/a.json", True),
    ('filename = "../../shared/${var.x}.json"', "shared/a.json", True),
    ('filename = "../../sha${var.x}/a.json"', "shared/a.json", True),
    ('filename = format("../../shared/%s.json", var.x)', "shared/a.json", True),
    ('source_dir = "../../shared"', "shared/deep/b.json", True),
    ('a = file("${path.module}/${var.x}")', "README.md", True),
    ("a = file(var.x)", "README.md", True),
    ('a = file(join("/", [path.module, "x"]))', "README.md", True),
    ('filename = format("%s/x", path.module)', "README.md", True),
    ('filename = "${var.x}/../../README.md"', "README.md", True),
    ("a = templatestring(local.t, {})", "README.md", True),
    ('a = fileset(path.module, "../../*.md")', "README.md", True),
    ('a = fileset(path.module, "*.md")', "README.md", False),
    ('a = "plain"', "README.md", False),
    ('a = "$${file("', "README.md", False),
]


@pytest.mark.parametrize(("argument", "changed", "counts"), READS)
@pytest.mark.parametrize("where", ["envs/dev/main.tf", "modules/network/main.tf"])
def test_files_that_expressions_read_count(
    repository: GitFiles, where: str, argument: str, changed: str, counts: bool
) -> None:
    text = FILES[where] + f'resource "aws_x" "read" {{\n  {argument}\n}}\n'
    repository.git("checkout", "-q", "main")
    repository.commit({where: text})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({changed: "# changed\n"})
    assert ("dev" in names(repository)) is counts


def test_a_template_may_read_files_itself(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(
        {
            "modules/network/main.tf": (
                'locals {\n  t = templatefile("${path.module}/t.tftpl", {})\n}\n'
            ),
            "modules/network/t.tftpl": 'A "quote" and ${file("../../shared/a.json")}\n',
        }
    )
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"shared/a.json": "[]"})
    assert names(repository) == ("dev",)


def test_json_syntax_is_read_as_well(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    call = {"module": [{"o": {"source": "../../modules/other"}}]}
    repository.commit({"envs/dev/more.tf.json": json.dumps(call)})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"modules/other/main.tf": "# x\n"})
    assert reasons(repository) == ("modules/other/main.tf changed, used through module.o",)


def test_equal_keys_of_json_are_both_read(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    text = '{"module": {"a": {"source": "../../modules/other"}}, "module": {"b": {}}}'
    repository.commit({"envs/dev/more.tf.json": text})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"modules/other/main.tf": "# x\n"})
    assert names(repository) == ("dev", "prod")


@pytest.mark.parametrize("changed", ["shared/a.json", "links/there", "links/file.tf"])
def test_links_count_and_so_does_what_they_lead_to(repository: GitFiles, changed: str) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(
        {
            "links/there": "-> ../shared",
            "links/file.tf": "# x\n",
            "modules/network/link.tf": "-> ../../links/file.tf",
            "modules/network/reads.tf": 'locals {\n  a = file("../../links/there/a.json")\n}\n',
        }
    )
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({changed: "-> ../modules" if changed == "links/there" else "# y\n"})
    assert names(repository) == ("dev",)


def test_a_link_out_of_the_tree_makes_everything_count(repository: GitFiles) -> None:
    repository.commit({"modules/network/link.tf": "-> /etc/hostname", "README.md": "x"})
    assert "link to /etc/hostname, which is absolute" in str(reasons(repository))


@pytest.mark.parametrize("source", ["/srv/modules/x", "${var.x}", "git::file:///srv/x"])
def test_a_source_that_cannot_be_followed_makes_everything_count(
    repository: GitFiles, source: str
) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"modules/other/main.tf": module(source)})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"README.md": "other words\n"})
    assert names(repository) == ("prod",)


def test_hcl_that_does_not_parse_affects_whoever_reaches_it(repository: GitFiles) -> None:
    repository.commit({"modules/network/main.tf": 'resource "a" {\n'})
    assert reasons(repository) == (
        "modules/network/main.tf changed, used through module.service.module.network_primary",
        "modules/network/main.tf changed, and anything may count: modules/network/main.tf:1: "
        "does not parse: a bracket is not closed by }",
    )
    assert names(repository) == ("dev",)


def test_the_root_may_stand_below_the_top_of_git(tmp_path: Path) -> None:
    files = {f"infra/{name}": text for name, text in FILES.items()}
    files["common/main.tf"] = ""
    files["infra/envs/prod/main.tf"] = module("../../../common")
    repository = GitFiles.make(tmp_path / "repository", files)
    repository.commit({"common/main.tf": "# x\n"})
    finished = repository.lockgate(
        "affected", "--base", "main", directory=repository.root / "infra"
    )
    assert finished.stdout.splitlines()[:2] == [
        "prod",
        "  common/main.tf changed, used through module.m",
    ]


def test_names_that_are_not_ascii_or_hold_spaces_are_followed(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"modules/ö ä/main.tf": "", "envs/dev/more.tf": module("../../modules/ö ä")})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"modules/ö ä/main.tf": "# x\n"})
    assert names(repository) == ("dev",)


def test_gitlab_gets_one_list_and_nothing_for_nothing(repository: GitFiles) -> None:
    def matrix() -> object:
        finished = repository.lockgate("affected", "--base", "main", "--matrix", "gitlab")
        assert finished.stdout.count("\n") == 1
        return json.loads(finished.stdout)

    assert matrix() == []
    repository.commit({"waivers.yaml": "version: 1\n"})
    assert matrix() == [{"ENVIRONMENT": ["dev", "prod"]}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--base", "nowhere"), "There is no commit 'nowhere'"),
        (("--base", "--all"), "There is no commit '--all'"),
        (("--base", "orphan"), "have no commit in common"),
        (("--base", "main", "--json", "--matrix", "github"), "--json and --matrix"),
        ((), "Missing option '--base'"),
    ],
)
def test_what_cannot_be_compared_is_a_usage_error(
    repository: GitFiles, arguments: tuple[str, ...], message: str
) -> None:
    repository.git("checkout", "-q", "--orphan", "orphan")
    repository.git("commit", "-q", "-m", "orphan")
    repository.git("checkout", "-q", "change")
    finished = repository.lockgate("affected", *arguments)
    assert finished.returncode == 2
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_name_that_no_job_can_have_is_refused(repository: GitFiles) -> None:
    repository.commit({"envs/a b;c/main.tf": ""})
    finished = repository.lockgate("affected", "--base", "main", "--matrix", "github")
    assert finished.returncode == 2
    assert "'a b;c' cannot be the name of a job" in finished.stderr


def test_outside_git_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "lockgate.yaml").write_text("version: 1\n")
    finished = GitFiles(tmp_path).lockgate("affected", "--base", "main")
    assert finished.returncode == 2
    assert "not a git repository" in finished.stderr


def test_settings_that_are_nested_too_deeply_are_not_usable(repository: GitFiles) -> None:
    repository.commit({"lockgate.yaml": "[" * 5000})
    assert "lockgate.yaml changed and is not usable" in str(reasons(repository))


def test_every_way_to_a_file_function_counts(repository: GitFiles) -> None:
    # `core::file` is `file`; the path of either is computed here, so that anything may count.
    for call in (
        'core::file("${var.p}/a.json")',
        'core::templatefile("${var.p}/a.json", {})',
        "core::templatestring(var.p, {})",
        'core::fileset(var.p, "*")',
        "core::filesha256(var.p)",
        'upper("${core :: file(var.p)}")',
    ):
        repository.git("checkout", "-q", "main")
        repository.commit({"envs/dev/more.tf": f"locals {{\n  a = {call}\n}}\n"})
        repository.git("checkout", "-q", "-B", "change")
        repository.commit({"shared/a.json": f'"{call[6:12]}"'})
        assert names(repository) == ("dev",), call


@pytest.mark.parametrize(
    "text",
    [
        'split("\\n", <<-EOT\n    ../../shared/a.json\n    ../../shared/deep/b.json\n  EOT\n  )',
        'split("\\n", <<-EOT\n    ../../shared/a.json\n    ../../shared/deep\n  EOT\n  )',
        'split(",", "../../shared/a.json,../../shared/deep/b.json")',
        'split("|", "x|../../shared/deep/b.json|y")',
        '"--values=../../shared/deep/b.json --wait"',
        'yamldecode("files: [../../shared/deep/b.json]")',
        'jsonencode({ "../../shared/deep/b.json" = 1 })',
        '"${var.x} read ../../shared/deep/b.json."',
        '"a ../../shared/deep/${var.x}.json"',
        'format("%s ../../shared/deep/%s.json", "a", "b")',
        '"../../shared/deep/b.json\\t"',
    ],
)
def test_a_path_among_other_words_counts(repository: GitFiles, text: str) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"envs/dev/more.tf": f"locals {{\n  a = {text}\n}}\n"})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"shared/deep/b.json": "[]\n"})
    assert names(repository) == ("dev",)


def test_words_that_are_no_paths_do_not_count(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    words = "see the network, or ../../shared/deep/b.json; main.tf and .. and / are words"
    repository.commit(
        {
            "modules/service/deep/x.json": "{}",
            "envs/dev/more.tf": (
                f'variable "v" {{\n  description = "{words}"\n}}\n'
                'output "o" {\n  value       = "it is deep .. and . and ../.. , too"\n'
                f'  description = "{words}"\n}}\n'
            ),
        }
    )
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"shared/deep/b.json": "[]\n", "README.md": "other\n"})
    assert names(repository) == ()


def test_environments_of_opentofu_are_environments(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(
        {
            "envs/tofu/main.tofu": module("../../modules/other"),
            "envs/json/main.tofu.json": '{"module": {"m": {"source": "../../modules/other"}}}',
            "envs/hidden/.main.tf": "",
            "envs/words/README.md": "main.tf\n",
        }
    )
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"modules/other/main.tf": "# x\n"})
    assert names(repository) == ("json", "prod", "tofu")
    on_disk = [each.name for each in environments.discover(repository.root)]
    assert on_disk == ["dev", "json", "prod", "tofu"]


def test_a_file_that_overrides_a_call_counts_with_what_it_calls(repository: GitFiles) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit({"envs/dev/x_override.tf": module("../../modules/other", "service")})
    repository.git("checkout", "-q", "-B", "change")
    repository.commit({"modules/other/main.tf": "# x\n"})
    assert names(repository) == ("dev", "prod")
