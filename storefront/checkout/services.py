"""Writes of checkout: keep what was typed, and place the order once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, bindparam, delete, update

from storefront.accounts import queries as people
from storefront.accounts import services as accounts
from storefront.cart import queries as carts
from storefront.cart import services as cart_services
from storefront.cart.contents import Contents
from storefront.cart.gifts import Giving
from storefront.cart.models import Cart
from storefront.cart.quoting import CartQuote
from storefront.cart.rules import LineState, Owner
from storefront.checkout import coupons, queries
from storefront.checkout.details import Attempt, Details, KnownOwner, Typed
from storefront.checkout.errors import EmptyCart, GiftGone, QuoteChanged, StaleCheckout
from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.database.reading import read
from storefront.inventory.errors import OutOfStock, Shortage
from storefront.inventory.rules import zone_of
from storefront.kernel.errors import ShopError
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.draft import Draft, Goods, Parcel
from storefront.orders.models import Order
from storefront.payments import queries as payments
from storefront.payments import services as payment_services
from storefront.pricing.snapshot import Delivery, PriceSource
from storefront.pricing.taxes.regions import place_of
from storefront.shipping import queries as shipping
from storefront.shipping.destinations import as_typed
from storefront.shipping.queries import Offer
from storefront.web.locale import localized

SHORTEST_TOKEN, LONGEST_TOKEN = 20, 64
KEPT_FOR = timedelta(days=30)
_TYPED = ("email", "phone", "address", "shipping_method_code", "payment_provider", "note")
_BECAME = (
    update(CheckoutSession)
    .where(CheckoutSession.token == bindparam("of_token"))
    .values(order_number=bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, and the reference of the payment that its provider is asked for next; "" where there is none."""

    order: Order
    payment: str
    is_new: bool = False
    """Whether this press has made it, and none before."""


def keep(*, token: str, owner: Owner, typed: Typed, at: datetime) -> Placed | None:
    """Keep what was typed so far with the cart's checkout; return the order if it has become one already."""
    before = _placed_before(token)
    if before is None:
        _keep(token, carts.find_cart(owner), typed, at)
    return before


def place(*, attempt: Attempt, at: datetime) -> Placed:
    """Place the order of a checkout; pressed again, return the order that the first press made.

    Refuses with QuoteChanged, OutOfStock, GiftGone, PromotionRanOut, CodeInUse, FlashSoldOut, NotEnoughPoints,
    NoDelivery or EmptyCart, and then nothing has happened.
    """
    cart_row = carts.find_cart(attempt.owner, locked=True)
    before = _placed_before(attempt.token)
    if before is None and not _keep(attempt.token, cart_row, attempt.typed, at):
        before = _placed_before(attempt.token)
    if before is not None:
        return before
    details = attempt.details
    contents = carts.get_contents(attempt.owner, locale=details.buyer.locale)
    if not contents.priced or contents.cart_id is None:
        raise _nothing_left(contents)
    address = details.address
    priced = carts.price_cart(
        contents=contents,
        owner=KnownOwner(attempt.owner.token, details.buyer.customer_id, details.buyer.email, checkout=attempt.token),
        shopper=attempt.shopper,
        at=at,
        giving=Giving(zone_of(address.country, address.region), attempt.without_gifts),
    )
    destination = as_typed(address.country, address.region, address.city)
    offer = shipping.get_offer(details.shipping_method, destination, contents.load(priced.goods))
    cart = priced.quote(Delivery(offer.code, offer.price), place=place_of(address.country, address.region))
    if cart.quote.hash != attempt.seen_hash:
        raise QuoteChanged(cart)
    order = _place(_draft(attempt, cart, offer, at), cart, at)
    bought = Counter[str]()
    for line in cart.quote.lines:
        if line.price_source is not PriceSource.GIFT:
            bought[line.sku] += line.quantity
    cart_services.remove_bought(contents=contents, bought=bought, at=at)
    db.session.connection().execute(_BECAME, {"of_token": attempt.token, "number": order.number})
    if details.keep_address:
        _keep_address(details, at)
    payment = ""
    if order.total_minor:
        payment = payment_services.begin_payment(order=order, provider=details.provider, at=at).reference
    db.session.flush()
    return Placed(order, payment, is_new=True)


def forget_old(*, at: datetime) -> int:
    """Delete checkouts untouched for a month and return how many."""
    gone = db.session.execute(delete(CheckoutSession).where(CheckoutSession.updated_at < at - KEPT_FOR))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _placed_before(token: str) -> Placed | None:
    """Return the order that a form has become, and the payment to go on with.

    The order itself is asked: it knows its token for ever, the checkout is forgotten after a month.
    """
    order = orders.find_by_idempotency_key(token)
    if order is None:
        return None
    pending = payments.find_pending(order.id)
    return Placed(order, pending.reference if pending else "")


