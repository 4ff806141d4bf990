"""Cross-site writes are refused by what browsers say about themselves, so pages carry no token.

Order of trust: `Sec-Fetch-Site` (all current browsers), else `Origin`, else `Referer`. A client that sends none of them
is no browser and holds no cookies of one, so there is nobody to forge for. Cookies are SameSite=Lax besides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from storefront.kernel.errors import N_, Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_crosses_sites"


class CrossSite(Forbidden):
    """A write that another site asked the browser to send."""

    message = N_("This request came from another site, so we did not carry it out. Please try again from our own page.")


def crosses_sites(view: View) -> View:
    """Mark a view that other machines write to; it must prove by itself who sent what it is given."""
    setattr(view, _MARK, True)
    return view


def is_for_machines() -> bool:
    """Say whether this request's view is marked so; its body is left to it, raw."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), _MARK, False)


def refuse_cross_site() -> None:
    """Refuse a write that comes from elsewhere."""
    if request.method in SAFE or is_for_machines():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
        return
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if origin is not None and _host_of(origin) != request.host:
        raise CrossSite


def is_own_link() -> bool:
    """Say whether a link to this page was followed on a page of ours, or its address was typed: for what a GET begins
    and nobody must be led into. A browser that says nothing of it is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    return _host_of(request.headers.get("Referer", "")) == request.host


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def init_app(app: Flask) -> None:
    """Check every write."""
    app.before_request(refuse_cross_site)
