"""What every page says about the shop itself."""

from __future__ import annotations

from flask import Flask, g


def shop_name() -> str:
    """Return the shop's name; a fault page is drawn even where settings could not be read."""
    settings = g.get("shop")
    return settings.name if settings else ""


def init_app(app: Flask) -> None:
    """Give layouts `shop_name`."""
    app.jinja_env.globals["shop_name"] = shop_name
