"""What no reader can have typed is refused at the door: a NUL, which PostgreSQL cannot store and nobody can see."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound

from storefront.web.csrf import is_for_machines

NUL = "\0"


def refuse_nul() -> None:
    """Refuse a NUL in the path (there is no such page), in the query or in a form (it cannot be read)."""
    if NUL in request.path:
        raise NotFound
    if b"%00" in request.query_string or b"\0" in request.query_string:
        raise BadRequest
    if request.method != "POST" or is_for_machines():
        return
    if any(NUL in name or NUL in text for name, text in request.form.items(multi=True)):
        raise BadRequest


def without_nul(text: str) -> str:
    """Return a text that was refused as a page can hold it."""
    return text.replace(NUL, "")


def init_app(app: Flask) -> None:
    """Look at every request."""
    app.before_request(refuse_nul)
    app.jinja_env.filters["without_nul"] = without_nul
