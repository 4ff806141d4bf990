"""A product's facts are read once for all its addresses, and anew as soon as its page would be another."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from storefront.catalog.models import Product, Variant
from storefront.catalog.product_facts import get_product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_product, make_promotion

pytestmark = pytest.mark.usefixtures("nothing_grows_old")


@pytest.fixture
def milk(app: Flask) -> Product:
    with app.app_context(), transaction():
        return make_product("Milk", price=300, sku="MILK", stock=20)


def test_every_address_of_a_product_after_the_first_costs_no_query(app: Flask, milk: Product) -> None:
    path = f"/products/{milk.slug}"
    Shopper(app).get(path)
    with queries_of(app) as asked:
        assert "$3.00" in Shopper(app).get(f"{path}?sku=MILK").said
    assert asked == []


def test_each_language_has_its_own_words(app: Flask, milk: Product) -> None:
    with app.app_context(), transaction():
        milk.translations = {"zh_Hans_CN": {"name": "牛奶"}}
        db.session.merge(milk)
    with app.app_context():
        for _ in range(2):
            assert get_product(milk.slug, "en").name == "Milk"
            assert get_product(milk.slug, "zh_Hans_CN").name == "牛奶"


def test_price_stock_and_offers_are_those_of_now(app: Flask, milk: Product) -> None:
    def shown() -> tuple[int, int]:
        variant = get_product(milk.slug, "en").variants[0]
        return variant.price_minor, variant.available

    with app.app_context():
        assert shown() == (300, 20)
        with transaction():
            db.session.execute(update(Variant).values(price_minor=250, updated_at=now()))
        assert shown() == (250, 20)
        with transaction():
            db.session.execute(update(StockLevel).values(on_hand=4, updated_at=now()))
        assert shown() == (250, 4)
        with transaction():
            tenth = {"kind": "percent_off", "basis_points": 1000, "scope": {"product_ids": [milk.id]}}
            make_promotion(promotion_class="item", conditions=[], benefits=[tenth])
        Kept.age_all(2.0)
        assert shown() == (225, 4)


def test_what_may_yet_be_rolled_back_is_not_remembered(app: Flask, milk: Product) -> None:
    def change_and_fail() -> None:
        with transaction():
            db.session.execute(update(Variant).values(price_minor=1, updated_at=now()))
            assert get_product(milk.slug, "en").variants[0].price_minor == 1
            raise RuntimeError

    with app.app_context():
        with pytest.raises(RuntimeError):
            change_and_fail()
        assert get_product(milk.slug, "en").variants[0].price_minor == 300


def test_an_address_that_was_given_up_leads_to_nothing(app: Flask, milk: Product) -> None:
    with app.app_context():
        get_product(milk.slug, "en")
        with transaction():
            db.session.execute(update(Product).values(slug="whole-milk", updated_at=now()))
        with pytest.raises(NotFound):
            get_product(milk.slug, "en")
        assert get_product("whole-milk", "en").id == milk.id
