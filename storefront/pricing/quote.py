"""The quote: what the shopper is asked to pay, line by line and reason by reason."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from storefront.kernel.money import Money, total
from storefront.pricing.allocation import DELIVERY, Allocation, TraceStep, sum_of
from storefront.pricing.label import FactValue, Label
from storefront.pricing.snapshot import PriceSource, Snapshot, SnapshotLine, Stage
from storefront.pricing.taxes.rules import RateSum, Taxable, TaxBill, Taxing, TaxMode, tax_bill


class AdjustmentKind(StrEnum):
    """What sort of reason an amount beside the goods has."""

    PROMOTION = "promotion"
    COUPON = "coupon"
    DELIVERY = "delivery"
    POINTS = "points"
    TAX = "tax"


NO_REDUCTIONS = frozenset({AdjustmentKind.DELIVERY, AdjustmentKind.TAX})
"""What is paid beside the goods."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason why the total differs from the goods: a reduction is negative and says which units bear it."""

    kind: AdjustmentKind
    stage: Stage
    label: Label
    amount: Money
    source_id: int = 0
    version: int = 0
    code: str = ""
    allocations: tuple[Allocation, ...] = ()

    def __post_init__(self) -> None:
        if self.kind in NO_REDUCTIONS:
            if self.allocations or self.amount.minor < 0:
                raise ValueError("a delivery cost or a tax is not negative and has no shares")
        elif sum_of(self.allocations) != -self.amount.minor:
            raise ValueError("the shares of a reduction add up to it")

    @property
    def on_delivery(self) -> Money:
        """The part of this reduction that the delivery cost bears."""
        return Money(sum_of(a for a in self.allocations if a.line_id == DELIVERY), self.amount.currency)


@dataclass(frozen=True, slots=True)
class LineShare:
    """A line's share of one adjustment, as a positive reduction."""

    label: Label
    amount: Money
    code: str = ""


