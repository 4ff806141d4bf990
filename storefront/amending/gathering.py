"""What an order would cost as somebody wants it: goods of that day beside those of today, and its own promotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from storefront.accounts import queries as people
from storefront.amending.errors import GoodsGone, NoSuchGoods, NothingLeft, TooMany, Unreadable
from storefront.amending.rules import Wish
from storefront.cart.contents import Contents, Line, find_goods, had
from storefront.cart.gifts import GiftGoods, gift_goods
from storefront.cart.lines import snapshot_lines
from storefront.cart.quoting import CartQuote, PricedCart, shopper_of
from storefront.catalog.collections import marks_of
from storefront.inventory.changing import held_by
from storefront.inventory.rules import zone_of
from storefront.kernel.money import Money
from storefront.orders.draft import Buyer
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import AdjustmentKind
from storefront.pricing import queries as pricing
from storefront.pricing.snapshot import (
    Delivery,
    GiftStock,
    PointsOffer,
    PriceSource,
    Shopper,
    Snapshot,
    SnapshotLine,
)
from storefront.pricing.taxes.regions import place_of
from storefront.promotions import queries as promotions
from storefront.promotions.agreed import find_agreed
from storefront.promotions.rules import Promotion
from storefront.shipping import queries as shipping
from storefront.shipping.destinations import as_typed
from storefront.shipping.queries import Offer, Quotation
from storefront.shipping.rules import Destination
from storefront.shop.queries import get_settings

_OFFERS = (AdjustmentKind.PROMOTION, AdjustmentKind.COUPON, AdjustmentKind.SHIPPING_DISCOUNT)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An order as it is wanted, priced; `offer` is how it is delivered, one of `quotation`."""

    cart: CartQuote
    quotation: Quotation
    offer: Offer


def reckon(order: Order, wish: Wish, *, at: datetime) -> Reckoned:
    """Price an order that was read whole as it is wanted, or refuse with what keeps it from being so."""
    lines = goods_of(order, wish, at)
    contents = Contents(order.currency, None, tuple(had(line) for line in lines), locale=order.locale)
    shopper, considered = _shopper(order), _promotions(order, wish, at)
    gifts = gift_goods(considered, currency=order.currency, locale=order.locale)
    snapshot = Snapshot(
        now=order.placed_at,
        currency=order.currency,
        lines=_lines(order, wish, lines, shopper, at),
        shopper=replace(shopper, uses=promotions.uses_of(customer_key(order), considered)),
        codes=tuple(sorted({code for promotion in considered for code in promotion.codes})),
        gifts=_gifts(order, wish, gifts, lines),
        points=_points(order),
    )
    priced = PricedCart(contents, snapshot, considered, gifts, {})
    quotation = shipping.quote(destination_of(wish), contents.load(priced.goods))
    offer = shipping.get_offer(_method(wish, quotation), destination_of(wish), contents.load(priced.goods))
    place = place_of(wish.address.country, wish.address.region)
    return Reckoned(priced.quote(Delivery(offer.code, offer.price), place=place), quotation, offer)


def goods_of(order: Order, wish: Wish, at: datetime) -> tuple[Line, ...]:
    """Return what is wanted by SKU, as it is sold today; refuse what is not sold, or not sold so often."""
    units: dict[str, int] = {}
    more: dict[str, int] = {}
    names = {line.sku: line.name for line in bought(order)}
    for line in bought(order):
        wanted = wish.quantities.get(line.id, line.quantity)
        units[line.sku] = units.get(line.sku, 0) + wanted
        more[line.sku] = more.get(line.sku, 0) + max(wanted - line.quantity, 0)
    for sku, count in wish.added.items():
        units[sku], more[sku] = units.get(sku, 0) + count, more.get(sku, 0) + count
    units = {sku: count for sku, count in units.items() if count}
    if not units:
        raise NothingLeft
    found = {line.sku: line for line in find_goods(units, at=at, locale=order.locale)}
    most = get_settings().largest_quantity
    for sku, count in units.items():
        if sku not in found:
            raise GoodsGone(name=names[sku]) if sku in names else NoSuchGoods(sku=sku, field="added")
        if more[sku] and found[sku].state.value == "withdrawn":
            raise NoSuchGoods(sku=sku, field="added")
        if more[sku] and count > most:
            raise TooMany(most=most, field="added")
    return tuple(found[sku] for sku in sorted(units))


def bought(order: Order) -> list[OrderLine]:
    """Return the lines that somebody chose: gifts come and go by themselves."""
    return [line for line in order.lines if not line.is_gift]


def customer_key(order: Order) -> str:
    """Return who an order's customer is to the limits of promotions."""
    return Buyer(order.email, order.phone, order.locale, order.customer_id).key


