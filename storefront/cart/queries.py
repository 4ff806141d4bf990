"""Reads of carts: contents, quotes, the page and the badge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from storefront.cart.closers import list_closers
from storefront.cart.contents import Contents as Contents
from storefront.cart.contents import find_cart as find_cart
from storefront.cart.contents import get_contents as get_contents
from storefront.cart.points import PointsView, points_view
from storefront.cart.quoting import CartQuote as CartQuote
from storefront.cart.quoting import PricedCart
from storefront.cart.quoting import price_cart as price_cart
from storefront.cart.rules import Owner
from storefront.cart.varying import most_banners
from storefront.cart.wallet import codes_elsewhere as codes_elsewhere
from storefront.catalog.cards import Card
from storefront.kernel.money import Money
from storefront.pricing.snapshot import Delivery, Shopper
from storefront.promotions.rules import Near
from storefront.shipping import queries as shipping
from storefront.shipping.queries import Offer
from storefront.shipping.rules import Destination
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class NearView:
    """A saving within reach, and a few products that would reach it."""

    near: Near
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class CartView:
    """Everything that the cart page shows. `offer` is the cheapest delivery, taken as an estimate."""

    cart: CartQuote
    offer: Offer | None
    near: tuple[NearView, ...] = field(default=())
    points: PointsView | None = None
    """None in a shop without points."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What the header says of a cart: how many pieces, and what they cost without delivery."""

    count: int
    amount: Money


def get_cart_view(*, owner: Owner, shopper: Shopper, locale: str, at: datetime) -> CartView:
    """Return somebody's cart as the cart page shows it, with delivery to the shop's own country as an estimate."""
    contents = get_contents(owner, locale=locale)
    priced = price_cart(contents=contents, owner=owner, shopper=shopper, at=at)
    cart, offer = _quoted(priced)
    if not contents.priced:
        return CartView(cart, None)
    return CartView(cart, offer, _near_views(cart, locale), points_view(cart, owner))


def get_badge(*, owner: Owner, shopper: Shopper, at: datetime) -> Badge | None:
    """Return what the header says of somebody's cart; None for somebody without one."""
    contents = get_contents(owner)
    if contents.cart_id is None:
        return None
    priced = price_cart(contents=contents, owner=owner, shopper=shopper, at=at)
    return Badge(contents.units, _quoted(priced)[0].quote.subtotal)


def _quoted(priced: PricedCart) -> tuple[CartQuote, Offer | None]:
    """Return a cart's quote with the cheapest delivery, which the page and the badge in the header agree on."""
    offer = _cheapest_delivery(priced.contents, priced.goods) if priced.contents.priced else None
    return priced.quote(Delivery(offer.code, offer.price) if offer else None), offer


def _near_views(cart: CartQuote, locale: str) -> tuple[NearView, ...]:
    """Return the savings within reach that the cart shows, without those of coupons that nobody typed or chose."""
    near = [near for near in cart.result.near if not near.promotion.needs_code or near.promotion.codes & cart.typed]
    shown = near[: most_banners()] if near else []
    return tuple(NearView(each, tuple(list_closers(each, cart.contents, locale=locale))) for each in shown)


def _cheapest_delivery(contents: Contents, goods: Money) -> Offer | None:
    offers = shipping.list_offers(Destination(get_settings().country), contents.load(goods))
    return min(offers, key=lambda offer: offer.price.minor, default=None)
