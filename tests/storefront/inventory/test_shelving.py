"""Goods come in and move between warehouses; warehouses are opened, changed and closed."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import queries, services, shelving, warehouses
from storefront.inventory.errors import CannotSend, NotThere, OutOfStock, StaleWarehouse, WarehouseInUse
from storefront.inventory.models import StockMovement, Warehouse
from storefront.inventory.rules import Pick, Reason
from storefront.inventory.shelving import Move
from storefront.inventory.warehouses import WarehouseFacts, mark_of, read_zones
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from tests import factories
from tests.storefront.inventory.shelves import (
    add_warehouse,
    books_are_in_order,
    lamps,
    level,
    race,
    reservations,
    reserve,
    stock_one,
)


def receive(variant_id: int, warehouse_id: int, quantity: int) -> int:
    goods = Pick(variant_id, warehouse_id, quantity)
    return shelving.receive(goods=goods, reason="Delivery 7", by="staff:1", at=now())


def transfer(variant_id: int, quantity: int, source: int, target: int) -> None:
    move = Move(variant_id, quantity, source, target)
    shelving.transfer(move=move, reason="Closer to shoppers", by="staff:1", at=now())


def shelf_of(variant_id: int) -> dict[str, int]:
    return {row.code: row.on_hand for row in queries.list_levels([variant_id])}


def test_what_comes_in_stands_on_the_shelf(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            backup = add_warehouse("EAST")
            assert receive(lamp, backup, 4) == 4
            assert receive(lamp, backup, 3) == 7
        assert shelf_of(lamp) == {"MAIN": 5, "EAST": 7}
        kinds = db.session.scalars(db.select(StockMovement.kind).where(StockMovement.reference == "Delivery 7")).all()
        assert kinds == ["received", "received"]
        assert books_are_in_order()


@pytest.mark.parametrize("nonsense", [0, -3, 10**12])
def test_no_nonsense_comes_in_or_moves(app: Flask, nonsense: int) -> None:
    lamp = stock_one(app, 5)
    with app.app_context():
        with transaction():
            east = add_warehouse("EAST")
        main = factories.main_warehouse().id
        with pytest.raises(Invalid), transaction():
            receive(lamp, main, nonsense)
        with pytest.raises(Invalid), transaction():
            transfer(lamp, nonsense, main, east)
        with pytest.raises(Invalid, match="two different"), transaction():
            transfer(lamp, 1, main, main)
        assert level(lamp) == (5, 0, 0)


def test_a_transfer_leaves_one_shelf_and_stands_on_the_other(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        main = db.session.scalars(db.select(Warehouse.id)).one()
        with transaction():
            east = add_warehouse("EAST")
            transfer(lamp, 4, main, east)
        assert shelf_of(lamp) == {"MAIN": 1, "EAST": 4}
        moved = db.select(StockMovement.kind, StockMovement.on_hand_delta).where(StockMovement.actor == "staff:1")
        assert sorted(tuple(row) for row in db.session.execute(moved)) == [("transferred", -4), ("transferred", 4)]
        assert books_are_in_order()


def test_what_is_promised_to_orders_does_not_move(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        main = db.session.scalars(db.select(Warehouse.id)).one()
        with transaction():
            east = add_warehouse("EAST")
            reserve(lamp, 2)
            services.allocate(wanted=lamps(lamp, 1), reference="A-1", by="", at=now())
        with pytest.raises(NotThere, match="Only 2 of these"), transaction():
            transfer(lamp, 3, main, east)
        assert shelf_of(lamp) == {"MAIN": 5}
        with transaction():
            transfer(lamp, 2, main, east)
        assert books_are_in_order()


def test_moving_to_and_fro_at_once_loses_nothing(any_app: Flask) -> None:
    lamp = stock_one(any_app, 20)
    with any_app.app_context():
        main = db.session.scalars(db.select(Warehouse.id)).one()
        with transaction():
            east = add_warehouse("EAST")
            receive(lamp, east, 20)

    def move(source: int, target: int, units: int) -> None:
        with any_app.app_context(), transaction():
            transfer(lamp, units, source, target)

    def buy(number: int) -> None:
        with any_app.app_context(), transaction():
            reserve(lamp, 2, f"R-{number}")

    ways = [(source, target, units) for units in (1, 2, 3) for source, target in ((main, east), (east, main))]
    works = [lambda way=way: move(*way) for way in ways] + [lambda n=n: buy(n) for n in range(4)]
    assert set(race(works)) == {"done"}
    with any_app.app_context():
        assert level(lamp) == (40, 0, 8)
        assert books_are_in_order()


def test_places_are_read_as_people_type_them() -> None:
    assert read_zones("CN-上海\ncn-广东, US-NY；ＳＧ、US") == ("CN-上海市", "CN-广东省", "US-NY", "SG", "US")
    assert read_zones(" \n, ") == ()
    assert read_zones("CN－北京市\nCN-北京") == ("CN-北京市",)
    for nonsense in ("XX", "CN-Nowhere", "上海", "US-" + "x" * 99):
        with pytest.raises(Invalid, match="There is no place"):
            read_zones(nonsense)
    with pytest.raises(Invalid):
        WarehouseFacts("East", zones=tuple(f"US-{number}" for number in range(101)))


def test_a_warehouse_is_opened_and_changed_and_both_are_written_down(any_app: Flask) -> None:
    with any_app.app_context():
        facts = WarehouseFacts("East", 3, ("CN-上海市",))
        with transaction():
            row = warehouses.open_warehouse(code=" east－1 ", facts=facts, by="staff:1", at=now())
            assert (row.code, warehouses.facts_of(row)) == ("EAST-1", facts)
        for wrong in ("", "东", "-A", "x" * 33):
            with pytest.raises(Invalid), transaction():
                warehouses.open_warehouse(code=wrong, facts=facts, by="staff:1", at=now())
        with pytest.raises(Invalid, match="already"), transaction():
            warehouses.open_warehouse(code="east-1", facts=facts, by="staff:1", at=now())
        changed = WarehouseFacts("East coast", 3, (), is_backup=True)
        with transaction():
            warehouses.change_warehouse(code="east-1", facts=changed, seen=mark_of(facts), by="staff:1", at=now())
        with pytest.raises(StaleWarehouse), transaction():
            warehouses.change_warehouse(code="EAST-1", facts=facts, seen=mark_of(facts), by="staff:1", at=now())
        with pytest.raises(NotFound), transaction():
            warehouses.change_warehouse(code="WEST", facts=facts, seen="", by="staff:1", at=now())
        entries = audit.list_entries_about("warehouse", "EAST-1")
        assert entries[0].changes == {
            "name": ["East", "East coast"],
            "zones": ["CN-上海市", ""],
            "is_backup": [False, True],
        }


def test_a_warehouse_that_orders_wait_for_is_not_closed(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        row = db.session.scalars(db.select(Warehouse)).one()
        before = warehouses.facts_of(row)
        closed = WarehouseFacts(row.name, is_active=False)
        with transaction():
            reserve(lamp, 2)
        with pytest.raises(WarehouseInUse, match="2 pieces"), transaction():
            warehouses.change_warehouse(code="MAIN", facts=closed, seen=mark_of(before), by="staff:1", at=now())
        with transaction():
            services.release(reference="R-1", by="", at=now())
            warehouses.change_warehouse(code="MAIN", facts=closed, seen=mark_of(before), by="staff:1", at=now())
        assert queries.available([lamp]) == {lamp: 0}


def close_main(app: Flask) -> None:
    with app.app_context(), transaction():
        row = db.session.scalars(db.select(Warehouse)).one()
        closed = WarehouseFacts(row.name, is_active=False)
        seen = mark_of(warehouses.facts_of(row))
        warehouses.change_warehouse(code="MAIN", facts=closed, seen=seen, by="staff:1", at=now())


@pytest.mark.postgres
def test_who_chose_a_warehouse_that_closes_meanwhile_takes_nothing_of_it(
    postgres_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = stock_one(postgres_app, 5)
    chosen, closed = threading.Event(), threading.Event()
    choose = services.choose_warehouses

    def choose_slowly(*facts: object) -> object:
        choice = choose(*facts)  # type: ignore[arg-type]
        chosen.set()
        assert closed.wait(30)
        return choice

    def buy() -> None:
        with postgres_app.app_context(), transaction():
            reserve(lamp, 1)

    def close() -> None:
        assert chosen.wait(30)
        close_main(postgres_app)
        closed.set()

    monkeypatch.setattr(services, "choose_warehouses", choose_slowly)
    assert race([buy, close]) == ["OutOfStock", "done"]
    with postgres_app.app_context():
        assert level(lamp) == (5, 0, 0)
        assert books_are_in_order()


def test_a_warehouse_closes_or_sells_but_never_both(any_app: Flask) -> None:
    lamp = stock_one(any_app, 50)

    def buy(number: int) -> None:
        with any_app.app_context(), transaction():
            reserve(lamp, 1, f"R-{number}")

    works = [lambda n=n: buy(n) for n in range(8)]
    outcomes = race([*works[:4], lambda: close_main(any_app), *works[4:]])  # type: ignore[list-item]
    sold = outcomes.count("done") - (outcomes[4] == "done")
    assert outcomes[4] == ("WarehouseInUse" if sold else "done")
    with any_app.app_context():
        assert level(lamp) == (50, 0, sold)
        assert books_are_in_order()


def test_what_is_there_but_cannot_be_sent_there_is_refused_in_those_words(any_app: Flask) -> None:
    lamp = stock_one(any_app, 5)
    with any_app.app_context():
        with transaction():
            db.session.execute(db.update(Warehouse).values(zones=["CN-上海市", "SG"]))
        assert queries.available([lamp]) == {lamp: 5}, "what a shopper sees asks for no address"
        with pytest.raises(CannotSend) as refused, transaction():
            reserve(lamp, 2, zone="US-NY")
        assert "“Lamp” cannot be sent to NY, United States." in str(refused.value)
        assert isinstance(refused.value, OutOfStock)
        assert (level(lamp), reservations()) == ((5, 0, 0), 0)
        with transaction():
            assert reserve(lamp, 2, zone="CN-上海市").reason is Reason.HOLDS_ALL
        with transaction():
            overseas = add_warehouse("OVERSEAS", zones=["US"])
            receive(lamp, overseas, 1)
        with pytest.raises(CannotSend, match="Only 1 of “Lamp” can be sent"), transaction():
            reserve(lamp, 2, "R-2", zone="US-NY")
