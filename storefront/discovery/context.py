"""What lists show of the merchant's rules, and what kept pages depend on."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import replace

from flask import Flask, request

from storefront.cart import closers
from storefront.catalog.listing import ListPage
from storefront.discovery import shelf_varying, varying
from storefront.discovery.searching import desk, find_searcher
from storefront.discovery.shelf_words import card_why, due_words
from storefront.discovery.shelves.ruling import kept_away
from storefront.discovery.steering import Notice, audience_here, rules_in_force, steer
from storefront.discovery.wording import is_worded
from storefront.experiments.surfaces import declare
from storefront.kernel.clock import now
from storefront.web import kept_pages

LIST = "catalog.category"
"""Of the pages that are kept only categories are lists, which rules may steer."""


def search_banner(listing: ListPage) -> Notice | None:
    """Return what the merchant says above this list: of the words that were searched, else of those that were typed."""
    meant = replace(listing.wanted, text=listing.found.corrected or listing.wanted.text)
    return steer(meant, listing.node).banner or steer(listing.wanted, listing.node).banner


def init_app(app: Flask) -> None:
    """Give templates the banner and the words of shelves; a kept list is made anew once other rules hold.

    The order of results and what stands on shelves may vary by experiment. What stays away from the cart's shelf is not
    offered there to reach a saving either.
    """
    declare(varying.SURFACE)
    declare(shelf_varying.SURFACE)
    app.jinja_env.globals.update(search_banner=search_banner, card_why=card_why, due_words=due_words)
    closers.bind(_unwanted_by_the_cart)
    kept_pages.made_from(LIST, rules=rules_in_force, index=_index)
    kept_pages.vary_by(audience=_audience)


def _index() -> object:
    """Return another object once lists are answered from another generation, or from none, and once they no longer go
    by what that generation was told (its corpus) but by what the database says.
    """
    searcher = find_searcher()
    if searcher is None:
        return None
    return searcher.generation if desk().is_settled and is_worded() else searcher.generation.corpus


def _unwanted_by_the_cart() -> tuple[Collection[int], Collection[int]]:
    return kept_away("cart", now())


def _audience() -> Hashable:
    return audience_here() if request.endpoint == LIST else None
