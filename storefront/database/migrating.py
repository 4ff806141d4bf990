"""Flask-Migrate, set up when a command first asks for it: a web worker migrates nothing and need not carry Alembic."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.local import LocalProxy

from storefront.database.base import db


class _Commands(click.Command):
    """What stands for `flask db` until it is called."""

    def __init__(self, app: Flask, directory: Path) -> None:
        super().__init__("db", help="Perform database migrations.")
        self._app, self._directory = app, directory

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        _set_up(self._app, self._directory)
        group: click.Group = import_module("flask_migrate.cli").db
        return group.make_context(info_name, args, parent, **extra)


def _set_up(app: Flask, directory: Path) -> object:
    """Let Flask-Migrate take the place of what stands for it."""
    extension = import_module("flask_migrate").Migrate()
    extension.init_app(app, db, directory=str(directory), render_as_batch=True)
    return app.extensions["migrate"]


def init_app(app: Flask, directory: Path) -> None:
    """Give the application `flask db`, and what `migrations/env.py` looks for."""
    app.extensions["migrate"] = LocalProxy(partial(_set_up, app, directory))
    app.cli.add_command(_Commands(app, directory))
