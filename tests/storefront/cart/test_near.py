"""Savings within reach: a panel for each, with goods that bring it nearer at a sensible price."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.shelves import ruling
from storefront.discovery.shelves.rules import EVERY_SHELF, Actions
from storefront.kernel.clock import now
from storefront.promotions.models import Promotion
from tests.browser import Page, Shopper
from tests.factories import make_category, make_code, make_product, make_promotion, make_shipping, make_variant

SPEND_50 = {"kind": "spend_ladder", "rungs": [{"spend_minor": 5000, "off_minor": 500}]}


@pytest.fixture
def shop(app: Flask) -> Flask:
    """Goods at many prices; of 10.00, 11.00 and 12.00 there are three liked in different measure."""
    with app.app_context(), transaction():
        drinks = make_category("Drinks")
        make_product("Tea", price=1000, sku="TEA", category=drinks, stock=50)
        make_product("Coffee", price=1200, sku="COFFEE", category=drinks, popularity=1)
        for sku, price, liked in (
            *(("SALT", 200, 90), ("CUP", 1000, 80), ("PLATE", 1100, 70), ("BOWL", 1900, 60), ("POT", 4500, 99)),
            *(("SPOON", 400, 50), ("PAN", 2500, 40), ("TURKEY", 9000, 100)),
        ):
            make_product(sku.title(), price=price, sku=sku, popularity=liked)
        make_shipping(price=500)
    return app


def offer(app: Flask, benefit: dict[str, Any], **values: Any) -> int:
    with app.app_context(), transaction():
        return make_promotion(**{"conditions": [], "benefits": [benefit], **values}).id


def cart_of(app: Flask, **wanted: int) -> Page:
    shopper = Shopper(app)
    for sku, quantity in wanted.items():
        shopper.post("/cart/lines", {"sku": sku, "quantity": str(quantity)})
    return shopper.get("/cart")


def goods_of(page: Page) -> list[list[str]]:
    return [[str(card["data-sku"]) for card in panel.select("article")] for panel in page.all(".next-saving")]


def test_goods_of_the_categories_in_the_cart_come_first_and_none_is_far_too_dear(shop: Flask) -> None:
    offer(shop, SPEND_50)
    page = cart_of(shop, TEA=4)
    assert "Add $10.00 more to save $5.00" in page.words(".next-saving")
    assert goods_of(page) == [["CUP", "PLATE", "COFFEE"]]


def test_goods_of_the_department_come_before_what_is_sold_most(shop: Flask) -> None:
    offer(shop, SPEND_50)
    with shop.app_context(), transaction():
        food = make_category("Food")
        for name, liked in (("Fruit", 0), ("Bread", 5)):
            within = make_category(name, parent=food)
            make_product(name, price=1000, sku=name.upper(), category=within, stock=50, popularity=liked)
    assert sorted(goods_of(cart_of(shop, FRUIT=4))[0]) == ["BREAD", "CUP", "PLATE"]


@pytest.mark.parametrize(("shelf", "is_heard"), [("cart", True), (EVERY_SHELF, True), ("home", False)])
def test_what_a_rule_keeps_from_the_cart_is_not_offered(shop: Flask, shelf: str, is_heard: bool) -> None:
    offer(shop, SPEND_50)
    with shop.app_context(), transaction():
        bar = make_category("Bar")
        shelf_of_wine = make_category("Wine", parent=bar)
        for name in ("Red", "White"):
            make_product(name, price=1000, sku=name.upper(), category=shelf_of_wine, popularity=500)
        cup = db.session.scalars(select(Variant.product_id).where(Variant.sku == "CUP")).one()
        actions = Actions(category_ids=(bar.id,), buries=(cup,))
        ruling.add_rule(plan=ruling.RulePlan("Not with a cart", shelf, actions), by="staff:1", at=now())
    assert sorted(goods_of(cart_of(shop, TEA=4))[0]) == (
        ["BOWL", "COFFEE", "PLATE"] if is_heard else ["COFFEE", "RED", "WHITE"]
    )


def test_goods_whose_card_shows_another_piece_are_passed_over_however_many_they_are(shop: Flask) -> None:
    offer(shop, SPEND_50)
    with shop.app_context(), transaction():
        for number in range(8):
            packed = make_product(price=150, sku=f"SMALL{number}", popularity=200)
            make_variant(packed, price=1500, sku=f"LARGE{number}")
    assert goods_of(cart_of(shop, TEA=4)) == [["CUP", "PLATE", "COFFEE"]]


def test_a_gap_that_is_far_gets_goods_that_people_like(shop: Flask) -> None:
    offer(shop, SPEND_50)
    [skus] = goods_of(cart_of(shop, TEA=1))
    assert skus == ["CUP", "PLATE", "COFFEE"]
    assert "TURKEY" not in skus


def test_every_panel_has_its_goods(shop: Flask) -> None:
    offer(shop, SPEND_50, name="Fifty")
    delivery = {"kind": "delivery_off", "basis_points": 10_000}
    need = [{"kind": "spend_at_least", "amount_minor": 4200}]
    offer(shop, delivery, conditions=need, promotion_class="shipping", name="No fee")
    page = cart_of(shop, TEA=4)
    assert len(page.all(".next-saving")) == 2
    assert all(goods_of(page))
    assert all(panel.select("form.card__add button") for panel in page.all(".next-saving"))


def test_the_missing_piece_of_a_set_is_shown_itself(shop: Flask) -> None:
    parts = [{"scope": {"skus": [sku]}, "count": 1} for sku in ("TEA", "POT")]
    offer(shop, {"kind": "bundle", "parts": parts, "off_minor": 300}, promotion_class="item", name="Tea time")
    page = cart_of(shop, TEA=1)
    assert "to complete the set" in page.words(".next-saving")
    assert goods_of(page) == [["POT"]]


def test_a_second_piece_is_one_that_is_as_dear(shop: Flask) -> None:
    half = {"kind": "nth_item", "nth": 2, "basis_points": 5000, "together": "scope"}
    offer(shop, half, promotion_class="item", name="Second half")
    [skus] = goods_of(cart_of(shop, TEA=1))
    assert skus == ["CUP", "PLATE", "COFFEE"]


def test_an_offer_lowers_what_a_product_adds(shop: Flask) -> None:
    offer(shop, SPEND_50)
    tenth = {"kind": "percent_off", "basis_points": 1000, "scope": {"skus": ["CUP"]}}
    offer(shop, tenth, promotion_class="item", name="Cups")
    [skus] = goods_of(cart_of(shop, TEA=4))
    assert "CUP" not in skus


def test_a_coupon_that_nobody_typed_is_not_near(shop: Flask) -> None:
    number = offer(shop, SPEND_50, requires_code=True, name="Coupon")
    with shop.app_context(), transaction():
        make_code(db.session.get_one(Promotion, number), "FIFTY")
    shopper = Shopper(shop)
    shopper.post("/cart/lines", {"sku": "TEA", "quantity": "4"})
    assert shopper.get("/cart").all(".next-saving") == []
    shopper.post("/cart/codes", {"code": "FIFTY"})
    assert "Coupon" in shopper.get("/cart").words(".next-saving")


def test_the_sum_that_is_saved_counts_gifts_and_reduced_prices_but_not_points(shop: Flask) -> None:
    offer(shop, {"kind": "percent_off", "basis_points": 1000}, promotion_class="item", name="Tenth")
    gift = {"kind": "gift", "skus": ["SALT"], "count": 1}
    offer(shop, gift, conditions=[{"kind": "spend_at_least", "amount_minor": 1500}], name="Salt")
    page = cart_of(shop, TEA=2)
    assert "You save $4.00" in page.words(".sums__saved")
    assert "Salt" in page.words(".line--gift")
    checkout = Shopper(shop)
    checkout.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    assert "You save $4.00" in checkout.get("/checkout").said


def test_checkout_says_too_which_offers_were_not_used(shop: Flask) -> None:
    offer(shop, {"kind": "percent_off", "basis_points": 2000}, combines_with=["item"], name="Fifth")
    offer(shop, {"kind": "percent_off", "basis_points": 1000}, combines_with=["item"], name="Tenth")
    shopper = Shopper(shop)
    shopper.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    for path in ("/cart", "/checkout"):
        words = shopper.get(path).words(".considered")
        assert "Tenth It cannot be combined with “Fifth”, which saves more. It alone would save $2.00." in words
