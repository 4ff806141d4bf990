"""What a request says of the search that it comes from, and what its page may know of the one that it answers."""

from __future__ import annotations

from flask import g, request

from storefront.analytics.events import is_public_id, is_shelf
from storefront.analytics.rules import searched_text, shelf_of

HEADER = "Search-Id"
"""Sent by our script with what is asked from within a list: the search that the list shows."""
SHELF_HEADER = "Shelf-Id"
"""Sent by our script with what is asked from within a shelf: which answer the shelf is."""
_RECORDED = "_recorded_search"


def remember_search(search: str) -> None:
    """Let this answer's list say which search it shows."""
    setattr(g, _RECORDED, search)


def recorded_search() -> str:
    """Return the public id of the search that this page answers, "" where none was recorded."""
    return str(g.get(_RECORDED, ""))


def search_left() -> str:
    """Return the search whose list this request was sent from, as our script says; "" where it does not."""
    said = request.headers.get(HEADER, "")
    return said if is_public_id(said) else ""


def text_left() -> str:
    """Return the words of the page of answers that this request was sent from, as the browser says."""
    return searched_text(request.headers.get("Referer", ""), request.host)


def shelf_left() -> str:
    """Return the answered shelf that this request was sent from, as our script says; "" where it does not."""
    said = request.headers.get(SHELF_HEADER, "")
    return said if is_public_id(said) else ""


def shelf_page_left() -> str:
    """Return the name of the shelf whose own page this request was sent from, as the browser says."""
    found = shelf_of(request.headers.get("Referer", ""), request.host)
    return found if is_shelf(found) else ""
