"""The day's arithmetic and the chart's geometry."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.dashboard.chart import HEIGHT, LEFT, TOP, WIDTH, bar_chart, round_up
from admin.dashboard.figures import FIGURES, PARTS, spans_to_compare
from storefront.figures.counting import FACTS
from storefront.figures.rules import Sums


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


def test_days_are_compared_up_to_the_same_minute() -> None:
    now = datetime(2026, 5, 10, 18, 30, 40, tzinfo=UTC)
    today, yesterday, last_week = spans_to_compare(now, "America/New_York")
    assert (today.starts, today.ends) == (datetime(2026, 5, 10, 4, tzinfo=UTC), datetime(2026, 5, 11, 4, tzinfo=UTC))
    assert yesterday.ends == datetime(2026, 5, 9, 18, 30, tzinfo=UTC)
    assert last_week.starts == datetime(2026, 5, 3, 4, tzinfo=UTC)


def test_the_same_minute_is_the_clocks_even_when_it_was_turned() -> None:
    now = datetime(2026, 3, 8, 16, tzinfo=UTC)
    _, yesterday, _ = spans_to_compare(now, "America/New_York")
    assert yesterday.ends == datetime(2026, 3, 7, 17, tzinfo=UTC)


def test_what_is_counted_is_enough_for_the_figures() -> None:
    whole = Sums(**{field.name: number for number, field in enumerate(fields(Sums), start=1)})
    counted = {name for part in PARTS for name in FACTS[part]} | {"visitors", "converted"}
    part = Sums(**{name: getattr(whole, name) for name in counted})
    assert [part.value(key) for key in FIGURES] == [whole.value(key) for key in FIGURES]
