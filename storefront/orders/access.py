"""Whose order it is, as far as this request can show: a signed-in customer, or a browser that keeps its key."""

from __future__ import annotations

from flask import Response, request

from storefront.accounts.sessions import current_customer
from storefront.orders.models import Order
from storefront.orders.queries import Reader
from storefront.orders.rules import read_keys, read_number, write_keys
from storefront.web.cookies import forget_cookie, keep_cookie, read_cookie

COOKIE = "orders"
KEPT_SECONDS = 90 * 24 * 3600


def reader_of(number: str) -> Reader:
    """Return who asks for this order: by session, by `?key=`, or by the cookie set when it was placed."""
    customer = current_customer()
    key = request.args.get("key") or _keys().get(read_number(number), "")
    return Reader(customer.id if customer else None, key[:64])


def remember(response: Response, order: Order) -> Response:
    """Let this browser open the order from now on, whoever sits at it: not for orders that a sign-in opens."""
    keep_cookie(response, COOKIE, write_keys(_keys(), order.number, order.access_token), KEPT_SECONDS)
    return response


def forget_all(response: Response) -> Response:
    """Let this browser open no order any more by what it keeps; the next person at it may be another one."""
    forget_cookie(response, COOKIE)
    return response


def _keys() -> dict[str, str]:
    return read_keys(read_cookie(COOKIE))
