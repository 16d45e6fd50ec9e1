"""What two plans agree on is known, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.engine.provider_proxy.tokens import Occurrence, Origin, TokenTable
from lockgate.engine.provider_proxy.value_merge import MISSING, Path, ValueMerge

ORIGIN = Origin("resource aws_lb us-east-1 0 1", "dns_name")

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inside, max_size=3)
    ),
    max_leaves=8,
)


def _table() -> tuple[TokenTable, str]:
    table = TokenTable()
    core = table.core(ORIGIN)
    table.add(core, f"{core}.example", ORIGIN)
    return table, f"{core}.example"


def _facts(value: Any, path: Path = ()) -> dict[Path, Any]:
    """The scalars of a value by their places."""
    if isinstance(value, dict):
        return {k: v for name, x in value.items() for k, v in _facts(x, (*path, name)).items()}
    if isinstance(value, list):
        return {k: v for i, x in enumerate(value) for k, v in _facts(x, (*path, str(i))).items()}
    return {path: value}


@given(VALUES, VALUES)
def test_a_fact_stands_in_both(ordinary: Any, resolved: Any) -> None:
    merged, unknown = ValueMerge(lambda _: []).merge(ordinary, False, resolved)
    if merged is MISSING:
        assert unknown is True
        return
    one, other = _facts(ordinary), _facts(resolved)
    for path, value in _facts(merged).items():
        if value is not None:
            assert one[path] == value == other[path]
            assert type(one[path]) is type(other[path])


@given(VALUES)
def test_what_is_the_same_stays_as_it_is(value: Any) -> None:
    assert ValueMerge(lambda _: []).merge(value, False, value)[0] == value


@given(VALUES)
def test_what_is_unknown_in_the_ordinary_plan_is_never_a_fact(resolved: Any) -> None:
    assert ValueMerge(lambda _: []).merge({}, {"a": True}, {"a": resolved}) == ({}, {"a": True})


def test_no_made_up_text_stays_though_both_have_it() -> None:
    table, text = _table()
    merge = ValueMerge(table.find)
    merged, unknown = merge.merge({"a": text, "b": "known"}, {}, {"a": text, "b": "known"})
    assert merged == {"b": "known"}
    assert unknown == {"a": True}
    assert merge.found == {("a",): [Occurrence(ORIGIN, whole=True)]}


def test_one_is_not_true() -> None:
    assert ValueMerge(lambda _: []).merge(1, False, True) == (MISSING, True)


def test_members_of_a_set_find_each_other_whatever_their_order() -> None:
    table, text = _table()
    merge = ValueMerge(table.find, is_set=lambda path: path == ("rules",))
    merged, unknown = merge.merge(
        {"rules": [{"port": 80}, {"port": 443, "cidr": "0.0.0.0/0"}]},
        {"rules": [{"to": True}, {}]},
        {"rules": [{"port": 443, "cidr": "0.0.0.0/0"}, {"port": 80, "to": text}]},
    )
    assert merged == {"rules": [{"port": 80}, {"port": 443, "cidr": "0.0.0.0/0"}]}
    assert unknown == {"rules": [{"to": True}, {}]}
    assert list(merge.found) == [("rules", "0", "to")]


def test_a_list_of_another_length_is_not_known() -> None:
    assert ValueMerge(lambda _: []).merge({"a": [1, 2]}, {}, {"a": [1]}) == ({}, {"a": True})
