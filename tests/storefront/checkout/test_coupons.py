"""Coupons at checkout: chosen there, held while one goes on, and told when another checkout was faster."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.promotions.models import CouponCode
from tests.browser import Page, Shopper
from tests.factories import make_code, make_promotion
from tests.storefront.checkout.desk import TYPED, open_shop, order, with_cart
from tests.storefront.promotions.coupons import AMOUNT_OFF, add_customer, adds_up, at_once, give, sign_in


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    """Two lamps are 20.00, delivery 5.00; the code ONCE takes 4.00 off once."""
    open_shop(any_app, stock=40)
    with any_app.app_context(), transaction():
        row = make_promotion(
            conditions=[],
            benefits=[{**AMOUNT_OFF, "amount_minor": 400}],
            requires_code=True,
            name="Once only",
            combines_with=["item", "order", "shipping"],
        )
        make_code(row, "ONCE", usage_limit=1)
    return any_app


def guest_with_code(app: Flask) -> Shopper:
    guest = with_cart(app)
    assert guest.post("/cart/codes", {"code": "once"}).status == 303
    return guest


def ada_with_cart(app: Flask) -> Shopper:
    ada = sign_in(app)
    ada.post("/cart/lines", {"sku": "LAMP", "quantity": "2"})
    return ada


def total(page: Page) -> int:
    return int(page.one(".sums__total data")["value"])


def go_on(shopper: Shopper, page: Page | None = None, **typed: str) -> Page:
    """Do what the page does after a change: keep the draft, and see the summary anew."""
    page = page or shopper.get("/checkout")
    fields = {field["name"]: field.get("value", "") for field in page.all("#checkout-form input[type=hidden]")}
    method = page.all("#checkout-form input[name=shipping_method]")[0]["value"]
    data = {**fields, **TYPED, "shipping_method": method, "payment_provider": "sandbox", **typed}
    return shopper.post("/checkout/draft", data, htmx=True, headers={"HX-Target": "checkout-summary"})


def holder(app: Flask, code: str = "ONCE") -> str:
    with app.app_context():
        return str(db.session.scalar(db.select(CouponCode.locked_by).where(CouponCode.code == code)))


def token_of(page: Page) -> str:
    return str(page.one("#checkout-form input[name=token]")["value"])


def test_the_best_coupon_is_proposed_and_another_or_none_can_be_chosen(shop: Flask) -> None:
    ada = add_customer(shop)
    small, _ = give(shop, ada, off=300), give(shop, ada, off=700)
    shopper = ada_with_cart(shop)
    page = shopper.get("/checkout")
    assert total(page) == 2000 - 700 + 500
    assert total(go_on(shopper, page, coupon=small)) == 2000 - 300 + 500
    assert total(go_on(shopper, page, coupon="none")) == 2500
    assert total(shopper.get("/checkout")) == 2500


def test_without_a_script_a_button_keeps_the_choice(shop: Flask) -> None:
    ada = add_customer(shop)
    small, _ = give(shop, ada, off=300), give(shop, ada, off=700)
    shopper = ada_with_cart(shop)
    page = shopper.get("/checkout")
    button = page.one("#coupon-choice button")
    assert button["formaction"] == "/checkout/draft"
    form = {field["name"]: field.get("value", "") for field in page.all("#checkout-form input[type=hidden]")}
    answer = shopper.post("/checkout/draft", {**form, **TYPED, "coupon": small})
    assert answer.location == "/checkout"
    page = shopper.get("/checkout")
    assert total(page) == 2000 - 300 + 500
    assert page.one("#checkout-form input[name=street]")["value"] == TYPED["street"]


def test_a_choice_made_but_not_seen_is_shown_before_anything_is_ordered(shop: Flask) -> None:
    ada = add_customer(shop)
    small, _ = give(shop, ada, off=300), give(shop, ada, off=700)
    shopper = ada_with_cart(shop)
    answer = order(shopper, coupon=small)
    assert answer.status == 409
    assert total(answer) == 2000 - 300 + 500
    assert order(shopper, answer, coupon=small).status == 303


def test_going_on_holds_the_code_and_choosing_otherwise_gives_it_up(shop: Flask) -> None:
    guest = guest_with_code(shop)
    page = guest.get("/checkout")
    assert holder(shop) == "", "looking holds nothing"
    go_on(guest, page)
    assert holder(shop) == token_of(page)
    guest.post("/cart/codes/ONCE/removal")
    assert holder(shop) == ""


def test_the_wallets_other_coupon_is_held_instead(shop: Flask) -> None:
    ada = add_customer(shop)
    small, big = give(shop, ada, off=300), give(shop, ada, off=700)
    shopper = ada_with_cart(shop)
    page = shopper.get("/checkout")
    go_on(shopper, page)
    assert (holder(shop, big), holder(shop, small)) == (token_of(page), "")
    go_on(shopper, page, coupon=small)
    assert (holder(shop, big), holder(shop, small)) == ("", token_of(page))
    shopper.post("/cart/coupon", {"coupon": "none"})
    assert (holder(shop, big), holder(shop, small)) == ("", "")


def test_a_guest_is_told_that_another_checkout_uses_the_code(shop: Flask) -> None:
    first, second = guest_with_code(shop), guest_with_code(shop)
    seen = second.get("/checkout")
    assert total(seen) == 2100
    go_on(first)
    page = go_on(second, seen)
    assert total(page) == 2500
    assert "being used in another checkout" in page.said
    refused = order(second, seen)
    assert refused.status == 409
    assert total(refused) == 2500
    assert refused.one("#checkout-form input[name=street]")["value"] == TYPED["street"]
    assert order(first).status == 303
    assert order(second, refused).status == 303, "without the code"
    assert adds_up(shop)


def test_a_hold_ends_after_the_minutes_that_the_merchant_sets(shop: Flask) -> None:
    first, second = guest_with_code(shop), guest_with_code(shop)
    go_on(first)
    with time_machine.travel(now() + timedelta(minutes=14)):
        assert total(second.get("/checkout")) == 2500
    with time_machine.travel(now() + timedelta(minutes=16)):
        page = second.get("/checkout")
        assert total(page) == 2100
        assert order(second, page).status == 303
        assert total(first.get("/checkout")) == 2500, "it is used up"


def test_of_two_tabs_the_one_that_goes_on_counts(shop: Flask) -> None:
    guest = guest_with_code(shop)
    one, two = guest.get("/checkout"), guest.get("/checkout")
    assert token_of(one) != token_of(two)
    assert total(go_on(guest, one)) == 2100
    assert total(go_on(guest, two)) == 2100, "the second tab takes it over"
    assert holder(shop) == token_of(two)
    assert order(guest, one).status == 303
    assert order(guest, two).status in {303, 409}
    with shop.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 1
    assert adds_up(shop)


def test_two_guests_who_press_at_once_use_the_code_once(shop: Flask) -> None:
    guests = [guest_with_code(shop) for _ in range(4)]
    pages = [guest.get("/checkout") for guest in guests]
    statuses: list[int] = []

    def press(guest: Shopper, page: Page, number: int) -> None:
        statuses.append(order(guest, page, email=f"guest{number}@example.com").status)

    jobs = [partial(press, *each) for each in zip(guests, pages, range(4), strict=True)]
    assert at_once(shop, jobs) == (4, 0)
    assert sorted(statuses) == [303, 409, 409, 409]
    assert adds_up(shop)


def test_a_cancelled_order_puts_the_coupon_back_into_the_wallet(shop: Flask) -> None:
    ada = add_customer(shop)
    code = give(shop, ada, off=700)
    shopper = ada_with_cart(shop)
    placed = order(shopper, payment_provider="cod")
    assert placed.location.startswith("/orders/"), placed.said
    number = placed.location.removeprefix("/orders/")
    assert number in shopper.get("/account/coupons?show=used").words("#wallet")
    assert "No coupons to use" in shopper.get("/account/coupons").said
    assert shopper.post(f"/orders/{number}/cancellation").status == 303
    assert code in shopper.get("/account/coupons").words("#wallet")
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "2"})
    assert total(shopper.get("/checkout")) == 2000 - 700 + 500
    assert adds_up(shop)
