"""Connections: which of several is taken."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db


def test_the_connection_that_was_used_last_is_taken_first(any_app: Flask) -> None:
    """On SQLite what one writes makes the pages that others hold worthless: two must not take turns."""
    with any_app.app_context():
        engine = db.engine
        with engine.connect() as first, engine.connect() as second:
            known = {id(each.connection.driver_connection) for each in (first, second)}
        taken = []
        for _ in range(4):
            with engine.connect() as connection:
                taken.append(id(connection.connection.driver_connection))
    assert len(known) == 2
    assert len(set(taken)) == 1
