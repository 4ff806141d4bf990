"""An order once more: what can be had comes into the cart beside what is there, what cannot is told."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from tests import factories
from tests.browser import Shopper
from tests.storefront.checkout.desk import buy, open_shop


@pytest.fixture
def bought(app: Flask) -> tuple[Shopper, str]:
    """A guest who has bought two lamps."""
    open_shop(app, stock=6)
    return buy(app)


def again(shopper: Shopper, number: str) -> str:
    shopper.post(f"/orders/{number}/reorder")
    return shopper.get("/cart").said


def in_cart(shopper: Shopper, sku: str = "LAMP") -> int:
    return int(str(shopper.get("/cart").one(f"form[action='/cart/lines/{sku}'] input[name=quantity]")["value"]))


def test_the_same_comes_into_the_cart(bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    page = shopper.get(f"/orders/{number}")
    assert "2 items are in your cart" in shopper.submit(page, f"form[action='/orders/{number}/reorder']").said
    assert in_cart(shopper) == 2


def test_what_is_in_the_cart_stays(app: Flask, bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    with app.app_context(), transaction():
        factories.make_product("Cup", sku="CUP")
    shopper.post("/cart/lines", {"sku": "CUP", "quantity": "3"})
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    again(shopper, number)
    assert in_cart(shopper, "CUP") == 3
    assert in_cart(shopper) == 3


def test_what_there_is_too_little_of_is_told(app: Flask) -> None:
    open_shop(app, stock=3)
    shopper, number = buy(app)
    assert "Of “Lamp” only 1 could be added." in again(shopper, number)


def test_what_is_no_longer_sold_is_told(app: Flask, bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    with app.app_context(), transaction():
        db.session.scalars(db.select(Product).where(Product.name == "Lamp")).one().is_published = False
    assert "“Lamp” is no longer for sale." in again(shopper, number)


def test_a_stranger_orders_nothing_again(app: Flask, bought: tuple[Shopper, str]) -> None:
    _shopper, number = bought
    assert Shopper(app).post(f"/orders/{number}/reorder").status == 404
