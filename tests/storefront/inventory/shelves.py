"""Shelves for tests: a thing in stock, what its level says, and threads that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import ledgers, services
from storefront.inventory.models import StockLevel, StockReservation, Warehouse
from storefront.inventory.rules import Choice
from storefront.inventory.services import Wanted
from storefront.kernel.clock import now
from tests import factories

HOUR = timedelta(hours=1)


def stock_one(app: Flask, units: int, sku: str = "") -> int:
    with app.app_context(), transaction():
        return factories.variant_of(factories.make_product("Lamp", stock=units, sku=sku)).id


def lamps(variant_id: int, units: int = 1) -> list[Wanted]:
    return [Wanted(variant_id, units, "Lamp")]


def reserve(variant_id: int, units: int = 1, reference: str = "R-1", zone: str = "") -> Choice:
    return services.reserve(
        wanted=lamps(variant_id, units), reference=reference, expires_at=now() + HOUR, by="guest", at=now(), zone=zone
    )


def level(variant_id: int) -> tuple[int, int, int]:
    columns = (StockLevel.on_hand, StockLevel.allocated, StockLevel.reserved)
    sums = db.session.execute(db.select(*map(db.func.sum, columns)).where(StockLevel.variant_id == variant_id)).one()
    return int(sums[0]), int(sums[1]), int(sums[2])


def reservations() -> int:
    return int(db.session.scalar(db.select(db.func.count()).select_from(StockReservation)) or 0)


def books_are_in_order() -> bool:
    return not list(ledgers.discrepancies())


def add_warehouse(code: str, **values: object) -> int:
    row = Warehouse(**{"code": code, "name": code.title(), "priority": 5, "zones": [], **values})
    db.session.add(row)
    db.session.flush()
    return row.id


def race(works: Sequence[Callable[[], object]]) -> list[str]:
    """Run each in a thread of its own, all at once, and return what came of each: "done" or its refusal's name."""
    start = threading.Barrier(len(works))
    outcomes = [""] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            work()
            outcomes[place] = "done"
        except Exception as fault:
            outcomes[place] = type(fault).__name__

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
