"""Copies of the demo that may be bought empty, and what there is in them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.server import ROOT
from storefront.config import read_config

ALONE = {"DATABASE_URL": "", "DATABASE_REPLICA_URL": "", "REDIS_URL": "", "SEARCH_BACKEND": ""}
"""What whoever measures may have in their environment for a shop of theirs."""
Stock = Callable[[str, int | None], int]
"""Sets how many of a SKU are free, unless that is None; returns how many are spoken for."""


@contextmanager
def copied_demo() -> Iterator[dict[str, str]]:
    """Make a copy of the demo that may be bought empty; yield the environment that names it."""
    there = read_config().data_dir
    with tempfile.TemporaryDirectory(prefix="shop-bench-") as folder:
        here = Path(folder)
        with (
            closing(sqlite3.connect(there / "shop.db")) as source,
            closing(sqlite3.connect(here / "shop.db")) as target,
        ):
            source.backup(target)
        for name in ("index", "models", "media"):
            if (there / name).exists():
                (here / name).symlink_to(there / name)
        yield {**ALONE, "DATA_DIR": folder}


@contextmanager
def postgres_demo(url: str) -> Iterator[dict[str, str]]:
    """Make a database on a server, load the small demo, and drop it all in the end."""
    server = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"shop_bench_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        with tempfile.TemporaryDirectory(prefix="shop-bench-") as folder:
            address = make_url(url).set(database=name).render_as_string(hide_password=False)
            environ = {**ALONE, "DATA_DIR": folder, "DATABASE_URL": address, "DEMO_SIZE": "small"}
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "prepare"]
            subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, check=True, capture_output=True)
            yield environ
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()


def stock_in(environ: dict[str, str]) -> Stock:
    """Return what sets and reads stock in a copy."""
    url = environ.get("DATABASE_URL") or f"sqlite:///{environ['DATA_DIR']}/shop.db"
    address = make_url(url)
    return _stock(create_engine(address.set(drivername="postgresql+psycopg") if "postgres" in url else address))


def _stock(engine: Engine) -> Stock:
    level = "variant_id = (SELECT id FROM variant WHERE sku = :sku)"

    def stock(sku: str, units: int | None) -> int:
        with engine.begin() as connection:
            if units is not None:
                free = "allocated + reserved + safety_stock"
                connection.execute(text(f"UPDATE stock_level SET on_hand = {free} WHERE {level}"), {"sku": sku})
                first = f"SELECT min(warehouse_id) FROM stock_level WHERE {level}"
                connection.execute(
                    text(
                        f"UPDATE stock_level SET on_hand = on_hand + :units WHERE {level} AND warehouse_id = ({first})"
                    ),
                    {"sku": sku, "units": units},
                )
            total = text(f"SELECT sum(allocated + reserved) FROM stock_level WHERE {level}")
            return int(connection.execute(total, {"sku": sku}).scalar_one())

    return stock
