"""Headers that every answer carries: a strict content policy, a request id, and honest caching."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from storefront.telemetry import about
from storefront.web import timing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
    headers["X-Request-Id"] = g.get("request_id", "")
    if is_page or request.path.startswith(PERSONAL):
        headers.setdefault("Cache-Control", NEVER_KEPT if request.path.startswith(PERSONAL) else ASK_FIRST)
    if response.status_code == 429:
        headers.setdefault("Retry-After", str(g.get("wait_seconds", WAIT_SECONDS)))
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


class Carrying:
    """Adds to every answer of an application what it does not say itself. It does so as an answer leaves: headers that
    never differ need not be looked through at each step of making one.
    """

    def __init__(self, application: WSGIApplication, always: Mapping[str, str], with_tls: Mapping[str, str]) -> None:
        self._application = application
        self._always, self._with_tls = _lowered(always), _lowered({**always, **with_tls})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            said = {name.lower() for name, _ in headers}
            wanted = self._with_tls if environ["wsgi.url_scheme"] == "https" else self._always
            return start_response(status, [*headers, *(pair for name, pair in wanted if name not in said)], *error)

        return self._application(environ, start)


def _lowered(headers: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    return [(name.lower(), (name, value)) for name, value in headers.items()]


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
    https_only = {"Strict-Transport-Security": HTTPS_ONLY + ("; includeSubDomains" if config.hsts_subdomains else "")}
    always = {**UNLESS_SAID, **https_only} if config.is_https else UNLESS_SAID
    app.wsgi_app = Carrying(app.wsgi_app, always, https_only)  # type: ignore[method-assign]
    app.before_request(_start)
    app.after_request(_finish)
    app.teardown_request(_forget)
    timing.init_app(app)
