"""What kept pages are made from in this room, what of it may vary, and the slots of a category's first page."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from flask import Flask, request

from storefront.catalog.queries import category_tree
from storefront.content.front import Section, build_sections
from storefront.content.here import key_of, shown_here
from storefront.content.queries import all_slots, category_page
from storefront.content.varying import SURFACE
from storefront.experiments.surfaces import declare
from storefront.kernel.clock import now
from storefront.web import kept_pages
from storefront.web.locale import current_locale

if TYPE_CHECKING:
    from storefront.catalog.listing import ListPage

CATEGORY = "catalog.category"


def category_sections(listing: ListPage) -> list[Section]:
    """Return what merchandisers put above a category's goods: on its first page, while nothing is asked of the list."""
    if listing.node is None or listing.wanted.is_narrowed or listing.wanted.text or listing.found.first_page > 1:
        return []
    return build_sections(shown_here(category_page(listing.node.id), now()), current_locale())


def _shown_above() -> Hashable:
    """Return what tells apart the kept answers of a category with slots of its own."""
    node = category_tree().find_slug((request.view_args or {})["slug"]) if request.endpoint == CATEGORY else None
    if node is None or category_page(node.id) not in all_slots():
        return None
    page = category_page(node.id)
    return key_of(page, shown_here(page, now()))


def init_app(app: Flask) -> None:
    """A page is made anew when slots have changed; the front's slots may vary."""
    kept_pages.made_from(slots=all_slots)
    kept_pages.vary_by(slots=_shown_above)
    declare(SURFACE)
    app.jinja_env.globals["category_sections"] = category_sections
