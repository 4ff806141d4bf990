"""The databases that a shop may have."""

from __future__ import annotations

from storefront.config import Config
from storefront.operations.copying import Database
from storefront.operations.postgres import PostgresDatabase
from storefront.operations.sqlite import SqliteDatabase


def database_of(config: Config) -> Database:
    """Return the shop's database, as backups see it."""
    if config.database_url.startswith("sqlite"):
        return SqliteDatabase(config.database_url)
    return PostgresDatabase(config.database_url)