def agreed_of(order: Order) -> tuple[Promotion, ...]:
    """Return the promotions that an order has; refuse where they cannot be read any more."""
    if any(reason.kind == AdjustmentKind.EXCHANGE for reason in order.adjustments):
        raise Unreadable
    own = find_agreed(
        {row.promotion_key: row.code for row in order.adjustments if row.kind in _OFFERS and row.promotion_key},
        order.currency,
    )
    if own is None:
        raise Unreadable
    return own


def destination_of(wish: Wish) -> Destination:
    """Return where it is to go, as delivery sees it."""
    return as_typed(wish.address.country, wish.address.region, wish.address.city)


def changes_goods(order: Order, wish: Wish) -> bool:
    """Say whether any quantity changes, or something comes on top."""
    same = all(wish.quantities.get(line.id, line.quantity) == line.quantity for line in bought(order))
    return not same or any(wish.added.values()) or wish.at_todays_prices


def _method(wish: Wish, quotation: Quotation) -> str:
    """Return the way that is wanted; one that does not go there gives way to the first that does."""
    if quotation.offers and quotation.find(wish.method) is None:
        return quotation.offers[0].code
    return wish.method


def _shopper(order: Order) -> Shopper:
    customer = people.find_customer(order.customer_id) if order.customer_id is not None else None
    found = shopper_of(customer)
    return replace(found, order_count=max(found.order_count - 1, 0)) if found.known else found


def _promotions(order: Order, wish: Wish, at: datetime) -> tuple[Promotion, ...]:
    """Return what the order has, and where its goods change what ran that day and still runs."""
    own = agreed_of(order)
    if not changes_goods(order, wish):
        return own
    ids = {promotion.id for promotion in own}
    return (*own, *(each for each in promotions.live_promotions(at=at) if each.id not in ids))


def _lines(order: Order, wish: Wish, lines: Sequence[Line], shopper: Shopper, at: datetime) -> tuple[SnapshotLine, ...]:
    """Return the pieces of that day at their price, and the others at that of today."""
    usual = {
        line.sku: line
        for line in snapshot_lines(
            [had(line) for line in lines],
            shopper=shopper,
            options=pricing.options_for([line.variant_id for line in lines], at),
            flash={},
            marks=marks_of([line.product_id for line in lines]),
        )
    }
    kept: dict[str, int] = {}
    found: list[SnapshotLine] = []
    for line in [] if wish.at_todays_prices else bought(order):
        units = min(wish.quantities.get(line.id, line.quantity), line.quantity)
        if units:
            found.append(_as_agreed(line, usual[line.sku], units, order.currency))
            kept[line.sku] = kept.get(line.sku, 0) + units
    for sku, now in usual.items():
        more = now.quantity - kept.get(sku, 0)
        if more > 0:
            _add(found, replace(now, quantity=more), order.version)
    return tuple(found)


def _as_agreed(line: OrderLine, now: SnapshotLine, units: int, currency: str) -> SnapshotLine:
    price = Money(line.unit_price_minor, currency)
    base = price if line.base_price_minor is None else Money(line.base_price_minor, currency)
    return replace(
        now,
        line_id=line.line_key or line.sku,
        quantity=units,
        unit_price=price,
        base_price=base,
        price_source=PriceSource(line.price_source),
        minimum_price=min(now.minimum_price, price) if now.minimum_price is not None else None,
    )


def _add(found: list[SnapshotLine], more: SnapshotLine, version: int) -> None:
    """Put pieces at today's price to those that cost the same, else beside them as a line of their own."""
    for place, line in enumerate(found):
        alike = (line.unit_price, line.price_source) == (more.unit_price, more.price_source)
        if line.sku == more.sku and alike:
            found[place] = replace(line, quantity=line.quantity + more.quantity)
            return
    taken = {line.line_id for line in found}
    found.append(replace(more, line_id=more.sku if more.sku not in taken else f"{more.sku}+{version}"))


def _gifts(order: Order, wish: Wish, gifts: Mapping[str, GiftGoods], lines: Sequence[Line]) -> tuple[GiftStock, ...]:
    """Return how many of each gift there are, those that the order holds among them."""
    held: dict[int, int] = {}
    for pick in held_by(order.number):
        held[pick.variant_id] = held.get(pick.variant_id, 0) + pick.quantity
    wanted = {line.variant_id: line.wanted for line in lines}
    zone = zone_of(wish.address.country, wish.address.region)
    return tuple(
        GiftStock(
            sku=each.sku,
            available=max(each.available(zone) + held.get(each.variant_id, 0) - wanted.get(each.variant_id, 0), 0),
            value=each.value,
            product_id=each.product_id,
        )
        for each in gifts.values()
    )


def _points(order: Order) -> PointsOffer | None:
    settings = get_settings()
    if not order.points_spent:
        return None
    return PointsOffer(order.points_spent, settings.points_worth, settings.points_most_percent)
