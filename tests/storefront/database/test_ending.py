"""A session whose connection breaks after the answer is made."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from storefront.database.base import db


@pytest.mark.postgres
def test_a_connection_that_breaks_after_the_answer_was_made_costs_nothing(postgres_app: Flask) -> None:
    with postgres_app.app_context():
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
    with postgres_app.app_context():
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != own
