"""From the contents of a cart to its quote: gather promotions, decide, and keep the reasons for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.accounts.identity import CurrentCustomer
from storefront.cart.contents import Contents, Line
from storefront.cart.rules import Owner
from storefront.kernel.money import Money
from storefront.pricing.allocation import DELIVERY, TraceStep
from storefront.pricing.quote import Quote, QuoteLine, make_quote
from storefront.pricing.snapshot import Delivery, Shopper, Snapshot
from storefront.promotions import queries as promotions
from storefront.promotions.rules import Reason, Rejected, Result, evaluate


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its place in the quote, if it has one, and the steps that led to its price."""

    line: Line
    quoted: QuoteLine | None
    steps: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code in the cart: what it saves, or why it does not (`rival` names what keeps it out)."""

    code: str
    saved: Money | None = None
    rejected: Rejected | None = None
    rival: str = ""


@dataclass(frozen=True, slots=True)
class CartQuote:
    """A cart with its price: what checkout orders and the cart page shows."""

    contents: Contents
    quote: Quote
    result: Result
    promotion_keys: Mapping[int, str]
    """Public keys of the promotions that applied, by id."""

    @property
    def lines(self) -> tuple[LineView, ...]:
        quoted = {line.line_id: line for line in self.quote.lines}
        steps: dict[str, list[TraceStep]] = {}
        for step in self.quote.trace:
            steps.setdefault(step.line_id or "", []).append(step)
        return tuple(
            LineView(line, quoted.get(line.sku), tuple(steps.get(line.sku, ()))) for line in self.contents.lines
        )

    @property
    def delivery_steps(self) -> tuple[TraceStep, ...]:
        return tuple(step for step in self.quote.trace if step.line_id == DELIVERY)

    @property
    def codes(self) -> tuple[CodeView, ...]:
        saved: dict[str, Money] = {}
        for applied in self.result.applied:
            if applied.code:
                saved[applied.code] = saved.get(applied.code, Money.zero(self.quote.currency)) + applied.amount
        rejected = {each.code: each for each in self.result.rejected if each.code}
        names = {applied.promotion.id: applied.promotion.name for applied in self.result.applied}
        return tuple(
            CodeView(code, saved[code])
            if code in saved
            else CodeView(code, None, why := rejected.get(code), names.get(why.excluded_by or 0, "") if why else "")
            for code in self.contents.codes
        )

    @property
    def lost(self) -> tuple[tuple[Rejected, str], ...]:
        """Promotions for these goods that other promotions kept out, each with the name of the one that did."""
        names = {applied.promotion.id: applied.promotion.name for applied in self.result.applied}
        kept_out = (each for each in self.result.rejected if each.reason in {Reason.EXCLUDED_BY, Reason.WORSE_DEAL})
        return tuple((each, names.get(each.excluded_by or 0, "")) for each in kept_out if not each.code)

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to order."""
        return bool(self.quote.lines)


def quote_cart(
    *, contents: Contents, owner: Owner, shopper: Shopper, at: datetime, delivery: Delivery | None = None
) -> CartQuote:
    """Price what a cart holds, with the promotions of this moment and the cart's codes.

    The hash of the quote says whether the shopper has seen it: it changes with any amount, `delivery` included.
    """
    live = promotions.live_promotions(codes=contents.codes, at=at)
    uses = promotions.uses_of(owner.key, live)
    snapshot = Snapshot(
        now=at,
        currency=contents.currency,
        lines=tuple(line.snapshot_line for line in contents.priced),
        shopper=Shopper(
            known=shopper.known,
            tier=shopper.tier,
            groups=shopper.groups,
            order_count=shopper.order_count,
            uses=uses,
        ),
        delivery=delivery,
        codes=contents.codes,
    )
    result = evaluate(snapshot, live)
    quote = make_quote(snapshot, result.reductions, trace=result.trace)
    keys = {applied.promotion.id: applied.promotion.key for applied in result.applied}
    return CartQuote(contents, quote, result, keys)


def shopper_of(customer: CurrentCustomer | None) -> Shopper:
    """Return what a price may depend on of a customer; a guest is nobody in particular."""
    if customer is None:
        return Shopper()
    return Shopper(known=True, tier=customer.tier, groups=customer.groups, order_count=customer.order_count)
