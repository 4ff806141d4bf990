"""The edge where codes are typed in: refused ones are counted, so that nobody can guess their way to a coupon."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from storefront.accounts import tries
from storefront.accounts.throttle import Limits
from storefront.cart import codes
from storefront.cart.contents import find_cart
from storefront.cart.rules import Owner
from storefront.database.transaction import transaction
from storefront.pricing.snapshot import Shopper
from storefront.promotions.errors import CodeRefused, NoCode, TooManyCodeTries

log = logging.getLogger(__name__)

CODES = Limits("coupon:", timedelta(minutes=10), together=10, from_address=40, by_person=20)
"""A letter misread now and then, an office behind one address; not somebody who tries a list."""


def enter_code(*, owner: Owner, code: str, shopper: Shopper, address: str, at: datetime) -> str:
    """Keep a code with the cart and return the cart's token; refuse with TooManyCodeTries after too many refusals.

    A code that works never counts, nor does an empty field.
    """
    who = owner.key or owner.token or address
    if tries.are_too_many(CODES, who=who, address=address, at=at):
        raise TooManyCodeTries(minutes=CODES.minutes)
    try:
        with transaction():
            codes.apply_code(owner=owner, code=code, shopper=shopper, at=at)
            cart = find_cart(owner)
            return (cart.token or "") if cart else ""
    except NoCode:
        raise
    except CodeRefused:
        with transaction():
            tries.note(CODES, who=who, address=address, at=at)
        log.info("A code was refused")
        raise
