"""The day's arithmetic and the chart's geometry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.dashboard.chart import HEIGHT, LEFT, TOP, WIDTH, bar_chart, round_up
from admin.dashboard.figures import Sales, days_until, figures_of, spans_to_compare
from storefront.kernel.money import Money


@given(st.lists(st.integers(min_value=0, max_value=10**12), max_size=60))
def test_bars_stand_on_zero_within_the_frame_and_keep_their_proportions(values: list[int]) -> None:
    chart = bar_chart(values)
    assert len(chart.bars) == len(values)
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.y + bar.height == pytest.approx(chart.baseline, abs=0.02)
        assert LEFT <= bar.x < bar.x + bar.width <= WIDTH
        assert TOP - 0.02 <= bar.y <= HEIGHT
        assert (value > 0) >= (bar.height > 0)
    assert chart.ticks[0].value == 0
    assert chart.ticks[-1].value >= max(values, default=0)


def test_a_negative_bar_is_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        bar_chart([1, -1])


@given(st.integers(min_value=0, max_value=10**13))
def test_an_axis_ends_at_a_round_number_that_falls_into_four(value: int) -> None:
    top = round_up(value)
    assert top >= value
    assert top % 4 == 0
    assert value < 4 or top <= value * 2


def test_the_last_day_is_always_marked() -> None:
    assert bar_chart([1] * 30).marks[-1].index == 29


def test_days_are_compared_up_to_the_same_hour() -> None:
    now = datetime(2026, 5, 10, 18, 30, tzinfo=UTC)
    today, yesterday, last_week = spans_to_compare(now, "America/New_York")
    assert today.starts == datetime(2026, 5, 10, 4, tzinfo=UTC)
    assert today.ends == now
    assert yesterday.ends == now - timedelta(days=1)
    assert last_week.starts == datetime(2026, 5, 3, 4, tzinfo=UTC)


def test_the_same_hour_is_the_clocks_even_when_it_was_turned() -> None:
    now = datetime(2026, 3, 8, 16, tzinfo=UTC)
    _, yesterday, _ = spans_to_compare(now, "America/New_York")
    assert yesterday.ends == datetime(2026, 3, 7, 17, tzinfo=UTC)


def test_thirty_days_touch_without_gap_and_end_with_today() -> None:
    now = datetime(2026, 3, 20, 1, tzinfo=UTC)
    days = days_until(now, "America/New_York")
    assert len(days) == 30
    assert all(before.ends == after.starts for before, after in pairwise(days))
    assert days[-1].starts <= now < days[-1].ends


def test_figures_say_by_how_much_and_nothing_where_there_was_nothing() -> None:
    def sales(orders: int, minor: int) -> Sales:
        return Sales(orders, Money(minor, "USD"))

    revenue, orders, average, customers = figures_of([sales(3, 3000), sales(2, 4000), sales(0, 0)], [4, 2, 0])
    assert (revenue.value, revenue.comparisons[0].change, revenue.comparisons[1].change) == (3000, -0.25, None)
    assert (orders.value, orders.comparisons[0].change) == (3, 0.5)
    assert (average.value, average.comparisons[0].value, average.comparisons[1].value) == (1000, 2000, 0)
    assert customers.comparisons[0].change == 1.0
