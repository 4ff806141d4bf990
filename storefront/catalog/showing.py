"""From an answer to the page of a list: cards in the reader's language, as a grid or as a list, whole or in part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, g, request

from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.details import details_by_ids
from storefront.catalog.listing import Found, ListPage
from storefront.catalog.product_facts import Picture, ProductFacts, VariantFacts
from storefront.catalog.tree import Node
from storefront.catalog.wanted import VIEWS, Wanted
from storefront.web.cookies import is_secure_only
from storefront.web.fragments import render_page, targeted
from storefront.web.locale import current_locale

VIEW_COOKIE = "view"
YEAR_SECONDS = 365 * 24 * 3600
LISTING, MORE = "components/_listing.html", "components/_more.html"


def list_page(wanted: Wanted, found: Found, path: str, node: Node | None = None) -> ListPage:
    """Return the page of a list; `node` is the category that it is a page of."""
    view, locale = wanted.view or view_choice(), current_locale()
    cards = tuple(cards_by_ids(found.ids, locale, wish=wanted.wish, reduced_first=wanted.on_promotion))
    details = details_by_ids(found.ids, locale) if view == "list" else {}
    return ListPage(wanted, found, cards, path, g.shop.currency, g.shop.page_size, node, view, details)


def asked_here(wanted: Wanted) -> Wanted:
    """Return what is to be found for this request: when the cards of one more page continue a list, that page alone."""
    return replace(wanted, since=0) if targeted(LISTING, more=MORE) == MORE else wanted


def answer_list(page: str, listing: ListPage, **context: Any) -> Response:
    """Answer with the page of a list, with the list alone, or with the cards of one more page; a view that was just
    chosen is remembered.
    """
    response = render_page(page, fragment=targeted(LISTING, more=MORE), listing=listing, **context)
    response.vary.add("HX-Target")
    chosen = listing.wanted.view
    if chosen and chosen != view_choice():
        response.set_cookie(VIEW_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", secure=is_secure_only())
    return response


def view_choice() -> str:
    """Return the view that this reader chose before, else the first."""
    chosen = request.cookies.get(VIEW_COOKIE, "")
    return chosen if chosen in VIEWS else VIEWS[0]


def gallery_of(product: ProductFacts, variant: VariantFacts) -> tuple[Picture, ...]:
    """Return the pictures of a product with the variant's own one first."""
    own = [each for each in product.gallery if each.picture == variant.picture]
    if variant.picture and not own:
        own = [Picture(variant.picture, "")]
    return (*own, *(each for each in product.gallery if each not in own))


def list_variant() -> tuple[str, str]:
    """Return what else tells one answer of a list from another: the view chosen, and which part was asked for."""
    return view_choice(), targeted(LISTING, more=MORE)
