"""Tells analytics what was searched, what was shown, and what was recommended."""

from __future__ import annotations

import logging
import secrets

from flask import request

from storefront.analytics import here
from storefront.analytics.events import (
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_SHOWN,
    RecommendationsShown,
    ResultClicked,
    ResultsShown,
    SearchMade,
)
from storefront.analytics.recording import is_counted, record
from storefront.catalog.listing import ListPage
from storefront.discovery.shelves import Shelf
from storefront.web.locale import current_locale
from storefront.web.visitor import remember_visitor

log = logging.getLogger(__name__)

ON_DEVICE = frozenset({"recently-viewed"})
"""Shelves of what only the reader's own device remembers, as they are told: we do not."""
_NO_FILTERS = frozenset({"q", "sort", "page", "view", "exact", "from"})


def record_search(listing: ListPage, *, category_id: int | None = None) -> None:
    """Record a page of answers to words, and let its list know under which number; a list without words is none."""
    wanted, found = listing.wanted, listing.found
    if not wanted.text or request.method != "GET" or not is_counted():
        return
    remember_visitor()
    search = _new_id()
    shown = tuple(card.product_id for card in listing.cards)[:MOST_SHOWN]
    record(
        SearchMade(
            search=search,
            text=wanted.text,
            language=current_locale(),
            total=found.total,
            corrected=(found.corrected or "")[:LONGEST_WORDS],
            relaxed=found.relaxed,
            sort=wanted.sort,
            page=found.page,
            filters=tuple(pair for pair in wanted.pairs(listing.currency) if pair[0] not in _NO_FILTERS),
            category_id=category_id,
            generation=found.generation,
            within=here.search_left(),
        ),
        ResultsShown(search, shown, (found.first_page - 1) * listing.size + 1),
    )
    here.remember_search(search)


def record_code(text: str, product_id: int) -> None:
    """Record an SKU or barcode that led straight to its product: one answer, and it was opened."""
    if not is_counted():
        return
    remember_visitor()
    search = _new_id()
    record(
        SearchMade(search=search, text=text, language=current_locale(), total=1),
        ResultsShown(search, (product_id,)),
        ResultClicked(search, product_id),
    )


def record_redirect(text: str) -> None:
    """Record words for which the merchant has a page of their own: an answer, though none of goods."""
    if text and is_counted():
        remember_visitor()
        record(SearchMade(search=_new_id(), text=text, language=current_locale(), total=1))


def record_shelf(shelf: Shelf, *, is_seen: bool, experiment: str = "", variation: str = "") -> None:
    """Record an answered shelf; `is_seen` says that it is a page that was asked for, not a part of another."""
    if request.method != "GET" or shelf.key in ON_DEVICE or not is_counted():
        return
    if is_seen:
        remember_visitor()
    try:
        shown = RecommendationsShown(
            request=shelf.request,
            shelf=shelf.key,
            context=shelf.context[:LONGEST_NAME],
            model_version=shelf.model_version[:LONGEST_NAME],
            experiment=experiment,
            variation=variation,
            items=tuple((one.card.product_id, one.source) for one in shelf.items),
            tried=tuple((one.card.product_id, one.propensity) for one in shelf.items if one.propensity < 1),
            is_seen=is_seen,
        )
    except ValueError:
        log.exception("A shelf was answered that cannot be recorded")
    else:
        record(shown)


def _new_id() -> str:
    return secrets.token_urlsafe(12)
