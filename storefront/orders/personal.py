"""What orders know of a customer: who ordered, where it went, what they wrote beside it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from storefront.accounts.rules import reduced
from storefront.database.base import Base, db
from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Obstacle, Person
from storefront.orders.models import (
    CustomerWorth,
    Order,
    OrderAdjustment,
    OrderChange,
    OrderEvent,
    OrderLine,
    OrderNote,
)
from storefront.orders.states import EventKind, FulfillmentStatus, OrderStatus

_PARTS: dict[str, type[Base]] = {
    "lines": OrderLine,
    "reasons": OrderAdjustment,
    "events": OrderEvent,
    "changes": OrderChange,
    "notes": OrderNote,
}
_CHANGES = ("order_change", "order_change_tax", "order_note")
_KEYS = frozenset({"access_token", "idempotency_key", "quote_hash"})


def _orders(person: Person) -> Sequence[Data]:
    found = rows_of(table_of(Order), Order.id.in_(person.orders), but=_KEYS)
    for name, model in _PARTS.items():
        parts: dict[object, list[Data]] = {order["id"]: [] for order in found}
        for row in rows_of(table_of(model), table_of(model).c.order_id.in_(person.orders)):
            parts[row.pop("order_id")].append(row)
        for order in found:
            order[name] = parts[order["id"]]
    return found


def _reduce(person: Person, _at: datetime) -> None:
    """Take the person out of every order, and leave the sale: of its address the country and the region."""
    for order in db.session.scalars(select(Order).where(Order.id.in_(person.orders))):
        order.email, order.phone, order.note = "", "", ""
        order.shipping_address = reduced(order.shipping_address)
        order.access_token = secrets.token_urlsafe(32)
    for change in db.session.scalars(select(OrderChange).where(OrderChange.order_id.in_(person.orders))):
        change.reason = ""
        change.before, change.after = _without_person(change.before), _without_person(change.after)
    db.session.execute(delete(OrderNote).where(OrderNote.order_id.in_(person.orders)))
    for event in db.session.scalars(
        select(OrderEvent).where(OrderEvent.order_id.in_(person.orders), OrderEvent.kind == EventKind.CHANGED)
    ):
        event.facts = {name: value for name, value in event.facts.items() if name != "reason_given"}
    db.session.flush()


def _without_person(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "address": reduced(data.get("address") or {})}


def _open_orders(person: Person) -> Sequence[Obstacle]:
    numbers = db.session.scalars(
        select(Order.number)
        .where(
            Order.id.in_(person.orders),
            Order.status == OrderStatus.OPEN,
            Order.fulfillment_status != FulfillmentStatus.DELIVERED,
        )
        .order_by(Order.placed_at)
    )
    text = N_("Order %(number)s is still under way. Wait until it has arrived, or cancel it.")
    return [Obstacle(text, {"number": number}, f"/orders/{number}") for number in numbers]


def _worth(person: Person) -> Sequence[Data]:
    return rows_of(table_of(CustomerWorth), CustomerWorth.customer_id == person.id, but={"customer_id"})


def _forget_worth(person: Person, _at: datetime) -> None:
    delete_rows(table_of(CustomerWorth), CustomerWorth.customer_id == person.id)


PERSONAL = (
    Keeper("worth", N_("What you have bought in all"), ("customer_worth",), _worth, _forget_worth),
    Keeper(
        "orders",
        N_("Orders"),
        ("order", "order_line", "order_adjustment", "order_tax", "order_event", *_CHANGES),
        _orders,
        _reduce,
        goes=N_("Names, phone numbers, notes and addresses on your orders; country and region stay."),
        stays=N_("What was bought and paid, without your name: the law asks us to keep our books."),
        find_obstacles=_open_orders,
    ),
)
