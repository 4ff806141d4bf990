"""A small shop of two shelves and two things, which opens anew in a moment: its database is a file that is copied."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.loyalty import services as loyalty
from storefront.shop.services import change_settings
from tests import factories
from tests.storefront.fulfilment.parcels import stock_at
from tests.storefront.lifecycle.model import Line, Sale
from tests.storefront.lifecycle.model.shelves import COUPONS

COUPON, OFF, POINTS = "ONCE", 101, 77
"""Sums that no number of pieces shares evenly."""


def shared(amount: int, count: int, place: int) -> int:
    """Return one piece's share of an amount: the first ones bear what is left over."""
    return amount // count + (place < amount % count)


@dataclass(frozen=True)
class Terms:
    """What lowers an order's price; the first line by SKU bears it."""

    has_coupon: bool
    points: int
    is_known: bool
    options: dict[str, Any]

    @property
    def off(self) -> int:
        return OFF if self.has_coupon else 0


@dataclass
class Shop:
    """Lamps in two warehouses and two sizes, cups in one, a customer with an account and points, a coupon that runs
    out; cards, transfers and cash."""

    app: Flask
    database: Path
    variants: dict[str, int] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    customer_id: int = 0
    promotion_id: int = 0
    on_hand = {"LAMP": 7, "CUP": 4, "LAMP-XL": 3}
    prices = {"LAMP": 1000, "CUP": 300, "LAMP-XL": 1200}
    freight = 500
    points = 100_000
    """What the customer has to begin with."""

    def open(self) -> None:
        """Put goods on the shelves and keep the database as it is now."""
        with self.app.app_context(), transaction():
            product = factories.make_product("Lamp", price=1000, stock=4)
            lamp = factories.variant_of(product).id
            large = factories.make_variant(product, price=1200, stock=3, sku="LAMP-XL", name="Large").id
            cup = factories.variant_of(factories.make_product("Cup", price=300, stock=4)).id
            db.session.execute(db.text("UPDATE variant SET sku = 'LAMP' WHERE id = :id"), {"id": lamp})
            db.session.execute(db.text("UPDATE variant SET sku = 'CUP' WHERE id = :id"), {"id": cup})
            north = stock_at(lamp, "NORTH", 3)
            self.places = (factories.main_warehouse().id, north)
            self.variants = {"LAMP": lamp, "CUP": cup, "LAMP-XL": large}
            self.customer_id = factories.make_customer().id
            offer = factories.make_promotion(conditions=[], benefits=[], promotion_class="order", usage_limit=COUPONS)
            factories.make_code(offer, COUPON)
            self.promotion_id = offer.id
            gift = {"points": self.points, "reason": "A good customer", "by": "staff:1", "at": now()}
            loyalty.adjust(customer_id=self.customer_id, **gift)  # type: ignore[arg-type]
            change_settings(values={"bank_account_holder": "Us", "bank_account_number": "1"}, at=now())
        self._close()
        shutil.copy(self.database, self.kept)

    def open_anew(self) -> None:
        """Forget everything that has happened."""
        self._close()
        shutil.copy(self.kept, self.database)
        Kept.forget_all()

    def terms_of(self, offers: str) -> Terms:
        """Return the terms of an order with or without a coupon, points and an account."""
        has_coupon, points = "coupon" in offers, POINTS if "points" in offers else 0
        is_known = bool(points) or "account" in offers
        options: dict[str, Any] = {"points": points, "customer_id": self.customer_id if is_known else None}
        if has_coupon:
            options |= {"off": OFF, "code": COUPON, "promotion_id": self.promotion_id}
        return Terms(has_coupon, points, is_known, options)

    def sale_of(self, number: str, id_: int, rows: Sequence[tuple[int, str, int]], terms: Terms) -> Sale:
        """Return an order as the model sees it: what each piece of its lines costs, the cheapest first."""
        wanted = {sku: count for _, sku, count in rows}
        first = min(wanted)
        lines = [
            Line(line_id, sku, *self._pieces(sku, count, terms if sku == first else None))
            for line_id, sku, count in rows
        ]
        total = sum(sum(line.costs) for line in lines) + self.freight
        sale = Sale(number, id_, wanted, total, now(), None, lines, self.freight)
        sale.is_known, sale.has_coupon, sale.points = terms.is_known, terms.has_coupon, terms.points
        return sale

    def _pieces(self, sku: str, count: int, terms: Terms | None) -> tuple[list[int], list[int]]:
        pairs = []
        for place in range(count):
            coupon, points = (shared(part, count, place) for part in (terms.off, terms.points)) if terms else (0, 0)
            value = self.prices[sku] - coupon
            pairs.append((value - points, value))
        pairs.sort(key=lambda pair: pair[0])
        return [cost for cost, _ in pairs], [value for _, value in pairs]

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
