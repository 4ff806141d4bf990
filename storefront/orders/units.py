"""What each single piece of an order came to, discounts and taxes included: what a refund of it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.kernel.money import Money, split_minor
from storefront.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class UnitCost:
    """One piece: what was paid for it, and the tax in that."""

    gross: Money
    tax: Money

    def __post_init__(self) -> None:
        if self.tax.minor < 0 or self.net.minor < 0:
            raise ValueError("neither the tax nor the net amount of a piece is negative")

    @property
    def net(self) -> Money:
        return self.gross - self.tax


def unit_costs(order: Order, line: OrderLine) -> list[UnitCost]:
    """Return what each piece of a line came to; together they are the line. The order was read whole."""
    reasons = [(row.amount_minor, row.units) for row in order.adjustments if row.order_line_id == line.id]
    taxes = [(row.tax_minor, row.units) for row in order.taxes if row.order_line_id == line.id]
    is_added = bool(order.tax_added_minor)
    shares = [each_unit(minor, units, line.quantity) for minor, units in reasons]
    taxed = [each_unit(minor, units, line.quantity) for minor, units in taxes]
    found = []
    for place in range(line.quantity):
        off, tax = sum(share[place] for share in shares), sum(share[place] for share in taxed)
        gross = line.unit_price_minor - off + (tax if is_added else 0)
        found.append(UnitCost(Money(gross, order.currency), Money(tax, order.currency)))
    return found


def each_unit(minor: int, units: Sequence[object] | None, quantity: int) -> Sequence[int]:
    """Return what each of `quantity` units bears of an amount, as whole numbers that are not negative.

    `units` is what was written down; without it the units are alike, and share the amount evenly.
    """
    if not units:
        return split_minor(abs(minor), [1] * quantity)
    return [int(str(unit)) for unit in units]
