"""The cart page, its badge, and what is done to a cart. Everything is a plain form; htmx asks for less of the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.sessions import current_customer
from storefront.cart import codes, paces, points, queries, services, sets
from storefront.cart.choosing import coupon_chooser
from storefront.cart.context import current_owner, remember
from storefront.cart.quoting import shopper_of
from storefront.cart.rules import read_quantity
from storefront.cart.services import Change
from storefront.cart.trying import enter_code
from storefront.checkout import coupons as checkout
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.loyalty.errors import PointsRefused
from storefront.shipping.choosing import place_chooser
from storefront.shipping.context import choose, current_destination
from storefront.shipping.context import remember as remember_destination
from storefront.web.addresses import network_here
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, safe_next, wants_fragment
from storefront.web.locale import current_locale

blueprint = Blueprint("cart", __name__, template_folder="templates")
View = Callable[..., Any]
CHANGED = "cart:changed"


def refusing_in_the_cart(view: View) -> View:
    """Show a refusal on the cart page, where its reason can be seen; htmx gets it as a notice."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        try:
            return view(**values)
        except ShopError as refusal:
            if wants_fragment():
                raise
            return _page(status=refusal.status, refusal=message_of(refusal))

    return guarded


@blueprint.get("/cart")
def show() -> Response:
    """Show the cart; `removed` and `quantity` offer to put back what was just taken out."""
    removed = request.args.get("removed", "")[:64]
    quantity = request.args.get("quantity", 1, type=int) if removed else 0
    return _page(removed=removed, quantity=quantity, place_open="place" in request.args)


@blueprint.get("/cart/badge")
def badge() -> Response:
    """Show the header's link to the cart, with what is in it."""
    shopper, destination = shopper_of(current_customer()), current_destination()
    found = queries.get_badge(owner=current_owner(), shopper=shopper, destination=destination, at=now())
    return render_page("components/_cart_badge.html", fragment="components/_cart_badge.html", badge=found)


@blueprint.post("/cart/lines")
@refusing_in_the_cart
def add_line() -> Response:
    """Put `quantity` (1 if it is not said) of `sku` into the cart."""
    paces.FILLING.take()
    quantity = read_quantity(request.form.get("quantity", "1"), largest=g.shop.largest_quantity)
    with transaction():
        change = services.add_goods(owner=current_owner(), sku=request.form.get("sku", ""), quantity=quantity, at=now())
    return remember(_changed(change, _added_words(change)), change.token)


@blueprint.post("/cart/sets")
@refusing_in_the_cart
def add_set() -> Response:
    """Put a set into the cart: each `sku` with its `quantity`."""
    paces.FILLING.take()
    largest = g.shop.largest_quantity
    counts = [read_quantity(text, largest=largest) for text in request.form.getlist("quantity")]
    wanted = list(zip(request.form.getlist("sku"), counts, strict=False))
    with transaction():
        added = sets.add_set(owner=current_owner(), wanted=wanted, at=now())
    words = ngettext("%(num)s item is in your cart.", "%(num)s items are in your cart.", added.pieces)
    if wants_fragment():
        answer = render_page("cart/_set_added.html", fragment="cart/_set_added.html", trigger=CHANGED, message=words)
    else:
        flash(words, "success")
        answer = redirect_to(safe_next(request.form.get("next"), "/cart"))
    return remember(answer, added.token)


@blueprint.post("/cart/selections")
@refusing_in_the_cart
def add_selection() -> Response:
    """Put one of each chosen `sku` into the cart, and say what could not be had."""
    paces.FILLING.take()
    with transaction():
        added = sets.add_selection(owner=current_owner(), skus=request.form.getlist("sku"), at=now())
    done = ngettext("%(num)s item is in your cart.", "%(num)s items are in your cart.", added.pieces)
    words = [done] if added.pieces else []
    message = " ".join([*words, *(message_of(refusal) for refusal in added.refusals)])
    kind = "warning" if added.refusals else "success"
    if wants_fragment():
        part = "cart/_set_added.html"
        answer = render_page(part, fragment=part, trigger=CHANGED, message=message, kind=kind)
    else:
        flash(message, kind)
        answer = redirect_to(safe_next(request.form.get("next"), "/cart"))
    return remember(answer, added.token)


@blueprint.post("/cart/lines/<path:sku>")
@refusing_in_the_cart
def change_line(sku: str) -> Response:
    """Let a line hold as many as the button or the field says; 0 takes it out."""
    with transaction():
        change = services.set_quantity(owner=current_owner(), sku=sku, quantity=_wanted(), at=now())
    return remember(_changed(change, _capped_words(change)), change.token)


