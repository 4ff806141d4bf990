"""What each figure means, and its arithmetic. Pure.

An order counts when it was not cancelled, was chosen by somebody (what goes out in place of returned goods is not a
second sale), is in the shop's currency and, in a shop that sells for real, was not paid with the test provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.kernel.money import Money


class Key(StrEnum):
    """A figure."""

    GMV = "gmv"
    NET = "net"
    ORDERS = "orders"
    AOV = "aov"
    VISITORS = "visitors"
    CONVERSION = "conversion"
    REPURCHASE = "repurchase"
    REFUNDS = "refunds"
    REFUND_RATE = "refund_rate"
    MARGIN = "margin"
    NEW = "new"
    RETURNING = "returning"


class Kind(StrEnum):
    """How a figure is written."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is: in a sentence, as a formula, what is in it and what is not; `sign` is 1 where more is better,
    -1 where less is, 0 where neither."""

    key: Key
    name: str
    kind: Kind
    formula: str
    within: str
    without: str
    sign: int = 1


_OUT = N_("Cancelled orders, replacements for returned goods, test payments.")
DEFINITIONS: Mapping[Key, Definition] = {
    each.key: each
    for each in (
        Definition(
            Key.GMV,
            N_("GMV"),
            Kind.MONEY,
            N_("Sum of the totals of the orders placed."),
            N_("Goods after discounts, delivery and tax; orders that are not paid yet."),
            N_("Cancelled orders, replacements for returned goods, test payments. Refunds are not taken off."),
        ),
        Definition(
            Key.NET,
            N_("Net sales"),
            Kind.MONEY,
            N_("Goods after discounts without tax − what refunds gave back of them."),
            N_("Orders by the day they were placed; refunds by the day the money went back, with the goods' share."),
            N_("Tax, delivery, cancelled orders and their refunds, overpaid money, replacements, test payments."),
        ),
        Definition(
            Key.ORDERS,
            N_("Orders"),
            Kind.COUNT,
            N_("How many orders were placed."),
            N_("Orders that are not paid yet, and those whose money went back later."),
            _OUT,
        ),
        Definition(
            Key.AOV,
            N_("Average order"),
            Kind.MONEY,
            N_("GMV ÷ orders."),
            N_("The same orders as in both: delivery and tax are in it."),
            _OUT,
        ),
        Definition(
            Key.VISITORS,
            N_("Visitors"),
            Kind.COUNT,
            N_("Different browsers that opened a page on a day; over several days, the sum of the days."),
            N_("Told apart by address and browser with a key that is thrown away at the end of the day."),
            N_("Robots, signed-in staff, pages fetched ahead, browsers that ask not to be followed."),
        ),
        Definition(
            Key.CONVERSION,
            N_("Conversion"),
            Kind.SHARE,
            N_("Visitors who ordered on the day of their visit ÷ visitors."),
            N_("Every order at the moment it was placed, whatever became of it."),
            N_("Orders of browsers that are not counted as visitors."),
        ),
        Definition(
            Key.REPURCHASE,
            N_("Repurchase rate"),
            Kind.SHARE,
            N_("Customers who ordered and had ordered before ÷ customers who ordered."),
            N_("Orders before this time, and a second one within it. Guests are told apart by e-mail."),
            N_("Cancelled orders, replacements, test payments, people whose data was deleted."),
        ),
        Definition(
            Key.REFUNDS,
            N_("Refunds"),
            Kind.MONEY,
            N_("Sum of the money that went back."),
            N_("Refunds by the day on which they succeeded, also of earlier and of cancelled orders."),
            N_("Refunds that are under way or were refused, chargebacks, test payments."),
            sign=-1,
        ),
        Definition(
            Key.REFUND_RATE,
            N_("Refund rate"),
            Kind.SHARE,
            N_("Refunds ÷ GMV of the same time."),
            N_("Refunds of earlier orders too, so it can be more than the whole."),
            N_("Refunds that are under way or were refused, chargebacks, test payments."),
            sign=-1,
        ),
        Definition(
            Key.MARGIN,
            N_("Gross margin"),
            Kind.SHARE,
            N_("(Goods after discounts without tax − their cost) ÷ goods after discounts without tax."),
            N_("Goods whose cost is known, and gifts; the cost is the catalogue's on the night after the day."),
            N_("Goods without a known cost, tax, delivery, refunds, cancelled orders, test payments."),
        ),
        Definition(
            Key.NEW,
            N_("New customers"),
            Kind.COUNT,
            N_("Customers who ordered and had never ordered before."),
            N_("Guests are told apart by e-mail."),
            N_("Cancelled orders, replacements, test payments, people whose data was deleted."),
        ),
        Definition(
            Key.RETURNING,
            N_("Returning customers"),
            Kind.COUNT,
            N_("Customers who ordered and whose first order lies before this time."),
            N_("Guests are told apart by e-mail."),
            N_("Cancelled orders, replacements, test payments, people whose data was deleted."),
        ),
    )
}
"""Every figure, in the order of pages and of `docs/figures.md`."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What was counted over some time; amounts are minor units of the shop's currency.

    `goods` are goods after discounts without tax, `known` those of them whose cost is known, `cost` that cost with the
    gifts'. `refunded_goods` is what of `refunded` falls on goods without tax of orders that count. Of `buyers`,
    `newcomers` had never ordered before and `repeaters` had, or ordered twice.
    """

    orders: int = 0
    gmv: int = 0
    discounts: int = 0
    delivery: int = 0
    tax: int = 0
    goods: int = 0
    units: int = 0
    known: int = 0
    cost: int = 0
    refunds: int = 0
    refunded: int = 0
    refunded_goods: int = 0
    buyers: int = 0
    newcomers: int = 0
    repeaters: int = 0
    visitors: int = 0
    converted: int = 0

    @property
    def net(self) -> int:
        """Net sales; below zero where more went back than was sold."""
        return self.goods - self.refunded_goods

    @property
    def returning(self) -> int:
        """Customers whose first order lies before."""
        return self.buyers - self.newcomers

    def value(self, key: Key) -> int | float | None:
        """Return a figure: minor units, a count, or a share; None where there is nothing to divide by."""
        return _VALUES[key](self)

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Sums)))


_VALUES: Mapping[Key, Callable[[Sums], int | float | None]] = {
    Key.GMV: lambda sums: sums.gmv,
    Key.NET: lambda sums: sums.net,
    Key.ORDERS: lambda sums: sums.orders,
    Key.AOV: lambda sums: Money(sums.gmv, "USD").portion(1, sums.orders).minor if sums.orders else None,
    Key.VISITORS: lambda sums: sums.visitors,
    Key.CONVERSION: lambda sums: ratio(sums.converted, sums.visitors),
    Key.REPURCHASE: lambda sums: ratio(sums.repeaters, sums.buyers),
    Key.REFUNDS: lambda sums: sums.refunded,
    Key.REFUND_RATE: lambda sums: ratio(sums.refunded, sums.gmv),
    Key.MARGIN: lambda sums: ratio(sums.known - sums.cost, sums.known),
    Key.NEW: lambda sums: sums.newcomers,
    Key.RETURNING: lambda sums: sums.returning,
}


def total(sums: Iterable[Sums]) -> Sums:
    """Return the sum of many; customers who ordered on two days are counted twice in it."""
    whole = Sums()
    for each in sums:
        whole += each
    return whole


def ratio(part: int, whole: int) -> float | None:
    """Return a share; None where there is nothing to divide by."""
    return part / whole if whole else None


def change_of(now: float | None, before: float | None, kind: Kind) -> float | None:
    """Return by which share a value differs from one before; between two shares, their difference. None where there
    is nothing to compare with."""
    if now is None or before is None:
        return None
    if kind is Kind.SHARE:
        return now - before
    return (now - before) / abs(before) if before else None
