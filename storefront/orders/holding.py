"""The goods behind an order: reserved while it waits for its payment, allocated once it is paid or paid at the door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storefront.database.base import db
from storefront.inventory import services as inventory
from storefront.inventory.errors import OutOfStock, Shortage
from storefront.inventory.rules import Choice, zone_of
from storefront.inventory.services import Wanted
from storefront.orders.draft import Draft
from storefront.orders.models import Order, OrderLine

Facts = dict[str, object]
"""Why the goods come from where they come from, as an order's event keeps it."""


def take_for(draft: Draft, *, number: str, at: datetime) -> Facts:
    """Take what a draft sells: until its time to pay is over, or for good where nothing is paid before delivery."""
    wanted = [
        Wanted(draft.goods[line.line_id].variant_id, line.quantity, draft.goods[line.line_id].full_name)
        for line in draft.quote.lines
    ]
    by, zone = draft.actor, zone_of(draft.parcel.address.country, draft.parcel.address.region)
    if draft.pay_before is None or not draft.quote.total:
        return _facts(inventory.allocate(wanted=wanted, reference=number, by=by, at=at, zone=zone))
    choice = inventory.reserve(wanted=wanted, reference=number, expires_at=draft.pay_before, by=by, at=at, zone=zone)
    return _facts(choice)


def keep(order: Order, *, by: str, at: datetime) -> Facts:
    """Hold an order's goods as its way to pay asks: until `pay_before`, or for good where it has none."""
    if order.pay_before is None:
        return settle(order, by=by, at=at)
    choice = inventory.hold(
        wanted=lambda: _wanted(order),
        reference=order.number,
        expires_at=order.pay_before,
        by=by,
        at=at,
        zone=_zone(order),
    )
    return _facts(choice)


def settle(order: Order, *, by: str, at: datetime) -> Facts:
    """Let an order have its goods for good; refuse with OutOfStock where they went back on the shelf and are gone."""
    choice = inventory.confirm(wanted=lambda: _wanted(order), reference=order.number, by=by, at=at, zone=_zone(order))
    return _facts(choice)


def _wanted(order: Order) -> list[Wanted]:
    """Return what an order sold; a thing that is not sold here any more cannot be sent."""
    lines = db.session.execute(
        select(OrderLine.variant_id, OrderLine.quantity, OrderLine.name, OrderLine.variant_name)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.position)
    ).all()
    gone = [Shortage(0, line.name, line.quantity, 0) for line in lines if line.variant_id is None]
    if gone:
        raise OutOfStock(gone)
    return [
        Wanted(line.variant_id, line.quantity, f"{line.name}, {line.variant_name}" if line.variant_name else line.name)
        for line in lines
    ]


def _zone(order: Order) -> str:
    address = order.shipping_address or {}
    return zone_of(str(address.get("country", "")), str(address.get("region", "")))


def _facts(choice: Choice | None) -> Facts:
    """Return nothing where nothing was chosen anew."""
    return {} if choice is None else {"why": choice.reason.value, "warehouses": list(choice.warehouses)}
