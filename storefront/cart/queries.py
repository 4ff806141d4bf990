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
from storefront.places.regions import country_of
from storefront.pricing.snapshot import Delivery, Shopper, Stage
from storefront.pricing.taxes.regions import place_of
from storefront.pricing.taxes.rules import Place
from storefront.promotions.rules import Near
from storefront.shipping import queries as shipping
from storefront.shipping.queries import Quotation
from storefront.shipping.rules import Destination


@dataclass(frozen=True, slots=True)
class NearView:
    """A saving within reach, and a few products that would reach it."""

    near: Near
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """How far goods are on the way to an amount."""

    have: Money
    need: Money

    @property
    def missing(self) -> Money:
        return self.need - self.have


@dataclass(frozen=True, slots=True)
class CartView:
    """Everything that the cart page shows. The cheapest delivery of `quotation` is taken as an estimate."""

    cart: CartQuote
    quotation: Quotation | None = None
    """What delivery costs; None for a cart with nothing to deliver."""
    near: tuple[NearView, ...] = field(default=())
    points: PointsView | None = None
    """None in a shop without points."""

    @property
    def free_delivery(self) -> Gap | None:
        """How far the goods are from free delivery; None where it is free, never gets free, or a promotion says it."""
        offer = self.quotation.cheapest if self.quotation else None
        paid = self.cart.quote.delivery - self.cart.quote.delivery_discount
        if offer is None or offer.free_from is None or not offer.charge.freight or not paid:
            return None
        if offer.charge.surcharge:
            return None
        if any(view.near.promotion.falls_on is Stage.SHIPPING for view in self.near):
            return None
        return Gap(self.cart.snapshot.goods, offer.free_from)


@dataclass(frozen=True, slots=True)
class Badge:
    """What the header says of a cart: how many pieces, and what they cost without delivery."""

    count: int
    amount: Money


def get_cart_view(*, owner: Owner, shopper: Shopper, destination: Destination, locale: str, at: datetime) -> CartView:
    """Return somebody's cart as the cart page shows it, with the cheapest delivery to a place as an estimate."""
    contents = get_contents(owner, locale=locale)
    priced = price_cart(contents=contents, owner=owner, shopper=shopper, at=at)
    cart, quotation = _quoted(priced, destination)
    if quotation is None:
        return CartView(cart)
    return CartView(cart, quotation, _near_views(cart, locale), points_view(cart, owner))


def get_badge(*, owner: Owner, shopper: Shopper, destination: Destination, at: datetime) -> Badge | None:
    """Return what the header says of somebody's cart; None for somebody without one."""
    contents = get_contents(owner)
    if contents.cart_id is None:
        return None
    priced = price_cart(contents=contents, owner=owner, shopper=shopper, at=at)
    return Badge(contents.units, _quoted(priced, destination)[0].quote.subtotal)


def _quoted(priced: PricedCart, destination: Destination) -> tuple[CartQuote, Quotation | None]:
    """Return a cart's quote with the cheapest delivery, which the page and the badge in the header agree on."""
    if not priced.contents.priced:
        return priced.quote(None), None
    quotation = shipping.quote(destination, priced.contents.load(priced.goods))
    offer = quotation.cheapest
    delivery = Delivery(offer.code, offer.price) if offer else None
    return priced.quote(delivery, place=_taxed_at(destination)), quotation


def _taxed_at(destination: Destination) -> Place | None:
    """Return the place whose taxes are an estimate for a destination; None while the state that decides is open."""
    if country_of(destination.country).needs_region and not destination.region:
        return None
    return place_of(destination.country, destination.region)


def _near_views(cart: CartQuote, locale: str) -> tuple[NearView, ...]:
    """Return the savings within reach that the cart shows, without those of coupons that nobody typed or chose."""
    near = [near for near in cart.result.near if not near.promotion.needs_code or near.promotion.codes & cart.typed]
    shown = near[: most_banners()] if near else []
    return tuple(NearView(each, tuple(list_closers(each, cart.contents, locale=locale))) for each in shown)
