"""Taking stock, giving it back, and who gets the last unit."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import ledgers, queries, services, shelving
from storefront.inventory.errors import OutOfStock, SpokenFor
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.services import Wanted
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from tests import factories


def stock_one(app: Flask, units: int) -> int:
    with app.app_context(), transaction():
        return factories.variant_of(factories.make_product("Lamp", stock=units)).id


def take(variant_id: int, quantity: int, reference: str = "A-1") -> None:
    services.allocate(wanted=[Wanted(variant_id, quantity, "Lamp")], reference=reference, by="customer:1", at=now())


def level(variant_id: int) -> tuple[int, int]:
    row = db.session.execute(
        db.select(StockLevel.on_hand, StockLevel.allocated).where(StockLevel.variant_id == variant_id)
    ).one()
    return row.on_hand, row.allocated


def test_a_sale_takes_stock_and_says_so_in_the_ledger(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            take(lamp, 3)
        assert queries.available([lamp, 999]) == {lamp: 2, 999: 0}
        assert level(lamp) == (5, 3)
        moved = db.session.execute(
            db.select(StockMovement.kind, StockMovement.allocated_delta, StockMovement.actor).where(
                StockMovement.reference == "A-1"
            )
        ).all()
        assert [tuple(row) for row in moved] == [("allocated", 3, "customer:1")]
        assert list(ledgers.discrepancies()) == []


def test_more_than_there_is_is_refused_and_nothing_is_taken(any_app: Flask) -> None:
    lamp = stock_one(any_app, 2)
    with any_app.app_context():
        with pytest.raises(OutOfStock) as refused, transaction():
            take(lamp, 3)
        assert (refused.value.name, refused.value.available) == ("Lamp", 2)
        assert "Only 2 of “Lamp” are left." in str(refused.value)
        assert level(lamp) == (2, 0)


def test_safety_stock_and_closed_warehouses_are_not_for_sale(app: Flask) -> None:
    lamp = stock_one(app, 5)
    with app.app_context():
        with transaction():
            db.session.execute(db.update(StockLevel).values(safety_stock=4))
        assert queries.available([lamp]) == {lamp: 1}
        with transaction():
            db.session.execute(db.update(Warehouse).values(is_active=False))
        assert queries.available([lamp]) == {lamp: 0}
        with pytest.raises(OutOfStock), transaction():
            take(lamp, 1)


def test_the_same_thing_twice_counts_together(app: Flask) -> None:
    lamp = stock_one(app, 3)
    with app.app_context(), pytest.raises(OutOfStock), transaction():
        services.allocate(wanted=[Wanted(lamp, 2, "Lamp"), Wanted(lamp, 2, "Lamp")], reference="A-1", by="", at=now())


def test_giving_back_twice_gives_back_once(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            take(lamp, 2, "A-1")
            take(lamp, 1, "A-2")
        for expected in (2, 0):
            with transaction():
                given = services.release(reference="A-1", by="system", at=now())
            assert sum(pick.quantity for pick in given) == expected
        assert level(lamp) == (5, 1)
        assert list(ledgers.discrepancies()) == []


def test_what_is_shipped_is_gone_and_cannot_be_given_back(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            take(lamp, 2)
        with transaction():
            services.ship(reference="A-1", by="staff:1", at=now())
        with transaction():
            assert services.release(reference="A-1", by="system", at=now()) == ()
        assert level(lamp) == (3, 0)
        assert list(ledgers.discrepancies()) == []


def count(variant_id: int, warehouse_id: int, *, seen: int, on_hand: int) -> int:
    counted = shelving.Count(variant_id, warehouse_id, seen, on_hand)
    return shelving.adjust(count=counted, reason="Counted", by="staff:1", at=now())


def test_a_count_sets_the_level_and_is_a_movement(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        main = db.session.scalars(db.select(Warehouse.id)).one()
        with transaction():
            take(lamp, 4)
            assert count(lamp, main, seen=5, on_hand=9) == 4
            assert count(lamp, main, seen=9, on_hand=9) == 0
        with pytest.raises(SpokenFor, match="4 of these"), transaction():
            count(lamp, main, seen=9, on_hand=3)
        for nonsense in (-1, 10**12):
            with pytest.raises(Invalid), transaction():
                count(lamp, main, seen=9, on_hand=nonsense)
        assert level(lamp) == (9, 4)
        assert list(ledgers.discrepancies()) == []
        adjusted = db.select(StockMovement.reference).where(StockMovement.kind == "adjusted")
        assert db.session.scalars(adjusted).all() == ["Counted"], "the ledger keeps the reason"


@pytest.mark.parametrize("has_level", [True, False])
def test_of_two_who_count_one_shelf_the_slower_is_refused(any_app: Flask, has_level: bool) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context(), transaction() as session:
        shelf = db.session.scalars(db.select(Warehouse.id)).one()
        if not has_level:
            backup = Warehouse(code="BACKUP", name="Backup", priority=9)
            session.add(backup)
            session.flush()
            shelf = backup.id
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def store(on_hand: int) -> None:
        start.wait()
        try:
            with any_app.app_context(), transaction():
                count(lamp, shelf, seen=5 if has_level else 0, on_hand=on_hand)
            outcomes.append("stored")
        except Exception as fault:
            outcomes.append(type(fault).__name__)

    threads = [threading.Thread(target=store, args=(on_hand,)) for on_hand in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ShelfMoved", "stored"]
    with any_app.app_context():
        assert list(ledgers.discrepancies()) == []


def test_a_first_count_opens_a_level(app: Flask) -> None:
    lamp = stock_one(app, 0)
    with app.app_context():
        with transaction() as session:
            backup = Warehouse(code="BACKUP", name="Backup", priority=9)
            session.add(backup)
            session.flush()
            count(lamp, backup.id, seen=0, on_hand=7)
        assert queries.available([lamp]) == {lamp: 7}
        assert [row.code for row in queries.list_levels([lamp])] == ["MAIN", "BACKUP"]
        assert [row.code for row in queries.list_warehouses()] == ["MAIN", "BACKUP"]
        assert list(ledgers.discrepancies()) == []


def test_a_level_changed_behind_the_ledgers_back_is_found(app: Flask) -> None:
    stock_one(app, 5)
    with app.app_context():
        with transaction():
            db.session.execute(db.update(StockLevel).values(on_hand=6))
        assert [(found.ledger, found.expected, found.actual) for found in ledgers.discrepancies()] == [("stock", 5, 6)]


def test_an_order_is_filled_from_several_warehouses_when_it_must(app: Flask) -> None:
    lamp = stock_one(app, 2)
    with app.app_context():
        with transaction() as session:
            backup = Warehouse(code="BACKUP", name="Backup", priority=9)
            session.add(backup)
            session.flush()
            count(lamp, backup.id, seen=0, on_hand=3)
            take(lamp, 4)
        taken = {row.code: row.allocated for row in queries.list_levels([lamp])}
        assert taken == {"MAIN": 2, "BACKUP": 2}


@pytest.mark.parametrize(("shoppers", "units"), [(12, 1), (12, 5)])
def test_racing_shoppers_never_share_a_unit(any_app: Flask, shoppers: int, units: int) -> None:
    lamp = stock_one(any_app, units)
    outcomes: list[str] = []
    start = threading.Barrier(shoppers)

    def buy(number: int) -> None:
        start.wait()
        try:
            with any_app.app_context(), transaction():
                take(lamp, 1, f"R-{number}")
            outcomes.append("bought")
        except OutOfStock:
            outcomes.append("sold out")
        except Exception as error:
            outcomes.append(repr(error))

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(shoppers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["bought"] * units + ["sold out"] * (shoppers - units)
    with any_app.app_context():
        assert level(lamp) == (units, units)
        assert list(ledgers.discrepancies()) == []


def test_shoppers_who_want_the_same_things_in_another_order_do_not_block_each_other(any_app: Flask) -> None:
    lamp, desk = stock_one(any_app, 40), stock_one(any_app, 40)
    failures: list[BaseException] = []

    def buy(number: int) -> None:
        both = [Wanted(lamp, 1, "Lamp"), Wanted(desk, 1, "Desk")]
        try:
            for turn in range(5):
                with any_app.app_context(), transaction():
                    wanted = both if number % 2 else both[::-1]
                    services.allocate(wanted=wanted, reference=f"D-{number}-{turn}", by="", at=now())
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with any_app.app_context():
        assert queries.available([lamp, desk]) == {lamp: 0, desk: 0}
