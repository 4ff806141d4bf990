"""Headers that every answer carries: a strict content policy, a request id, and honest caching."""

from __future__ import annotations

import logging
import re
import secrets
import time
from functools import lru_cache

from flask import Flask, Response, g, request

from storefront.telemetry import about
from storefront.web import timing

log = logging.getLogger("storefront.access")

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
UNLESS_SAID = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ON_PAGES = {**UNLESS_SAID, "Cache-Control": "private, no-cache"}
HTTPS_ONLY = "max-age=31536000"
SECRET_PARTS = frozenset({"token", "reference"})
"""Parts of a URL that give access to whoever knows them."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def _start() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.started = time.perf_counter()
    about.begin(request_id=g.request_id, endpoint=request.endpoint or "")
    timing.begin()


def _finish(response: Response) -> Response:
    headers = response.headers
    is_page = response.mimetype == "text/html"
    wanted = {"X-Request-Id": g.get("request_id", ""), **(ON_PAGES if is_page else UNLESS_SAID)}
    if request.is_secure:
        wanted["Strict-Transport-Security"] = HTTPS_ONLY
    said = {name.lower() for name, _ in headers}
    headers.extend((name, value) for name, value in wanted.items() if name.lower() not in said)
    if is_page:
        headers["Vary"] = _with_reader(headers.get("Vary", ""))
    if "started" in g:
        seconds = time.perf_counter() - g.started
        log.info(
            "%s %s %s",
            request.method,
            logged_path(),
            response.status_code,
            extra={"ms": round(seconds * 1000, 1), "status": response.status_code},
        )
        timing.end(response, seconds)
    return response


def _forget(_error: BaseException | None) -> None:
    """Let lines that no request wrote name none."""
    about.begin()


@lru_cache(maxsize=64)
def _with_reader(vary: str) -> str:
    """Return a Vary header with what tells readers apart: a page differs by their cookies and languages."""
    names = {name.lower(): name for name in (part.strip() for part in vary.split(",")) if name}
    return ", ".join({**names, "cookie": "Cookie", "accept-language": "Accept-Language"}.values())


def logged_path() -> str:
    """Return the path as the log may hold it: one that opens a door by itself is told by its pattern."""
    if request.url_rule is not None and not SECRET_PARTS.isdisjoint(request.view_args or ()):
        return request.url_rule.rule
    return request.path


def init_app(app: Flask) -> None:
    """Wrap every request."""
    app.before_request(_start)
    app.after_request(_finish)
    app.teardown_request(_forget)
    timing.init_app(app)
