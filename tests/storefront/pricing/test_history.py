"""What everybody was asked, and the lowest of it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storefront.pricing.history import (
    BASE,
    Lowest,
    Reductions,
    Statement,
    lowered,
    lowest_before,
    lowest_of,
    spans,
    standing,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
SALE = ("list", "sale")
FLASH = ("flash", "7")


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def says(number: int, price: int | None, source: tuple[str, str] = SALE, before: int | None = None) -> Statement:
    return Statement(source, day(number), price, before)


def lowest(statements: list[Statement], on: int, base: int = 1000, days: int = 30) -> Lowest:
    return lowest_before(statements, base_minor=base, at=day(on), days=days)


def test_a_price_of_which_nothing_is_known_always_was() -> None:
    assert lowest([], 0) == Lowest(1000, 30, is_before=False)


def test_the_days_before_a_reduction_count_and_not_those_since() -> None:
    assert lowest([says(10, 800)], 40) == Lowest(1000, 30, is_before=True)


def test_a_short_sale_just_before_shows() -> None:
    told = [says(5, 700), says(8, None), says(20, 900)]
    assert lowest(told, 21).price_minor == 700
    assert lowest(told, 21, days=10).price_minor == 1000


def test_a_price_raised_to_be_reduced_is_found_out() -> None:
    told = [says(20, 1500, BASE, before=1000), says(25, 1000, BASE, before=1500)]
    assert lowest(told, 26).price_minor == 1000


def test_an_end_that_was_moved_holds_and_the_old_one_does_not() -> None:
    told = [says(0, 800), says(10, None), says(5, 800), says(20, None)]
    assert [(span.start, span.price_minor) for span in spans(told, base_minor=1000, until=day(30))] == [
        (None, 1000), (day(0), 800), (day(20), 1000),
    ]  # fmt: skip
    assert standing(told) == [says(0, 800), says(5, 800), says(20, None)]


def test_a_price_that_begins_this_second_is_the_present_one() -> None:
    assert lowest([says(10, 800)], 10) == Lowest(1000, 30, is_before=True)
    assert lowest([says(0, 600), says(10, None)], 10).price_minor == 600


def test_the_lowest_of_no_time_is_none() -> None:
    assert lowest_of(spans([], base_minor=5, until=day(1)), start=day(1), end=day(1)) is None


def half_off(*spans_of: tuple[int, int]) -> Reductions:
    def left(price_minor: int, at: datetime) -> int:
        return price_minor // 2 if any(day(first) <= at < day(last) for first, last in spans_of) else price_minor

    return Reductions(tuple(day(number) for span in spans_of for number in span), left)


def test_what_offers_leave_is_laid_over_what_sources_ask() -> None:
    found = spans([says(5, 800), says(20, None)], base_minor=1000, until=day(40))
    assert [(span.start, span.end, span.price_minor) for span in lowered(found, half_off((10, 25), (30, 50)))] == [
        (None, day(5), 1000), (day(5), day(10), 800), (day(10), day(20), 400),
        (day(20), day(25), 500), (day(25), day(30), 1000), (day(30), day(40), 500),
    ]  # fmt: skip
    assert lowered(found, Reductions((), lambda price, _at: price)) == found


def test_an_offer_before_the_present_one_counts() -> None:
    offers = half_off((1, 10), (15, 30))
    now_lower = lowest_before([], base_minor=100, at=day(16), days=30, reductions=offers)
    assert now_lower == Lowest(50, 30, is_before=True)
    assert lowest_before([], base_minor=100, at=day(16), days=4, reductions=offers) == Lowest(100, 4, is_before=True)


SOURCES = st.sampled_from([BASE, SALE, FLASH, ("list", "other")])
STATEMENTS = st.lists(
    st.tuples(SOURCES, st.integers(0, 60), st.one_of(st.none(), st.integers(0, 50))).filter(
        lambda told: told[0] != BASE or told[2] is not None
    ),
    max_size=25,
)


@given(STATEMENTS, st.integers(0, 50), st.integers(1, 70), st.integers(1, 40))
def test_spans_say_what_a_walk_through_the_days_says(
    told: list[tuple[tuple[str, str], int, int | None]], base: int, on: int, days: int
) -> None:
    walk: dict[tuple[str, str], list[int | None]] = {}
    for source, start, price in told:
        asked = walk.setdefault(source, [None] * 100)
        asked[start:] = [price] * (100 - start)
    walk.setdefault(BASE, [base] * 100)
    walk[BASE] = [base if price is None else price for price in walk[BASE]]
    prices = [min(p for asked in walk.values() if (p := asked[number]) is not None) for number in range(100)]

    found = spans([says(start, price, source) for source, start, price in told], base_minor=base, until=day(on))
    assert [span.price_minor for span in found] != []
    assert all(one.end == other.start for one, other in itertools.pairwise(found))
    for number in range(on):
        assert [
            s.price_minor for s in found if (s.start is None or s.start <= day(number)) and day(number) < s.end
        ] == [prices[number]]
    first = max(0, on - days)
    assert lowest_of(found, start=day(first), end=day(on)) == min(prices[first:on])
