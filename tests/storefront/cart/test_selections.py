"""Several goods put into the cart at once, as far as they can be had."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.cart import services
from storefront.database.transaction import transaction
from tests.browser import Page, Shopper
from tests.factories import make_product


@pytest.fixture
def goods(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        make_product("Tea", sku="TEA")
        make_product("Milk", sku="MILK", stock=1)
        make_product("Gone", sku="GONE", stock=0)
    return any_app


def lines(page: Page) -> list[str]:
    return [str(line["data-sku"]) for line in page.all(".line[data-sku]")]


def test_all_that_is_chosen_is_in_the_cart(goods: Flask) -> None:
    shopper = Shopper(goods)
    page = shopper.post("/cart/selections", {"sku": ["TEA", "MILK", "TEA", ""]}, follow=True)
    assert "2 items are in your cart." in page.said
    assert "Tea" in page.said
    assert "Milk" in page.said


def test_what_cannot_be_had_is_told_and_stops_nothing_else(goods: Flask) -> None:
    shopper = Shopper(goods)
    page = shopper.post("/cart/selections", {"sku": ["GONE", "TEA", "NOPE"]}, follow=True)
    assert "1 item is in your cart." in page.said
    assert "“Gone” is sold out." in page.said
    assert "This product is no longer for sale." in page.said
    again = shopper.post("/cart/selections", {"sku": ["MILK"]}, follow=True)
    assert "1 item is in your cart." in again.said
    third = shopper.post("/cart/selections", {"sku": ["MILK"]}, htmx=True)
    assert "already holds as many" in third.said
    assert third.all(".notice--warning")


def test_a_cart_that_is_full_keeps_what_found_room(goods: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_LINES", 1)
    shopper = Shopper(goods)
    page = shopper.post("/cart/selections", {"sku": ["TEA", "MILK"]}, follow=True)
    assert "1 item is in your cart." in page.said
    assert "A cart holds at most 1 different products." in page.said
    assert lines(shopper.get("/cart")) == ["TEA"]


def test_one_sku_written_twice_is_one_piece(goods: Flask) -> None:
    page = Shopper(goods).post("/cart/selections", {"sku": ["TEA", " TEA "]}, follow=True)
    assert "1 item is in your cart." in page.said


def test_htmx_gets_a_word_and_the_badge_is_told(goods: Flask) -> None:
    page = Shopper(goods).post("/cart/selections", {"sku": ["TEA"]}, htmx=True)
    assert page.all(".notice--success")
    assert page.response.headers["HX-Trigger"] == "cart:changed"


@pytest.mark.parametrize("skus", [[], [""], [f"S{number}" for number in range(61)]])
def test_nothing_chosen_and_too_much_chosen_are_refused(goods: Flask, skus: list[str]) -> None:
    page = Shopper(goods).post("/cart/selections", {"sku": skus})
    assert page.status == 422
    assert "Tick at least one product." in page.said


def test_the_reader_returns_only_to_a_page_of_this_shop(goods: Flask) -> None:
    shopper = Shopper(goods)
    assert (
        shopper.post("/cart/selections", {"sku": "TEA", "next": "/shelves/buy-again"}).location == "/shelves/buy-again"
    )
    assert shopper.post("/cart/selections", {"sku": "TEA", "next": "//evil.example"}).location == "/cart"
