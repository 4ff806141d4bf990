"""Pages are kept while nothing they were made from has changed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from storefront.catalog.cards import cards_by_ids
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.counting import queries_of
from tests.factories import make_category, make_product, variant_of


@pytest.fixture
def milk(app: Flask) -> Product:
    with app.app_context(), transaction():
        return make_product("Milk", price=300, sku="MILK", stock=20, category=make_category("Dairy", slug="dairy"))


def test_a_second_reader_costs_no_query(app: Flask, milk: Product) -> None:
    for url in ("/", "/categories", "/categories/dairy", f"/products/{milk.slug}"):
        first = Shopper(app).get(url)
        with queries_of(app) as asked:
            second = Shopper(app).get(url)
        assert asked == []
        assert second.text == first.text
        assert second.response.headers["Content-Type"] == first.response.headers["Content-Type"]
        assert {"HX-Request", "Cookie"} <= set(second.response.vary)


def test_a_changed_price_shows_on_every_page(app: Flask, shopper: Shopper, milk: Product) -> None:
    urls = ("/", "/categories/dairy", f"/products/{milk.slug}")
    assert all("$3.00" in shopper.get(url).said for url in urls)
    with app.app_context(), transaction():
        variant = db.session.get_one(Variant, variant_of(milk).id)
        variant.price_minor, variant.updated_at = 250, now()
    for url in urls:
        assert "$2.50" in shopper.get(url).said
        assert "$3.00" not in shopper.get(url).said


def test_stock_that_goes_is_gone_on_every_page(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert shopper.get("/categories/dairy").all("form.card__add")
    with app.app_context(), transaction():
        db.session.execute(update(StockLevel).values(on_hand=0, updated_at=now()))
    assert "Sold out" in shopper.get("/categories/dairy").said
    assert "Sold out" in shopper.get(f"/products/{milk.slug}").said


def test_a_withdrawn_product_is_gone(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert shopper.get(f"/products/{milk.slug}").status == 200
    with app.app_context(), transaction():
        product = db.session.get_one(Product, milk.id)
        product.is_published, product.updated_at = False, now()
    assert shopper.get(f"/products/{milk.slug}").status == 404
    assert shopper.get("/").all("article[data-sku]") == []


def test_a_price_that_was_rolled_back_is_never_shown(app: Flask, shopper: Shopper, milk: Product) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="no"), transaction():
        db.session.get_one(Variant, variant_of(milk).id).price_minor = 1
        db.session.flush()
        assert cards_by_ids([milk.id], "en")[0].price_minor == 1
        raise RuntimeError("no")
    assert "$3.00" in shopper.get("/categories/dairy").said


def test_renamed_settings_show_at_once(app: Flask, shopper: Shopper, milk: Product) -> None:
    assert "Our shop" in shopper.get("/").said
    with app.app_context(), transaction():
        change_settings(values={"name": "Willow"}, at=now())
    assert "Our shop" not in shopper.get("/").said


def test_each_language_and_appearance_has_its_own_page(app: Flask, milk: Product) -> None:
    english, chinese = Shopper(app), Shopper(app, language="zh")
    assert english.get("/").one("html")["lang"] == "en"
    assert chinese.get("/").one("html")["lang"] == "zh-Hans"
    chinese.post("/theme", {"theme": "dark"})
    assert chinese.get("/").one("html")["data-theme"] == "dark"
    assert "data-theme" not in Shopper(app, language="zh").get("/").one("html").attrs


def test_a_fragment_is_never_given_for_a_page(app: Flask, milk: Product) -> None:
    assert Shopper(app).get("/categories/dairy", htmx=True).all("html") == []
    assert len(Shopper(app).get("/categories/dairy").all("html")) == 1


def test_messages_reach_only_their_reader(app: Flask, milk: Product) -> None:
    buyer, other = Shopper(app), Shopper(app)
    buyer.get("/")
    buyer.post("/cart/lines", {"sku": "MILK", "quantity": "1", "next": "/"})
    assert "In your cart: Milk" in buyer.get("/").said
    assert "In your cart: Milk" not in other.get("/").said
    assert "In your cart: Milk" not in buyer.get("/").said


def test_who_has_a_cart_is_asked_to_fetch_it(app: Flask, milk: Product) -> None:
    buyer, other = Shopper(app), Shopper(app)
    other.get("/")
    buyer.post("/cart/lines", {"sku": "MILK", "quantity": "1"})
    buyer.get("/")
    assert "load" in buyer.get("/").one("#cart-badge")["hx-trigger"]
    assert "load" not in other.get("/").one("#cart-badge")["hx-trigger"]
