"""An order as it was: written down before and after each change, and read back as a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.accounts.rules import PostalAddress
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.orders.models import Order, OrderAdjustment, OrderChange, OrderChangeTax, OrderLine, OrderTax
from storefront.orders.receipt import Receipt, ReceiptLine, receipt_of

_ORDER = (
    *("currency", "goods_minor", "discount_minor", "shipping_minor", "tax_minor", "tax_added_minor", "total_minor"),
    *("paid_minor", "refunded_minor", "points_spent", "shipping_method_code", "shipping_method_name"),
)
_LINE = (
    *("position", "variant_id", "product_id", "sku", "name", "variant_name", "picture", "quantity"),
    *("unit_price_minor", "line_key", "price_source", "base_price_minor", "is_gift", "discount_minor", "tax_minor"),
)
_REASON = ("order_line_id", "kind", "label", "amount_minor", "promotion_key", "code")
_TAX = ("order_line_id", "country", "region", "name", "label", "millionths", "net_minor", "tax_minor")


def data_of(order: Order) -> dict[str, Any]:
    """Write a whole order down as plain values."""
    return {
        **_values(order, _ORDER),
        "address": dict(order.shipping_address or {}),
        "lines": [{"id": line.id, **_values(line, _LINE)} for line in order.lines],
        "reasons": [_values(reason, _REASON) for reason in order.adjustments],
        "taxes": [_values(tax, _TAX) for tax in order.taxes],
    }


def receipt_from(data: Mapping[str, Any]) -> Receipt:
    """Return the receipt of an order that `data_of` wrote down."""
    order = Order(**{name: data[name] for name in _ORDER}, lost_minor=0)
    order.lines = [OrderLine(**each) for each in data["lines"]]
    order.adjustments = [OrderAdjustment(**each) for each in data["reasons"]]
    order.taxes = [OrderTax(**each) for each in data["taxes"]]
    return receipt_of(order)


def address_from(data: Mapping[str, Any]) -> PostalAddress | None:
    """Return where it went; None once its customer was forgotten."""
    fields = data.get("address") or {}
    return PostalAddress.from_fields(fields) if fields.get("street") and fields.get("name") else None


@dataclass(frozen=True, slots=True)
class Pair:
    """A line before and after; None where it was not there, or goes."""

    before: ReceiptLine | None
    after: ReceiptLine | None

    @property
    def shown(self) -> ReceiptLine:
        """Return the line as it is called."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_alike(self) -> bool:
        """Say whether nothing of it moved."""
        return self.before == self.after

    @property
    def units(self) -> tuple[int, int]:
        """How many of it there were, and are."""
        return self.before.quantity if self.before else 0, self.after.quantity if self.after else 0


def pairs_of(before: Receipt, after: Receipt) -> list[Pair]:
    """Return what was and what is, by article and price; what was first."""
    was, now = (
        {(line.sku, line.unit_price.minor, line.is_gift): line for line in receipt.lines} for receipt in (before, after)
    )
    return [Pair(was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now))]


def list_changes(order_id: int) -> Sequence[OrderChange]:
    """Return the changes of an order, the first one first."""
    mine = select(OrderChange).where(OrderChange.order_id == order_id)
    return db.session.scalars(mine.order_by(OrderChange.number)).all()


def get_change(order_id: int, number: int) -> OrderChange:
    """Return one change of an order, or NotFound."""
    found = db.session.scalar(
        select(OrderChange)
        .where(OrderChange.order_id == order_id, OrderChange.number == number)
        .options(selectinload(OrderChange.taxes))
    )
    if found is None:
        raise NotFound
    return found


def as_of(order: Order, at: datetime) -> Receipt:
    """Return the receipt of an order as it was at a moment: papers that were issued then go on saying that."""
    later = next((change for change in list_changes(order.id) if change.at > at), None)
    return receipt_from(later.before) if later is not None else receipt_of(order)


def write_change(
    *, order: Order, before: Mapping[str, Any], number: int, reason: str, by: str, at: datetime
) -> OrderChange:
    """Keep what a change made of an order, which was read whole, and what that did to its taxes."""
    after = data_of(order)
    change = OrderChange(
        order_id=order.id,
        number=number,
        actor=by,
        reason=reason,
        at=at,
        before=dict(before),
        after=after,
        was_paid=order.paid_at is not None,
        total_delta=after["total_minor"] - before["total_minor"],
        tax_delta=after["tax_minor"] - before["tax_minor"],
        taxes=_tax_deltas(before["taxes"], after["taxes"]),
    )
    db.session.add(change)
    db.session.flush()
    return change


def _tax_deltas(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[OrderChangeTax]:
    sums: dict[tuple[Any, ...], list[int]] = {}
    for sign, rows in ((-1, before), (1, after)):
        for row in rows:
            key = tuple(row[name] for name in ("country", "region", "name", "millionths"))
            found = sums.setdefault(key, [0, 0])
            found[0] += sign * row["net_minor"]
            found[1] += sign * row["tax_minor"]
    return [
        OrderChangeTax(country=key[0], region=key[1], name=key[2], millionths=key[3], net_minor=net, tax_minor=tax)
        for key, (net, tax) in sums.items()
        if net or tax
    ]


def _values(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
