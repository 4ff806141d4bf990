"""Which coupons a cart is priced with: the best, the one that was chosen, or none."""

from __future__ import annotations

from datetime import datetime

from storefront.cart.contents import Contents
from storefront.cart.rules import NO_COUPON, Owner
from storefront.promotions import wallet


def candidates(contents: Contents, owner: Owner, at: datetime) -> tuple[str, ...]:
    """Return every code that could be used: the chosen one, those typed in, and the coupons of the wallet.

    What belongs to somebody else or is locked by another checkout is left out. A guest without codes asks nothing.
    """
    codes = wallet.open_codes(contents.codes, customer_id=owner.customer_id, checkout=owner.checkout, at=at)
    return tuple(sorted(codes, key=lambda code: code != contents.coupon_choice))


def codes_elsewhere(contents: Contents, *, checkout: str, at: datetime) -> tuple[str, ...]:
    """Return those of the typed codes that another checkout holds."""
    held = wallet.locked_codes(contents.codes, checkout=checkout, at=at)
    return tuple(code for code in contents.codes if code in held)


def chosen(contents: Contents, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the candidates that count: all of them, of which the best are found, unless one was chosen."""
    if contents.coupon_choice == NO_COUPON:
        return ()
    return (contents.coupon_choice,) if contents.coupon_choice in codes else codes
