"""Where the reader is, and what an address is to the world."""

from __future__ import annotations

from flask import Flask, current_app, request


def current_path() -> str:
    """Return this page's path with its query, for forms that come back to it."""
    return request.full_path.rstrip("?")


def public_url(path: str) -> str:
    """Return the address of a path as the outside world knows it."""
    return f"{current_app.config['SHOP'].public_url}{path}"


def init_app(app: Flask) -> None:
    """Give templates both."""
    app.jinja_env.globals.update(current_path=current_path, public_url=public_url)
