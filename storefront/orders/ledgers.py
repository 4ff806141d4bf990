"""Orders that add up: sums, lines, discounts down to the unit, and what stands behind each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, or_, select, union_all

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.inventory.models import StockMovement, StockReservation
from storefront.kernel.clock import now
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.loyalty.models import PointsEntry
from storefront.loyalty.states import EntryKind
from storefront.orders import change_ledgers, offer_ledgers, tax_ledgers
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.orders.states import AdjustmentKind, FulfillmentStatus, OrderStatus, PaymentStatus

ORDERS, LINES, UNITS, CLAIMS, POINTS = "orders", "order lines", "discount units", "order stock", "order points"


def discrepancies() -> Iterator[Discrepancy]:
    """Return everything about orders that does not add up."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _orders() -> Iterator[Discrepancy]:
    """Redo every order's sums from its lines and its reasons."""
    lines = (
        select(OrderLine.order_id, func.sum(OrderLine.quantity * OrderLine.unit_price_minor).label("goods"))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    amount, kind = OrderAdjustment.amount_minor, OrderAdjustment.kind
    is_delivery, is_tax = kind == AdjustmentKind.SHIPPING, kind == AdjustmentKind.TAX
    reasons = (
        select(
            OrderAdjustment.order_id,
            func.sum(case((is_delivery, amount), else_=0)).label("shipping"),
            func.sum(case((is_delivery | is_tax, 0), else_=-amount)).label("discount"),
            func.sum(case((is_tax, amount), else_=0)).label("tax_added"),
        )
        .group_by(OrderAdjustment.order_id)
        .subquery()
    )
    expected: dict[str, ColumnElement[int]] = {
        "goods": func.coalesce(lines.c.goods, 0),
        "discount": func.coalesce(reasons.c.discount, 0),
        "shipping": func.coalesce(reasons.c.shipping, 0),
        "added tax": func.coalesce(reasons.c.tax_added, 0),
        "total": Order.goods_minor - Order.discount_minor + Order.shipping_minor + Order.tax_added_minor,
    }
    stored: dict[str, Any] = {
        "goods": Order.goods_minor,
        "discount": Order.discount_minor,
        "shipping": Order.shipping_minor,
        "added tax": Order.tax_added_minor,
        "total": Order.total_minor,
    }
    rows = db.session.execute(
        select(Order.number, *expected.values(), *stored.values())
        .outerjoin(lines, lines.c.order_id == Order.id)
        .outerjoin(reasons, reasons.c.order_id == Order.id)
        .where(or_(*(expected[sum_] != stored[sum_] for sum_ in expected)))
        .order_by(Order.id)
    )
    for row in rows:
        for index, sum_ in enumerate(expected):
            should, does = int(row[1 + index]), int(row[1 + len(expected) + index])
            if should != does:
                yield Discrepancy(ORDERS, f"{row.number} {sum_}", should, does)


def _lines() -> Iterator[Discrepancy]:
    """Compare each line's discount with the reasons that fall on it."""
    shares = (
        select(OrderAdjustment.order_line_id, func.sum(-OrderAdjustment.amount_minor).label("off"))
        .where(OrderAdjustment.order_line_id.is_not(None))
        .group_by(OrderAdjustment.order_line_id)
        .subquery()
    )
    off = func.coalesce(shares.c.off, 0)
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, OrderLine.line_key, off, OrderLine.discount_minor)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(shares, shares.c.order_line_id == OrderLine.id)
        .where(off != OrderLine.discount_minor)
        .order_by(OrderLine.id)
    )
    for number, sku, line_key, should, does in rows:
        yield Discrepancy(LINES, f"{number} {line_key or sku}", int(should), int(does))


def _units() -> Iterator[Discrepancy]:
    """Add up what each unit of a line bears of a reason; one share a unit, no more and no fewer."""
    shares = _shares_of_units()
    total, count = func.coalesce(shares.c.total, 0), func.coalesce(shares.c.count, 0)
    amount = OrderAdjustment.amount_minor
    rows = db.session.execute(
        select(Order.number, OrderLine.sku, OrderAdjustment.id, amount, total, OrderLine.quantity, count)
        .join(OrderLine, OrderLine.id == OrderAdjustment.order_line_id)
        .join(Order, Order.id == OrderAdjustment.order_id)
        .outerjoin(shares, shares.c.id == OrderAdjustment.id)
        .where(_has_units(), or_(total != -amount, count != OrderLine.quantity))
        .order_by(OrderAdjustment.id)
    )
    for number, sku, id_, off, shared, quantity, parts in rows:
        key = f"{number} {sku} adjustment {id_}"
        if shared != -off:
            yield Discrepancy(UNITS, key, -int(off), int(shared))
        if parts != quantity:
            yield Discrepancy(UNITS, f"{key} units", int(quantity), int(parts))


def _claims() -> Iterator[Discrepancy]:
    """Compare what each order should hold of each thing with what the movements and reservations say that it holds.

    An open order that is paid, or will be paid at the door, has its goods allocated until they leave; one that waits
    for its payment has them reserved; one that has ended or has been sent holds nothing. An unpaid order whose
    time is over may have lost its reservation. What an order holds that has been sent in part, its parcels say.
    """
    both = union_all(_expected_claims(), _movements(), _reservations()).subquery()
    sums = {name: func.sum(both.c[name]) for name in ("expected", "may_lack", "allocated", "reserved")}
    in_part = select(Order.number).where(Order.fulfillment_status == FulfillmentStatus.PARTIAL)
    found = (
        select(both.c.number, both.c.variant_id, *(column.label(name) for name, column in sums.items()))
        .where(both.c.number.not_in(in_part))
        .group_by(both.c.number, both.c.variant_id)
        .having(_is_wrong(sums))
        .subquery()
    )
    rows = db.session.execute(
        select(found, Variant.sku)
        .outerjoin(Variant, Variant.id == found.c.variant_id)
        .order_by(found.c.number, found.c.variant_id)
    )
    for row in rows:
        should = f"{int(row.expected)} allocated"
        if row.may_lack:
            should = f"{int(row.may_lack)} reserved"
        does = f"{int(row.allocated)} allocated, {int(row.reserved)} reserved"
        yield Discrepancy(CLAIMS, f"{row.number} {row.sku}", should, does)


