"""Headers that every answer carries: a strict content policy, a request id, and honest caching."""

from __future__ import annotations

import logging
import re
import secrets
import time
from functools import lru_cache

from flask import Flask, Response, current_app, g, request

from storefront.telemetry import about
from storefront.web import timing

log = logging.getLogger("storefront.access")

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
UNLESS_SAID = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), "
    "serial=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASK_FIRST = "private, no-cache"
"""A browser may keep a page, and asks before it shows it again."""
NEVER_KEPT = "no-store"
PERSONAL = (
    *("/account", "/checkout", "/confirmations", "/orders", "/password-reset/", "/payments", "/register/"),
    *("/sign-in", "/tickets", "/unsubscribe", "/your-data"),
)
"""Where pages hold what is one person's: the next one at the same machine must not find them by the back button."""
HTTPS_ONLY = "max-age=31536000"
WAIT_SECONDS = 60
"""How long somebody waits who was too fast, where no rule says it better."""
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
    wanted = {"X-Request-Id": g.get("request_id", ""), **UNLESS_SAID}
    if request.path.startswith(PERSONAL):
        wanted["Cache-Control"] = NEVER_KEPT
    elif is_page:
        wanted["Cache-Control"] = ASK_FIRST
    if current_app.config["IS_HTTPS"] or request.is_secure:
        wanted["Strict-Transport-Security"] = current_app.config["HSTS"]
    if response.status_code == 429:
        wanted["Retry-After"] = str(g.get("wait_seconds", WAIT_SECONDS))
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


def wait_for(seconds: int) -> None:
    """Say how long whoever is answered with 429 should wait."""
    g.wait_seconds = seconds


def logged_path() -> str:
    """Return the path as the log may hold it: one that opens a door by itself is told by its pattern."""
    if request.url_rule is not None and not SECRET_PARTS.isdisjoint(request.view_args or ()):
        return request.url_rule.rule
    return request.path


def init_app(app: Flask) -> None:
    """Wrap every request."""
    config = app.config["SHOP"]
    app.config["IS_HTTPS"] = config.is_https
    app.config["HSTS"] = f"{HTTPS_ONLY}; includeSubDomains" if config.hsts_subdomains else HTTPS_ONLY
    app.before_request(_start)
    app.after_request(_finish)
    app.teardown_request(_forget)
    timing.init_app(app)
