"""The application that servers and the `flask` command find."""

from __future__ import annotations

from flask import Flask

from admin.app import init_app
from storefront.app import create_app as create_storefront
from storefront.config import Config
from storefront.web.timing import SERVES


def create_app(config: Config | None = None, *, testing: bool = False) -> Flask:
    """Return the shop with its back office."""
    app = create_storefront(config, testing=testing)
    init_app(app)
    return app


def __getattr__(name: str) -> Flask:
    if name == "app":
        globals()["app"] = application = create_app()
        application.config[SERVES] = True
        return application
    raise AttributeError(name)
