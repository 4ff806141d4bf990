"""The receipt: every line, every reason, and a total that is their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.kernel.money import Money, total
from storefront.orders.models import Order, OrderAdjustment, OrderLine, OrderTax
from storefront.orders.states import AdjustmentKind
from storefront.pricing.allocation import DELIVERY, TraceStep
from storefront.pricing.chain import full_chain
from storefront.pricing.snapshot import PriceSource
from storefront.web.measures import sized


@dataclass(frozen=True, slots=True)
class Reason:
    """One amount beside the goods; a reduction is negative."""

    kind: AdjustmentKind
    label: str
    amount: Money
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptTax:
    """A tax as the receipt names it, what it was reckoned on, and how much it is."""

    label: str
    net: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A sold thing; `goods` plus its `shares` is what it cost, `taxes` are in that or beside it."""

    sku: str
    name: str
    variant_name: str
    picture: str
    quantity: int
    unit_price: Money
    base_price: Money
    price_source: PriceSource
    shares: tuple[Reason, ...]
    taxes: tuple[ReceiptTax, ...] = ()

    @property
    def tax(self) -> Money:
        return total((tax.amount for tax in self.taxes), self.unit_price.currency)

    @property
    def is_gift(self) -> bool:
        return self.price_source is PriceSource.GIFT

    @property
    def goods(self) -> Money:
        return self.unit_price * self.quantity

    @property
    def total(self) -> Money:
        return self.goods + total((share.amount for share in self.shares), self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an order came to: the goods, the reasons that lead from them to the total, and the tax in that."""

    lines: tuple[ReceiptLine, ...]
    reasons: tuple[Reason, ...]
    total: Money
    tax: Money
    paid: Money
    refunded: Money
    taxes: tuple[ReceiptTax, ...] = ()
    """What the tax is made of, by rate."""
    is_tax_added: bool = False
    balance: Money | None = None
    """What is due beyond what was paid since the order was changed; None where it was not, or is settled."""

    def __post_init__(self) -> None:
        currency = self.total.currency
        if self.goods + total((reason.amount for reason in self.reasons), currency) != self.total:
            raise ValueError("the reasons do not add up to the total")
        if self.taxes and total((tax.amount for tax in self.taxes), currency) != self.tax:
            raise ValueError("the taxes do not add up to the tax of the total")

    @property
    def net(self) -> Money:
        """The total without its tax."""
        return self.total - self.tax

    @property
    def goods(self) -> Money:
        return total((line.goods for line in self.lines), self.total.currency)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def due(self) -> Money:
        """What is still to be paid."""
        if self.balance is not None:
            return self.balance
        return max(self.total - self.paid, Money.zero(self.total.currency))

    def labels_beside(self, other: Receipt) -> list[str]:
        """Return what reasons are called here or there, the first one first."""
        return list(dict.fromkeys(reason.label for reason in (*self.reasons, *other.reasons)))

    def amount_of(self, label: str) -> Money | None:
        """Return what a reason comes to; None where there is none that is called so."""
        found = [reason.amount for reason in self.reasons if reason.label == label]
        return total(found, self.total.currency) if found else None

    @property
    def saved(self) -> Money:
        kinds = {AdjustmentKind.POINTS}
        taken = (-reason.amount for reason in self.reasons if reason.amount.minor < 0 and reason.kind not in kinds)
        return total(taken, self.total.currency)


@dataclass(frozen=True, slots=True)
class TracedLine:
    """How one line's price came about; without a name it is the delivery."""

    name: str
    steps: tuple[TraceStep, ...]
    quantity: int = 0

    @property
    def paid(self) -> Money:
        """What it came to in the end."""
        return self.steps[-1].after


def receipt_of(order: Order) -> Receipt:
    """Return the receipt of an order that was read whole."""

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return Receipt(
        lines=tuple(_line(line, order) for line in order.lines),
        reasons=tuple(_grouped(order)),
        total=money(order.total_minor),
        tax=money(order.tax_minor),
        paid=money(order.paid_minor),
        refunded=money(order.refunded_minor),
        taxes=tuple(_taxes(order.taxes, order.currency)),
        is_tax_added=bool(order.tax_added_minor),
        balance=money(balance_of(order)) if order.balance_since is not None else None,
    )


def balance_of(order: Order) -> int:
    """Return what an order costs beyond what its shop has kept, in minor units; nothing where that is enough."""
    return max(order.total_minor - order.paid_minor + order.refunded_minor + order.lost_minor, 0)


def traced_lines(order: Order) -> list[TracedLine]:
    """Return how each price came about, line by line, delivery last; steps that nobody can read are left out."""
    lines = {line.line_key or line.sku: line for line in order.lines}
    steps: dict[str, list[TraceStep]] = {}
    for data in order.trace:
        try:
            step = TraceStep.from_data(data)  # type: ignore[arg-type]
        except (ValueError, KeyError, TypeError):
            continue
        steps.setdefault(step.line_id or "", []).append(step)
    known = [
        TracedLine(sized(line.name, line.variant_name), full_chain(steps[key]), line.quantity)
        for key, line in lines.items()
        if key in steps
    ]
    return [*known, TracedLine("", full_chain(steps[DELIVERY]))] if DELIVERY in steps else known


def _line(line: OrderLine, order: Order) -> ReceiptLine:
    mine = [reason for reason in order.adjustments if reason.order_line_id == line.id]
    return ReceiptLine(
        sku=line.sku,
        name=line.name,
        variant_name=line.variant_name,
        picture=line.picture,
        quantity=line.quantity,
        unit_price=Money(line.unit_price_minor, order.currency),
        base_price=Money(
            line.unit_price_minor if line.base_price_minor is None else line.base_price_minor, order.currency
        ),
        price_source=PriceSource(line.price_source),
        shares=tuple(_reason(reason, order.currency) for reason in mine),
        taxes=tuple(_taxes([tax for tax in order.taxes if tax.order_line_id == line.id], order.currency)),
    )


def _taxes(rows: Sequence[OrderTax], currency: str) -> list[ReceiptTax]:
    """Add up the taxes of one name and rate; those of nothing are left out."""
    sums: dict[tuple[str, str, str, int], tuple[str, int, int]] = {}
    for row in rows:
        key = (row.country, row.region, row.name, row.millionths)
        label, net, tax = sums.get(key, (row.label, 0, 0))
        sums[key] = label, net + row.net_minor, tax + row.tax_minor
    return [ReceiptTax(label, Money(net, currency), Money(tax, currency)) for label, net, tax in sums.values() if tax]


def _grouped(order: Order) -> list[Reason]:
    """One promotion may have a share on many lines; the receipt says it once."""
    sums: dict[tuple[str, str, str, str], int] = {}
    for row in order.adjustments:
        key = (row.kind, row.label, row.promotion_key, row.code)
        sums[key] = sums.get(key, 0) + row.amount_minor
    return [
        Reason(AdjustmentKind(kind), label, Money(minor, order.currency), code)
        for (kind, label, _, code), minor in sums.items()
    ]


def _reason(row: OrderAdjustment, currency: str) -> Reason:
    return Reason(AdjustmentKind(row.kind), row.label, Money(row.amount_minor, currency), row.code)
