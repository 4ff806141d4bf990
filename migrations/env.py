"""Runs migrations on the application's own database connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from storefront.database.columns import UtcDateTime
from storefront.database.migrating import patiently


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain SQLAlchemy, so that old migrations do not depend on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


database = current_app.extensions["migrate"].db
options = {
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render_item,
    **current_app.extensions["migrate"].configure_args,
}


@contextmanager
def without_foreign_keys(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others refer to: dropping the old one would delete or refuse what refers to it.

    SQLite heeds this only outside a transaction, so it is said to the driver's own connection. Afterwards every
    reference is checked.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows refer to what is not there: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Run the wanted migrations, each in a transaction of its own."""
    if context.is_offline_mode():
        context.configure(
            url=str(database.engine.url), target_metadata=database.metadata, literal_binds=True, **options
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    patiently(run_on)


def run_on(connection: sa.Connection) -> None:
    """Run what is still to be run; each migration that is done stays done."""
    with without_foreign_keys(connection):
        context.configure(
            connection=connection, target_metadata=database.metadata, transaction_per_migration=True, **options
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
