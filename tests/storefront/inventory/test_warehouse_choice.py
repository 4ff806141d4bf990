"""Which warehouse sends what."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.inventory.rules import Choice, Pick, Reason, Shelf, choose_warehouses, sends_to, zone_of


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


def at(number: int, *zones: str, backup: bool = False, priority: int = 0, **available: int) -> Shelf:
    units = {int(name[1:]): count for name, count in available.items()}
    return Shelf(number, priority, units, f"W{number}", zones, backup)


@pytest.mark.parametrize(
    ("wanted", "shelves", "zone", "warehouses", "reason"),
    [
        ({7: 1}, [at(1, "CN", v7=9), at(2, "US", v7=9)], "US-NY", ("W2",), Reason.ZONE),
        ({7: 1}, [at(1, "US", v7=9), at(2, "CN", v7=9)], "US-NY", ("W1",), Reason.HOLDS_ALL),
        ({7: 1}, [at(1, "CN-上海市", v7=9), at(2, "CN", v7=9)], "CN-北京市", ("W2",), Reason.ZONE),
        ({7: 1}, [at(1, "CN-上海市", v7=9), at(2, "CN", v7=9)], "CN-上海市", ("W1",), Reason.HOLDS_ALL),
        ({7: 1}, [at(1, "us-ny", v7=9)], "US-NY", ("W1",), Reason.HOLDS_ALL),
        ({7: 1}, [at(1, "CN", v7=9)], "", ("W1",), Reason.HOLDS_ALL),
        ({7: 1}, [at(1, "CN", v7=9)], "US", (), Reason.OUT_OF_ZONE),
        ({7: 10}, [at(1, "CN", v7=9)], "US", (), Reason.NOT_ENOUGH),
        ({7: 2}, [at(1, v7=1), at(2, "CN", v7=2)], "US", (), Reason.OUT_OF_ZONE),
        ({7: 1}, [at(1, backup=True, v7=9), at(2, priority=9, v7=1)], "", ("W2",), Reason.HOLDS_ALL),
        ({7: 2}, [at(1, backup=True, v7=9), at(2, v7=1), at(3, v7=1)], "", ("W2", "W3"), Reason.FEWEST_PARCELS),
        ({7: 3}, [at(1, backup=True, v7=9), at(2, v7=1), at(3, v7=1)], "", ("W1",), Reason.BACKUP),
        ({7: 9, 8: 1}, [at(1, backup=True, v7=9), at(2, v7=1, v8=1)], "", ("W2", "W1"), Reason.BACKUP),
        ({7: 1}, [at(1, "CN", v7=9), at(2, "US", backup=True, v7=9)], "US", ("W2",), Reason.BACKUP),
    ],
)
def test_only_who_sends_there_is_asked_and_backups_come_last(
    wanted: dict[int, int], shelves: list[Shelf], zone: str, warehouses: tuple[str, ...], reason: Reason
) -> None:
    choice = choose_warehouses(wanted, shelves, zone)
    assert (choice.warehouses, choice.reason) == (warehouses, reason)


def test_where_an_address_lies() -> None:
    assert (zone_of("CN", "上海市"), zone_of("SG"), zone_of("", "NY")) == ("CN-上海市", "SG", "")
    assert sends_to((), "CN-上海市")
    assert not sends_to(("CN-上海",), "CN-上海市")


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
