"""Values for variables that only the pipeline knows."""

from __future__ import annotations

from typing import Any

import pytest

from lockgate.engine.provider_proxy.made_up import Pass
from lockgate.engine.unknown_variables import another_example, unknown_values
from lockgate_policies.hcl.blocks import parse_native


def values(kind: str, plan_pass: Pass) -> Any:
    (block,) = parse_native(f'variable "it" {{\n  type = {kind}\n}}\n').blocks
    attribute = block.attribute("type")
    assert attribute is not None
    return unknown_values({"it": attribute.expression}, plan_pass, {})["it"]


@pytest.mark.parametrize(
    ("kind", "ordinary", "resolved"),
    [
        ("string", "lockgate-unknown-a", "lockgate-unknown-b"),
        ("any", "lockgate-unknown-a", "lockgate-unknown-b"),
        ("number", 1, 2),
        ("bool", False, True),
        ("list(number)", [1], [2]),
        ("set(string)", ["lockgate-unknown-a"], ["lockgate-unknown-b"]),
        ("map(bool)", {"lockgate-unknown-a": False}, {"lockgate-unknown-b": True}),
        ("tuple([number, bool])", [1, False], [2, True]),
        (
            "object({ a = number, b = optional(bool, true) })",
            {"a": 1, "b": False},
            {"a": 2, "b": True},
        ),
        (
            "object({\n    a = list(object({ x = string }))\n    b = number\n  })",
            {"a": [{"x": "lockgate-unknown-a"}], "b": 1},
            {"a": [{"x": "lockgate-unknown-b"}], "b": 2},
        ),
    ],
)
def test_the_passes_have_values_of_the_type_that_differ(
    kind: str, ordinary: Any, resolved: Any
) -> None:
    assert values(kind, Pass.ORDINARY) == ordinary
    assert values(kind, Pass.RESOLVED) == resolved


def test_a_variable_without_a_type_is_a_text() -> None:
    assert unknown_values({"it": None}, Pass.ORDINARY, {}) == {"it": "lockgate-unknown-a"}


def test_examples_are_what_a_variable_is_planned_as() -> None:
    examples = {"it": ("v1", "v2")}
    assert unknown_values({"it": None}, Pass.ORDINARY, examples) == {"it": "v1"}
    assert unknown_values({"it": None}, Pass.RESOLVED, examples) == {"it": "v2"}


def test_a_validation_that_refuses_a_made_up_value_asks_for_examples() -> None:
    message = 'Error: Invalid value for variable\nvar.tag is "lockgate-unknown-a"\n'
    said = another_example(message, ["other", "tag"], "prod")
    assert "environments.prod.unknown_variables: {tag: [ONE, OTHER]}" in said
    assert another_example("Error: var.tag is no number", ["tag"], "prod") == ""
    assert another_example(message, ["other"], "prod") == ""
