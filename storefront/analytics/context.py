"""The edge of what is recorded: who is left out, what lists know of their search, and clicks told by the referrer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Flask, Response, request

from storefront.accounts.sessions import is_staff_session
from storefront.analytics import greeting, here, recording
from storefront.analytics.events import Event, RecommendationOpened, ResultOpened
from storefront.catalog.queries import find_id
from storefront.web.afterwards import afterwards
from storefront.web.fragments import wants_fragment
from storefront.web.visitor import find_visitor

PRODUCT = "catalog.product"
BACK_OFFICE = "/admin"


def _note_product(response: Response) -> Response:
    """Count a product page that was opened from answers or a shelf: without a script nothing else tells of it."""
    if request.endpoint == PRODUCT and request.method == "GET" and response.status_code == 200:
        text, shelf, visitor = here.text_left(), here.shelf_page_left(), find_visitor()
        if (text or shelf) and visitor and recording.is_counted():
            slug = str((request.view_args or {}).get("slug", ""))
            opened = partial(ResultOpened, text) if text else partial(RecommendationOpened, shelf)
            afterwards(partial(_note_opened, slug, opened, visitor))
    return response


def _note_visit(response: Response) -> Response:
    """Count who opens a page of the shop, whatever page it is."""
    is_page = request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html"
    if is_page and not request.path.startswith(BACK_OFFICE) and not wants_fragment():
        greeting.greet()
    return response


def _note_opened(slug: str, opened: Callable[[int], Event], visitor: str) -> None:
    product_id = find_id(slug)
    if product_id is not None:
        recording.record_for(visitor, opened(product_id))


def init_app(app: Flask) -> None:
    """Give lists `recorded_search`, leave staff out, and look at pages that are opened."""
    app.jinja_env.globals["recorded_search"] = here.recorded_search
    recording.leave_out(is_staff_session)
    app.after_request(_note_product)
    app.after_request(_note_visit)
