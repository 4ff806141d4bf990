"""Which warehouse sends what."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.inventory.rules import Choice, Pick, Reason, Shelf, choose_warehouses


def shelf(number: int, priority: int = 0, **available: int) -> Shelf:
    return Shelf(number, priority, {int(name[1:]): units for name, units in available.items()})


@pytest.mark.parametrize(
    ("wanted", "shelves", "picks", "reason"),
    [
        ({}, [], (), Reason.HOLDS_ALL),
        ({7: 2}, [shelf(1, v7=2)], (Pick(7, 1, 2),), Reason.HOLDS_ALL),
        ({7: 1}, [shelf(1, 5, v7=9), shelf(2, 1, v7=9)], (Pick(7, 2, 1),), Reason.HOLDS_ALL),
        (
            {7: 1, 8: 1},
            [shelf(1, 0, v7=9), shelf(2, 9, v7=1, v8=1)],
            (Pick(7, 2, 1), Pick(8, 2, 1)),
            Reason.HOLDS_ALL,
        ),
        (
            {7: 3, 8: 1},
            [shelf(1, 0, v7=2), shelf(2, 1, v7=1), shelf(3, 2, v7=1, v8=1)],
            (Pick(7, 1, 2), Pick(7, 3, 1), Pick(8, 3, 1)),
            Reason.FEWEST_PARCELS,
        ),
        ({7: 3}, [shelf(1, v7=2)], (), Reason.NOT_ENOUGH),
        ({7: 1}, [shelf(1, v7=-4)], (), Reason.NOT_ENOUGH),
    ],
)
def test_the_choice(wanted: dict[int, int], shelves: list[Shelf], picks: tuple[Pick, ...], reason: Reason) -> None:
    choice = choose_warehouses(wanted, shelves)
    assert (choice.picks, choice.reason) == (picks, reason)


def test_what_is_short_is_named_with_what_is_left() -> None:
    choice = choose_warehouses({7: 5, 8: 1, 9: 1}, [shelf(1, v7=2, v9=1), shelf(2, v7=2)])
    assert choice == Choice((), Reason.NOT_ENOUGH, {7: 4, 8: 0})


stocks = st.dictionaries(st.integers(1, 4), st.integers(-2, 5), max_size=4)


@given(st.dictionaries(st.integers(1, 4), st.integers(1, 6), min_size=1, max_size=4), st.lists(stocks, max_size=12))
def test_every_choice_takes_what_is_wanted_from_what_is_there_in_the_fewest_parcels(
    wanted: dict[int, int], stock: list[dict[int, int]]
) -> None:
    shelves = [Shelf(number, 0, units) for number, units in enumerate(stock)]
    choice = choose_warehouses(wanted, shelves)
    total = {v: sum(max(0, units.get(v, 0)) for units in stock) for v in wanted}
    assert dict(choice.missing) == {v: total[v] for v in wanted if total[v] < wanted[v]}
    if choice.missing:
        assert choice.picks == ()
        return
    assert list(choice.picks) == sorted(choice.picks, key=lambda pick: (pick.variant_id, pick.warehouse_id))
    for variant, need in wanted.items():
        assert sum(pick.quantity for pick in choice.picks if pick.variant_id == variant) == need
    assert all(0 < pick.quantity <= stock[pick.warehouse_id][pick.variant_id] for pick in choice.picks)
    used = {pick.warehouse_id for pick in choice.picks}
    if len(stock) <= 10:
        for group in combinations(stock, len(used) - 1):
            assert any(sum(max(0, units.get(v, 0)) for units in group) < need for v, need in wanted.items())
