"""A file is read if Terraform's own parser reads it, and refused if that refuses it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockgate.base import paths
from lockgate_policies.hcl.reading import parse
from lockgate_policies.hcl.tokens import HclSyntaxError
from tests.hcl.corpus import JSON, native
from tests.hcl.generated import files
from tests.hcl.terraform_syntax import problems_of_loading, refused_as_json, refused_by_terraform

# Which blocks and arguments there are is Terraform's own affair: they are read all the same.
OF_NO_SYNTAX = ("Unsupported argument", "Unsupported block type", 'Unexpected "')
ROOT = paths.repository_root(Path(__file__))


def refused(text: bytes, name: str = "main.tf") -> bool:
    try:
        parse(name, text)
    except HclSyntaxError:
        return True
    return False


def test_the_corpus() -> None:
    corpus = native()
    assert len(corpus) > 1000
    by_terraform = refused_by_terraform(corpus)
    by_lockgate = {name for name, text in corpus.items() if refused(text)}
    assert by_lockgate == by_terraform
    assert 300 < len(by_terraform) < len(corpus) - 300


def test_what_terraform_validates_of_the_corpus() -> None:
    corpus = {name: b"locals {\n" + text + b"\n}\n" for name, text in native().items()}
    problems = problems_of_loading(corpus)
    assert len(problems) > 1000
    by_lockgate = {name for name in problems if refused(corpus[name])}
    by_terraform = {
        name
        for name, said in problems.items()
        if any(not problem.startswith(OF_NO_SYNTAX) for problem in said)
    }
    assert by_lockgate == by_terraform
    assert sum(not said for said in problems.values()) > 300


def test_the_files_of_this_repository() -> None:
    corpus = {
        str(file.relative_to(ROOT)): file.read_bytes()
        for name in ("envs", "modules", "tests")
        for file in (ROOT / name).rglob("*.tf")
        if ".terraform" not in file.parts
    }
    assert refused_by_terraform(corpus) == {name for name in corpus if refused(corpus[name])}


def test_json_syntax() -> None:
    corpus = {name: text.encode() for name, text in JSON.items()}
    by_lockgate = {name for name, text in corpus.items() if refused(text, "main.tf.json")}
    assert by_lockgate == refused_as_json(corpus)


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(files(), min_size=20, max_size=40))
def test_generated_files(texts: list[str]) -> None:
    # Many at a time: Terraform is a process, and starts for all of them once.
    corpus = {text: text.encode() for text in texts}
    assert {text for text in texts if refused(corpus[text])} == refused_by_terraform(corpus)


@pytest.mark.parametrize(
    "text",
    [
        'x = "' + "$" * 200_000 + '"',
        'x = "' + "%$" * 100_000 + '"',
        "x = " + "(" * 50_000 + "1" + ")" * 50_000,
        "x = " + "[" * 50_000 + "]" * 50_000,
        "x = " + "f(" * 20_000 + ")" * 20_000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "/*" * 100_000,
        "x = 1" + "." * 100_000,
        "x = <<E\n" + " " * 200_000,
        "x = <<E\n" + "a\n" * 50_000 + "E\n",
        'x = "' + "\\" * 100_000 + '"',
        "a {\n" * 50_000,
        'x = "' + '${"' * 50_000,
        "é" * 200_000,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_takes_long_or_ends_in_a_traceback(text: str) -> None:
    began = time.process_time()
    refused(text.encode())
    refused(text.replace("x =", '{"locals": {"a":').encode(), "main.tf.json")
    assert time.process_time() - began < 4


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
def test_json_that_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(HclSyntaxError, match="nested too deeply"):
        parse("main.tf.json", text.encode())
