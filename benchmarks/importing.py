"""What an import costs: rows read, checked and carried out, beside a bare `executemany` of the same prices."""

from __future__ import annotations

import logging
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import insert

from storefront.accounts import services as accounts
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Role
from storefront.accounts.queries import find_staff
from storefront.accounts.services import make_credentials
from storefront.catalog.models import Category, Product, Variant
from storefront.config import read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.imports import applying, checking, exporting, facts, queries, services, writing
from storefront.imports.services import Brought
from storefront.imports.states import ImportState
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now

SIZE = 100_000
CARRIED_OUT = 2_000
"""So many rows are carried out: each is as dear as the others."""
AT_ONCE = 10_000


def measure(size: int = SIZE) -> list[tuple[str, str]]:
    """Return (what, figure) rows: rows a second, and memory at its highest."""
    from wsgi import create_app  # noqa: PLC0415

    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_config({"DATA_DIR": folder, "LOG_LEVEL": "ERROR"}), testing=True)
        with app.app_context():
            db.create_all()
            staff = _fill(size)
            rows = _measure_files(staff, size)
            rows += _measure_run(app, staff, Path(folder) / "shop.db", size)
            db.session.remove()
            db.engine.dispose()
    logging.disable(logging.NOTSET)
    return rows


def _measure_files(staff: CurrentStaff, size: int) -> list[tuple[str, str]]:
    found = []
    for kind in ("csv", "xlsx"):
        before, began = _memory(), time.perf_counter()
        sheet = exporting.catalogue("all", with_costs=True)
        write = writing.as_csv(sheet.headers, sheet.rows)
        if kind == "xlsx":
            write = writing.as_xlsx(sheet.headers, sheet.rows, sheet.keys)
        content = b"".join(write)
        written = time.perf_counter() - began
        seconds, run_id = _check(content, staff)
        run = queries.get_import(run_id)
        assert (run.state, run.unchanged) == (ImportState.CHECKED, size), run.problem
        found.append(
            (
                f"{size:,} rows of 21 columns, {kind.upper()} of {len(content) / 1024**2:.0f} MB",
                f"written with {size / written:,.0f} rows/s, checked with {size / seconds:,.0f} rows/s; "
                f"0 changes; memory grew by {_memory() - before:.0f} MB",
            )
        )
    return found


def _measure_run(app: Flask, staff: CurrentStaff, database: Path, size: int) -> list[tuple[str, str]]:
    sheet = exporting.catalogue("prices", with_costs=False)
    at = list(sheet.keys).index("price")
    content = b"".join(writing.as_csv(sheet.headers, _dearer(sheet.rows, at)))
    _seconds, run_id = _check(content, staff)
    with transaction():
        services.start(import_id=run_id, by=staff, at=now())
    around, spent, bare = facts.look_around(), [], []
    while queries.counts_of(run_id).done < min(CARRIED_OUT, size):
        began, done = time.perf_counter(), queries.counts_of(run_id).done
        applying._some(run_id, around)
        spent.append((time.perf_counter() - began) / (queries.counts_of(run_id).done - done))
        bare.append(_executemany(database))
    ours, theirs = 1 / statistics.median(spent), 1 / statistics.median(bare)
    return [
        (
            "prices carried out: claimed, checked again, history, ledger, news for the index; each row or nothing",
            f"{ours:,.0f} rows/s; a bare executemany of as many prices {theirs:,.0f} rows/s ({theirs / ours:,.0f} x)",
        )
    ]


def _executemany(database: Path) -> float:
    """Return how long a row takes that is only updated: as many as share a transaction of ours."""
    with sqlite3.connect(database, isolation_level=None) as connection:
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        rows = [(5_000 + number, number) for number in range(1, applying.AT_ONCE + 1)]
        connection.executemany("UPDATE variant SET compare_at_minor = ? WHERE id = ?", rows)
        connection.execute("COMMIT")
        took = time.perf_counter() - began
    connection.close()
    return took / applying.AT_ONCE


def _check(content: bytes, staff: CurrentStaff) -> tuple[float, int]:
    began = time.perf_counter()
    with transaction():
        run = services.bring(brought=Brought("benchmark", content), locale="en", by=staff, at=now())
        run_id, mapping = run.id, list(run.mapping)
    with transaction():
        services.understand(import_id=run_id, mapping=mapping, by=staff, at=now())
    checking.check(run_id)
    return time.perf_counter() - began, run_id


def _dearer(rows: Iterable[Iterable[str]], at: int) -> Iterator[list[str]]:
    for row in rows:
        cells = list(row)
        cells[at] = f"{float(cells[at]) + 1:.2f}"
        yield cells


def _fill(size: int) -> CurrentStaff:
    at = now()
    with transaction() as session:
        credentials = make_credentials(email="bench@example.com", password="three green apples")
        number = accounts.hire(credentials=credentials, name="Bench", role=Role.SUPER_ADMIN, at=at).id
        session.add(Category(id=1, slug="cups", path="/1/", name="Cups"))
        session.add(Warehouse(id=1, code="MAIN", name="Main"))
        session.flush()
        for start in range(1, size + 1, AT_ONCE):
            ids = range(start, min(size + 1, start + AT_ONCE))
            session.execute(insert(Product), [_product(number, at) for number in ids])
            session.execute(insert(Variant), [_variant(number, at) for number in ids])
            shelf = {"warehouse_id": 1, "on_hand": 5, "updated_at": at}
            session.execute(insert(StockLevel), [{"variant_id": number, **shelf} for number in ids])
    staff = find_staff(number)
    assert staff is not None
    return staff


def _product(number: int, at: object) -> dict[str, object]:
    return {
        "id": number,
        "slug": f"cup-{number}",
        "name": f"Cup {number}",
        "description": f"A cup that holds what one pours into it, number {number}.",
        "translations": {"zh": {"name": f"杯子 {number}"}},
        "category_id": 1,
        "attributes": {"Material": "Glass", "Care": "30 °C"},
        "created_at": at,
        "updated_at": at,
    }


def _variant(number: int, at: object) -> dict[str, object]:
    facts_ = {"options": {"Size": "11 oz"}, "price_minor": 1_000 + number % 500, "weight_grams": 250}
    return {"id": number, "product_id": number, "sku": f"CUP-{number:06}", "updated_at": at, **facts_}


def _memory() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for what, figure in measure(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE):
        print(f"* {what}: {figure}")
