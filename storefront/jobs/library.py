"""huey, without the driver of a store that the shop keeps no jobs in: psycopg would cost each process 9 MB and each
start a tenth of a second. Whoever works on PostgreSQL imports it all the same, by the database's own way.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ConsumerConfig", "Huey", "RedisHuey", "SqliteHuey", "SqliteStorage", "Task", "crontab", "signals"]


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Let an import of this module fail, unless it is there already: huey takes that for "not installed"."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # what Python has for a module that may not be imported
    try:
        yield
    finally:
        del sys.modules[name]


with _hidden("psycopg"):
    from huey import Huey, RedisHuey, SqliteHuey, crontab, signals
    from huey.api import Task
    from huey.consumer_options import ConsumerConfig
    from huey.storage import SqliteStorage