def _nothing_left(contents: Contents) -> ShopError:
    """Return why there is nothing to order: others were faster, or there was nothing to begin with."""
    gone = [Shortage(line.variant_id, line.full_name, line.wanted, 0) for line in contents.lines]
    sold_out = contents.lines and all(line.state is LineState.SOLD_OUT for line in contents.lines)
    return OutOfStock(gone) if sold_out else EmptyCart()


def _keep(token: str, cart: Cart | None, typed: Typed, at: datetime) -> bool:
    """Keep what was typed, and begin the checkout where there is none; False where it has become an order already.

    Of two presses of one button the second waits for the first, and then finds what it has begun.
    """
    if cart is not None and SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
        values = {"token": token, "cart_id": cart.id, "created_at": at, "updated_at": at, **_values(typed)}
        if read(_keeping(db.engine), values).first() is not None:
            coupons.take_over(cart_id=cart.id, token=token)
            return True
    session = queries.find_session(token)
    if session is None or session.order_number is None:
        raise StaleCheckout
    return False


@lru_cache(maxsize=2)
def _keeping(engine: Engine) -> Any:
    """Return the insert of a checkout that renews one under way, and returns nothing where it is an order already."""
    new = insert_into(CheckoutSession, engine)
    renewed = {name: new.excluded[name] for name in (*_TYPED, "updated_at")}
    is_mine = CheckoutSession.order_number.is_(None) & (CheckoutSession.cart_id == new.excluded.cart_id)
    kept = new.on_conflict_do_update(index_elements=["token"], set_=renewed, where=is_mine)
    return kept.returning(CheckoutSession.id)


def _values(typed: Typed) -> dict[str, object]:
    address = dict(typed.address or {})
    return {
        "email": typed.email[:254],
        "note": typed.note[:500],
        "address": address,
        "phone": address.get("phone", "")[:32],
        "shipping_method_code": typed.shipping_method[:32],
        "payment_provider": typed.payment_provider[:32],
    }


def _place(draft: Draft, cart: CartQuote, at: datetime) -> Order:
    """Place the order, and say it where there is not enough of a gift."""
    try:
        return order_services.place_order(draft=draft, at=at)
    except OutOfStock as refusal:
        short = {shortage.variant_id for shortage in refusal.shortages}
        gone = {gift.goods.sku: gift.goods.full_name for gift in cart.gifts if gift.goods.variant_id in short}
        if gone:
            raise GiftGone(gone) from refusal
        raise


def _draft(attempt: Attempt, cart: CartQuote, offer: Offer, at: datetime) -> Draft:
    details, days = attempt.details, offer.arrives(at)
    return Draft(
        idempotency_key=attempt.token,
        buyer=details.buyer,
        quote=cart.quote,
        goods=_goods(cart),
        parcel=Parcel(
            address=details.address,
            method_code=offer.code,
            method_name=localized(offer.name, offer.translations, locale=details.buyer.locale),
            expected_from=days.earliest,
            expected_to=days.latest,
        ),
        payment_provider=details.provider.code if cart.quote.total else "",
        pay_before=payment_services.pay_before(details.provider, at),
        note=details.note,
        taken_by=attempt.taken_by,
        points_spent=cart.result.points.points if cart.result.points else 0,
        promotion_keys=cart.promotion_keys,
    )


def _goods(cart: CartQuote) -> dict[str, Goods]:
    """Return what each line of the quote is made of."""
    bought = {line.sku: line for line in cart.contents.priced}
    found = {}
    for quoted in cart.quote.lines:
        thing = cart.gift_goods[quoted.sku] if quoted.price_source is PriceSource.GIFT else bought[quoted.sku]
        offer = cart.flash.get(thing.variant_id) if quoted.price_source is PriceSource.FLASH else None
        names = thing.name, thing.variant_name, thing.picture
        facts = offer.item_id if offer else 0, thing.is_returnable
        found[quoted.line_id] = Goods(thing.variant_id, thing.product_id, *names, *facts)
    return found


def _keep_address(details: Details, at: datetime) -> None:
    customer_id = details.buyer.customer_id
    if customer_id is None:
        return
    book = people.list_addresses(customer_id)
    if len(book) < accounts.LONGEST_BOOK and details.address not in [entry.address for entry in book]:
        accounts.add_address(customer_id=customer_id, address=details.address, at=at)
