"""Offers that every single piece gets, in the lowest price of the days before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from storefront.catalog import services as catalog
from storefront.catalog.models import Product
from storefront.catalog.services import VariantPrice
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.pricing.history import Lowest
from storefront.pricing.queries import lowest_price
from storefront.promotions import editing
from storefront.promotions.editing import PromotionPlan
from storefront.promotions.models import OfferStatement
from storefront.promotions.models import Promotion as Row
from storefront.promotions.past_offers import Said, periods_of
from storefront.promotions.rules import promotion_from_data
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.factories import make_category, make_product, make_promotion, variant_of

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def on(day: int) -> datetime:
    return MAY + timedelta(days=day - 1)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(on(1) - timedelta(days=20), tick=False) as coordinates:
        yield coordinates


class House:
    """A shop with one product at 100.00, its offers, and a calendar."""

    def __init__(self, app: Flask, clock: time_machine.Coordinates) -> None:
        self.app, self.clock = app, clock
        with app.app_context(), transaction():
            product = make_product("Tea", price=10000, sku="TEA", category=make_category("Drinks"))
            self.product, self.variant = product.id, variant_of(product).id

    def go(self, day: int) -> None:
        self.clock.move_to(on(day))
        Kept.forget_all()

    def plan(self, percent: int, *, falls_on: str = "item", **terms: Any) -> PromotionPlan:
        benefit = {"kind": "percent_off", "basis_points": percent * 100}
        times = {key: terms.pop(key).isoformat() for key in ("starts_at", "ends_at") if key in terms}
        data = {"id": 0, "name": "Off", "currency": "USD", "falls_on": falls_on, "benefit": benefit, **terms, **times}
        return PromotionPlan(promotion_from_data(data))

    def offer(self, percent: int, **terms: Any) -> int:
        with self.app.app_context(), transaction():
            row = editing.add_promotion(plan=self.plan(percent, **terms), by="staff:1", at=now())
            editing.activate_promotion(promotion_id=row.id, version=row.version, by="staff:1", at=now())
            return row.id

    def step(self, service: Any, offer: int, **values: Any) -> None:
        with self.app.app_context(), transaction():
            version = db.session.get_one(Row, offer).version
            service(promotion_id=offer, version=version, by="staff:1", at=now(), **values)

    def price(self, minor: int) -> None:
        with self.app.app_context(), transaction():
            version = db.session.get_one(Product, self.product).version
            prices = {self.variant: VariantPrice(Money(minor, "USD"), None)}
            catalog.change_prices(product_id=self.product, version=version, prices=prices, by="staff:1", at=now())

    def lowest(self, days: int = 30) -> tuple[int, bool]:
        Kept.forget_all()
        with self.app.app_context():
            found = lowest_price(self.variant, now(), days)
        assert isinstance(found, Lowest)
        return found.price_minor, found.is_before

    def statements(self) -> int:
        with self.app.app_context():
            return db.session.scalar(db.select(db.func.count()).select_from(OfferStatement)) or 0


@pytest.fixture
def house(any_app: Flask, clock: time_machine.Coordinates) -> House:
    return House(any_app, clock)


def test_an_offer_before_the_present_one_is_the_lowest_price(house: House) -> None:
    house.offer(30, starts_at=on(1), ends_at=on(10))
    house.offer(20, starts_at=on(15), ends_at=on(30))
    house.go(16)
    assert house.lowest() == (7000, True)
    assert house.lowest(days=5) == (10000, True)
    house.go(31)
    assert house.lowest() == (7000, True)
    assert house.statements() == 2


def test_an_offer_counts_for_as_long_as_it_ran(house: House) -> None:
    house.go(1)
    first = house.offer(30)
    house.go(5)
    house.step(editing.pause_promotion, first)
    house.go(15)
    house.offer(20)
    house.go(16)
    assert house.lowest() == (7000, True)
    assert house.lowest(days=9) == (10000, True)
    house.go(18)
    house.step(editing.activate_promotion, first)
    house.go(19)
    assert house.lowest(days=2) == (8000, True)


def test_what_an_offer_was_before_it_was_changed_put_away_or_deleted_is_known(house: House) -> None:
    house.go(1)
    offer = house.offer(50)
    house.go(3)
    house.step(editing.change_promotion, offer, plan=house.plan(10))
    house.go(6)
    house.step(editing.archive_promotion, offer)
    house.go(8)
    gone = house.offer(40)
    house.go(9)
    house.step(editing.delete_promotion, gone)
    house.go(12)
    house.offer(5)
    assert house.lowest() == (5000, True)
    assert house.lowest(days=8) == (6000, True)
    assert house.lowest(days=2) == (10000, True)


def test_an_offer_lowers_the_price_of_its_time(house: House) -> None:
    house.go(1)
    house.offer(50, ends_at=on(10))
    house.go(5)
    house.price(6000)
    house.go(11)
    house.price(10000)
    house.go(15)
    house.offer(10)
    assert house.lowest() == (3000, True)
    assert house.lowest(days=4) == (10000, True)


def test_offers_that_not_every_piece_gets_leave_no_statement(house: House) -> None:
    house.offer(30, audience={"members_only": True})
    house.offer(30, falls_on="order")
    house.offer(30, scope={"skus": ["CUP"]})
    assert house.statements() == 1
    assert house.lowest() == (10000, False)


def test_an_offer_from_before_there_were_statements_is_told_of_from_its_row(house: House) -> None:
    half = [{"kind": "percent_off", "basis_points": 5000}]
    with house.app.app_context(), transaction():
        values = {"promotion_class": "item", "activated_at": on(2), "created_at": on(1)}
        offer = make_promotion(conditions=[], benefits=half, **values).id
    house.go(4)
    assert house.lowest() == (10000, True)
    house.step(editing.change_promotion, offer, plan=house.plan(20))
    house.go(5)
    assert house.statements() == 2
    assert house.lowest() == (5000, True)
    assert house.lowest(days=1) == (5000, True)


def test_a_period_ends_where_the_next_statement_or_the_offer_itself_does() -> None:
    data = {"id": 1, "name": "", "currency": "USD", "falls_on": "item", "ends_at": on(9).isoformat()}
    offer = promotion_from_data({**data, "benefit": {"kind": "percent_off", "basis_points": 1000}})

    def spans(*said: Said) -> list[tuple[datetime, datetime | None]]:
        return [(period.start, period.end) for period in periods_of(said)]

    assert spans(Said(on(1), offer)) == [(on(1), on(9))]
    assert spans(Said(on(1), offer), Said(on(4), None), Said(on(6), offer)) == [(on(1), on(4)), (on(6), on(9))]
    assert spans(Said(on(1), offer), Said(on(1), None)) == []
    assert spans(Said(on(10), offer)) == []


def test_the_page_of_a_product_says_the_price_of_the_offer_before(app: Flask, clock: time_machine.Coordinates) -> None:
    house = House(app, clock)
    house.offer(30, starts_at=on(1), ends_at=on(10))
    house.offer(20, starts_at=on(15))
    with app.app_context(), transaction():
        change_settings(values={"show_lowest_price": True}, at=now())
        slug = db.session.get_one(Product, house.product).slug
    house.go(16)
    page = Shopper(app).get(f"/products/{slug}")
    assert "Now $80.00 Before $100.00" in page.words(".buy__price")
    assert "Lowest price of the 30 days before: $70.00" in page.said
