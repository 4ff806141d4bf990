"""Figures checked by hand, and the order of a page against plain sorting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import ranking


@pytest.mark.parametrize(
    ("documents_with", "documents", "expected"),
    [(1, 3, math.log(1 + 2.5 / 1.5)), (3, 3, math.log(1 + 0.5 / 3.5)), (0, 0, math.log(2))],
)
def test_rare_terms_weigh_more(documents_with: int, documents: int, expected: float) -> None:
    assert ranking.inverse_document_frequency(documents_with, documents) == pytest.approx(expected)


def test_a_field_of_mean_length_has_norm_one() -> None:
    lengths, alive = np.array([0, 2, 4, 6, 40], np.uint16), np.array([True, True, True, True, False])
    norms = ranking.length_norms(lengths, alive)
    assert norms[:4].tolist() == pytest.approx([0.6, 0.8, 1.0, 1.2])
    assert ranking.contributions(np.array([1.0], np.float32), norms[2:3], 2.0)[0] == pytest.approx(2.0)


def test_business_factors_stay_inside_their_bounds() -> None:
    factors = ranking.business_factors(
        np.array([0.0, 10.0, 1e6]), np.array([0.0, 2.5, 5.0]), np.array([False, True, True])
    )
    assert factors["popularity"].min() == 1.0
    assert factors["popularity"].max() == pytest.approx(1 + ranking.POPULARITY_GAIN)
    assert factors["rating"].tolist() == pytest.approx([1.0, 1 + ranking.RATING_GAIN / 2, 1 + ranking.RATING_GAIN])
    assert factors["availability"].tolist() == [ranking.OUT_OF_STOCK, 1.0, 1.0]


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(0, 70))
@settings(max_examples=120, deadline=None)
def test_the_best_are_those_of_a_full_sort_with_ties_by_id(keys: list[int], wanted: int) -> None:
    ids = np.random.default_rng(len(keys)).permutation(len(keys)).astype(np.int64)
    found = ranking.best(np.array(keys, np.float64), ids, wanted)
    expected = sorted(range(len(keys)), key=lambda place: (-keys[place], ids[place]))[:wanted]
    assert found.tolist() == expected
