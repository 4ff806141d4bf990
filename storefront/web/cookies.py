"""One answer to the question whether a cookie may travel without TLS."""

from __future__ import annotations

from flask import current_app, request


def is_secure_only() -> bool:
    """Say whether cookies are for TLS alone: always in production, else when this request came by TLS."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure
