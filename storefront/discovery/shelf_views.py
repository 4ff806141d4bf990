"""Recommended shelves, each at its own URL: fetched when it comes near, or opened as a page of its own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request

from storefront.accounts.sessions import current_customer
from storefront.cart.rules import CART_COOKIE, Owner
from storefront.catalog.queries import category_tree
from storefront.discovery import shelves
from storefront.discovery.dismissal_views import unwanted_of_guest
from storefront.discovery.noting import record_shelf
from storefront.discovery.shelf_varying import expose, filling_here, is_hidden, is_meant
from storefront.discovery.shelf_words import shelf_title, shelf_why
from storefront.discovery.shelves.bundles import bundle_of, sum_of
from storefront.discovery.shelves.dismissing import read_ids
from storefront.discovery.shelves.goods import list_products_of_order, visit_of_customer
from storefront.discovery.shelves.shown import Anchor, Question, Shelf, Visit
from storefront.experiments.here import unit_here
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.text import is_id
from storefront.orders import queries as orders
from storefront.orders.access import reader_of
from storefront.web.cookies import read_cookie
from storefront.web.fragments import render_page, wants_fragment
from storefront.web.locale import current_locale

blueprint = Blueprint("shelves", __name__)

PAGE_SIZE = 48
"""How many goods a shelf has as a page of its own."""
MOST_VIEWED = 20
DAY_SECONDS = 86_400.0


@blueprint.get("/shelves/home")
def home() -> Response:
    """Show what this visitor may want next."""
    return _answer(_fill("home", _question()))


@blueprint.get("/shelves/buy-again")
def buy_again() -> Response:
    """Show what this customer buys again and again, and when it is due."""
    size = shelves.SHELF_SIZE if wants_fragment() else PAGE_SIZE
    shelf = _fill("buy-again", _question(), size=size)
    return _answer(shelf, "discovery/buy_again.html", is_known=current_customer() is not None)


@blueprint.get("/shelves/discover")
def discover() -> Response:
    """Show what this customer never bought and may like."""
    return _answer(_fill("discover", _question()))


@blueprint.get("/shelves/cart")
def cart() -> Response:
    """Show what completes the visitor's cart."""
    return _answer(_fill("cart", _question()))


@blueprint.get("/shelves/bought-together")
def bought_together() -> Response:
    """Show what is bought with the product that `product` names, and its variant `sku` with the first of it."""
    shelf = _fill("bought-together", _question(anchor=_anchor()))
    return _answer(shelf, bundle=bundle_of(shelf, request.args.get("sku", "")[:64]))


@blueprint.get("/shelves/bought-together/total")
def bought_together_total() -> Response:
    """Show what the chosen goods cost together."""
    part = "discovery/_bundle_total.html"
    return _private(render_page(part, fragment=part, sum=sum_of(request.args.getlist("sku"))))


@blueprint.get("/shelves/similar")
def similar() -> Response:
    """Show what may stand in for the product that `product` names."""
    return _answer(_fill("similar", _question(anchor=_anchor())))


@blueprint.get("/shelves/category")
def category() -> Response:
    """Show what this visitor may want of the category that `category` names, then what sells best in it."""
    node = category_tree().get(request.args.get("category", ""))
    return _answer(_fill("category", _question(category=node)))


@blueprint.get("/shelves/after-purchase")
def after_purchase() -> Response:
    """Show what goes with the order that `order` names, to whom it belongs."""
    number = request.args.get("order", "")[:40]
    order, at = orders.get_for(reader_of(number), number), now()
    ago = max(0.0, (at - order.placed_at).total_seconds() / DAY_SECONDS)
    items = list_products_of_order(order.id)
    return _answer(_fill("after-purchase", _question(items=items, days_ago=ago)))


@blueprint.get("/shelves/recently-viewed")
def recently_viewed() -> Response:
    """Show again what the device says was looked at: `products` are ids, the latest first ("7.12.3")."""
    items = read_ids(request.args.get("products", ""), MOST_VIEWED)
    return _answer(_fill("recently-viewed", _question(items=items)))


@blueprint.get("/shelves/empty-search")
def empty_search() -> Response:
    """Show what this visitor may want where a search found nothing."""
    return _answer(_fill("empty-search", _question()))


def _fill(key: str, question: Question, size: int = shelves.SHELF_SIZE) -> Shelf:
    return shelves.fill(key, question, size=size, filling=filling_here(key))


def _question(**about: Any) -> Question:
    return Question(visit=_visit(), at=now(), locale=current_locale(), coin=unit_here(), **about)


def _anchor() -> Anchor:
    number = request.args.get("product", "")
    if not is_id(number):
        raise NotFound
    return shelves.get_anchor(int(number), current_locale())


def _visit() -> Visit:
    customer = current_customer()
    if customer is not None:
        return visit_of_customer(customer.id, now())
    in_cart = shelves.list_products_in_cart(Owner(read_cookie(CART_COOKIE)))
    return Visit(None, in_cart, unwanted_of_guest())


def _answer(shelf: Shelf, page: str = "discovery/shelf.html", **more: Any) -> Response:
    """Answer with a shelf.

    A page says by `unless` for which reasons it has these goods already: then the shelf goes away. With `instead` it
    keeps what it shows in the shelf's place unless there is something better. What an experiment hides is a page still.
    """
    experiment, variation = expose(shelf)
    if wants_fragment() and is_hidden(shelf.key):
        return _private(make_response("", 204 if "instead" in request.args else 200))
    if wants_fragment() and not is_meant(shelf) and shelf.reason in request.args.get("unless", "").split(","):
        return _private(make_response(""))
    if not wants_fragment() or shelf.reason != request.args.get("instead"):
        record_shelf(shelf, is_seen=not wants_fragment(), experiment=experiment, variation=variation)
    if wants_fragment() and (not shelf.items or shelf.reason == request.args.get("instead")):
        return _private(make_response("", 204 if "instead" in request.args else 200))
    fragment, title, why = "discovery/_shelf.html", shelf_title(shelf), shelf_why(shelf)
    return _private(render_page(page, fragment=fragment, shelf=shelf, title=title, why=why, **more))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("HX-Request")
    return response
