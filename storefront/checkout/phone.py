"""An order that staff take down for a customer on the phone: the same quote as a cart's, placed by the same checkout.

Its cart exists for the moment of placing only. What counts for its customer (tier, coupons, limits) counts as if they
had ordered themselves; points stay theirs to spend. A payment link is the ordinary letter about an unpaid order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.accounts.identity import CurrentCustomer
from storefront.accounts.rules import PostalAddress
from storefront.cart import services as carts
from storefront.cart.contents import Contents, Line, find_cart, find_goods
from storefront.cart.gifts import Giving
from storefront.cart.quoting import CartQuote, price_cart, shopper_of
from storefront.cart.rules import LineState, Owner
from storefront.checkout import services
from storefront.checkout.details import Attempt, Details, KnownOwner, Typed
from storefront.checkout.errors import EmptyCart
from storefront.checkout.services import Placed
from storefront.database.base import db
from storefront.inventory.errors import OutOfStock, Shortage
from storefront.inventory.rules import zone_of
from storefront.kernel.text import code_key
from storefront.orders.draft import Buyer
from storefront.payments.providers import Provider
from storefront.pricing.snapshot import Delivery
from storefront.pricing.taxes.regions import place_of
from storefront.promotions import queries as promotions
from storefront.shipping import queries as shipping
from storefront.shipping.destinations import as_typed
from storefront.shipping.queries import Offer, Quotation
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Call:
    """What a customer said on the phone; `goods` are pieces by SKU, `token` makes it one order."""

    token: str
    email: str
    locale: str
    address: PostalAddress
    goods: Mapping[str, int]
    method: str = ""
    code: str = ""
    note: str = ""
    customer: CurrentCustomer | None = None

    @property
    def buyer(self) -> Buyer:
        """Who buys."""
        return Buyer(self.email, self.address.phone, self.locale, self.customer.id if self.customer else None)

    @property
    def owner(self) -> KnownOwner:
        """Who this is to promotions and their limits."""
        return KnownOwner("", self.buyer.customer_id, self.email, checkout=self.token)


@dataclass(frozen=True, slots=True)
class CallQuote:
    """What it would cost, and how it is delivered: `offer` is one of `quotation`."""

    cart: CartQuote
    quotation: Quotation
    offer: Offer


def quote(call: Call, *, at: datetime) -> CallQuote:
    """Price what was said as a cart would be; refuse with OutOfStock, NoDelivery, or what is wrong with the code."""
    codes = (_check(call, at),) if call.code.strip() else ()
    contents = Contents(get_settings().currency, None, _lines(call, at), codes, locale=call.locale)
    destination = as_typed(call.address.country, call.address.region, call.address.city)
    priced = price_cart(
        contents=contents,
        owner=call.owner,
        shopper=shopper_of(call.customer),
        at=at,
        giving=Giving(zone_of(call.address.country, call.address.region)),
    )
    load = contents.load(priced.goods)
    quotation = shipping.quote(destination, load)
    known = quotation.find(call.method) is not None or not quotation.offers
    offer = shipping.get_offer(call.method if known else quotation.offers[0].code, destination, load)
    place = place_of(call.address.country, call.address.region)
    return CallQuote(priced.quote(Delivery(offer.code, offer.price), place=place), quotation, offer)


def place(*, call: Call, provider: Provider, seen_hash: str, by: str, at: datetime) -> Placed:
    """Place it by the checkout that everybody uses, exactly as it was shown; refuses as `checkout.services.place`."""
    code = _check(call, at) if call.code.strip() else ""
    owner = Owner()
    for sku, pieces in sorted(call.goods.items()):
        change = carts.add_goods(owner=owner, sku=sku, quantity=pieces, at=at)
        owner = Owner(change.token) if change.token else owner
    cart = find_cart(owner, locked=True)
    if cart is None:
        raise EmptyCart
    cart.codes = [code] if code else []
    db.session.flush()
    details = Details(call.buyer, call.address, call.method, provider, call.note)
    typed = Typed(call.email, call.address.as_fields(), call.method, provider.code, call.note)
    attempt = Attempt(call.token, owner, shopper_of(call.customer), typed, details, seen_hash, taken_by=by)
    return services.place(attempt=attempt, at=at)


def _check(call: Call, at: datetime) -> str:
    shopper = shopper_of(call.customer)
    promotions.check_code(call.code, shopper=shopper, customer_key=call.owner.key, at=at)
    return code_key(call.code)


def _lines(call: Call, at: datetime) -> tuple[Line, ...]:
    """Return the goods as lines; refuse what there is not enough of."""
    lines = find_goods(call.goods, at=at, locale=call.locale)
    short = [
        Shortage(line.variant_id, line.full_name, line.wanted, line.available if line.is_priced else 0)
        for line in lines
        if line.state is not LineState.READY
    ]
    if short:
        raise OutOfStock(short)
    if not lines:
        raise EmptyCart
    return lines
