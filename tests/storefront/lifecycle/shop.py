"""A small shop of two shelves and two things, which opens anew in a moment: its database is a file that is copied."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.shop.services import change_settings
from tests import factories
from tests.storefront.fulfilment.parcels import stock_at


@dataclass
class Shop:
    """Lamps in two warehouses, cups in one, a customer with an account; cards, transfers and cash."""

    app: Flask
    database: Path
    variants: dict[str, int] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    customer_id: int = 0
    on_hand = {"LAMP": 7, "CUP": 4}
    prices = {"LAMP": 1000, "CUP": 300}

    def open(self) -> None:
        """Put goods on the shelves and keep the database as it is now."""
        with self.app.app_context(), transaction():
            lamp = factories.variant_of(factories.make_product("Lamp", price=1000, stock=4)).id
            cup = factories.variant_of(factories.make_product("Cup", price=300, stock=4)).id
            db.session.execute(db.text("UPDATE variant SET sku = 'LAMP' WHERE id = :id"), {"id": lamp})
            db.session.execute(db.text("UPDATE variant SET sku = 'CUP' WHERE id = :id"), {"id": cup})
            north = stock_at(lamp, "NORTH", 3)
            self.places = (factories.main_warehouse().id, north)
            self.variants = {"LAMP": lamp, "CUP": cup}
            self.customer_id = factories.make_customer().id
            change_settings(values={"bank_account_holder": "Us", "bank_account_number": "1"}, at=now())
        self._close()
        shutil.copy(self.database, self.kept)

    def open_anew(self) -> None:
        """Forget everything that has happened."""
        self._close()
        shutil.copy(self.kept, self.database)
        Kept.forget_all()

    @property
    def kept(self) -> Path:
        return self.database.with_name("stocked.db")

    def _close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
