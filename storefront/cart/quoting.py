"""From the contents of a cart to its quote: gather prices, gifts and promotions, decide, and keep the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.accounts.identity import CurrentCustomer
from storefront.cart.contents import Contents, Line
from storefront.cart.gifts import EVERY_GIFT, GiftGoods, Giving, gift_goods, gift_stock
from storefront.cart.lines import AT_FLASH_PRICE, snapshot_lines
from storefront.cart.rules import Owner
from storefront.cart.wallet import candidates, chosen
from storefront.catalog.collections import marks_of
from storefront.flash import queries as flash
from storefront.flash.rules import FlashOffer
from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.loyalty import queries as loyalty
from storefront.pricing import queries as pricing
from storefront.pricing.allocation import TraceStep
from storefront.pricing.quote import LineShare, Quote, QuoteLine, make_quote
from storefront.pricing.snapshot import Delivery, PointsOffer, PriceSource, Shopper, Snapshot
from storefront.pricing.taxes import queries as taxes
from storefront.pricing.taxes.rules import Place
from storefront.promotions import queries as promotions
from storefront.promotions.rules import Promotion, Reason, Rejected, Result, evaluate
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What a line of the cart comes to; it has two parts where a flash sale has not enough for all its pieces."""

    parts: tuple[QuoteLine, ...]

    @property
    def quantity(self) -> int:
        return sum(part.quantity for part in self.parts)

    @property
    def base(self) -> Money:
        """All pieces at the variant's own price, before price lists and promotions."""
        return self._sum([part.base_price.minor * part.quantity for part in self.parts])

    @property
    def goods(self) -> Money:
        """All pieces at today's catalogue price."""
        return self._sum([part.goods.minor for part in self.parts])

    @property
    def total(self) -> Money:
        return self._sum([part.total.minor for part in self.parts])

    @property
    def shares(self) -> tuple[LineShare, ...]:
        """What each reduction takes off, once for all parts."""
        found: dict[tuple[object, str], LineShare] = {}
        for share in (share for part in self.parts for share in part.shares):
            before = found.get((share.label, share.code))
            amount = share.amount + before.amount if before else share.amount
            found[share.label, share.code] = LineShare(share.label, amount, share.code)
        return tuple(found.values())

    def _sum(self, minors: Sequence[int]) -> Money:
        return Money(sum(minors), self.parts[0].unit_price.currency)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its place in the quote, if it has one, and the steps that led to its price."""

    line: Line
    quoted: LinePrice | None
    steps: tuple[TraceStep, ...]
    flash: FlashOffer | None = None

    @property
    def has_reasons(self) -> bool:
        """Whether it costs something else than its own price, so that there is something to explain."""
        return self.quoted is not None and self.quoted.total != self.quoted.base


@dataclass(frozen=True, slots=True)
class GiftView:
    """A gift line: what is given, and by which promotion."""

    goods: GiftGoods
    quoted: QuoteLine
    steps: tuple[TraceStep, ...]


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code in the cart: what it saves, or why it does not (`rival` names what keeps it out)."""

    code: str
    saved: Money | None = None
    rejected: Rejected | None = None
    rival: str = ""
    is_left_out: bool = False
    """Whether another coupon, or none, was chosen instead."""