class GiftLike(Protocol):
    """A line that a promotion adds: `unit_price` is what one piece is worth, and a reduction takes exactly that off."""

    @property
    def line_id(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> Money: ...


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of the quote: `goods` less the `shares` it bears is what it costs."""

    line_id: str
    sku: str
    quantity: int
    unit_price: Money
    base_price: Money
    price_source: PriceSource
    shares: tuple[LineShare, ...]
    total: Money

    def __post_init__(self) -> None:
        if self.total.minor < 0:
            raise ValueError("a line never costs less than nothing")
        if self.goods - self.discount != self.total:
            raise ValueError("a line whose shares do not add up")

    @property
    def goods(self) -> Money:
        return self.unit_price * self.quantity

    @property
    def discount(self) -> Money:
        return Money(sum([share.amount.minor for share in self.shares]), self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class Quote:
    """What the shopper is asked to pay: `total` is the goods plus every adjustment; `tax` is contained in it.

    `taxes` says how much of it falls on each line; None where nothing is taxed, or nobody knows yet.
    """

    currency: str
    lines: tuple[QuoteLine, ...]
    adjustments: tuple[Adjustment, ...]
    total: Money
    net: Money
    tax: Money
    trace: tuple[TraceStep, ...] = ()
    taxes: TaxBill | None = None

    def __post_init__(self) -> None:
        if self.net + self.tax != self.total:
            raise ValueError("net and tax do not add up to the total")
        if self.goods + total((a.amount for a in self.adjustments), self.currency) != self.total:
            raise ValueError("the reasons do not add up to the total")
        lines = total((line.total for line in self.lines), self.currency)
        if lines + self.delivery - self.delivery_discount + self.added_tax != self.total:
            raise ValueError("lines and delivery do not add up to the total")
        if self.total.minor < 0 or self.tax.minor < 0:
            raise ValueError("nobody is asked to pay less than nothing")
        if self.taxes is not None and (self.taxes.tax, self.taxes.net) != (self.tax, self.net):
            raise ValueError("the taxes of lines and delivery do not add up to that of the total")
        if self.added_tax != (self.taxes.added if self.taxes else Money.zero(self.currency)):
            raise ValueError("the tax that is added does not add up to the lines' taxes")

    @property
    def goods(self) -> Money:
        """The goods at catalogue prices."""
        return total((line.goods for line in self.lines), self.currency)

    @property
    def discount(self) -> Money:
        """Everything taken off the goods, points and gifts among it, as a positive amount."""
        return total((line.discount for line in self.lines), self.currency)

    @property
    def subtotal(self) -> Money:
        """The goods after every reduction, without delivery."""
        return self.goods - self.discount

    @property
    def delivery(self) -> Money:
        """The delivery cost before reductions."""
        kind = AdjustmentKind.DELIVERY
        return total((a.amount for a in self.adjustments if a.kind is kind), self.currency)

    @property
    def delivery_discount(self) -> Money:
        return total((a.on_delivery for a in self.adjustments), self.currency)

    @property
    def added_tax(self) -> Money:
        """The tax that is paid beyond the prices; zero where prices contain it."""
        kind = AdjustmentKind.TAX
        return total((a.amount for a in self.adjustments if a.kind is kind), self.currency)

    @property
    def tax_sums(self) -> tuple[RateSum, ...]:
        """The taxes by rate, those of nothing left out."""
        return tuple(each for each in self.taxes.sums if each.tax) if self.taxes else ()

    @property
    def saved(self) -> Money:
        """Everything taken off, on goods and on delivery."""
        return self.discount + self.delivery_discount

    @property
    def points(self) -> Money:
        """What points pay, as a positive amount; it is part of `discount`."""
        return -total((a.amount for a in self.adjustments if a.kind is AdjustmentKind.POINTS), self.currency)

    @property
    def reductions(self) -> tuple[Adjustment, ...]:
        """The adjustments that save the shopper something, in the order of their stages."""
        return tuple(a for a in self.adjustments if a.kind not in NO_REDUCTIONS)

    @property
    def hash(self) -> str:
        return quote_hash(self)


def make_quote(
    snapshot: Snapshot,
    reductions: Sequence[Adjustment] = (),
    *,
    gifts: Sequence[GiftLike] = (),
    trace: Sequence[TraceStep] = (),
    taxing: Taxing | None = None,
) -> Quote:
    """Build the quote of a snapshot whose promotions have been decided; `gifts` are lines of their own, at the end.

    `taxing` says which rates hold; the tax is reckoned on what reductions leave, line by line.
    """
    adjustments = list(reductions)
    if snapshot.delivery is not None:
        label = Label.of("delivery", method=snapshot.delivery.method)
        adjustments.append(Adjustment(AdjustmentKind.DELIVERY, Stage.SHIPPING, label, snapshot.delivery.amount))
    shares = _shares_by_line(reductions)
    lines = [_quote_line(line, shares.get(line.line_id, ())) for line in snapshot.lines]
    lines += [_gift_line(gift, shares.get(gift.line_id, ())) for gift in gifts]
    goods = total((line.goods for line in lines), snapshot.currency)
    gross = goods + total((a.amount for a in adjustments), snapshot.currency)
    bill = _bill(snapshot, lines, reductions, taxing) if taxing else None
    if bill is not None and bill.mode is TaxMode.EXCLUSIVE:
        adjustments += [_added(each) for each in bill.sums if each.tax]
        gross += bill.added
    tax = bill.tax if bill else Money.zero(snapshot.currency)
    return Quote(snapshot.currency, tuple(lines), tuple(adjustments), gross, gross - tax, tax, tuple(trace), bill)


def quote_hash(quote: Quote) -> str:
    """Return a digest of what the shopper saw: goods, prices, each reduction, delivery, each tax and the total.

    Order of lines, internal ids of lines, times and wording do not change it; any amount does.
    """
    seen = {
        "currency": quote.currency,
        "lines": sorted([line.sku, line.quantity, line.unit_price.minor, line.total.minor] for line in quote.lines),
        "reasons": sorted(
            [a.kind.value, str(a.source_id or _source(a.label)), a.code, a.amount.minor] for a in quote.adjustments
        ),
        "tax": quote.tax.minor,
        "taxes": sorted(
            [each.rate.country, each.rate.region, each.rate.name, each.rate.millionths, each.net.minor, each.tax.minor]
            for each in quote.tax_sums
        ),
        "total": quote.total.minor,
    }
    return hashlib.sha256(json.dumps(seen, separators=(",", ":")).encode()).hexdigest()[:32]


def _source(label: Label) -> FactValue:
    """Return what stands for a reason that is no promotion: the way of delivery, the number of points, the tax."""
    return label.get("method") or label.get("points") or label.get("millionths") or ""


def _bill(snapshot: Snapshot, lines: Sequence[QuoteLine], reductions: Iterable[Adjustment], taxing: Taxing) -> TaxBill:
    """Tax what each line and the delivery come to."""
    classes = {line.line_id: line.tax_class for line in snapshot.lines}
    taxable = [Taxable(line.line_id, line.total, taxing.rates_of(classes.get(line.line_id, ""))) for line in lines]
    if snapshot.delivery is not None:
        paid = snapshot.delivery.amount - total((a.on_delivery for a in reductions), snapshot.currency)
        taxable.append(Taxable(DELIVERY, paid, taxing.rates_of(taxing.delivery_class)))
    return tax_bill(taxable, mode=taxing.mode, currency=snapshot.currency)


def _added(tax: RateSum) -> Adjustment:
    rate = tax.rate
    names = {f"name_{locale}": name for locale, name in rate.names}
    label = Label.of("tax", rate.name, millionths=rate.millionths, country=rate.country, region=rate.region, **names)
    return Adjustment(AdjustmentKind.TAX, Stage.TAX, label, tax.tax)


def _shares_by_line(reductions: Iterable[Adjustment]) -> dict[str, list[LineShare]]:
    shares: dict[str, list[LineShare]] = defaultdict(list)
    for adjustment in reductions:
        borne: dict[str, int] = defaultdict(int)
        for allocation in adjustment.allocations:
            borne[allocation.line_id] += allocation.amount.minor * allocation.units
        for line_id, minor in borne.items():
            amount = Money(minor, adjustment.amount.currency)
            shares[line_id].append(LineShare(adjustment.label, amount, adjustment.code))
    return shares


def _quote_line(line: SnapshotLine, shares: Sequence[LineShare]) -> QuoteLine:
    reduction = sum(share.amount.minor for share in shares)
    return QuoteLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price,
        base_price=line.base_price or line.unit_price,
        price_source=line.price_source,
        shares=tuple(shares),
        total=Money(line.goods.minor - reduction, line.unit_price.currency),
    )


def _gift_line(gift: GiftLike, shares: Sequence[LineShare]) -> QuoteLine:
    value = gift.unit_price
    given = Money(sum(share.amount.minor for share in shares), value.currency)
    return QuoteLine(
        line_id=gift.line_id,
        sku=gift.sku,
        quantity=gift.quantity,
        unit_price=value,
        base_price=value,
        price_source=PriceSource.GIFT,
        shares=tuple(shares),
        total=value * gift.quantity - given,
    )
