"""How the database answers first pages, filters and searches of each list: by an index, never by reading a big table.

The tables are empty here, so what is looked at is the plan. SQLite chooses an index whenever there is one that serves;
PostgreSQL is told to shun whole reads and sorts, and what it plans all the same it has no index for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from admin.listings import ALL
from admin.tables import Choice, Days, Listing
from storefront.database.base import db
from tests.admin.people import at_work

BIG = {
    *("order", "order_line", "payment", "payment_transaction", "payment_message", "stock_movement", "audit_entry"),
    "outbox_mail",
}
"""Tables that grow with every order, or every hour."""
MOST_QUERIES = 8


@contextmanager
def statements_of(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is asked, with its parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def addresses(app: Flask, listing: Listing) -> list[str]:
    """Return the first page, then one for each filter, search, order, and the last page of all."""
    with app.test_request_context():
        table = listing.table()
    found = [table.url, f"{table.url}?page=200"]
    for each in table.filters:
        if isinstance(each, Days):
            found.append(f"{table.url}?{each.key}_from=2026-01-01&{each.key}_to=2026-01-31")
        elif isinstance(each, Choice) and each.options:
            found.append(f"{table.url}?{each.key}={each.options[0][0]}")
    if table.search_label:
        found.append(f"{table.url}?q=7KQM-3XPD")
    for column in table.columns:
        if column.sort:
            found += [f"{table.url}?sort={column.sort}", f"{table.url}?sort=-{column.sort}"]
    return found


def is_walk_by_key(statement: str) -> bool:
    """Say whether rows come as they lie, all of them wanted, and the first fifty are enough."""
    return "WHERE" not in statement and "LIMIT" in statement


def whole_reads(app: Flask, statement: str, parameters: Any) -> list[str]:
    """Return the lines of the plan that read a whole big table."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            scans = [line for line in plan if re.match(r"SCAN (\S+)", line) and " INDEX " not in line]
            if is_walk_by_key(statement) and not any("TEMP B-TREE" in line for line in plan):
                scans = []
            names = [(re.match(r"SCAN (\S+)", line)[1], line) for line in scans]  # type: ignore[index]
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
            names = [(found[1], line) for line in plan if (found := re.search(r'Seq Scan on "?(\w+)"?', line))]
            names += [(found[1], line) for line in walks(plan) if (found := re.search(r' on "?(\w+)"?', line))]
    return [line.strip() for name, line in names if name.strip('"') in BIG]


def walks(plan: list[str]) -> Iterator[str]:
    """Yield index scans of PostgreSQL that look for nothing, whose rows are sorted or sifted afterwards.

    An index of few of the rows was made to be walked.
    """
    indexes = (index for table in db.metadata.tables.values() for index in table.indexes)
    of_few = {index.name for index in indexes if index.dialect_options["postgresql"]["where"] is not None}
    for line, after in zip(plan, [*plan[1:], ""], strict=True):
        found = re.search(r"Index (?:Only )?Scan using (\w+)", line)
        if found and found[1] not in of_few and "Filter:" in after:
            yield line


@pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)
def test_no_list_reads_a_big_table_whole(any_app: Flask, listing: Listing) -> None:
    browser, found = at_work(any_app), {}
    for url in addresses(any_app, listing):
        with statements_of(any_app) as asked:
            assert browser.get(url).status == 200
        for statement, parameters in asked:
            if scans := whole_reads(any_app, statement, parameters):
                found[url] = (scans, statement)
    assert found == {}


@pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)
def test_a_first_page_asks_little(any_app: Flask, listing: Listing) -> None:
    browser = at_work(any_app)
    with any_app.test_request_context():
        url = listing.table().url
    browser.get(url)
    with statements_of(any_app) as asked:
        browser.get(url)
    assert len(asked) <= MOST_QUERIES, [statement for statement, _ in asked]


@pytest.mark.parametrize("url", ["/admin/", "/admin/checks", "/admin/payments/differences", "/admin/fulfilment"])
def test_no_page_of_what_waits_reads_a_big_table_whole(any_app: Flask, url: str) -> None:
    browser, found = at_work(any_app), {}
    with statements_of(any_app) as asked:
        assert browser.get(url).status == 200
    for statement, parameters in asked:
        if scans := whole_reads(any_app, statement, parameters):
            found[statement] = scans
    assert found == {}


def test_movements_of_some_days_are_read_as_they_lie(app: Flask) -> None:
    browser = at_work(app)
    with statements_of(app) as asked:
        assert browser.get("/admin/stock-movements?at_from=2026-01-01&at_to=2026-01-31").status == 200
    pages = [(statement, values) for statement, values in asked if "stock_movement.at >=" in statement]
    with app.app_context(), db.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all() for text, values in pages]
    lines = [str(row[3]) for plan in plans for row in plan]
    assert any("ix_stock_movement_at" in line for line in lines)
    assert not any("TEMP B-TREE" in line for line in lines)
