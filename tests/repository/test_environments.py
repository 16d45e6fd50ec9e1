"""Where environments are found: by what directories hold, and by what the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lockgate.base.errors import UsageError
from lockgate.repository.ci_matrix import ENVIRONMENT_NAME
from lockgate.repository.environments import (
    Overview,
    discover,
    in_tree,
    overview,
    select,
    single,
    what_was_found,
    with_variables,
)
from lockgate.repository.file_tree import FILE, FileTree
from lockgate.repository.scaffold import environments_text
from lockgate.targets.state_backend import must_be_its_own
from lockgate_policies.model.strategy import Strategy, StrategyDecision

BACKEND = 'terraform {\n  backend "s3" {}\n}\nprovider "aws" {}\n'
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
RESOURCE = 'resource "aws_vpc" "this" {}\n'


def tree(files: Mapping[str, str]) -> FileTree:
    return FileTree(dict.fromkeys(files, FILE), lambda path: files[path].encode())


def seen(files: Mapping[str, str], settings: str = "") -> Overview:
    return overview(tree(files), yaml.safe_load(settings))


def places(found: Overview) -> dict[str, str]:
    return {environment.name: environment.directory for environment in found.environments}


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("main.tf", BACKEND, "main"),
        ("terraform/main.tf", PROVIDER, "terraform"),
        ("infra/prod/main.tf", BACKEND, "prod"),
        ("environments/staging/providers.tf", PROVIDER, "staging"),
        ("live/prod/us-east-1/network/main.tf", PROVIDER, "prod-us-east-1-network"),
        ("app/main.tofu", BACKEND, "app"),
        ("stacks/web/main.tf.json", '{"provider": {"aws": {"region": "eu-west-1"}}}', "web"),
        ("one/main.tf", 'terraform { backend "s3" {} } # aws\n', "one"),
        ("two/main.tf", 'terraform {\n  cloud {\n  }\n}\nprovider "aws" {}\n', "two"),
        ("envs/dev/main.tf", RESOURCE, "dev"),
    ],
)
def test_a_root_module_is_found_wherever_it_stands(file: str, text: str, name: str) -> None:
    found = seen({file: text, "README.md": "# theirs\n"})
    assert list(places(found)) == [name]


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("examples/complete/main.tf", BACKEND, "stands in examples/"),
        ("modules/web/providers.tf", PROVIDER, "stands in modules/"),
        ("test/fixtures/a/main.tf", PROVIDER, "stands in test/"),
        ("gcp/main.tf", 'provider "google" {}\n', "names nothing of AWS"),
    ],
)
def test_what_is_left_out_is_said_with_the_reason(file: str, text: str, why: str) -> None:
    found = seen({file: text, "prod/main.tf": BACKEND})
    assert list(places(found)) == ["prod"]
    assert [entry.why for entry in found.search.left_out] == [why]


def test_what_is_called_as_a_module_is_none_though_it_configures_a_provider() -> None:
    found = seen(
        {
            "network/main.tf": PROVIDER,
            "prod/main.tf": f'{BACKEND}module "network" {{\n  source = "../network"\n}}\n',
        }
    )
    assert places(found) == {"prod": "prod"}
    assert found.search.left_out[0].why == "is called as a module by prod/main.tf"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("environments/test/main.tf", "test"),
        ("environments/eu-west-2/test/main.tf", "eu-west-2-test"),
        ("live/Prod blue/main.tf", "Prod-blue"),
        (f"live/{'a' * 70}/main.tf", f"{'a' * 54}-6bd5e503"),
    ],
)
def test_a_name_can_be_that_of_a_job(file: str, name: str) -> None:
    found = seen({file: BACKEND})
    assert list(places(found)) == [name]
    assert ENVIRONMENT_NAME.fullmatch(name)


def test_what_calls_a_module_that_configures_a_provider_is_a_root_module() -> None:
    call = 'module "it" {\n  source = "./regions/a"\n}\n'
    found = seen({"infra/main.tf": call, "infra/regions/a/main.tf": PROVIDER})
    assert places(found) == {"infra": "infra"}
    (infra,) = found.environments
    assert infra.why == "calls infra/regions/a, which configures a provider in main.tf"


def test_a_root_module_is_of_aws_if_a_module_that_it_calls_is() -> None:
    call = 'terraform {\n  backend "s3" {}\n}\nmodule "it" {\n  source = "../modules/a"\n}\n'
    assert places(seen({"prod/main.tf": call, "modules/a/main.tf": RESOURCE})) == {"prod": "prod"}


@pytest.mark.parametrize(
    "text",
    [
        f"/*\n{BACKEND}*/\n{RESOURCE}",
        f'resource "aws_s3_object" "this" {{\n  content = <<EOT\n{BACKEND}EOT\n}}\n',
    ],
)
def test_what_is_commented_out_or_quoted_tells_nothing(text: str) -> None:
    found = seen({"somewhere/main.tf": text})
    assert places(found) == {}
    assert found.search.left_out[0].why == "has neither a backend nor a provider configuration"


def test_what_stands_in_envs_keeps_its_name_whatever_is_added() -> None:
    files = {"envs/prod/main.tf": RESOURCE, "infra/prod/main.tf": BACKEND, "prod/x.tf": BACKEND}
    assert places(seen(files)) == {
        "prod": "envs/prod",
        "infra-prod": "infra/prod",
        "prod-2": "prod",
    }


def test_a_directory_with_the_name_of_a_file_is_no_configuration() -> None:
    found = seen({"prod/main.tf": BACKEND, "prod/odd.tf/.keep": "", "empty/x.tf/note.md": ""})
    assert places(found) == {"prod": "prod"}


@pytest.mark.parametrize(
    "text",
    ['# provider "aws" {\n', '// backend "s3" {\n', RESOURCE, 'variable "provider" {\n}\n'],
)
def test_a_directory_that_only_talks_of_it_is_no_root_module(text: str) -> None:
    assert places(seen({"somewhere/main.tf": text})) == {}


def test_every_variable_file_beside_a_root_module_is_an_environment() -> None:
    found = seen(
        {
            "main.tf": BACKEND,
            "terraform.tfvars": "",
            "local.auto.tfvars": "",
            "common.tfvars": "",
            "dev.tfvars": "",
            "prod.tfvars.json": "{}",
            "dev.tfvars.example": "",
        }
    )
    files = {entry.name: entry.inputs.var_files for entry in found.environments}
    assert files == {
        "dev": ("common.tfvars", "dev.tfvars"),
        "prod": ("common.tfvars", "prod.tfvars.json"),
    }


def test_variable_files_lie_in_a_directory_of_their_own_or_of_the_environment() -> None:
    found = seen(
        {
            "infra/main.tf": BACKEND,
            "infra/vars/dev.tfvars": "",
            "infra/environments/prod/terraform.tfvars": "",
            "infra/environments/prod/network.tfvars": "",
        }
    )
    files = {entry.name: entry.inputs.var_files for entry in found.environments}
    assert files == {
        "dev": ("infra/vars/dev.tfvars",),
        "prod": (
            "infra/environments/prod/network.tfvars",
            "infra/environments/prod/terraform.tfvars",
        ),
    }


def test_a_backends_file_goes_to_the_environment_that_it_is_named_like() -> None:
    found = seen(
        {
            "main.tf": BACKEND,
            "dev.tfvars": "",
            "dev.tfbackend": "",
            "config/prod.tfvars": "",
            "config/prod-backend.tfvars": "",
            "tests/case.tfvars": "",
        }
    )
    given = {
        entry.name: (entry.inputs.var_files, entry.inputs.backend_config)
        for entry in found.environments
    }
    assert given == {
        "dev": (("dev.tfvars",), ("dev.tfbackend",)),
        "prod": (("config/prod.tfvars",), ("config/prod-backend.tfvars",)),
    }


def test_a_lone_file_that_tells_nothing_names_no_environment() -> None:
    found = seen({"web/main.tf": BACKEND, "web/environment/terraform.tfvars": ""})
    (web,) = found.environments
    assert web.name == "web"
    assert web.inputs.var_files == ("web/environment/terraform.tfvars",)


def test_what_was_found_is_said_in_few_lines() -> None:
    files = {f"modules/m{number}/main.tf": PROVIDER for number in range(5)}
    files |= {f"live/e{number}/main.tf": BACKEND for number in range(10)}
    said = what_was_found(seen(files))
    assert said[0] == "e0: live/e0 (says in main.tf where its state is)"
    assert said[8:] == [
        "and 2 more environments",
        "left out: modules/m0, modules/m1, modules/m2 and 2 more (stands in modules/)",
        "`lockgate environments` lists all, and `lockgate init` writes them down.",
    ]
    assert what_was_found(seen({"envs/dev/main.tf": BACKEND})) == []
    assert what_was_found(seen(files, "environments: {a: {directory: live/e0}}")) == []


def test_a_variable_file_belongs_to_the_nearest_root_module() -> None:
    found = seen({"main.tf": BACKEND, "live/app/main.tf": BACKEND, "live/app/prod.tfvars": ""})
    assert {entry.name: entry.inputs.var_files for entry in found.environments} == {
        "main": (),
        "app-prod": ("live/app/prod.tfvars",),
    }


def test_names_that_would_be_the_same_are_whole_paths() -> None:
    found = seen({"live/app/main.tf": BACKEND, "infra/app/main.tf": BACKEND})
    assert places(found) == {"infra-app": "infra/app", "live-app": "live/app"}


def test_the_settings_say_where_environments_are() -> None:
    found = seen(
        {"infra/main.tf": BACKEND, "other/main.tf": BACKEND, "infra/p.tfvars": ""},
        """
        environments:
          prod:
            directory: infra
            var_files: [infra/p.tfvars]
            variables: {size: 3}
            workspace: blue
            backend_config: [key=prod.tfstate]
            production: true
        """,
    )
    assert found.said
    (prod,) = found.environments
    assert (prod.name, prod.directory) == ("prod", "infra")
    assert prod.inputs.var_files == ("infra/p.tfvars",)
    assert prod.inputs.variables == {"size": 3}
    assert prod.inputs.workspace == "blue"
    assert prod.inputs.backend_config == ("key=prod.tfstate",)


def test_a_pattern_names_many_at_once() -> None:
    files = {
        "live/dev/app/main.tf": BACKEND,
        "live/prod/app/main.tf": BACKEND,
        "live/prod/dns/main.tf": BACKEND,
    }
    found = seen(files, 'environments: {"*": {directory: "live/*/app"}}')
    assert places(found) == {"dev": "live/dev/app", "prod": "live/prod/app"}


def test_several_root_modules_are_one_environment() -> None:
    found = seen(
        {"live/a/main.tf": PROVIDER, "live/b/main.tf": PROVIDER},
        "environments: {prod: {roots: [live/a, {directory: live/b, workspace: blue}]}}",
    )
    (prod,) = found.environments
    assert [part.name for part in prod.parts] == ["prod/live/a", "prod/live/b"]
    assert prod.parts[1].inputs.workspace == "blue"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"directory": "../x"}, "environments.prod.directory: '../x' leads out of the repository"),
        ({"directory": 3}, "environments.prod.directory: must be a path in the repository, not 3"),
        ({"directory": "a", "roots": ["b"]}, "has both directory and roots"),
        ({"roots": []}, "environments.prod.roots: must be a list of directories"),
        (
            {"roots": ["a"], "workspace": "x"},
            "has both roots and workspace: give workspace to each",
        ),
        ({"roots": ["a", "a"]}, "names a twice with the same inputs"),
        ({"roots": [{"directory": "a", "production": True}]}, "unknown key 'production'"),
        ({"directory": "a", "var_files": "x"}, "var_files: must be a list of texts, not 'x'"),
        ({"directory": "a", "workspace": 1}, "environments.prod.workspace: must be a text, not 1"),
        (
            {"directory": "a", "variables": {"db_password": "x"}},
            "variables.db_password: sounds like a secret",
        ),
        (
            {"directory": "a", "unknown_variables": {"x": ["v1", "v1"]}},
            "unknown_variables.x: must be empty, or two values",
        ),
        ({"directory": "a", "variables": ["x"]}, "variables: must map variables to their values"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_key(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        overview(tree({"a/main.tf": BACKEND}), {"environments": {"prod": entry}})
    assert said in str(caught.value)
    assert "docs/environments.md" in str(caught.value)


def test_a_pattern_that_matches_nothing_is_said() -> None:
    with pytest.raises(UsageError, match=r"no root module stands in 'live/\*'"):
        seen({"a/main.tf": BACKEND}, 'environments: {"*": {directory: "live/*"}}')


def test_a_tree_whose_settings_are_not_usable_is_searched() -> None:
    files = {"lockgate.yaml": "environments: {a: {directory: 3}}", "prod/main.tf": BACKEND}
    assert list(in_tree(tree(files))) == ["prod"]


def test_what_init_writes_is_read_as_what_was_found() -> None:
    files = {
        "1.5/main.tf": BACKEND,
        "on/main.tf": PROVIDER,
        "a b/dev.tfvars": "",
        "a b/x.tf": BACKEND,
    }
    found = seen(files)
    again = seen(files, environments_text(found, {}, places=True))
    assert places(again) == places(found)
    assert [entry.inputs for entry in again.environments] == [
        entry.inputs for entry in found.environments
    ]


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_no_environment_is_said_with_what_was_seen_and_what_takes_it(tmp_path: Path) -> None:
    write(tmp_path, {"examples/a/main.tf": BACKEND})
    with pytest.raises(UsageError) as caught:
        discover(tmp_path)
    assert "holds no environment" in str(caught.value)
    assert "Left out: examples/a (stands in examples/)" in str(caught.value)
    assert "environments: {prod: {directory: examples/a}}" in str(caught.value)


def test_what_says_nothing_of_itself_is_the_one_to_name(tmp_path: Path) -> None:
    write(tmp_path, {"examples/a/main.tf": BACKEND, "web/main.tf": RESOURCE})
    with pytest.raises(UsageError) as caught:
        discover(tmp_path)
    said = str(caught.value)
    assert "web (has neither a backend nor a provider configuration)" in said
    assert "environments: {prod: {directory: web}}" in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("directory: nowhere", "there is no directory nowhere"),
        ("directory: docs", "docs holds no *.tf files"),
        ("{directory: a, var_files: [b.tfvars]}", "there is no variable file b.tfvars"),
        ("{directory: a, backend_config: [b.x]}", "there is no file b.x for the backend"),
        ("{roots: [a, nowhere]}", "environments.prod: there is no directory nowhere"),
    ],
)
def test_what_the_settings_name_must_be_there(tmp_path: Path, entry: str, said: str) -> None:
    prod = entry if entry.startswith("{") else f"{{{entry}}}"
    write(tmp_path, {"a/main.tf": BACKEND, "docs/x.md": ""})
    (tmp_path / "lockgate.yaml").write_text(f"environments: {{prod: {prod}}}\n")
    with pytest.raises(UsageError) as caught:
        discover(tmp_path)
    assert said in str(caught.value)


def test_a_part_is_chosen_by_its_name_and_the_whole_is_no_single_root_module(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"a/main.tf": PROVIDER, "b/main.tf": PROVIDER})
    (tmp_path / "lockgate.yaml").write_text("environments: {prod: {roots: [a, b]}}\n")
    assert single(tmp_path, "prod/a").directory == tmp_path / "a"
    with pytest.raises(UsageError, match=r"Name it: prod/a, prod/b\."):
        single(tmp_path, "prod")
    with pytest.raises(UsageError, match=r"Known are: prod/a, prod/b, prod\."):
        select(discover(tmp_path), ["c"])


def test_the_command_line_wins_over_files(tmp_path: Path) -> None:
    write(tmp_path, {"a/main.tf": PROVIDER, "a/dev.tfvars": "", "own.tfvars": ""})
    (environment,) = with_variables(discover(tmp_path), ["size=3"], [tmp_path / "own.tfvars"])
    assert environment.inputs.arguments(tmp_path, tmp_path) == [
        f"-var-file={tmp_path}/a/dev.tfvars",
        f"-var-file={tmp_path}/own.tfvars",
        "-var=size=3",
    ]
    with pytest.raises(UsageError, match="-var 'size' gives no value"):
        with_variables([environment], ["size"], [])


def test_a_seal_tells_the_command_lines_values_apart(tmp_path: Path) -> None:
    write(tmp_path, {"a/main.tf": PROVIDER, "own.tfvars": "size = 1\n"})
    known = discover(tmp_path)
    assert known[0].inputs.fingerprint(tmp_path) == ""

    def fingerprint(*values: str) -> str:
        (environment,) = with_variables(known, values, [tmp_path / "own.tfvars"])
        return environment.inputs.fingerprint(tmp_path)

    first = fingerprint("size=3")
    assert first != fingerprint("size=4")
    assert first == fingerprint("size=3")
    (tmp_path / "own.tfvars").write_text("size = 2\n")
    assert first != fingerprint("size=3")


def test_environments_whose_states_nothing_tells_apart_are_twins(tmp_path: Path) -> None:
    write(tmp_path, {"a/main.tf": BACKEND, "a/dev.tfvars": "", "a/prod.tfvars": ""})
    assert {entry.name: entry.twin for entry in discover(tmp_path)} == {
        "dev": "prod",
        "prod": "dev",
    }
    with pytest.raises(UsageError) as caught:
        must_be_its_own(discover(tmp_path)[1])
    assert str(caught.value).startswith("prod and dev have one root module (a), one workspace")
    (tmp_path / "lockgate.yaml").write_text("environments: {prod: {workspace: prod}}\n")
    assert [entry.twin for entry in discover(tmp_path)] == ["", ""]


def test_a_seal_tells_variable_files_apart_that_git_may_ignore(tmp_path: Path) -> None:
    write(
        tmp_path, {"a/main.tf": PROVIDER, "a/dev.tfvars": "a = 1\n", "a/dev.tfbackend": "k = 1\n"}
    )

    def fingerprint() -> str:
        return discover(tmp_path)[0].inputs.fingerprint(tmp_path)

    seals = [fingerprint()]
    for file in ("a/dev.tfvars", "a/dev.tfbackend"):
        (tmp_path / file).write_text("b = 2\n")
        seals.append(fingerprint())
    assert len(set(seals)) == 3


def test_what_only_belongs_to_a_secret_may_be_said() -> None:
    values = "{secret_name: a, token_ttl: 3, password_length: 20}"
    found = seen(
        {"a/main.tf": BACKEND}, f"environments: {{prod: {{directory: a, variables: {values}}}}}"
    )
    assert set(found.environments[0].inputs.variables) == {
        "secret_name",
        "token_ttl",
        "password_length",
    }


def test_a_variable_that_nobody_knows_may_have_examples() -> None:
    entry = "{directory: a, unknown_variables: {tag: [v1, v2], size: }}"
    found = seen({"a/main.tf": BACKEND}, f"environments: {{prod: {entry}}}")
    inputs = found.environments[0].inputs
    assert inputs.unknown == ("tag", "size")
    assert inputs.examples == {"tag": ("v1", "v2")}


def test_of_several_root_modules_those_get_a_value_that_declare_the_variable(
    tmp_path: Path,
) -> None:
    declared = {"a": "size", "b": "other", "c": "size"}
    write(
        tmp_path,
        {
            f"{name}/main.tf": f'{PROVIDER}variable "{variable}" {{\n}}\n'
            for name, variable in declared.items()
        },
    )

    def given(*values: str) -> dict[str, tuple[str, ...]]:
        chosen = with_variables(discover(tmp_path), values, [])
        return {environment.name: environment.inputs.options for environment in chosen}

    assert given("size=3") == {"a": ("-var=size=3",), "b": (), "c": ("-var=size=3",)}
    # What nobody declares, Terraform refuses in its own words.
    assert set(given("sice=3").values()) == {("-var=sice=3",)}


def test_init_writes_what_a_plan_shows_and_leaves_the_rest_to_be_decided() -> None:
    found = seen({"a/main.tf": BACKEND, "b/main.tf": BACKEND, "c/main.tf": BACKEND})
    shown = {
        "a": StrategyDecision(Strategy.ACTIVE_PASSIVE, False, ("failover records of a name",)),
        "b": StrategyDecision(Strategy.SINGLE_REGION, False, ("it runs in us-east-1 alone",)),
    }
    text = environments_text(found, shown, places=True)
    assert "    # Its plan shows: failover records of a name.\n    strategy: active-passive" in text
    assert (
        "    # DECIDE: its plan shows no more than this (it runs in us-east-1 alone).\n"
        "    # strategy: single-region"
    ) in text
    written = yaml.safe_load(text)["environments"]
    assert written["a"]["strategy"] == "active-passive"
    assert "strategy" not in written["b"]
    assert "strategy" not in written["c"]


def test_what_an_entry_of_one_name_says_counts_more_than_a_pattern() -> None:
    files = {f"live/{name}/app/main.tf": BACKEND for name in ("dev", "prod", "odd")}
    settings = """
        environments:
          odd-app: {directory: live/odd/app, workspace: own}
          "*-app": {directory: "live/*/app", workspace: "w-*"}
          prod-app: {unknown_variables: [tag], production: true}
        """
    found = {entry.name: entry.inputs for entry in seen(files, settings).environments}
    assert {name: inputs.workspace for name, inputs in found.items()} == {
        "dev-app": "w-dev",
        "odd-app": "own",
        "prod-app": "w-prod",
    }
    assert found["prod-app"].unknown == ("tag",)


def test_a_pattern_takes_the_variable_files_of_one_root_module() -> None:
    files = {"infra/main.tf": BACKEND, "infra/vars/dev.tfvars": "", "infra/vars/prod.tfvars": ""}
    settings = """
        environments:
          "*":
            directory: infra
            var_files: [infra/common.tfvars, "infra/vars/*.tfvars"]
            backend_config: ["infra/*.tfbackend", "key=*/state"]
        """
    found = {entry.name: entry for entry in seen(files, settings).environments}
    assert set(found) == {"dev", "prod"}
    assert found["prod"].directory == "infra"
    assert found["prod"].inputs.var_files == ("infra/common.tfvars", "infra/vars/prod.tfvars")
    assert found["prod"].inputs.backend_config == ("infra/prod.tfbackend", "key=prod/state")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{directory: infra}", "give its directory or one of its var_files a *"),
        ("{directory: infra, var_files: ['x/*.tfvars']}", "no file stands in 'x/*.tfvars'"),
        ("{roots: [infra]}", "is a pattern: give it a directory"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_said(entry: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        seen({"infra/main.tf": BACKEND}, f"environments: {{'*': {entry}}}")
    assert said in str(caught.value)


def test_root_modules_in_one_directory_have_names_of_their_own() -> None:
    one = "{directory: region, var_files: [%s.tfvars]}"
    roots = f"[{one % 'use1'}, {one % 'usw2'}, {{directory: region, workspace: w}}, global]"
    found = seen({"region/main.tf": BACKEND}, f"environments: {{prod: {{roots: {roots}}}}}")
    (prod,) = found.environments
    assert [part.name for part in prod.parts] == [
        "prod/region-use1",
        "prod/region-usw2",
        "prod/region-w",
        "prod/global",
    ]


def test_init_asks_what_tells_states_apart() -> None:
    files = {"a/main.tf": BACKEND, "a/dev.tfvars": "", "a/prod.tfvars": "", "b/main.tf": PROVIDER}
    text = environments_text(seen(files), {}, places=True)
    assert text.count("# DECIDE: what tells its state from that of") == 2
    assert "from that of a-prod?" in text
    others = seen({"a/main.tf": BACKEND, "b/main.tf": BACKEND})
    assert "DECIDE" not in environments_text(others, {}, places=True)
