"""Codes that are guessed: after a number of refusals the next try waits, and nobody else does."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from storefront.cart.trying import CODES
from storefront.database.transaction import transaction
from tests.browser import Page, Shopper
from tests.factories import make_code, make_product, make_promotion
from tests.storefront.promotions.coupons import AMOUNT_OFF, add_customer, sign_in


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        make_product("Cup", price=3000, stock=20, sku="CUP")
        offer = make_promotion(conditions=[], benefits=[AMOUNT_OFF], requires_code=True, name="Spring")
        make_code(offer, "SPRING")
    return any_app


def filling(app: Flask) -> Shopper:
    shopper = Shopper(app)
    assert shopper.post("/cart/lines", {"sku": "CUP"}).status == 303
    return shopper


def enter(shopper: Shopper, code: str, *, at: str = "203.0.113.7", **options: bool) -> Page:
    return shopper.post("/cart/codes", {"code": code}, environ_base={"REMOTE_ADDR": at}, **options)


def guess(shopper: Shopper, times: int, **options: str) -> None:
    for number in range(times):
        assert enter(shopper, f"GUESS-{number}", **options).status == 422


def test_guessing_is_slowed_down_and_time_heals(shop: Flask) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as clock:
        shopper = filling(shop)
        guess(shopper, CODES.together)
        page = enter(shopper, "SPRING")
        assert page.status == 429
        assert "Please wait 10 minutes" in page.said
        assert "Cup" in page.said, "the cart is still there"
        assert "Please wait 10 minutes" in enter(shopper, "SPRING", htmx=True).said
        assert enter(filling(shop), "SPRING", at="203.0.113.7").status == 303, "a neighbour at the same address"
        clock.shift(11 * 60)
        assert enter(shopper, "SPRING").status == 303


def test_codes_that_work_and_empty_fields_never_count(shop: Flask) -> None:
    shopper = filling(shop)
    for _ in range(CODES.together + 2):
        assert enter(shopper, "SPRING").status == 303
        assert enter(shopper, " ").status == 422
    guess(shopper, CODES.together - 1)
    assert enter(shopper, "SPRING").status == 303


def test_a_new_cart_for_each_guess_or_none_does_not_help(shop: Flask) -> None:
    for number in range(CODES.together):
        assert enter(Shopper(shop), f"NONE-{number}").status == 422
    assert enter(Shopper(shop), "SPRING").status == 429
    for number in range(CODES.from_address - CODES.together):
        bare = Shopper(shop)
        bare.client.set_cookie("cart", f"invented-{number}-token-of-a-cart")
        assert enter(bare, f"GUESS-{number}").status == 422
    assert enter(filling(shop), "SPRING").status == 429
    assert enter(filling(shop), "SPRING", at="198.51.100.2").status == 303


def test_a_customer_is_counted_wherever_they_are(shop: Flask) -> None:
    add_customer(shop)
    ada = sign_in(shop)
    for number in range(CODES.by_person):
        assert enter(ada, f"GUESS-{number}", at=f"198.51.100.{number}").status == 422
    assert enter(ada, "SPRING", at="198.51.100.99").status == 429


def test_wrong_passwords_and_wrong_codes_are_counted_apart(shop: Flask) -> None:
    add_customer(shop)
    shopper = filling(shop)
    guess(shopper, CODES.together, at="127.0.0.1")
    assert sign_in(shop).get("/account").status == 200
