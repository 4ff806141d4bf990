"""Refusals and faults become pages: the status tells the truth, the words say what to do next."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from storefront.database.away import is_away
from storefront.database.base import db
from storefront.kernel.errors import N_, ShopError, TooMany
from storefront.kernel.money import Money
from storefront.telemetry.meters import REFUSALS
from storefront.web.addresses import current_path
from storefront.web.filters import money_text
from storefront.web.fragments import safe_next, wants_fragment
from storefront.web.headers import logged_path, wait_for

log = logging.getLogger(__name__)

PAGE = "errors/error.html"
RETRY_AFTER = 30
"""Seconds after which machines may ask again."""

TITLES = {
    400: N_("That could not be read"),
    403: N_("This is not for you"),
    404: N_("We can't find that page"),
    409: N_("That did not work"),
    413: N_("That is too large"),
    421: N_("This is not our address"),
    422: N_("Please check what you entered"),
    429: N_("That was a bit fast"),
    500: N_("Something broke on our side"),
    503: N_("We will be right back"),
}
WORDS = {
    400: N_("The address or a form holds something that cannot be read. Please go back and try again."),
    403: N_("You do not have permission to see this page."),
    404: N_("The page may have moved, or the link has a typo. Try a search, or start from the home page."),
    405: N_("This page cannot be used that way. Please go back and try again."),
    413: N_("What you sent is larger than we accept."),
    421: N_("Our shop has another address. Please use the one that you know us by."),
    429: N_("You are faster than we can follow. Please wait a little, then try again."),
    500: N_("We have been told about it. Your cart is safe; please try again in a moment."),
    503: N_("The shop cannot be reached just now. Your cart and your orders are safe; please try again in a minute."),
}


def count_refusal(error: ShopError) -> None:
    """Count what a rule said no to, by view and kind: pages that show a refusal themselves call it too."""
    REFUSALS.labels(request.endpoint or "", type(error).__name__).inc()


def message_of(error: ShopError) -> str:
    """Return a refusal's message in the reader's language, with its amounts; one that asks to wait says for how long in
    the answer's head too."""
    if isinstance(error, TooMany):
        wait_for(error.seconds)
    text = gettext(error.text)
    facts = {name: money_text(fact) if isinstance(fact, Money) else fact for name, fact in error.facts.items()}
    return str(text % facts if facts else text)


def error_page(status: int, message: str, *, page: str = PAGE, **facts: Any) -> Response:
    """Answer with the template `page`, which may read `facts`, or with the notice alone for htmx."""
    with suppress(SQLAlchemyError):  # a connection that is gone cannot be rolled back either
        db.session.rollback()
    title = gettext(TITLES.get(status, TITLES[409] if status < 500 else TITLES[500]))
    template = "components/_notice.html" if wants_fragment() else page
    again = safe_next(current_path(), "/")
    drawn = render_template(template, status=status, title=title, message=message, again=again, **facts)
    response = make_response(drawn, status)
    response.vary.add("HX-Request")
    if wants_fragment():
        response.headers["HX-Retarget"] = "#flash"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def refusal_page(error: ShopError, *, page: str = PAGE) -> Response:
    """Answer with what a rule said."""
    count_refusal(error)
    return error_page(error.status, message_of(error), page=page)


def http_page(error: HTTPException, *, page: str = PAGE, **facts: Any) -> Response:
    """Answer an HTTP error in words of ours; what is no error passes."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    words = gettext(WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400]))
    response = error_page(status, words, page=page, **facts)
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return response


def _fault(error: Exception) -> Response:
    log.exception("Fault while answering %s %s", request.method, logged_path(), exc_info=error)
    if not is_away(error):
        return error_page(500, gettext(WORDS[500]))
    response = error_page(503, gettext(WORDS[503]))
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def init_app(app: Flask) -> None:
    """Install one handler for refusals, one for HTTP errors, one for faults."""
    app.register_error_handler(ShopError, refusal_page)
    app.register_error_handler(HTTPException, http_page)
    if not app.testing or app.config.get("CATCH_FAULTS"):
        app.register_error_handler(Exception, _fault)
