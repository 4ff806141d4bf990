"""Parcels that add up: nothing is sent that was not ordered, what left is what the stock room shipped, and each order
stands where its parcels say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Subquery, case, func, literal, select, union_all

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.fulfilment import queries
from storefront.fulfilment.models import Parcel, ParcelLine
from storefront.fulfilment.states import LEFT, ParcelState
from storefront.inventory.models import StockMovement
from storefront.inventory.states import MovementKind
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order, OrderLine
from storefront.orders.rules import Progress
from storefront.orders.states import FulfillmentStatus, OrderStatus

PARCELS = "parcels"


def discrepancies() -> Iterator[Discrepancy]:
    """Return everything about parcels that does not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _parcels() -> Iterator[Discrepancy]:
    yield from _lines_packed_too_often()
    yield from _statuses()
    yield from _shipped()
    yield from _held_in_part()


def _lines_packed_too_often() -> Iterator[Discrepancy]:
    """Add up what parcels hold of each line; what was sent again counts once."""
    inside = queries.contents().subquery()
    counts = (Parcel.state != ParcelState.UNPACKED) & Parcel.resent_at.is_(None)
    packed = func.sum(inside.c.quantity)
    too_often = (
        select(inside.c.order_line_id, packed.label("packed"))
        .join(Parcel, Parcel.id == inside.c.parcel_id)
        .where(counts)
        .group_by(inside.c.order_line_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, OrderLine.quantity, too_often.c.packed)
        .join(too_often, too_often.c.order_line_id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(too_often.c.packed > OrderLine.quantity)
        .order_by(OrderLine.id)
    )
    for number, sku, ordered, in_parcels in rows:
        yield Discrepancy(PARCELS, f"{number} {sku} in parcels", f"at most {ordered}", int(in_parcels))


def _statuses() -> Iterator[Discrepancy]:
    """Derive each order's status from its parcels anew."""
    units = _units_of_orders()
    ordered, sent, delivered = (units.c[name] for name in ("ordered", "sent", "delivered"))
    should = case(
        (delivered >= ordered, FulfillmentStatus.DELIVERED.value),
        (sent >= ordered, FulfillmentStatus.FULFILLED.value),
        (sent > 0, FulfillmentStatus.PARTIAL.value),
        else_=FulfillmentStatus.UNFULFILLED.value,
    )
    rows = db.session.execute(
        select(Order.number, ordered, sent, delivered, Order.fulfillment_status)
        .join(units, units.c.order_id == Order.id)
        .where(should != Order.fulfillment_status)
        .order_by(Order.id)
    )
    for number, of_lines, left, arrived, status in rows:
        try:
            expected = Progress(int(of_lines), int(left), int(arrived)).status.value
        except ValueError:
            expected = f"{left} sent, {arrived} delivered of {of_lines}"
        yield Discrepancy(PARCELS, f"{number} status", expected, status)


def _shipped() -> Iterator[Discrepancy]:
    """Compare what has left in parcels with what the stock room shipped, by order and thing."""
    nothing = literal(0)
    left = select(
        Order.number.label("number"),
        OrderLine.variant_id.label("variant_id"),
        ParcelLine.quantity.label("sent"),
        nothing.label("moved"),
    ).where(
        Parcel.id == ParcelLine.parcel_id,
        OrderLine.id == ParcelLine.order_line_id,
        Order.id == Parcel.order_id,
        Parcel.state.in_(LEFT),
        OrderLine.variant_id.is_not(None),
    )
    whole = select(Parcel.order_id).where(Parcel.holds_all)
    moved = select(StockMovement.reference, StockMovement.variant_id, nothing, -StockMovement.on_hand_delta).where(
        StockMovement.reference == Order.number,
        StockMovement.kind == MovementKind.SHIPPED,
        Order.id.not_in(whole),
    )
    yield from _differing("shipped", left, moved)


def _held_in_part() -> Iterator[Discrepancy]:
    """Compare what an order that was sent in part still holds with what of it has not left."""
    nothing = literal(0)
    in_part = (Order.status == OrderStatus.OPEN) & (Order.fulfillment_status == FulfillmentStatus.PARTIAL)
    ordered = select(
        Order.number.label("number"),
        OrderLine.variant_id.label("variant_id"),
        OrderLine.quantity.label("sent"),
        nothing.label("moved"),
    ).where(OrderLine.order_id == Order.id, in_part, OrderLine.variant_id.is_not(None))
    left = select(Order.number, OrderLine.variant_id, -ParcelLine.quantity, nothing).where(
        Parcel.order_id == Order.id,
        ParcelLine.parcel_id == Parcel.id,
        OrderLine.id == ParcelLine.order_line_id,
        in_part,
        Parcel.state.in_(LEFT),
        Parcel.resent_at.is_(None),
        OrderLine.variant_id.is_not(None),
    )
    held = select(StockMovement.reference, StockMovement.variant_id, nothing, StockMovement.allocated_delta).where(
        Order.number == StockMovement.reference, in_part
    )
    yield from _differing("held", ordered, left, held)


def _differing(what: str, *parts: Select[*tuple[Any, ...]]) -> Iterator[Discrepancy]:
    both = union_all(*parts).subquery()
    should, does = func.sum(both.c.sent), func.sum(both.c.moved)
    found = (
        select(both.c.number, both.c.variant_id, should.label("should"), does.label("does"))
        .group_by(both.c.number, both.c.variant_id)
        .having(should != does)
        .subquery()
    )
    rows = db.session.execute(
        select(found.c.number, Variant.sku, found.c.should, found.c.does)
        .outerjoin(Variant, Variant.id == found.c.variant_id)
        .order_by(found.c.number, found.c.variant_id)
    )
    for number, sku, expected_units, units in rows:
        yield Discrepancy(PARCELS, f"{number} {sku} {what}", int(expected_units), int(units))


def _units_of_orders() -> Subquery:
    """Return what each order ordered, sent and delivered; a parcel that holds everything is all of it."""
    in_parcels = (
        select(ParcelLine.parcel_id, func.sum(ParcelLine.quantity).label("units"))
        .group_by(ParcelLine.parcel_id)
        .subquery()
    )
    ordered = (
        select(OrderLine.order_id, func.sum(OrderLine.quantity).label("units")).group_by(OrderLine.order_id).subquery()
    )
    units = case((Parcel.holds_all, ordered.c.units), else_=func.coalesce(in_parcels.c.units, 0))
    left = Parcel.state.in_(LEFT) & Parcel.resent_at.is_(None)
    arrived = Parcel.state == ParcelState.DELIVERED
    return (
        select(
            ordered.c.order_id,
            ordered.c.units.label("ordered"),
            func.coalesce(func.sum(case((left, units), else_=0)), 0).label("sent"),
            func.coalesce(func.sum(case((arrived, units), else_=0)), 0).label("delivered"),
        )
        .select_from(ordered)
        .outerjoin(Parcel, Parcel.order_id == ordered.c.order_id)
        .outerjoin(in_parcels, in_parcels.c.parcel_id == Parcel.id)
        .group_by(ordered.c.order_id, ordered.c.units)
        .subquery()
    )


def _count() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Parcel)) or 0)


LEDGERS = (Ledger(PARCELS, _count, _parcels),)
