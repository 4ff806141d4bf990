"""Binds the back office to the application."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the back office under /admin."""
