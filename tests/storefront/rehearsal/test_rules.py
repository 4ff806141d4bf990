"""What made-up shoppers like, do and write down."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.rehearsal.diary import Diary, Line, Seen, Sums, by_arm, compare, sums_of
from storefront.rehearsal.rules import (
    ELSE,
    LOOKS_AT,
    OPENS,
    Nature,
    baskets,
    deeds,
    draw,
    liking,
    shoppers,
    wares,
    worth,
)

WARES = st.integers(0, len(wares()) - 1)
SHELVES = st.lists(WARES, unique=True, max_size=20)


def test_sixty_wares_of_twelve_kinds_have_prices_to_the_cent() -> None:
    goods = wares()
    assert [ware.number for ware in goods] == list(range(60))
    assert set(Counter(ware.kind for ware in goods).values()) == {5}
    assert len({ware.name for ware in goods}) == 60
    assert all(247 <= ware.price_minor <= 996 for ware in goods)
    assert len({ware.price_minor for ware in goods}) == 60


def test_what_goes_with_something_is_liked_more_than_another_of_its_kind() -> None:
    tea, biscuits, green, pasta = wares()[15], wares()[20], wares()[16], wares()[30]
    assert (tea.kind, biscuits.kind, green.kind, pasta.kind) == ("Tea", "Biscuits", "Tea", "Pasta")
    assert liking(tea, biscuits) > liking(tea, green) > liking(tea, pasta) == ELSE


@given(WARES, SHELVES, st.integers(0, 10**6), st.integers(1, 2))
def test_deeds_are_about_what_was_seen_and_the_same_when_asked_again(
    anchor: int, shelf: list[int], shopper: int, visit: int
) -> None:
    done = deeds("s", shopper, visit, anchor, shelf)
    assert done == deeds("s", shopper, visit, anchor, shelf)
    assert set(done.opened) <= set(shelf[:LOOKS_AT])
    assert len(done.opened) <= OPENS
    assert set(done.bought) <= {*done.opened, anchor}
    assert len(set(done.bought)) == len(done.bought)
    assert worth(done.bought) == sum(wares()[ware].price_minor for ware in done.bought)


@given(WARES, SHELVES, st.integers(0, 10**6))
def test_whether_something_is_liked_does_not_hang_on_what_stands_beside_it(
    anchor: int, shelf: list[int], shopper: int
) -> None:
    together = set(deeds("s", shopper, 1, anchor, shelf[:LOOKS_AT]).opened)
    alone = {ware for ware in shelf[:LOOKS_AT] if deeds("s", shopper, 1, anchor, [ware]).opened}
    assert together <= alone
    assert len(together) == min(OPENS, len(alone))


def test_shoppers_follow_from_the_seed_and_some_of_them_must_not_count() -> None:
    people = shoppers("1", 300, 14)
    assert people == shoppers("1", 300, 14) != shoppers("2", 300, 14)
    assert {one.nature for one in people} == set(Nature)
    for one in people:
        days = [visit.after // timedelta(days=1) for visit in one.visits]
        assert days == sorted(set(days))
        assert 0 <= days[0] <= days[-1] < 14
    assert {len(one.visits) for one in people} == {1, 2}


def test_the_past_is_mostly_of_what_goes_together() -> None:
    goods, past = wares(), baskets(1, 60, 600)
    assert past == baskets(1, 60, 600)
    alike = [len({goods[ware].table for ware in basket}) == 1 for _, _, basket in past]
    assert sum(alike) > 500
    assert {days for _, days, _ in past} <= set(range(1, 72))


def test_draws_are_spread_evenly() -> None:
    found = Counter(int(draw("s", number) * 10) for number in range(10_000))
    assert set(found) == set(range(10))
    assert all(850 < count < 1150 for count in found.values())


def seen(day: int, *, anchor: int, opened: tuple[int, ...] = (), bought: tuple[int, ...] = ()) -> Seen:
    return Seen(timedelta(days=day), anchor, (1, 2, 3), opened, bought, 100 * len(bought))


PRICES = dict.fromkeys(range(10), 100)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ((seen(0, anchor=5),), Sums(visitors=1, seen=1)),
        (
            (seen(0, anchor=5, opened=(1, 2), bought=(5, 1)),),
            Sums(visitors=1, buyers=1, orders=1, units=2, revenue=200, seen=1, used=1, clicks=2, credited=100),
        ),
        (
            (seen(0, anchor=5, opened=(1,)), seen(7, anchor=1, bought=(1,))),
            Sums(visitors=1, buyers=1, orders=1, units=1, revenue=100, seen=2, used=1, clicks=1, credited=100),
        ),
        (
            (seen(0, anchor=5, opened=(1,)), seen(8, anchor=1, bought=(1,))),
            Sums(visitors=1, buyers=1, orders=1, units=1, revenue=100, seen=2, used=1, clicks=1),
        ),
    ],
)
def test_a_diary_adds_up(visits: tuple[Seen, ...], expected: Sums) -> None:
    assert sums_of(Diary(1, "control", visits), PRICES) == expected


def test_arms_are_sums_of_diaries_and_who_is_in_none_is_left_out() -> None:
    one = Diary(1, "control", (seen(0, anchor=5, bought=(5,)),))
    found = by_arm([one, one, Diary(2, "", one.visits)], PRICES)
    assert found == {"control": Sums(visitors=2, buyers=2, orders=2, units=2, revenue=200, seen=2)}
    lines = compare(["control", "treatment"], found, {"control": found["control"] + Sums(revenue=1)})
    assert [line for line in lines if not line.agrees] == [Line("control", "revenue", 200, 201)]
