"""What happens whenever somebody comes in, by whatever way."""

from __future__ import annotations

import re
import secrets

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts import presence, queries
from storefront.accounts.devices import device_of, network_of
from storefront.accounts.presence import Visit
from storefront.accounts.sessions import sign_in
from storefront.accounts.states import Way
from storefront.cart.context import bring_cart
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.promotions import wallet
from storefront.promotions.words import name_of
from storefront.web.cookies import keep_cookie, read_cookie
from storefront.web.fragments import redirect_to, safe_next

DEVICE = "device"
"""The cookie by which a browser is known again at sign-in, and for nothing else."""
DEVICE_SECONDS = 400 * 24 * 3600
_TOKEN = re.compile(r"[\w-]{32}")


def come_in(customer_id: int, way: Way, target: str | None = None) -> Response:
    """Begin a session; the guest's cart comes along, and the shopper is told what that changed."""
    customer = queries.find_customer(customer_id)
    if customer is None:
        raise NotFound
    visit = _visit()
    sign_in(customer, way=way, device=visit.device, network=visit.network)
    with transaction():
        presence.note_sign_in(customer_id=customer_id, way=way, visit=visit, at=now())
    for notice in bring_cart(customer_id):
        flash(notice, "info")
    return _keep_device(redirect_to(safe_next(target, "/account"), trigger="cart:changed"), visit)


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
    visit = _visit()
    way = presence.way_of(customer_id=customer_id, visit=visit)
    sign_in(renewed, way=way, device=visit.device, network=visit.network)
    flash(words, "success")
    return _keep_device(redirect_to(url), visit)


def device_here() -> str:
    """Return the number that this browser keeps; "" for none."""
    token = read_cookie(DEVICE)
    return token if _TOKEN.fullmatch(token) else ""


def _visit() -> Visit:
    """Return from where this request comes; a browser that keeps no number yet gets one."""
    token = device_here() or secrets.token_urlsafe(24)
    device, network = device_of(request.headers.get("User-Agent", "")), network_of(request.remote_addr or "")
    return Visit(device, network, token)


def _keep_device(response: Response, visit: Visit) -> Response:
    keep_cookie(response, DEVICE, visit.token, DEVICE_SECONDS)
    return response
