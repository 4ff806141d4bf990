"""Parcels for tests: an order of a lamp in two warehouses, packed and sent."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import ledgers, queries, services
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label
from storefront.inventory import ledgers as stock
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.states import MovementKind
from storefront.kernel.clock import now
from storefront.orders import ledgers as order_ledgers
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.models import Order, OrderLine
from tests import factories
from tests.storefront.orders.drafts import draft_of

STAFF = "staff:1"


def books_are_in_order() -> bool:
    return not [*ledgers.discrepancies(), *stock.discrepancies(), *order_ledgers.discrepancies()]


def order_of(number: str) -> Order:
    order_id = db.session.scalars(db.select(Order.id).where(Order.number == number)).one()
    return orders.get_whole(order_id)


def stock_at(variant_id: int, code: str, units: int) -> int:
    """Put units of a variant into another warehouse and return its id."""
    found = db.session.scalar(db.select(Warehouse).where(Warehouse.code == code))
    if found is None:
        found = Warehouse(code=code, name=code.title(), priority=5, zones=[])
        db.session.add(found)
        db.session.flush()
    here = {"variant_id": variant_id, "warehouse_id": found.id}
    db.session.add(StockLevel(**here, on_hand=units, updated_at=now()))
    moved = {"kind": MovementKind.RECEIVED, "on_hand_delta": units, "reference": "test", "at": now()}
    db.session.add(StockMovement(**here, **moved))
    db.session.flush()
    return found.id


def buy(app: Flask, *, units: int = 3, here: int = 10, elsewhere: int = 0, cups: int = 0, paid: bool = True) -> str:
    """Place an order of lamps (and cups), paid at the door unless it waits; return its number."""
    with app.app_context(), transaction():
        lamp = factories.variant_of(factories.make_product("Lamp", price=1000, stock=here)).id
        wanted = {lamp: units}
        if cups:
            wanted[factories.variant_of(factories.make_product("Cup", price=300, stock=2 * cups)).id] = cups
        if elsewhere:
            stock_at(lamp, "NORTH", elsewhere)
        return order_services.place_order(draft=draft_of(wanted, pays_at_the_door=paid), at=now()).number


def lines_of(number: str) -> list[int]:
    return [line.id for line in order_of(number).lines]


def main_id() -> int:
    return factories.main_warehouse().id


def pack_all(number: str, warehouse_id: int | None = None) -> Parcel:
    with transaction():
        return services.pack_rest(order=order_of(number), warehouse_id=warehouse_id or main_id(), by=STAFF, at=now())


def send(number: str, label: Label = Label()) -> Parcel:
    """Pack everything in the main warehouse and let it leave."""
    parcel = pack_all(number)
    with transaction():
        return services.ship(parcel=parcel, label=label, by=STAFF, at=now())


def status_of(number: str) -> str:
    return order_of(number).fulfillment_status


def states_of(number: str) -> list[str]:
    return [parcel.state for parcel in queries.list_parcels(order_of(number).id)]


def kinds_of(number: str) -> list[str]:
    return [event.kind for event in order_of(number).events]


def arrived_of(number: str) -> dict[int, int]:
    """Return how many pieces of each line have arrived."""
    there = [parcel for parcel in queries.list_parcels(order_of(number).id) if parcel.state == "delivered"]
    found: dict[int, int] = {}
    for line in (line for lines in queries.list_lines(there).values() for line in lines):
        found[line.id] = found.get(line.id, 0) + line.packed
    return found


def line_quantity(line_id: int) -> int:
    return db.session.scalars(db.select(OrderLine.quantity).where(OrderLine.id == line_id)).one()
