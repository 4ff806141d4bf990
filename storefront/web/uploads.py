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


def widen() -> None:
    """Let a marked view's request be as large as it may, before anybody reads its form."""
    size = getattr(current_app.view_functions.get(request.endpoint or ""), _MARK, None)
    if size is not None:
        request.max_content_length = size


def init_app(app: Flask) -> None:
    """Look at every request."""
    app.before_request(widen)
