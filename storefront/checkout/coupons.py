"""Coupons that a checkout holds: what can be used once is kept for it while its shopper goes on, and no longer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from storefront.cart import queries as carts
from storefront.cart.rules import Owner
from storefront.checkout import queries
from storefront.promotions import services as promotions
from storefront.shop.queries import get_settings


def hold(*, token: str, codes: Collection[str], at: datetime) -> None:
    """Keep these codes for a checkout, and give up the others that it held; refuse with CodeInUse.

    Only codes that can be used just once more are kept, for as long as the merchant says; going on renews the time.
    """
    promotions.unlock_codes(tokens=[token], but=codes)
    if codes:
        until = at + timedelta(minutes=get_settings().coupon_lock_minutes)
        promotions.lock_codes(codes, token=token, until=until, at=at)


def take_over(*, cart_id: int, token: str) -> None:
    """Give up what this cart's other checkouts hold: of two tabs, the one that goes on is the one that counts."""
    promotions.unlock_codes(tokens=[each for each in queries.list_tokens(cart_id) if each != token])


def let_go(*, owner: Owner) -> None:
    """Give up everything that the checkouts of a cart hold: its shopper is back in the cart and chose otherwise."""
    cart = carts.find_cart(owner)
    if cart is not None:
        promotions.unlock_codes(tokens=queries.list_tokens(cart.id))
