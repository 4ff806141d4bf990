"""The decisions of a flash sale, at the second where they turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.flash.rules import (
    FlashOffer,
    Session,
    best_offer,
    coming_sessions,
    live_sessions,
    percent_saved,
    percent_sold,
    phase_of,
    pieces_left,
)
from storefront.flash.states import Phase

EIGHT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TEN = EIGHT + timedelta(hours=2)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (EIGHT - TICK, Phase.COMING),
        (EIGHT, Phase.LIVE),
        (TEN - TICK, Phase.LIVE),
        (TEN, Phase.OVER),
    ],
)
def test_a_session_is_live_from_its_first_moment_up_to_its_last(at: datetime, phase: Phase) -> None:
    assert phase_of(EIGHT, TEN, at) is phase


def test_one_session_ends_as_the_next_begins() -> None:
    first, second = Session(1, 1, "A", EIGHT, TEN), Session(2, 1, "B", TEN, TEN + timedelta(hours=2))
    assert live_sessions((second, first), TEN - TICK) == (first,)
    assert coming_sessions((second, first), TEN - TICK) == (second,)
    assert live_sessions((second, first), TEN) == (second,)


@pytest.mark.parametrize(
    ("quota", "sold", "per_customer", "taken", "left"),
    [
        (10, 0, None, 0, 10),
        (10, 9, 2, 0, 1),
        (10, 0, 2, 1, 1),
        (10, 0, 2, 2, 0),
        (10, 0, 2, 3, 0),
        (10, 10, None, 0, 0),
        (1, 0, 5, 0, 1),
    ],
)
def test_what_is_left_is_the_quotas_rest_or_the_customers_own(
    quota: int, sold: int, per_customer: int | None, taken: int, left: int
) -> None:
    assert pieces_left(quota=quota, sold=sold, per_customer=per_customer, taken=taken) == left


def test_of_several_offers_the_cheapest_with_something_left_is_made() -> None:
    gone, dear, cheap, same = (
        FlashOffer(number, price, left, TEN, "", None)
        for number, price, left in ((1, 100, 0), (2, 300, 5), (4, 200, 1), (3, 200, 1))
    )
    assert best_offer([gone, dear, cheap, same]) is same
    assert best_offer([gone]) is gone
    assert best_offer([]) is None


@pytest.mark.parametrize(
    ("quota", "sold", "percent"), [(1000, 1, 1), (1000, 999, 99), (8, 5, 62), (3, 3, 100), (3, 0, 0)]
)
def test_only_what_is_all_gone_is_a_hundred_percent_sold(quota: int, sold: int, percent: int) -> None:
    assert percent_sold(quota, sold) == percent


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_saving_is_never_said_to_be_more_than_it_is(base: int, price: int) -> None:
    percent = percent_saved(base, price)
    assert 0 <= percent <= 100
    assert percent == 0 or (base - price) * 100 >= percent * base