def _points() -> Iterator[Discrepancy]:
    """Compare the points that paid for each order with the ledger of points; after a cancellation all are back."""
    net = PointsEntry.owed_delta - PointsEntry.available_delta - PointsEntry.pending_delta
    used = (
        select(PointsEntry.order_number, func.sum(net).label("points"))
        .where(PointsEntry.kind.in_((EntryKind.REDEEM, EntryKind.GIVE_BACK)), PointsEntry.order_number != "")
        .group_by(PointsEntry.order_number)
        .subquery()
    )
    should = case((Order.status == OrderStatus.CANCELLED, 0), else_=Order.points_spent)
    does = func.coalesce(used.c.points, 0)
    may_come_back = (Order.refunded_minor > 0) | (Order.fulfillment_status == FulfillmentStatus.DELIVERED)
    returned = may_come_back & (does >= 0) & (does <= should)
    rows = db.session.execute(
        select(Order.number, should, does)
        .outerjoin(used, used.c.order_number == Order.number)
        .where(Order.customer_id.is_not(None), should != does, ~returned)
        .order_by(Order.id)
    )
    for number, expected, actual in rows:
        yield Discrepancy(POINTS, number, int(expected), int(actual))


def _is_wrong(sums: dict[str, Any]) -> ColumnElement[bool]:
    """`may_lack` is what an unpaid order should reserve; below zero its time is over, and nothing is right too."""
    waits = sums["may_lack"] != 0
    reserved_right = (sums["reserved"] == func.abs(sums["may_lack"])) & (sums["allocated"] == 0)
    lapsed = (sums["may_lack"] < 0) & (sums["reserved"] == 0) & (sums["allocated"] == 0)
    settled_right = (sums["allocated"] == sums["expected"]) & (sums["reserved"] == 0)
    return case((waits, case((reserved_right | lapsed, 0), else_=1)), (settled_right, 0), else_=1) == 1


def _expected_claims() -> Select[*tuple[Any, ...]]:
    waits = (Order.payment_status.in_((PaymentStatus.UNPAID, PaymentStatus.PARTIALLY_PAID))) & (
        Order.pay_before.is_not(None)
    )
    lapsed = Order.pay_before < now()
    units = OrderLine.quantity
    return (
        select(
            Order.number.label("number"),
            OrderLine.variant_id.label("variant_id"),
            case((waits, 0), else_=units).label("expected"),
            case((waits & lapsed, -units), (waits, units), else_=0).label("may_lack"),
            literal(0).label("allocated"),
            literal(0).label("reserved"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.status == OrderStatus.OPEN,
            Order.fulfillment_status == FulfillmentStatus.UNFULFILLED,
            OrderLine.variant_id.is_not(None),
        )
    )


def _movements() -> Select[*tuple[Any, ...]]:
    nothing = literal(0)
    moved = StockMovement.allocated_delta
    return select(StockMovement.reference, StockMovement.variant_id, nothing, nothing, moved, nothing).where(moved != 0)


def _reservations() -> Select[*tuple[Any, ...]]:
    nothing = literal(0)
    held = StockReservation.quantity
    return select(StockReservation.reference, StockReservation.variant_id, nothing, nothing, nothing, held)


def _has_units() -> ColumnElement[bool]:
    """A JSON column's empty value is SQL's NULL or JSON's, by how it was written."""
    kind = func.json_type if db.engine.dialect.name == "sqlite" else func.jsonb_typeof
    return kind(OrderAdjustment.units) == "array"


def _shares_of_units() -> Subquery:
    if db.engine.dialect.name == "sqlite":
        each = func.json_each(OrderAdjustment.units).table_valued("value")
    else:
        each = func.jsonb_array_elements_text(OrderAdjustment.units).table_valued("value")
    share = each.c.value.cast(OrderAdjustment.amount_minor.type)
    return (
        select(OrderAdjustment.id, func.sum(share).label("total"), func.count().label("count"))
        .select_from(OrderAdjustment)
        .join(each, literal(True))
        .where(_has_units())
        .group_by(OrderAdjustment.id)
        .subquery()
    )


def _count(statement: Select[*tuple[Any, ...]]) -> int:
    return int(db.session.scalar(statement) or 0)


LEDGERS = (
    Ledger(ORDERS, lambda: _count(select(func.count()).select_from(Order)), _orders),
    Ledger(LINES, lambda: _count(select(func.count()).select_from(OrderLine)), _lines),
    Ledger(UNITS, lambda: _count(select(func.count()).select_from(OrderAdjustment).where(_has_units())), _units),
    Ledger(
        CLAIMS,
        lambda: _count(
            select(func.count())
            .select_from(Order)
            .where(Order.status == OrderStatus.OPEN, Order.fulfillment_status == FulfillmentStatus.UNFULFILLED)
        ),
        _claims,
    ),
    Ledger(POINTS, lambda: _count(select(func.count()).select_from(Order).where(Order.points_spent > 0)), _points),
    *offer_ledgers.LEDGERS,
    *tax_ledgers.LEDGERS,
    *change_ledgers.LEDGERS,
)
