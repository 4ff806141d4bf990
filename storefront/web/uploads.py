"""Views that take pictures take larger requests than the others; everybody else's limit stays small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_largest_request"


def takes_up_to(size: int) -> Callable[[View], View]:
    """Mark a view: a request to it may hold so many bytes."""

    def mark(view: View) -> View:
        setattr(view, _MARK, size)
        return view

    return mark


def largest_request(view: object, otherwise: int) -> int:
    """Return how many bytes a request to a view may hold."""
    return int(getattr(view, _MARK, otherwise))


def widen() -> None:
    """Let a marked view's request be as large as it may, before anybody reads its form."""
    view = current_app.view_functions.get(request.endpoint or "")
    if hasattr(view, _MARK):
        request.max_content_length = largest_request(view, 0)


def init_app(app: Flask) -> None:
    """Look at every request."""
    app.before_request(widen)
