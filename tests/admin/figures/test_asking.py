"""Which days a report looks at, whatever was typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.figures.asking import LONGEST, grouped, read_days, size_of
from admin.figures.stock import to_order
from storefront.figures.days import Days, span_of

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("args", "first", "last", "notes", "refused"),
    [
        ({}, "2026-10-31", "2026-11-29", 0, False),
        ({"days": "7"}, "2026-11-23", "2026-11-29", 0, False),
        ({"days": "7000"}, "2026-10-31", "2026-11-29", 0, False),
        ({"from": "2026-11-01", "to": "2026-11-05"}, "2026-11-01", "2026-11-05", 0, False),
        ({"from": "2026-11-05", "to": "2026-11-01"}, "2026-11-01", "2026-11-05", 1, False),
        ({"from": "2026-11-20", "to": "2027-01-01"}, "2026-11-20", "2026-11-29", 1, False),
        ({"from": "2027-01-01", "to": "2027-02-01"}, "2026-11-29", "2026-11-29", 1, False),
        ({"from": "2016-11-29", "to": "2026-11-29"}, "2023-11-30", "2026-11-29", 1, False),
        ({"from": "yesterday"}, "2026-10-31", "2026-11-29", 1, True),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "2026-10-31", "2026-11-29", 1, True),
        ({"to": "2026-11-05"}, "2026-10-07", "2026-11-05", 0, False),
    ],
)
def test_days_are_put_right_and_it_is_said(
    args: dict[str, str], first: str, last: str, notes: int, refused: bool
) -> None:
    asked = read_days(args, TODAY)
    assert (str(asked.days.first), str(asked.days.last)) == (first, last)
    assert (len(asked.notes), asked.is_refused) == (notes, refused)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=4))
def test_whatever_is_typed_gives_days_until_today(first: str, last: str, days: str) -> None:
    asked = read_days({"from": first, "to": last, "days": days}, TODAY)
    assert asked.days.first <= asked.days.last <= TODAY
    assert 1 <= asked.days.count <= LONGEST
    assert asked.days.before().count == asked.days.count


@given(st.integers(min_value=1, max_value=1096))
def test_points_hold_every_day_once_and_are_few(count: int) -> None:
    days = list(range(count))
    groups = grouped(days, size_of(count))
    assert [day for group in groups for day in group] == days
    assert len(groups) <= 92


def test_days_on_which_the_clock_is_turned_have_23_and_25_hours() -> None:
    short, long = (span_of(date(2026, *day), "America/New_York") for day in ((3, 8), (11, 1)))
    assert short.ends - short.starts == timedelta(hours=23)
    assert long.ends - long.starts == timedelta(hours=25)
    assert Days(date(2026, 11, 1), date(2026, 11, 1)).span("America/New_York") == long


@given(
    st.integers(min_value=1, max_value=10_000),
    st.integers(min_value=1, max_value=30),
    st.integers(min_value=0, max_value=10_000),
    st.integers(min_value=0, max_value=500),
)
def test_what_is_ordered_lasts_as_long_as_wanted_and_no_piece_more(
    sold: int, days: int, free: int, incoming: int
) -> None:
    _, pieces = to_order(sold, days, free, incoming, 30)
    had = free + incoming + pieces
    assert had * days >= sold * 30
    assert not pieces or (had - 1) * days < sold * 30
