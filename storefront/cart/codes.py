"""Codes and coupons of a cart: typed in, taken out, chosen."""

from __future__ import annotations

from datetime import datetime

from storefront.cart.contents import find_cart, get_contents
from storefront.cart.errors import CodeGone, TooManyCodes
from storefront.cart.rules import MOST_CODES, NO_COUPON, Owner
from storefront.cart.services import make_cart
from storefront.cart.wallet import candidates
from storefront.database.base import db
from storefront.kernel.text import code_key
from storefront.pricing.snapshot import Shopper
from storefront.promotions import queries as promotions
from storefront.promotions.rules import Promotion


def apply_code(*, owner: Owner, code: str, shopper: Shopper, at: datetime) -> Promotion:
    """Keep a coupon code with the cart, or refuse with the reason; a code entered twice is kept once."""
    promotion = promotions.check_code(code, shopper=shopper, customer_key=owner.key, at=at)
    cart = find_cart(owner, locked=True) or make_cart(owner, at)
    key = code_key(code)
    if key not in cart.codes:
        if len(cart.codes) >= MOST_CODES:
            raise TooManyCodes(most=MOST_CODES)
        cart.codes = [*cart.codes, key]
    cart.coupon_choice, cart.updated_at = "", at
    db.session.flush()
    return promotion


def choose_coupon(*, owner: Owner, choice: str, at: datetime) -> None:
    """Use one coupon, none (NO_COUPON), or the best ("") from now on; refuse a code that is not there to choose."""
    cart, key = find_cart(owner, locked=True), choice if choice in {"", NO_COUPON} else code_key(choice)
    if cart is None or cart.coupon_choice == key:
        return
    if key not in {"", NO_COUPON} and key not in candidates(get_contents(owner), owner, at):
        raise CodeGone
    cart.coupon_choice, cart.updated_at = key, at
    db.session.flush()


def remove_code(*, owner: Owner, code: str, at: datetime) -> None:
    """Forget a coupon code; one that is not there is forgotten already."""
    cart = find_cart(owner, locked=True)
    if cart is None:
        return
    key = code_key(code)
    cart.codes = [kept for kept in cart.codes if kept != key]
    if cart.coupon_choice == key:
        cart.coupon_choice = ""
    cart.updated_at = at
    db.session.flush()
