"""Coupons in the cart: the best by itself, another by choice, and clear words for those that do not help."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.cart.models import Cart
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.promotions.models import CouponCode, Promotion
from storefront.shop.services import change_settings
from tests.browser import Page, Shopper
from tests.factories import make_code, make_product, make_promotion, make_shipping
from tests.storefront.promotions.coupons import AMOUNT_OFF, add_customer, add_template, give, sign_in

CHOOSER = "#coupons"


@pytest.fixture
def shop(app: Flask) -> Flask:
    with app.app_context(), transaction():
        make_product("Cup", price=3000, stock=20, sku="CUP")
        make_shipping(price=500)
    return app


@pytest.fixture
def ada(shop: Flask) -> int:
    return add_customer(shop)


def total(page: Page) -> int:
    return int(page.one(".sums__total data")["value"])


def options(page: Page) -> dict[str, str]:
    """Return what each choice says, by its value; those that cannot be chosen begin with a cross."""
    found = {}
    for label in page.all(f"{CHOOSER} label"):
        field = label.select_one("input")
        assert field is not None
        mark = "✗ " if field.has_attr("disabled") else ""
        found[str(field["value"])] = mark + " ".join(label.get_text(" ").split())
    return found


def chosen(page: Page) -> str:
    return str(page.one(f"{CHOOSER} input[checked]")["value"])


def add_code(
    app: Flask, code: str, *, off: int = 100, promotion: dict[str, object] | None = None, **values: object
) -> None:
    with app.app_context(), transaction():
        row = make_promotion(
            conditions=[],
            benefits=[{**AMOUNT_OFF, "amount_minor": off}],
            requires_code=True,
            name=f"{code} offer",
            combines_with=["item", "order", "shipping"],
            **(promotion or {}),
        )
        make_code(row, code, **values)


def test_the_best_coupon_of_the_wallet_is_used_by_itself(shop: Flask, ada: int) -> None:
    small, big = give(shop, ada, off=300, name="Small one"), give(shop, ada, off=700, name="Big one")
    far = give(shop, ada, off=2000, need=10000, name="Far one")
    shopper = sign_in(shop)
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    assert total(page) == 3000 - 700 + 500
    assert chosen(page) == ""
    said = options(page)
    assert list(said) == ["", big, small, far, "none"]
    assert "− $7.00" in said[""]
    assert "Saves most" in said[big]
    assert "Saves most" not in said[small]
    assert "− $3.00" in said[small]
    assert said[far].startswith("✗")
    assert "$70.00 more" in said[far]
    assert "2 coupons to use" in page.words(f"{CHOOSER} summary")


def test_another_coupon_or_none_may_be_chosen_and_stays(shop: Flask, ada: int) -> None:
    small, _ = give(shop, ada, off=300), give(shop, ada, off=700)
    shopper = sign_in(shop)
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    page = shopper.submit(page, CHOOSER, coupon=small)
    assert (total(page), chosen(page)) == (3000 - 300 + 500, small)
    page = shopper.submit(page, CHOOSER, coupon="none")
    assert (total(page), chosen(page)) == (3500, "none")
    assert "− $7.00" in options(page)[""], "it says what the best would save, also when none is used"
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    assert chosen(page) == "none"
    page = shopper.submit(page, CHOOSER, coupon="")
    assert total(page) == 6000 - 700 + 500


def test_coupons_that_go_together_are_used_together(shop: Flask, ada: int) -> None:
    every = ["item", "order", "shipping", "coupon"]
    codes = [give(shop, ada, off=off, combines_with=every) for off in (300, 700)]
    shopper = sign_in(shop)
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    assert total(page) == 3000 - 1000 + 500
    said = options(page)
    assert "− $10.00" in said[""]
    assert [("Saves most" in said[code]) for code in codes] == [False, True]
    assert total(shopper.submit(page, CHOOSER, coupon=codes[0])) == 3000 - 300 + 500


def test_htmx_swaps_the_cart_with_the_chooser_still_open(shop: Flask, ada: int) -> None:
    code = give(shop, ada, off=300)
    shopper = sign_in(shop)
    shopper.post("/cart/lines", {"sku": "CUP"})
    page = shopper.post("/cart/coupon", {"coupon": code}, htmx=True)
    assert page.one(f"#cart {CHOOSER} details").has_attr("open")
    assert chosen(page) == code


@pytest.mark.parametrize("choice", ["WHAT", "x" * 5000, "'; drop table cart; --", "\u0000", "优惠券"])
def test_a_choice_that_is_not_there_changes_nothing(shop: Flask, ada: int, choice: str) -> None:
    give(shop, ada, off=300)
    shopper = sign_in(shop)
    shopper.post("/cart/lines", {"sku": "CUP"})
    page = shopper.post("/cart/coupon", {"coupon": choice})
    assert page.status in {200, 303, 400, 409}
    assert total(shopper.get("/cart")) == 3000 - 300 + 500


def test_a_coupon_of_somebody_else_is_refused_to_guests_and_customers(shop: Flask, ada: int) -> None:
    code = give(shop, ada, off=300)
    add_customer(shop, "bob@example.com")
    for shopper in (Shopper(shop), sign_in(shop, "bob@example.com")):
        page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
        refused = shopper.submit(page, ".coupon", code=code)
        assert refused.status == 422
        assert "belongs to another account" in refused.words("#coupon-code-error")
        assert total(refused) == 3500
        assert shopper.post("/cart/coupon", {"coupon": code}).status in {303, 409}
        assert total(shopper.get("/cart")) == 3500


@pytest.mark.parametrize("typed", ["  spring10 ", "Spring 10", "ｓｐｒｉｎｇ１０", "SPRING10\u3000"])
def test_a_code_is_read_however_it_is_typed(shop: Flask, typed: str) -> None:
    add_code(shop, "SPRING10", off=400)
    guest = Shopper(shop)
    page = guest.submit(guest.post("/cart/lines", {"sku": "CUP"}, follow=True), ".coupon", code=typed)
    assert total(page) == 3000 - 400 + 500


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"usage_limit": 1, "used_count": 1}, "has been used up"),
        ({"is_active": False}, "do not know the code"),
        ({"promotion": {"is_active": False}}, "do not know the code"),
        ({"promotion": {"archived_at": now()}}, "do not know the code"),
        ({"ends_at": now() - timedelta(days=1)}, "ended on"),
        ({"starts_at": now() + timedelta(days=1)}, "starts on"),
    ],
)
def test_a_code_that_does_not_hold_says_why_and_the_cart_stays(
    shop: Flask, values: dict[str, object], words: str
) -> None:
    add_code(shop, "CODE", **values)
    guest = Shopper(shop)
    page = guest.post("/cart/lines", {"sku": "CUP"}, follow=True)
    refused = guest.submit(page, ".coupon", code="code")
    assert refused.status == 422
    assert words in refused.words("#coupon-code-error")
    assert total(guest.get("/cart")) == 3500


def test_a_code_ends_at_its_very_second(shop: Flask) -> None:
    end = now().replace(microsecond=0) + timedelta(hours=1)
    add_code(shop, "CODE", off=400, ends_at=end)
    guest = Shopper(shop)
    guest.submit(guest.post("/cart/lines", {"sku": "CUP"}, follow=True), ".coupon", code="code")
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        assert total(guest.get("/cart")) == 3100
    with time_machine.travel(end, tick=False):
        page = guest.get("/cart")
        assert total(page) == 3500
        assert "It has ended" in page.words(".code")


@pytest.mark.parametrize("how", ["archived", "deleted", "switched off"])
def test_a_promotion_that_goes_while_its_code_is_in_a_cart_leaves_the_cart_working(shop: Flask, how: str) -> None:
    add_code(shop, "CODE", off=400)
    guest = Shopper(shop)
    guest.submit(guest.post("/cart/lines", {"sku": "CUP"}, follow=True), ".coupon", code="code")
    with shop.app_context(), transaction():
        if how == "deleted":
            db.session.execute(db.delete(CouponCode))
            db.session.execute(db.delete(Promotion))
        else:
            change = {"archived_at": now(), "is_active": False} if how == "archived" else {"is_active": False}
            db.session.execute(db.update(Promotion).values(**change))
    page = guest.get("/cart")
    assert "This code no longer holds." in page.words(".code")
    assert total(page) == 3500
    assert guest.get("/checkout").status == 200
    assert not guest.submit(page, ".code form").all(".code")


def test_a_chosen_coupon_that_ends_gives_way_to_the_best(shop: Flask, ada: int) -> None:
    code, _ = give(shop, ada, off=700, valid_days=1), give(shop, ada, off=300)
    shopper = sign_in(shop)
    shopper.post("/cart/lines", {"sku": "CUP"})
    shopper.post("/cart/coupon", {"coupon": code})
    assert total(shopper.get("/cart")) == 3000 - 700 + 500
    with time_machine.travel(now() + timedelta(days=3)):
        page = shopper.get("/cart")
        assert (total(page), chosen(page)) == (3000 - 300 + 500, "")


def test_a_typed_code_counts_again_after_another_was_chosen(shop: Flask, ada: int) -> None:
    mine = give(shop, ada, off=300)
    add_code(shop, "CODE", off=900)
    shopper = sign_in(shop)
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    page = shopper.submit(page, CHOOSER, coupon=mine)
    page = shopper.submit(page, ".coupon", code="code")
    assert (total(page), chosen(page)) == (3000 - 900 + 500, "")
    page = shopper.submit(page, CHOOSER, coupon=mine)
    assert "Not used, since you chose otherwise." in page.words(".code")
    page = shopper.submit(page, ".code form")
    assert total(page) == 3000 - 300 + 500


def test_two_coupons_of_one_kind_are_one_choice_and_the_one_that_ends_first_goes_first(shop: Flask, ada: int) -> None:
    add_template(shop, per_customer_claims=2, valid_days=5, off=300)
    shopper = sign_in(shop)
    shopper.post("/coupons/spring/claims")
    with time_machine.travel(now() - timedelta(days=2)):
        sign_in(shop).post("/coupons/spring/claims")
    page = shopper.post("/cart/lines", {"sku": "CUP"}, follow=True)
    with shop.app_context():
        first = db.session.scalars(db.select(CouponCode).order_by(CouponCode.ends_at)).first()
        assert first is not None
        assert list(options(page)) == ["", first.code, "none"]


def test_what_a_guest_chose_comes_along_at_sign_in(shop: Flask, ada: int) -> None:
    give(shop, ada, off=300)
    add_code(shop, "CODE", off=200)
    guest = Shopper(shop)
    guest.submit(guest.post("/cart/lines", {"sku": "CUP"}, follow=True), ".coupon", code="code")
    guest.post("/sign-in", {"email": "ada@example.com", "password": "correct horse battery"})
    page = guest.get("/cart")
    assert total(page) == 3000 - 300 + 500
    assert "which saves more" in page.words(".code")
    with shop.app_context():
        assert db.session.scalars(db.select(Cart)).one().codes == ["CODE"]


def test_a_shop_of_yen_says_yen(app: Flask) -> None:
    with app.app_context(), transaction():
        change_settings(values={"currency": "JPY"}, at=now())
        make_product("Cup", price=3000, stock=20, sku="CUP")
        make_shipping(price=500)
    ada = add_customer(app)
    code = give(app, ada, off=300)
    page = sign_in(app).post("/cart/lines", {"sku": "CUP"}, follow=True)
    assert total(page) == 3200
    assert "− ¥300" in options(page)[code]
