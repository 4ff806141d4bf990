"""The edge of carts: whose cart a request is about, the cookie, and what happens to it at sign-in."""

from __future__ import annotations

from flask import Flask, Response, after_this_request, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.sessions import current_customer
from storefront.cart import services
from storefront.cart.rules import CART_COOKIE, GUEST_CART_LIFE, Owner
from storefront.cart.services import Merge
from storefront.cart.varying import SURFACE
from storefront.database.transaction import transaction
from storefront.experiments.surfaces import declare
from storefront.kernel.clock import now
from storefront.web import kept_pages
from storefront.web.cookies import forget_cookie, keep_cookie, read_cookie

COOKIE_SECONDS = int(GUEST_CART_LIFE.total_seconds())
LONGEST_TOKEN = 64


def current_owner() -> Owner:
    """Return whose cart this request is about: the signed-in customer's, else that of the cookie, else nobody's."""
    customer = current_customer()
    if customer is not None:
        return Owner(customer_id=customer.id)
    return Owner(token=_token())


def has_cart() -> bool:
    """Say whether there may be a cart to ask for, without asking the database."""
    return bool(read_cookie(CART_COOKIE)) or current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def remember(response: Response, token: str) -> Response:
    """Keep a guest's cart with their browser."""
    if token and token != read_cookie(CART_COOKIE):
        keep_cookie(response, CART_COOKIE, token, COOKIE_SECONDS)
    return response


def bring_cart(customer_id: int) -> list[str]:
    """Merge the guest's cart into that of the customer who just signed in; return what they should be told."""
    token = _token()
    if not token:
        return []
    with transaction():
        merge = services.merge_carts(token=token, customer_id=customer_id, at=now())
    after_this_request(_forget)
    return merge_words(merge)


def merge_words(merge: Merge) -> list[str]:
    """Say what came along and what could not."""
    said = []
    if merge.added:
        said.append(
            ngettext(
                "%(num)s item from before you signed in is in your cart.",
                "%(num)s items from before you signed in are in your cart.",
                merge.added,
            )
        )
    if merge.reduced:
        names = _("; ").join(merge.reduced)
        said.append(_("There are not enough of these, so fewer are in your cart: %(names)s.", names=names))
    return said


def init_app(app: Flask) -> None:
    """Give layouts `has_cart`; banners of the cart may vary."""
    declare(SURFACE)
    app.jinja_env.globals["has_cart"] = has_cart
    kept_pages.vary_by(has_cart=has_cart)


def _token() -> str:
    return read_cookie(CART_COOKIE)[:LONGEST_TOKEN]


def _forget(response: Response) -> Response:
    forget_cookie(response, CART_COOKIE)
    return response
