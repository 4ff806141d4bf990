"""Counts of all facets at once against counting document by document."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import tallying
from search.facets import FacetColumn
from search.tallying import FacetTable

DOCUMENTS = 1500
Values = dict[str, list[tuple[int, ...]]]


def made(seed: int) -> Values:
    """Return the codes of values that each document has, by facet: one, up to six, hardly any, and none at all."""
    chance = np.random.default_rng(seed)
    few = chance.integers(1, 30, 40)
    return {
        "brand": [(int(few[at % 40] if at % 7 else 0),) for at in range(DOCUMENTS)],
        "category": [tuple(range(at % 5, at % 5 + chance.integers(0, 7))) for at in range(DOCUMENTS)],
        "colour": [(int(chance.integers(0, 90)),) if chance.random() < 0.8 else () for _ in range(DOCUMENTS)],
        "size": [(3, 1) if at % 400 == 0 else () for at in range(DOCUMENTS)],
        "nothing": [() for _ in range(DOCUMENTS)],
    }


def table_of(held: Values) -> FacetTable:
    pairs = {
        name: (
            np.array([row for row, codes in enumerate(each) for _ in codes], np.int32),
            np.array([code for codes in each for code in codes], np.int32),
        )
        for name, each in held.items()
    }
    columns = {
        name: FacetColumn([f"{code:03d}" for code in range(int(codes.max(initial=-1)) + 1)], owners, codes, DOCUMENTS)
        for name, (owners, codes) in pairs.items()
    }
    return FacetTable(columns, pairs, DOCUMENTS)


@pytest.mark.parametrize("most", [1, 64, 100_000], ids=["each alone", "some together", "all together"])
@given(seed=st.integers(0, 1000), share=st.floats(0.01, 1.0))
@settings(max_examples=15, deadline=None)
def test_values_are_counted_as_one_by_one_however_the_facets_share_their_sets(
    most: int, seed: int, share: float
) -> None:
    held = made(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallying, "_LEAST_SETS", most)
        patch.setattr(tallying, "_DOCUMENTS_A_SET", DOCUMENTS)
        table = table_of(held)
    docs = np.flatnonzero(np.random.default_rng(seed).random(DOCUMENTS) < share)
    found = table.tallies(docs, [*held, "unknown"])
    assert list(found) == list(held)
    for name, (codes, counts) in found.items():
        expected = Counter(code for row in docs.tolist() for code in held[name][row])
        assert list(zip(codes.tolist(), counts.tolist(), strict=True)) == sorted(expected.items())


def test_a_table_without_facets_or_documents_counts_nothing() -> None:
    assert FacetTable({}, {}, 500).tallies(np.arange(300), ["brand"]) == {}
    nothing = np.empty(0, np.int32)
    empty = FacetTable({"brand": FacetColumn([], nothing, nothing, 0)}, {"brand": (nothing, nothing)}, 0)
    codes, counts = empty.tallies(np.empty(0, np.int64), ["brand"])["brand"]
    assert (codes.size, counts.size) == (0, 0)