@blueprint.post("/cart/codes")
def add_code() -> Response:
    """Keep a coupon code with the cart, or say beside the field why not."""
    code, shopper = request.form.get("code", ""), shopper_of(current_customer())
    try:
        token = enter_code(owner=current_owner(), code=code, shopper=shopper, address=network_here(), at=now())
    except ShopError as refusal:
        return _page(status=refusal.status, code_error=message_of(refusal), code_typed=code[:64])
    return remember(_refreshed(), token)


@blueprint.post("/cart/codes/<code>/removal")
def drop_code(code: str) -> Response:
    """Forget a coupon code."""
    owner = current_owner()
    with transaction():
        codes.remove_code(owner=owner, code=code, at=now())
        checkout.let_go(owner=owner)
    return _refreshed()


@blueprint.post("/cart/coupon")
@refusing_in_the_cart
def choose_coupon() -> Response:
    """Use the best coupon, a certain one, or none."""
    owner = current_owner()
    with transaction():
        codes.choose_coupon(owner=owner, choice=request.form.get("coupon", ""), at=now())
        checkout.let_go(owner=owner)
    return _page(coupons_open=True) if wants_fragment() else redirect_to("/cart#coupons")


@blueprint.post("/cart/destination")
def choose_destination() -> Response:
    """Quote delivery to another place from here on."""
    typed = [request.form.get(name, "") for name in ("country", "region", "city")]
    try:
        destination = choose(*typed)
    except Invalid as refusal:
        return _page(status=refusal.status, place_error=message_of(refusal))
    answer = _page(place_open=True) if wants_fragment() else redirect_to("/cart?place=open#deliver-to")
    return remember_destination(answer, destination)


@blueprint.post("/cart/points")
def use_points() -> Response:
    """Pay a part with so many points, with all that can be, or with none."""
    typed, choice = request.form.get("points", ""), request.form.get("points_choice", "")
    try:
        with transaction():
            points.use_points(owner=current_owner(), points=points.read_choice(typed, choice), at=now())
    except PointsRefused as refusal:
        return _page(status=refusal.status, points_error=message_of(refusal), points_typed=typed)
    return _refreshed()


def _page(
    *,
    status: int = 200,
    refusal: str = "",
    removed: str = "",
    quantity: int = 0,
    removed_place: int | None = None,
    coupons_open: bool = False,
    code_error: str = "",
    code_typed: str = "",
    points_error: str = "",
    points_typed: str = "",
    place_error: str = "",
    place_open: bool = False,
) -> Response:
    at, destination = now(), current_destination()
    view = queries.get_cart_view(
        owner=current_owner(),
        shopper=shopper_of(current_customer()),
        destination=destination,
        locale=current_locale(),
        at=at,
    )
    gone = removed and view.cart.contents.find(removed) is None
    return render_page(
        "cart/cart.html",
        fragment="cart/_cart.html",
        status=status,
        trigger=None if request.method == "GET" else CHANGED,
        view=view,
        chooser=coupon_chooser(view.cart),
        coupons_open=coupons_open,
        refusal=refusal,
        removed=removed if gone else "",
        code_error=code_error,
        code_typed=code_typed,
        points_error=points_error,
        points_typed=points_typed,
        removed_quantity=quantity,
        removed_place=removed_place,
        place=place_chooser(destination, error=place_error, is_open=place_open) if view.quotation else None,
        at=at,
    )


def _refreshed() -> Response:
    return _page() if wants_fragment() else redirect_to("/cart")


def _changed(change: Change, words: str) -> Response:
    """Answer after a line changed: the cart, the card's stepper, or back to where the form says."""
    gone = change.sku if not change.quantity else ""
    if wants_fragment() and request.headers.get("HX-Target") == "cart":
        place = request.form.get("place", type=int)
        refusal = words if change.is_capped else ""
        return _page(refusal=refusal, removed=gone, quantity=change.before, removed_place=place)
    if wants_fragment():
        return render_page(
            "cart/_added.html", fragment="cart/_added.html", trigger=CHANGED, change=change, message=words
        )
    if words:
        flash(words, "warning" if change.is_capped else "success")
    undo = f"/cart?{urlencode({'removed': change.sku, 'quantity': change.before})}" if gone else "/cart"
    return redirect_to(safe_next(request.form.get("next"), undo))


def _wanted() -> int:
    """Read the field if it was typed into since the page was made, else the button."""
    typed, shown = request.form.get("typed"), request.form.get("shown")
    button = request.form.get("quantity")
    text = typed if button is None or (typed is not None and typed != shown) else button
    return read_quantity(text, largest=g.shop.largest_quantity)


def _added_words(change: Change) -> str:
    return _capped_words(change) or _("In your cart: %(name)s", name=change.name)


def _capped_words(change: Change) -> str:
    if not change.is_capped:
        return ""
    words: str = ngettext(
        "There is only %(num)s of “%(name)s”, and it is in your cart.",
        "There are only %(num)s of “%(name)s”, and they are in your cart.",
        change.quantity,
        name=change.name,
    )
    return words
