"""A draft takes the place of what an order had agreed: its sums, lines, reasons and taxes. A line that stays keeps its
row, so that whatever speaks of it goes on doing so."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from storefront.database.base import db
from storefront.orders import queries
from storefront.orders.draft import Draft
from storefront.orders.models import Order, OrderAdjustment, OrderLine, OrderTax
from storefront.orders.rows import adjustment_rows, line_rows, order_row, tax_rows

_SUMS = (
    *("goods_minor", "discount_minor", "shipping_minor", "tax_minor", "tax_added_minor", "total_minor"),
    *("shipping_address", "shipping_method_code", "shipping_method_name", "expected_from", "expected_to"),
    *("quote_hash", "trace", "points_spent"),
)
_LINE = (
    *("position", "variant_id", "product_id", "sku", "line_key", "price_source", "base_price_minor", "is_gift"),
    *("name", "variant_name", "picture", "is_returnable", "quantity", "unit_price_minor", "discount_minor"),
    "tax_minor",
)


def imagined(draft: Draft, order: Order) -> Order:
    """Return the order that a draft would make of `order`, in no table: it has a receipt, and no row is touched."""
    found = order_row(draft, order.number, order.placed_at)
    found.lines = line_rows(draft)
    for position, line in enumerate(found.lines):
        line.id = -1 - position
    found.adjustments = adjustment_rows(draft, found)
    found.taxes = tax_rows(draft, found)
    found.paid_minor, found.refunded_minor, found.lost_minor = order.paid_minor, order.refunded_minor, order.lost_minor
    found.balance_since = None
    return found


def rewrite(order: Order, draft: Draft) -> Order:
    """Let a locked order that was read whole be what a draft says; return it whole again."""
    fresh = order_row(draft, order.number, order.placed_at)
    for name in _SUMS:
        setattr(order, name, getattr(fresh, name))
    db.session.execute(delete(OrderAdjustment).where(OrderAdjustment.order_id == order.id))
    db.session.execute(delete(OrderTax).where(OrderTax.order_id == order.id))
    new = _place_lines(order, line_rows(draft))
    db.session.flush()
    db.session.expire(order, ["adjustments", "taxes", "lines"])
    shell = Order(lines=[], adjustments=[], taxes=[])
    shell.lines = [OrderLine(id=row.id, quantity=row.quantity) for row in new]
    reasons, taxes = adjustment_rows(draft, shell), tax_rows(draft, shell)
    for reason in reasons:
        reason.order_id = order.id
    for tax in taxes:
        tax.order_id = order.id
    db.session.add_all([*reasons, *taxes])
    db.session.flush()
    return queries.get_whole(order.id)


def _place_lines(order: Order, wanted: Sequence[OrderLine]) -> list[OrderLine]:
    """Write the lines and return their rows in the order of the draft."""
    known = {line.line_key or line.sku: line for line in order.lines}
    gone = set(known) - {line.line_key for line in wanted}
    placed: list[OrderLine] = []
    for line in wanted:
        row = known.get(line.line_key)
        if row is None:
            line.order_id, row = order.id, line
            db.session.add(line)
        else:
            for name in _LINE:
                setattr(row, name, getattr(line, name))
        placed.append(row)
    if gone:
        ids = [known[key].id for key in gone]
        db.session.execute(delete(OrderLine).where(OrderLine.id.in_(ids)).execution_options(synchronize_session=False))
    db.session.flush()
    for key in gone:
        db.session.expunge(known[key])
    return placed