@dataclass(frozen=True, slots=True)
class CartQuote:
    """A cart with its price: what checkout orders and the cart page shows."""

    contents: Contents
    quote: Quote
    result: Result
    snapshot: Snapshot
    promotions: tuple[Promotion, ...]
    """All that were considered."""
    gift_goods: Mapping[str, GiftGoods]
    flash: Mapping[int, FlashOffer]
    """Live flash offers by variant id."""

    @property
    def promotion_keys(self) -> Mapping[int, str]:
        """Public keys of the promotions that applied, by id."""
        return {applied.promotion.id: applied.promotion.key for applied in self.result.applied}

    @property
    def lines(self) -> tuple[LineView, ...]:
        parts: dict[str, list[QuoteLine]] = {}
        steps: dict[str, list[TraceStep]] = {}
        for part in self.quote.lines:
            if part.price_source is not PriceSource.GIFT:
                parts.setdefault(part.sku, []).append(part)
        for step in self.quote.trace:
            steps.setdefault((step.line_id or "").removesuffix(AT_FLASH_PRICE), []).append(step)
        return tuple(
            LineView(
                line,
                LinePrice(tuple(parts[line.sku])) if line.sku in parts else None,
                tuple(steps.get(line.sku, ())),
                self.flash.get(line.variant_id),
            )
            for line in self.contents.lines
        )

    @property
    def gifts(self) -> tuple[GiftView, ...]:
        """What comes with the cart for nothing."""
        return tuple(
            GiftView(
                self.gift_goods[line.sku],
                line,
                tuple(step for step in self.quote.trace if step.line_id == line.line_id),
            )
            for line in self.quote.lines
            if line.price_source is PriceSource.GIFT
        )

    @property
    def codes(self) -> tuple[CodeView, ...]:
        saved: dict[str, Money] = {}
        for applied in self.result.applied:
            if applied.code:
                saved[applied.code] = saved.get(applied.code, Money.zero(self.quote.currency)) + applied.amount
        rejected = {each.code: each for each in self.result.rejected if each.code}
        names = {applied.promotion.id: applied.promotion.name for applied in self.result.applied}
        known = {code for promotion in self.promotions for code in promotion.codes}
        left_out = known - set(self.snapshot.codes)
        return tuple(
            CodeView(code, saved[code])
            if code in saved
            else CodeView(
                code,
                rejected=(why := rejected.get(code)),
                rival=names.get(why.excluded_by or 0, "") if why else "",
                is_left_out=code in left_out,
            )
            for code in self.contents.codes
        )

    @property
    def lost(self) -> tuple[tuple[Rejected, str], ...]:
        """Promotions for these goods that other promotions kept out, each with the name of the one that did."""
        names = {applied.promotion.id: applied.promotion.name for applied in self.result.applied}
        kept_out = (each for each in self.result.rejected if each.reason in {Reason.EXCLUDED_BY, Reason.WORSE_DEAL})
        return tuple((each, names.get(each.excluded_by or 0, "")) for each in kept_out if not each.code)

    @property
    def saved(self) -> Money:
        """What the shopper pays less than at base prices and with delivery in full; points are a payment."""
        return self.saved_by_prices + self.quote.saved - self.quote.points

    @property
    def saved_by_prices(self) -> Money:
        """What of it lists and flash sales give, before any offer: it is in the prices of the lines."""
        lists = sum((line.base_price.minor - line.unit_price.minor) * line.quantity for line in self.quote.lines)
        return Money(max(0, lists), self.quote.currency)

    @property
    def typed(self) -> frozenset[str]:
        """The codes that the shopper gave or chose, not those that lie in their wallet."""
        chosen = {self.contents.coupon_choice} - {"", "none"}
        return frozenset(code_key(code) for code in {*self.contents.codes, *chosen})

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to order."""
        return bool(self.contents.priced)


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart at the catalogue prices of its shopper, with all that promotions decide on; delivery is still open."""

    contents: Contents
    snapshot: Snapshot
    promotions: tuple[Promotion, ...]
    gift_goods: Mapping[str, GiftGoods]
    flash: Mapping[int, FlashOffer]

    @property
    def goods(self) -> Money:
        """What the goods cost this shopper before promotions: what makes delivery free is decided on it."""
        return self.snapshot.goods

    def quote(self, delivery: Delivery | None = None, *, place: Place | None = None) -> CartQuote:
        """Decide on the promotions and put the total together, with the taxes of `place`, as far as it is known."""
        snapshot = replace(self.snapshot, delivery=delivery)
        result = evaluate(snapshot, self.promotions)
        taxing = taxes.taxing_at(place, snapshot.now)
        quote = make_quote(snapshot, result.reductions, gifts=result.gifts, trace=result.trace, taxing=taxing)
        return CartQuote(self.contents, quote, result, snapshot, self.promotions, self.gift_goods, self.flash)


def quote_cart(
    *,
    contents: Contents,
    owner: Owner,
    shopper: Shopper,
    at: datetime,
    delivery: Delivery | None = None,
    promoted_by: Sequence[Promotion] | None = None,
) -> CartQuote:
    """Price what a cart holds, with the promotions of this moment (or with `promoted_by`) and the cart's codes.

    The hash of the quote says whether the shopper has seen it: it changes with any amount, `delivery` included.
    """
    priced = price_cart(contents=contents, owner=owner, shopper=shopper, at=at, promoted_by=promoted_by)
    return priced.quote(delivery)


def price_cart(
    *,
    contents: Contents,
    owner: Owner,
    shopper: Shopper,
    at: datetime,
    promoted_by: Sequence[Promotion] | None = None,
    giving: Giving = EVERY_GIFT,
) -> PricedCart:
    """Gather what the price of a cart depends on, once; only gifts of `giving` are there to give."""
    every = candidates(contents, owner, at)
    codes = chosen(contents, every)
    considered = tuple(promotions.live_promotions(codes=every, at=at) if promoted_by is None else promoted_by)
    bought = contents.priced
    offers = flash.offers_for([line.variant_id for line in bought], customer_key=owner.key, at=at, alone=owner.is_guess)
    gifts = gift_goods(considered, currency=contents.currency, locale=contents.locale)
    shopper = replace(
        shopper,
        uses=promotions.uses_of(owner.key, considered, alone=owner.is_guess),
        order_count=_past_orders(shopper, owner, considered),
    )
    snapshot = Snapshot(
        now=at,
        currency=contents.currency,
        lines=snapshot_lines(
            bought,
            shopper=shopper,
            options=pricing.options_for([line.variant_id for line in bought], at),
            flash=offers,
            marks=marks_of([line.product_id for line in bought]),
        ),
        shopper=shopper,
        codes=codes,
        gifts=gift_stock(gifts, bought, giving),
        points=_points(contents, owner),
    )
    return PricedCart(contents, snapshot, considered, gifts, offers)


def _past_orders(shopper: Shopper, owner: Owner, considered: Iterable[Promotion]) -> int:
    """Return a shopper's past orders; those of a guest are counted where an offer asks for them."""
    if shopper.known or all(promotion.audience.most_orders is None for promotion in considered):
        return shopper.order_count
    return owner.past_orders


def shopper_of(customer: CurrentCustomer | None) -> Shopper:
    """Return what a price may depend on of a customer; a guest is nobody in particular."""
    if customer is None:
        return Shopper()
    return Shopper(known=True, tier=customer.tier, groups=customer.groups, order_count=customer.order_count)


def _points(contents: Contents, owner: Owner) -> PointsOffer | None:
    """Return the points that the customer means to spend, as far as they have them."""
    settings = get_settings()
    if not contents.points or owner.customer_id is None or not settings.points_per_unit:
        return None
    spend = min(contents.points, loyalty.balance_of(owner.customer_id).available)
    return PointsOffer(spend, settings.points_worth, settings.points_most_percent) if spend > 0 else None
