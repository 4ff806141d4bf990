"""The application that servers and the `flask` command find."""

from __future__ import annotations

from babel.numbers import list_currencies
from flask import Flask
from sqlalchemy.orm import configure_mappers

from admin.app import init_app
from search.analysis import normalise
from storefront.app import create_app as create_storefront
from storefront.config import Config
from storefront.web.timing import SERVES


def create_app(config: Config | None = None, *, testing: bool = False) -> Flask:
    """Return the shop with its back office."""
    app = create_storefront(config, testing=testing)
    init_app(app)
    return app


def finish(app: Flask) -> None:
    """Make what the first request would make, of the code alone: processes that are forked from this one share it."""
    configure_mappers()
    app.url_map.update()
    list_currencies()
    normalise("é")  # the table of characters is made for the first that is not plain


def __getattr__(name: str) -> Flask:
    if name == "app":
        globals()["app"] = application = create_app()
        application.config[SERVES] = True
        return application
    raise AttributeError(name)
