"""What a browser keeps for the shop: whether it may travel without TLS, and how it is called.

In production the cookies that open something are called `__Host-...`: browsers take such a name from this host alone
and by TLS, so that a neighbour under the same domain cannot plant a session, a cart or a key to an order.
"""

from __future__ import annotations

from hashlib import sha256

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

PREFIX = "__Host-"
SESSION = "session"
OPENING = frozenset({SESSION, "cart", "orders", "device"})
"""Cookies that open something to whoever has them."""


def is_secure_only() -> bool:
    """Say whether cookies are for TLS alone: always in production, else when this request came by TLS."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def cookie_name(name: str) -> str:
    """Return what a cookie is called here."""
    return f"{PREFIX}{name}" if name in OPENING and current_app.config["SESSION_COOKIE_SECURE"] else name


def read_cookie(name: str) -> str:
    """Return what a cookie holds; "" where there is none."""
    return request.cookies.get(cookie_name(name), "")


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Let the browser keep something that no script reads."""
    response.set_cookie(
        cookie_name(name), value, max_age=seconds, httponly=True, samesite="Lax", secure=is_secure_only()
    )


def forget_cookie(response: Response, name: str) -> None:
    """Let the browser forget it."""
    response.delete_cookie(cookie_name(name), httponly=True, samesite="Lax", secure=is_secure_only())


class Sessions(SecureCookieSessionInterface):
    """Sessions in a cookie, signed with SHA-256. Most readers have none, and nothing is asked of one of theirs."""

    digest_method = staticmethod(sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified or self.get_cookie_name(app) in request.cookies:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Keep sessions so, and call their cookie as the others."""
    app.session_interface = Sessions()
    with app.app_context():
        app.config["SESSION_COOKIE_NAME"] = cookie_name(SESSION)
