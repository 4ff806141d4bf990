"""What a browser keeps for the shop: whether it may travel without TLS, and how it is called.

In production the cookies that open something are called `__Host-...`: browsers take such a name from this host alone
and by TLS, so that a neighbour under the same domain cannot plant a session, a cart or a key to an order.
"""

from __future__ import annotations

from hashlib import sha256

from flask import Flask, Response, current_app, request

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


def init_app(app: Flask) -> None:
    """Call the session's cookie as the others, and sign it with SHA-256."""
    app.session_interface.digest_method = sha256  # type: ignore[attr-defined]
    with app.app_context():
        app.config["SESSION_COOKIE_NAME"] = cookie_name(SESSION)
