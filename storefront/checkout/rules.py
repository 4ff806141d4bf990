"""What the shopper saw, and how it differs from what is true now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from storefront.kernel.money import Money
from storefront.pricing.label import Label
from storefront.pricing.quote import Quote
from storefront.pricing.snapshot import PriceSource

LONGEST_TEXT = 60_000


class ChangeKind(StrEnum):
    """In what respect."""

    GONE = "gone"
    QUANTITY = "quantity"
    ADDED = "added"
    PRICE = "price"
    GOODS = "goods"
    DISCOUNT_GONE = "discount_gone"
    DISCOUNT_NEW = "discount_new"
    DISCOUNT = "discount"
    DELIVERY = "delivery"
    TAX = "tax"
    TAX_CONTAINED = "tax_contained"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, for the page to put into words: amounts are Money, quantities are whole numbers."""

    kind: ChangeKind
    name: str = ""
    before: Money | int | None = None
    after: Money | int | None = None


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line as it was shown: what it is called, how many, and what they cost together (minor units)."""

    name: str
    quantity: int
    goods_minor: int

    @property
    def unit_minor(self) -> int | None:
        """The price a piece; None where the pieces differ (some at the price of a flash sale, the rest not)."""
        each, rest = divmod(self.goods_minor, max(1, self.quantity))
        return None if rest else each


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed, small enough to travel in its form. It is only ever used to say what changed."""

    currency: str
    lines: Mapping[str, SeenLine]
    discounts: Mapping[str, int]
    delivery_minor: int
    total_minor: int
    tax_minor: int = 0
    """The tax that is added to prices, or contained in them."""
    is_tax_added: bool = False

    @classmethod
    def of(cls, quote: Quote, names: Mapping[str, str], words: Callable[[Label], str]) -> Seen:
        """Note what a quote shows; `names` maps line ids, `words` names a reduction as the page does."""
        discounts: dict[str, int] = {}
        for reduction in quote.reductions:
            name = words(reduction.label)
            discounts[name] = discounts.get(name, 0) - reduction.amount.minor
        lines: dict[str, SeenLine] = {}
        for line in quote.lines:
            key = line.line_id if line.price_source is PriceSource.GIFT else line.sku
            seen = lines.get(key, SeenLine(names.get(key, line.sku), 0, 0))
            lines[key] = SeenLine(seen.name, seen.quantity + line.quantity, seen.goods_minor + line.goods.minor)
        return cls(
            currency=quote.currency,
            lines=lines,
            discounts=discounts,
            delivery_minor=quote.delivery.minor,
            total_minor=quote.total.minor,
            tax_minor=quote.tax.minor,
            is_tax_added=bool(quote.added_tax),
        )

    def to_text(self) -> str:
        """Write it as text for a hidden field."""
        lines = {sku: [line.name, line.quantity, line.goods_minor] for sku, line in self.lines.items()}
        tax = [self.tax_minor, self.is_tax_added]
        values = [self.currency, lines, dict(self.discounts), self.delivery_minor, self.total_minor, tax]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Seen | None:
        """Read what `to_text` wrote; None for anything else, since it comes from a browser."""
        if len(text) > LONGEST_TEXT:
            return None
        try:
            currency, lines, discounts, delivery, total, (tax, is_added) = json.loads(text)
            seen = cls(
                currency=str(currency),
                lines={str(sku): SeenLine(str(name), int(n), int(goods)) for sku, (name, n, goods) in lines.items()},
                discounts={str(name): int(minor) for name, minor in discounts.items()},
                delivery_minor=int(delivery),
                total_minor=int(total),
                tax_minor=int(tax),
                is_tax_added=bool(is_added),
            )
            seen._check_amounts()
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None
        return seen

    def _check_amounts(self) -> None:
        """Raise ValueError for amounts that are none."""
        goods = [line.goods_minor for line in self.lines.values()]
        for minor in (*goods, *self.discounts.values(), self.delivery_minor, self.total_minor, self.tax_minor):
            Money(minor, self.currency)


def differences(before: Seen, after: Seen) -> list[Change]:
    """Return what changed, in the order of a receipt; the total comes last. Nothing for another currency's page."""
    if before.currency != after.currency:
        return [Change(ChangeKind.TOTAL, after=Money(after.total_minor, after.currency))]
    return [
        *_lines(before, after),
        *_discounts(before, after),
        *_amount(ChangeKind.DELIVERY, before.delivery_minor, after.delivery_minor, after.currency),
        *_tax(before, after),
        *_amount(ChangeKind.TOTAL, before.total_minor, after.total_minor, after.currency),
    ]


def _lines(before: Seen, after: Seen) -> Iterable[Change]:
    for sku, was in before.lines.items():
        now = after.lines.get(sku)
        if now is None:
            yield Change(ChangeKind.GONE, was.name)
            continue
        if now.quantity != was.quantity:
            yield Change(ChangeKind.QUANTITY, now.name, was.quantity, now.quantity)
        if was.unit_minor is not None and now.unit_minor is not None:
            if now.unit_minor != was.unit_minor:
                prices = Money(was.unit_minor, before.currency), Money(now.unit_minor, after.currency)
                yield Change(ChangeKind.PRICE, now.name, *prices)
        elif now.goods_minor != was.goods_minor:
            prices = Money(was.goods_minor, before.currency), Money(now.goods_minor, after.currency)
            yield Change(ChangeKind.GOODS, now.name, *prices)
    for sku, new in after.lines.items():
        if sku not in before.lines:
            yield Change(ChangeKind.ADDED, new.name, None, new.quantity)


def _discounts(before: Seen, after: Seen) -> Iterable[Change]:
    for name in dict.fromkeys((*before.discounts, *after.discounts)):
        was, now = before.discounts.get(name), after.discounts.get(name)
        if was == now:
            continue
        kind = ChangeKind.DISCOUNT
        if was is None or now is None:
            kind = ChangeKind.DISCOUNT_NEW if was is None else ChangeKind.DISCOUNT_GONE
        yield Change(kind, name, _money(was, before.currency), _money(now, after.currency))


def _tax(before: Seen, after: Seen) -> Iterable[Change]:
    """Name the tax that is added; that which prices contain only where nothing else explains it."""
    if before.is_tax_added or after.is_tax_added:
        yield from _amount(ChangeKind.TAX, before.tax_minor, after.tax_minor, after.currency)
    elif before.total_minor == after.total_minor:
        yield from _amount(ChangeKind.TAX_CONTAINED, before.tax_minor, after.tax_minor, after.currency)


def _amount(kind: ChangeKind, before: int, after: int, currency: str) -> Iterable[Change]:
    if before != after:
        yield Change(kind, "", Money(before, currency), Money(after, currency))


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
