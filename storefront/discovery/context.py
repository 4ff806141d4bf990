"""What lists show of the merchant's rules, and what kept pages depend on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from flask import Flask, request

from storefront.catalog.listing import ListPage
from storefront.discovery import shelf_varying, varying
from storefront.discovery.searching import find_searcher
from storefront.discovery.shelf_words import card_why, due_words
from storefront.discovery.steering import Notice, audience_here, rules_in_force, steer
from storefront.experiments.surfaces import declare
from storefront.web import kept_pages


def search_banner(listing: ListPage) -> Notice | None:
    """Return what the merchant says above this list: of the words that were searched, else of those that were typed."""
    meant = replace(listing.wanted, text=listing.found.corrected or listing.wanted.text)
    return steer(meant, listing.node).banner or steer(listing.wanted, listing.node).banner


def init_app(app: Flask) -> None:
    """Give templates the banner and the words of shelves; a kept list is made anew once other rules hold.

    The order of results and what stands on shelves may vary by experiment.
    """
    declare(varying.SURFACE)
    declare(shelf_varying.SURFACE)
    app.jinja_env.globals.update(search_banner=search_banner, card_why=card_why, due_words=due_words)
    kept_pages.made_from(rules=_rules, index=_index)
    kept_pages.vary_by(audience=_audience)


def _rules() -> object:
    return rules_in_force() if _is_list() else None


def _index() -> object:
    """Return another object once lists are answered from another generation, or from none."""
    searcher = find_searcher() if _is_list() else None
    return searcher.generation if searcher else None


def _audience() -> Hashable:
    return audience_here() if _is_list() else None


def _is_list() -> bool:
    """Say whether rules may steer the page asked for; of those that are kept only categories are lists."""
    return request.endpoint == "catalog.category"
