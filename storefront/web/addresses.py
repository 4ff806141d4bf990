"""Where the reader is, and what an address is to the world."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.routing import IntegerConverter

HIGHEST_ID = 2**31 - 1


class RowId(IntegerConverter):
    """`<int:...>` up to the highest id that a column holds; an address beyond it does not exist."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": HIGHEST_ID, **options})


def current_path() -> str:
    """Return this page's path with its query, for forms that come back to it.

    A page that answered a form has no address of its own: then it is that of the page where the form stood.
    """
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        return "/"
    return before.path or "/" if before.netloc == request.host else "/"


def public_url(path: str) -> str:
    """Return the address of a path as the outside world knows it."""
    return f"{current_app.config['SHOP'].public_url}{path}"


def init_app(app: Flask) -> None:
    """Give templates both, and let every `<int:...>` end where ids do."""
    app.url_map.converters["int"] = RowId
    app.jinja_env.globals.update(current_path=current_path, public_url=public_url)
