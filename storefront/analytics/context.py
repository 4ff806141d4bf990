"""The edge of what is recorded: who is left out, what lists know of their search, and clicks told by the referrer."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request

from storefront.accounts.sessions import is_staff_session
from storefront.analytics import here, recording
from storefront.analytics.events import ResultOpened
from storefront.catalog.queries import find_id
from storefront.web.afterwards import afterwards
from storefront.web.visitor import find_visitor

PRODUCT = "catalog.product"


def _note_product(response: Response) -> Response:
    """Count a product page that was opened from a page of answers: without a script nothing else tells of it."""
    if request.endpoint == PRODUCT and request.method == "GET" and response.status_code == 200:
        text, visitor = here.text_left(), find_visitor()
        if text and visitor and recording.is_counted():
            afterwards(partial(_note_opened, str((request.view_args or {}).get("slug", "")), text, visitor))
    return response


def _note_opened(slug: str, text: str, visitor: str) -> None:
    product_id = find_id(slug)
    if product_id is not None:
        recording.record_for(visitor, ResultOpened(text, product_id))


def init_app(app: Flask) -> None:
    """Give lists `recorded_search`, leave staff out, and look at product pages."""
    app.jinja_env.globals["recorded_search"] = here.recorded_search
    recording.leave_out(is_staff_session)
    app.after_request(_note_product)
