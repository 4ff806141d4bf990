"""How many SQL statements each page sends, once the process is warm."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event

from benchmarks.pages import Visit
from storefront.database.base import db
from wsgi import create_app

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


def statements_of(app: Flask) -> list[str]:
    """Return a list to which every statement that an application sends is added."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            sent.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    return sent


def count_queries(visits: list[Visit]) -> dict[str, int]:
    """Visit each page twice with one shopper (write twice with two) and count what the second visit sends."""
    app = create_app()
    sent, counts = statements_of(app), {}
    for visit in (visit for visit in visits if not visit.jar):
        client = app.test_client()
        for _ in range(2):
            sent.clear()
            client = app.test_client() if visit.body else client
            client.open(visit.path, method=visit.method, data=visit.body or None, headers=_headers(visit))
        counts[visit.name] = len(sent)
    return counts


def _headers(visit: Visit) -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded"} if visit.body else {}
