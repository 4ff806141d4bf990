"""What runs by itself."""

from __future__ import annotations

from storefront.database.base import db
from storefront.jobs.queue import periodic

ROWS_LOOKED_AT = 1_000


@periodic(hour="3", minute="37")
def learn_tables() -> None:
    """Let SQLite learn how its tables have grown: without, it plans as for the shop of the first day.

    PostgreSQL does so by itself (autovacuum).
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
            connection.exec_driver_sql("PRAGMA optimize = 0x10002")
