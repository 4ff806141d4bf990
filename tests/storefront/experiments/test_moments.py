"""The sums that travel instead of rows."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.experiments.statistics.moments import Moments

rows = st.lists(st.tuples(*[st.integers(-(10**7), 10**7)] * 3), max_size=30)


def of(lines: list[tuple[int, int, int]]) -> Moments:
    return Moments.of(*[[line[0] for line in lines]], d=[line[1] for line in lines], x=[line[2] for line in lines])


@given(rows, rows)
def test_groups_of_visitors_add_up(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> None:
    assert of(one) + of(other) == of(one + other)


@given(rows.filter(lambda lines: len(lines) > 1))
def test_covariances_are_those_of_the_rows(lines: list[tuple[int, int, int]]) -> None:
    columns = dict(zip("ydx", np.array(lines, dtype=float).T, strict=True))
    for one in "ydx":
        for other in "ydx":
            wanted = np.cov(columns[one], columns[other])[0, 1]
            scale = max(columns[one].std() * columns[other].std(), 1.0)
            assert of(lines).covariance(one, other) == pytest.approx(wanted, abs=1e-9 * scale, rel=1e-6)


def test_whole_numbers_stay_exact_where_floats_would_not() -> None:
    far = Moments.of([10**12 + place for place in (0, 1, 2)])
    assert far.covariance("y", "y") == 1.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_sums_that_are_no_numbers_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Moments(2, value, 1.0)
    with pytest.raises(ValueError, match="finite"):
        Moments.of([1.0, value])


@pytest.mark.parametrize(
    "sums",
    [{"n": -1}, {"n": 1, "y": 3, "yy": 1}, {"n": 2, "yy": -1}, {"n": 0, "y": 1, "yy": 1}, {"n": 3, "d": 9, "dd": 1}],
)
def test_sums_that_no_visitors_have_are_refused(sums: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"visitors"):
        Moments(**sums)


def test_what_a_database_or_numpy_sums_is_taken_as_it_is() -> None:
    assert Moments(2, Decimal(3), Decimal("5.5"), np.int64(2), np.int64(2)) == Moments(2, 3, 5.5, 2, 2)
    assert Moments(np.int64(3), Decimal(3 * 10**20), Decimal(3 * 10**40)).covariance("y", "y") == 0
    with pytest.raises(ValueError, match="finite"):
        Moments(2, Decimal("NaN"), Decimal(1))


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        Moments.of([1, 2], d=[1])


def test_refunds_may_be_more_than_was_spent() -> None:
    back = Moments.of([-500, 200, 0])
    assert back.y == -300
    assert back.covariance("y", "y") == pytest.approx(np.var([-500, 200, 0], ddof=1))


def test_one_visitor_who_spends_more_than_all_carries_the_sum_alone() -> None:
    assert Moments.of([1] * 50 + [0] * 950).carriers == pytest.approx(50)
    assert Moments.of([1] * 999 + [10**9]).carriers == pytest.approx(1, abs=0.01)
    assert Moments().carriers == 0
