"""What is written down stays as it was written, whoever asks the database."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storefront.audit import guard, services
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now

CHANGES = (
    "UPDATE audit_entry SET actor = 'staff:2'",
    "UPDATE audit_entry SET changes = '{}'",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = 1",
)


@pytest.fixture
def written(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        services.record(actor="staff:1", action="a.b", about=("x", "1"), changes={"price": (1, 2)}, at=now())
    return any_app


def rows(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        return [(row.actor, row.action, row.changes) for row in db.session.scalars(db.select(AuditEntry))]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_what_was_written(written: Flask, statement: str) -> None:
    with written.app_context(), pytest.raises(DBAPIError, match=guard.SAYS), transaction():
        db.session.execute(text(statement))
    assert rows(written) == [("staff:1", "a.b", {"price": [1, 2]})]


def test_nor_by_the_mapped_object(written: Flask) -> None:
    with written.app_context(), pytest.raises(DBAPIError, match=guard.SAYS), transaction():
        db.session.scalars(db.select(AuditEntry)).one().actor = "staff:9"
        db.session.flush()
    with written.app_context(), pytest.raises(DBAPIError, match=guard.SAYS), transaction():
        db.session.delete(db.session.scalars(db.select(AuditEntry)).one())
        db.session.flush()
    assert len(rows(written)) == 1


@pytest.mark.postgres
def test_nor_by_emptying_the_table(postgres_app: Flask) -> None:
    with postgres_app.app_context(), pytest.raises(DBAPIError, match=guard.SAYS), transaction():
        db.session.execute(text("TRUNCATE audit_entry"))


def test_a_demo_that_begins_anew_may_and_the_guard_stands_again_afterwards(written: Flask) -> None:
    with written.app_context(), transaction() as session:
        connection = session.connection()
        guard.lift(connection)
        connection.execute(text("DELETE FROM audit_entry"))
        guard.put_up(connection)
    assert rows(written) == []
    with written.app_context(), transaction():
        services.record(actor="staff:1", action="a.b", about=("x", "1"), changes={}, at=now())
    with written.app_context(), pytest.raises(DBAPIError, match=guard.SAYS), transaction():
        db.session.execute(text(CHANGES[0]))
