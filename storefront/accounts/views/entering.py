"""What happens whenever somebody comes in, by whatever way."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts import queries, ways
from storefront.accounts.devices import device_of
from storefront.accounts.sessions import sign_in
from storefront.accounts.states import Way
from storefront.cart.context import bring_cart
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.promotions import wallet
from storefront.promotions.words import name_of
from storefront.web.fragments import redirect_to, safe_next


def come_in(customer_id: int, way: Way, target: str | None = None) -> Response:
    """Begin a session; the guest's cart comes along, and the shopper is told what that changed."""
    customer = queries.find_customer(customer_id)
    if customer is None:
        raise NotFound
    sign_in(customer, way=way)
    with transaction():
        ways.note_sign_in(
            customer_id=customer_id, way=way, device=device_of(request.headers.get("User-Agent", "")), at=now()
        )
    for notice in bring_cart(customer_id):
        flash(notice, "info")
    return redirect_to(safe_next(target, "/account"), trigger="cart:changed")


def come_in_new(customer_id: int, way: Way, target: str | None = None) -> Response:
    """Welcome who has just opened an account, and say which coupons they find in it."""
    answer = come_in(customer_id, way, target)
    flash(_("Welcome! Your account is open."), "success")
    names = [name_of(coupon.promotion.label) for coupon in wallet.list_usable(customer_id, now())]
    if names:
        words = ngettext(
            "There is a coupon in it: %(names)s",
            "There are coupons in it: %(names)s",
            len(names),
            names=_("; ").join(names),
        )
        flash(words, "success")
    return answer


def come_back(customer_id: int, url: str, words: str) -> Response:
    """Go on in a new session here, after every session of the customer has ended."""
    renewed = queries.find_customer(customer_id)
    if renewed is None:
        raise NotFound
    sign_in(renewed)
    flash(words, "success")
    return redirect_to(url)
