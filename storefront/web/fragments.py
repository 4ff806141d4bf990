"""Page or fragment: the one function that decides, and the one way to answer a write."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template
from htmx_flask import make_response as htmx_response
from htmx_flask import request

from storefront.kernel.text import is_path_here


def wants_fragment() -> bool:
    """Say whether htmx asked for a part: not when it boosts a link or restores history."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def render_page(
    page: str, /, *, fragment: str | None = None, status: int = 200, trigger: str | None = None, **context: Any
) -> Response:
    """Answer with the whole page, or with `fragment` alone when htmx asked for it."""
    if fragment is not None and wants_fragment():
        body = render_template(fragment, **context)
        response: Response = htmx_response(body, trigger=trigger) if trigger else make_response(body)
    else:
        response = make_response(render_template(page, **context))
    response.status_code = status
    response.vary.add("HX-Request")
    return response


def targeted(usual: str, /, **by_target: str) -> str:
    """Return the fragment for the element that htmx is going to swap, by the element's id; else the usual one."""
    return by_target.get(str(request.htmx.target or ""), usual) if request.htmx else usual


def redirect_to(url: str, *, trigger: str | None = None) -> Response:
    """Send the reader on after a write: 303 for a browser, 204 with `HX-Location` for htmx."""
    if wants_fragment():
        response: Response = htmx_response("", location=url, trigger=trigger)
        response.status_code = 204
    else:
        response = redirect(url, 303)  # type: ignore[assignment]
    response.vary.add("HX-Request")
    return response


def safe_next(target: str | None, default: str) -> str:
    """Return `target` when it is a path of this site, else `default`: no open redirect."""
    return target if target and is_path_here(target) else default
