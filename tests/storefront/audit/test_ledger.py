"""What staff changed, and only that."""

from __future__ import annotations

from typing import Any

from flask import Flask

from storefront.audit import queries, services
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now


def test_only_what_changed_is_written(app: Flask) -> None:
    with app.app_context(), transaction():
        services.record(
            actor="staff:1",
            action="product.change",
            about=("product", "7"),
            changes={"name": ("Cup", "Mug"), "price": (100, 100)},
            at=now(),
        )
        nothing = services.record(
            actor="staff:1", action="product.change", about=("product", "7"), changes={"name": ("x", "x")}, at=now()
        )
    assert nothing is None
    with app.app_context():
        entries = queries.list_entries_about("product", "7")
        assert [entry.changes for entry in entries] == [{"name": ["Cup", "Mug"]}]
        assert queries.list_entries_about("product", "8") == []


def test_what_has_the_number_of_one_that_was_deleted_has_not_its_history(app: Flask) -> None:
    with app.app_context(), transaction():
        for action in ("slot.add", "slot.remove", "slot.add", "slot.move"):
            services.record(actor="staff:1", action=action, about=("slot", "7"), changes={"x": (1, 2)}, at=now())
    with app.app_context():
        assert [entry.action for entry in queries.list_entries_about("slot", "7")] == ["slot.move", "slot.add"]


def test_entries_are_found_by_person_object_and_time(app: Flask) -> None:
    moment = now()
    with app.app_context(), transaction():
        for number in range(5):
            services.record(
                actor=f"staff:{number % 2}", action="slot.move", about=("slot", str(number)), changes={}, at=moment
            )
    with app.app_context():

        def found(**wanted: Any) -> list[str]:
            rows = db.session.execute(queries.entries(queries.Filter(**wanted)).order_by(AuditEntry.id))
            return [row.object_key for row in rows]

        assert found() == ["0", "1", "2", "3", "4"]
        assert found(actor="staff:1") == ["1", "3"]
        assert found(object_kind="slot", object_key="3") == ["3"]
        assert found(until=moment) == []
