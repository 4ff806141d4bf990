"""The letters of requests: this room has no pages of its own, so nothing else makes its templates known."""

from __future__ import annotations

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Make the room's letters known."""
    app.register_blueprint(Blueprint("approvals", __name__, template_folder="templates"))
