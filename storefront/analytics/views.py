"""What our script tells: a result that was opened, a suggestion that was chosen, a shelf that was seen and used,
an entry of a curated page that was seen and opened.

Nothing of it is believed unchecked. All answer 204 whether or not anything came of it, so they tell a stranger nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, TooManyRequests

from storefront.analytics.events import (
    LONGEST_WORDS,
    EntriesViewed,
    EntryOpened,
    Event,
    RecommendationClicked,
    RecommendationsViewed,
    ResultClicked,
    SuggestionChosen,
)
from storefront.analytics.recording import is_counted, record
from storefront.content.queries import entry_ids_now
from storefront.kernel.text import squeeze
from storefront.web.addresses import network_here
from storefront.web.limits import Limit
from storefront.web.visitor import remember_visitor

LARGEST = 2_048
"""In bytes; what our script tells has a tenth of that."""

blueprint = Blueprint("analytics", __name__)
_limit = Limit(300, seconds=60.0, name="analytics")
"""For one address, behind which there may be an office."""


@blueprint.post("/search/clicks")
def click() -> Response:
    """Take note that a result was opened: {"search": its public id, "product": the product's number}."""
    return _note(lambda told: ResultClicked(told["search"], told["product"]))


@blueprint.post("/search/choices")
def choice() -> Response:
    """Take note that a suggestion was chosen: {"kind": ..., "position": from 1, "typed": ...}."""
    return _note(lambda told: SuggestionChosen(told["kind"], told["position"], squeeze(told["typed"])[:LONGEST_WORDS]))


@blueprint.post("/shelves/views")
def shelf_view() -> Response:
    """Take note that a shelf was in view: {"request": its public id}."""
    return _note(lambda told: RecommendationsViewed(told["request"]))


@blueprint.post("/shelves/clicks")
def shelf_click() -> Response:
    """Take note that a product on a shelf was opened: {"request": the shelf's public id, "product": its number}.

    Now there is something to remember: what becomes of it.
    """
    return _note(lambda told: RecommendationClicked(told["request"], told["product"]), remembers=True)


@blueprint.post("/entries/views")
def entry_views() -> Response:
    """Take note that entries of a curated page were in view: {"entries": their numbers}."""
    return _note(lambda told: EntriesViewed(tuple(_shown(number) for number in told["entries"])))


@blueprint.post("/entries/clicks")
def entry_click() -> Response:
    """Take note that a link within an entry was followed: {"entry": its number}. What comes of it is remembered."""
    return _note(lambda told: EntryOpened(_shown(told["entry"])), remembers=True)


def _shown(number: object) -> int:
    """Return the number of an entry that some page shows; a page that was left open may name one that none does."""
    if type(number) is not int or number not in entry_ids_now():
        raise ValueError(number)
    return number


def _note(read: Callable[[Any], Event], *, remembers: bool = False) -> Response:
    if not _limit.allows(network_here()):
        raise TooManyRequests
    body = request.stream.read(LARGEST + 1)
    if len(body) > LARGEST or (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    try:
        event = read(json.loads(body))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadRequest from None
    if remembers and is_counted():
        remember_visitor()
    record(event)
    return Response(status=204)
