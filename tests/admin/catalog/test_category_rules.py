"""Which branches of the category tree stand open, and where a category is found in it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.catalog.categories.rules import OPEN_UP_TO, above, named, open_branches, read_open, write_open

SMALL = {1: None, 2: 1, 3: 2, 4: 1, 5: None}
"""1 has 2 (3 in it) and 4; 5 has nothing."""
LARGE = {**SMALL, **dict.fromkeys(range(10, 10 + OPEN_UP_TO))}


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ([], None),
        ([""], frozenset()),
        (["abc", "-1", "1.5", "１", "9" * 10, " 3"], frozenset()),
        (["3,17", "", "4,,x", "3"], frozenset({3, 4, 17})),
    ],
)
def test_what_is_no_id_is_passed_over(typed: list[str], ids: frozenset[int] | None) -> None:
    assert read_open(typed) == ids


@given(st.frozensets(st.integers(0, 999_999_999)))
def test_what_is_written_is_read_again(ids: frozenset[int]) -> None:
    assert read_open([write_open(ids)]) == ids


@pytest.mark.parametrize(
    ("parents", "asked", "at", "opened"),
    [
        ({}, None, None, set()),
        (SMALL, None, None, {1, 2}),
        (SMALL, frozenset(), None, set()),
        (LARGE, None, None, set()),
        (LARGE, None, 3, {1, 2}),
        (LARGE, None, 1, set()),
        (LARGE, frozenset({2}), 4, {1, 2}),
        (LARGE, frozenset({2, 5, 77, 999}), None, {2}),
        (LARGE, None, 999, set()),
    ],
)
def test_open_is_what_was_asked_for_and_what_is_above_the_category_to_be_seen(
    parents: dict[int, int | None], asked: frozenset[int] | None, at: int | None, opened: set[int]
) -> None:
    assert open_branches(parents, asked, at) == opened


@given(st.lists(st.integers(0, 20), max_size=30), st.frozensets(st.integers(0, 40)), st.integers(0, 40))
def test_a_category_to_be_seen_is_seen(picks: list[int], asked: frozenset[int], at: int) -> None:
    parents = {number: pick if 0 < pick < number else None for number, pick in enumerate(picks, 1)}
    opened, way = open_branches(parents, asked, at), above(parents, at)
    assert set(way) <= opened
    assert opened - set(way) <= asked
    assert opened <= set(parents.values())
    assert all(parents[lower] == upper for upper, lower in pairwise([*way, at] if at in parents else way))
    assert not way or parents[way[0]] is None


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("", []),
        ("  ", []),
        ("tea", [4, 1, 2, 3]),
        ("ＴＥＡ ", [4, 1, 2, 3]),
        ("茶", [2]),
        ("green-tea", [2]),
        ("coffee", []),
    ],
)
def test_a_whole_name_comes_before_its_beginning_and_that_before_a_part(wanted: str, ids: list[int]) -> None:
    names = {1: ("Teapots", "pots"), 2: ("绿茶", "green-tea"), 3: ("Iced tea", "iced"), 4: ("Tea", "tea-4")}
    assert named(names, wanted) == ids
