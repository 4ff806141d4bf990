"""Recommended shelves, each at its own URL: fetched when it comes near, or opened as a page of its own."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from flask_babel import gettext as _

from storefront.accounts.sessions import current_customer
from storefront.cart.rules import CART_COOKIE, Owner
from storefront.discovery import shelves
from storefront.discovery.noting import record_shelf
from storefront.discovery.shelves import Anchor, Reason, Shelf, Visit
from storefront.kernel.errors import N_, NotFound
from storefront.web.fragments import render_page, wants_fragment
from storefront.web.locale import current_locale

blueprint = Blueprint("shelves", __name__)

TITLES = {
    "home": N_("Picked for you"),
    "cart": N_("Goes well with your cart"),
    "bought-together": N_("Often bought together"),
    "similar": N_("Similar products"),
}
FALLBACK_TITLES = {
    Reason.SAME_CATEGORY: N_("More from this category"),
    Reason.BEST_SELLERS: N_("Best sellers"),
}
WHY = {
    Reason.HABIT: N_("What you buy most often."),
    Reason.BECAUSE_BOUGHT: N_("What you buy often, and more because you bought %(name)s."),
    Reason.BOUGHT_WITH: N_("Often bought with %(name)s."),
    Reason.SIMILAR: N_("Others to choose from instead of %(name)s."),
    Reason.SAME_CATEGORY: N_("Bought most in the same category."),
    Reason.BEST_SELLERS: N_("What our customers buy most."),
}


@blueprint.get("/shelves/home")
def home() -> Response:
    """Show what this visitor may want next."""
    return _answer(shelves.home_shelf(_visit(), current_locale()))


@blueprint.get("/shelves/cart")
def cart() -> Response:
    """Show what completes the visitor's cart."""
    return _answer(shelves.cart_shelf(_visit(), current_locale()))


@blueprint.get("/shelves/bought-together")
def bought_together() -> Response:
    """Show what is bought with the product that `product` names."""
    return _answer(shelves.together_shelf(_anchor(), _visit(), current_locale()))


@blueprint.get("/shelves/similar")
def similar() -> Response:
    """Show what may stand in for the product that `product` names."""
    return _answer(shelves.similar_shelf(_anchor(), _visit(), current_locale()))


def _anchor() -> Anchor:
    number = request.args.get("product", "")
    if not number.isdecimal() or len(number) > 18:
        raise NotFound
    return shelves.get_anchor(int(number), current_locale())


def _visit() -> Visit:
    customer = current_customer()
    customer_id = customer.id if customer else None
    token = "" if customer else request.cookies.get(CART_COOKIE, "")
    return Visit(customer_id, shelves.list_products_in_cart(Owner(token, customer_id)))


def _answer(shelf: Shelf) -> Response:
    """Answer with a shelf; with nothing for a page that says by `unless` that it has shown these goods already."""
    if wants_fragment() and request.args.get("unless") == shelf.reason:
        return make_response("")
    record_shelf(shelf, is_seen=not wants_fragment())
    response = render_page(
        "discovery/shelf.html",
        fragment="discovery/_shelf.html",
        shelf=shelf,
        title=_(FALLBACK_TITLES.get(shelf.reason, TITLES[shelf.key])),
        why=_(WHY[shelf.reason], name=shelf.because) if shelf.because else _(WHY[shelf.reason]),
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
