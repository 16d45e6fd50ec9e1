"""Which versions a constraint admits is what Terraform says it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.install.version_constraints import (
    ConstraintError,
    admits,
    parse_constraints,
    parse_version,
)


@pytest.mark.parametrize(
    ("constraints", "admitted", "refused"),
    [
        # The table of Terraform's documentation, and its tests' odd cases.
        ("1.2.0", ["1.2.0"], ["1.2.1", "1.1.9"]),
        ("= 1.2", ["1.2.0"], ["1.2.1"]),
        ("!= 1.2.0", ["1.2.1", "1.1.0"], ["1.2.0"]),
        (">= 3.39, < 7.0", ["3.39.0", "5.100.0", "6.99.9"], ["3.38.9", "7.0.0", "7.0.1"]),
        ("~> 5.0", ["5.0.0", "5.100.0"], ["6.0.0", "4.67.0"]),
        ("~> 5.1.0", ["5.1.0", "5.1.9"], ["5.2.0", "5.0.9"]),
        ("~> 5", ["5.0.0", "5.9.1"], ["6.0.0", "4.9.9"]),
        ("> 2, <= 3.1", ["2.0.1", "3.1.0"], ["2.0.0", "3.1.1"]),
        (">=4.0,!=4.2.0", ["4.0.0", "4.2.1"], ["4.2.0"]),
        ("  ~> 5.31  ", ["5.31.0", "5.99.0"], ["5.30.9"]),
        ("6.0.0-beta2", ["6.0.0-beta2"], ["6.0.0", "6.0.0-beta1"]),
        (">= 5.0", ["5.0.0"], ["6.0.0-beta2"]),
        ("v5.1.0", ["5.1.0"], ["5.1.1"]),
    ],
)
def test_a_constraint_admits(constraints: str, admitted: list[str], refused: list[str]) -> None:
    for version in admitted:
        assert admits(constraints, version), version
    for version in refused:
        assert not admits(constraints, version), version


@pytest.mark.parametrize("text", ["latest", "~> ", "=> 5", "5.x", "1.2.3.4", ">= 5 < 6", "5,", "٣"])
def test_what_is_no_constraint_is_named(text: str) -> None:
    with pytest.raises(ConstraintError, match="is no version"):
        parse_constraints(text)


def test_pre_releases_come_in_the_order_of_semantic_versioning() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11"]
    ordered = [parse_version(text) for text in [*texts, "1.0.0-rc.1", "1.0.0", "1.0.1"]]
    shuffled = [*ordered[4:], *ordered[:4]]
    assert sorted(shuffled) == ordered
    assert [str(version) for version in ordered[:2]] == texts[:2]


_numbers = st.tuples(*[st.integers(0, 12)] * 3)


@given(_numbers, _numbers)
def test_conditions_and_their_opposites_divide_all_versions(
    one: tuple[int, ...], other: tuple[int, ...]
) -> None:
    left, right = (".".join(map(str, numbers)) for numbers in (one, other))
    assert admits(f"< {right}", left) != admits(f">= {right}", left)
    assert admits(f"> {right}", left) != admits(f"<= {right}", left)
    assert admits(f"= {right}", left) != admits(f"!= {right}", left)
    pessimistic = admits(f"~> {right}", left)
    assert pessimistic == admits(f">= {right}, < {other[0]}.{other[1] + 1}", left)
