"""What lists show of the merchant's rules, and what kept pages depend on."""

from __future__ import annotations

from collections.abc import Hashable

from flask import Flask, request

from storefront.catalog.tree import Node
from storefront.catalog.wanted import Wanted
from storefront.discovery.searching import find_searcher
from storefront.discovery.steering import Notice, audience_here, rules_in_force, steer
from storefront.discovery.varying import SURFACE
from storefront.experiments.surfaces import declare
from storefront.web import kept_pages


def search_banner(wanted: Wanted, node: Node | None = None) -> Notice | None:
    """Return what the merchant says above this list."""
    return steer(wanted, node).banner


def init_app(app: Flask) -> None:
    """Give templates the banner; a kept list is made anew once other rules hold; the order of results may vary."""
    declare(SURFACE)
    app.jinja_env.globals.update(search_banner=search_banner)
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
