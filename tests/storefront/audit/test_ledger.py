"""What staff changed, and only that."""

from __future__ import annotations

from flask import Flask

from storefront.audit import queries, services
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


def test_entries_are_found_by_person_object_and_time(app: Flask) -> None:
    moment = now()
    with app.app_context(), transaction():
        for number in range(5):
            services.record(
                actor=f"staff:{number % 2}", action="slot.move", about=("slot", str(number)), changes={}, at=moment
            )
    with app.app_context():
        assert queries.page_of_entries(queries.Filter(), number=1, size=2).total == 5
        assert queries.page_of_entries(queries.Filter(actor="staff:1"), number=1, size=10).total == 2
        assert queries.page_of_entries(queries.Filter(object_kind="slot", object_key="3"), number=1, size=10).total == 1
        assert queries.page_of_entries(queries.Filter(until=moment), number=1, size=10).total == 0
        newest = queries.page_of_entries(queries.Filter(), number=1, size=2).items[0]
        assert newest.object_key == "4"
