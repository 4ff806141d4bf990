"""What a shopper does not want to be recommended: said on a card, taken back at once or on the page of all of it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from storefront.accounts.sessions import current_customer
from storefront.catalog.queries import cards_by_ids
from storefront.database.transaction import transaction
from storefront.discovery.shelves import dismissing
from storefront.discovery.shelves.dismissing import COOKIE, COOKIE_SECONDS
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.text import is_id
from storefront.web.cookies import is_secure_only
from storefront.web.fragments import redirect_to, render_page, safe_next, wants_fragment
from storefront.web.locale import current_locale

blueprint = Blueprint("dismissals", __name__)

URL = "/shelves/dismissals"


@blueprint.get(URL)
def dismissals() -> Response:
    """Show what is kept off this shopper's shelves."""
    return render_page("discovery/dismissals.html", cards=cards_by_ids(_dismissed(), current_locale()))


@blueprint.post(URL)
def dismiss() -> Response:
    """Keep the product that `product` names off the shelves from now on."""
    number, customer = _product(), current_customer()
    if customer is not None:
        with transaction():
            dismissing.dismiss(customer_id=customer.id, product_id=number, at=now())
        return _answer(number, is_dismissed=True)
    dismissing.check_product(number)
    return _kept(_answer(number, is_dismissed=True), dismissing.with_one(_dismissed(), number))


@blueprint.post(f"{URL}/<int:product_id>/removal")
def allow(product_id: int) -> Response:
    """Let a product be recommended again."""
    customer = current_customer()
    if customer is not None:
        with transaction():
            dismissing.allow(customer_id=customer.id, product_id=product_id)
        return _answer(product_id, is_dismissed=False)
    left = tuple(number for number in _dismissed() if number != product_id)
    return _kept(_answer(product_id, is_dismissed=False), left)


def unwanted_of_guest() -> frozenset[int]:
    """Return what this browser says must not be recommended."""
    return frozenset(_of_guest())


def _dismissed() -> tuple[int, ...]:
    customer = current_customer()
    return _of_guest() if customer is None else dismissing.list_dismissed(customer.id)


def _of_guest() -> tuple[int, ...]:
    return dismissing.read_ids(request.cookies.get(COOKIE, ""))


def _product() -> int:
    text = request.form.get("product", "")
    if not is_id(text):
        raise NotFound
    return int(text)


def _answer(product_id: int, *, is_dismissed: bool) -> Response:
    """Answer with what becomes of the card, or with a word where the reader came from."""
    if wants_fragment():
        part = "discovery/_dismissed.html"
        cards = cards_by_ids([product_id], current_locale())
        return render_page(part, fragment=part, card=cards[0] if cards else None, is_dismissed=is_dismissed)
    flash(_("It will not be recommended any more.") if is_dismissed else _("It may be recommended again."), "success")
    return redirect_to(safe_next(request.form.get("next"), URL))


def _kept(response: Response, ids: tuple[int, ...]) -> Response:
    if ids:
        value = dismissing.write_ids(ids)
        response.set_cookie(
            COOKIE, value, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=is_secure_only()
        )
    else:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=is_secure_only())
    return response
