"""A visitor as a random number in a first-party cookie, and who is not counted as one.

The cookie is set when there is first something to remember. A page that is merely read sets it only while an experiment
runs (`storefront.experiments.here.greet`), so that the first page is varied already. A browser that says `Sec-GPC: 1`
or `DNT: 1` gets none, and one that it already has is taken back.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache

from flask import Response, after_this_request, g, request

from storefront.web.cookies import is_secure_only

COOKIE = "visitor"
COOKIE_SECONDS = 365 * 24 * 3600
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_ROBOTS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scrapy|headless|lighthouse|facebookexternalhit|feedfetcher|bingpreview"
    r"|baiduspider|curl/|wget/|python-|httpx|aiohttp|okhttp|go-http-client|java/|libwww|uptime|monitor",
    re.IGNORECASE,
)
"""Words by which well-known crawlers, previews and scripts name themselves; a Cubot is a telephone."""


def wants_no_trace() -> bool:
    """Say whether the browser asks not to be followed."""
    return request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1"


def is_robot() -> bool:
    """Say whether a machine is asking, by what it calls itself; browsers always have a name."""
    return _names_robot(request.headers.get("User-Agent", ""))


@lru_cache(maxsize=2_000)
def _names_robot(name: str) -> bool:
    return not name or _ROBOTS.search(name) is not None


def is_ahead() -> bool:
    """Say whether the browser only fetches ahead what nobody may ever look at."""
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def find_visitor() -> str:
    """Return the visitor's id, or "" for one that has none or wants none."""
    found: str = g.get("_visitor") or request.cookies.get(COOKIE, "")
    return found if not wants_no_trace() and _ID.fullmatch(found) else ""


def remember_visitor() -> str:
    """Return the visitor's id, made and kept with the browser if there is none yet; "" where none is wanted."""
    if wants_no_trace():
        if COOKIE in request.cookies:
            after_this_request(_forget)
        return ""
    found = find_visitor()
    if not found:
        found = g._visitor = secrets.token_urlsafe(16)
        after_this_request(_keep)
    return found


def _keep(response: Response) -> Response:
    response.set_cookie(
        COOKIE, g._visitor, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=is_secure_only()
    )
    return response


def _forget(response: Response) -> Response:
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=is_secure_only())
    return response
