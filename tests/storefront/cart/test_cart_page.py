"""The cart as a shopper meets it: with plain forms, and with htmx."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from tests.browser import Page, Shopper
from tests.factories import (
    make_brand,
    make_category,
    make_code,
    make_customer,
    make_product,
    make_promotion,
    make_shipping,
)


def stock_a_shop(app: Flask) -> None:
    """Tea at 10.00, a cup at 30.00, a pot at 45.00 with 2 left, delivery at 5.00."""
    with app.app_context(), transaction():
        drinks = make_category("Drinks")
        make_product("Tea", price=1000, stock=10, sku="TEA", category=drinks, popularity=5)
        make_product("Cup", price=3000, stock=10, sku="CUP", popularity=9)
        make_product("Pot", price=4500, stock=2, sku="POT", popularity=7)
        make_shipping(price=500)


def offer(app: Flask, benefit: dict[str, Any], **values: Any) -> None:
    with app.app_context(), transaction():
        make_promotion(conditions=values.pop("conditions", []), benefits=[benefit], **values)


def spend_50_save_5(app: Flask) -> None:
    offer(
        app,
        {"kind": "spend_ladder", "rungs": [{"spend_minor": 5000, "off_minor": 500}]},
        name="Spring saving",
        translations={"zh": {"name": "春季满减"}},
    )


def change_variant(app: Flask, sku: str, **values: Any) -> None:
    with app.app_context(), transaction():
        variant = db.session.scalars(db.select(Variant).where(Variant.sku == sku)).one()
        for name, value in values.items():
            setattr(variant, name, value)


def amounts(page: Page, selector: str) -> list[int]:
    return [int(tag["value"]) for tag in page.all(f"{selector} data")]


@pytest.fixture
def shop(app: Flask) -> Flask:
    stock_a_shop(app)
    return app


@pytest.fixture
def visitor(shop: Flask) -> Shopper:
    return Shopper(shop)


def test_an_empty_cart_says_so_and_sets_no_cookie(visitor: Shopper) -> None:
    page = visitor.get("/cart")
    assert page.status == 200
    assert "Your cart is empty" in page.said
    assert "Set-Cookie" not in page.response.headers


def test_goods_go_into_a_guest_cart_with_a_plain_form(visitor: Shopper) -> None:
    answer = visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    assert (answer.status, answer.location) == (303, "/cart")
    cookie = next(c for c in answer.response.headers.getlist("Set-Cookie") if c.startswith("cart="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = visitor.get("/cart")
    assert amounts(page, ".line__amount") == [2000]
    assert amounts(page, ".sums__total") == [2500]
    assert page.one(".cart__pay a[href='/checkout']")


def test_the_cookie_is_secure_over_https(visitor: Shopper) -> None:
    answer = visitor.post("/cart/lines", {"sku": "TEA"}, base_url="https://localhost")
    assert "Secure" in next(c for c in answer.response.headers.getlist("Set-Cookie") if c.startswith("cart="))


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/products/tea?sku=TEA", "/products/tea?sku=TEA"),
        ("//evil.example", "/cart"),
        ("https://evil.example", "/cart"),
    ],
)
def test_the_way_back_stays_in_the_shop(visitor: Shopper, target: str, location: str) -> None:
    assert visitor.post("/cart/lines", {"sku": "TEA", "next": target}).location == location


def test_adding_again_adds_up(visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    visitor.post("/cart/lines", {"sku": "TEA"})
    assert amounts(visitor.get("/cart"), ".line__amount") == [3000]


@pytest.mark.parametrize("quantity", ["0", "-1", "1e9", "abc", "", "1.5", "１２x", "9" * 20, "100"])
def test_a_quantity_that_makes_no_sense_is_answered_clearly(visitor: Shopper, quantity: str) -> None:
    page = visitor.post("/cart/lines", {"sku": "TEA", "quantity": quantity})
    assert page.status == 422
    assert page.words("#cart .notice")
    assert "Your cart is empty" in page.said
    fragment = visitor.post("/cart/lines", {"sku": "TEA", "quantity": quantity}, htmx=True)
    assert (fragment.status, fragment.response.headers["HX-Retarget"]) == (422, "#flash")


@pytest.mark.parametrize("quantity", ["-1", "1e9", "abc", "", "1000"])
def test_a_line_keeps_its_quantity_when_the_new_one_makes_no_sense(visitor: Shopper, quantity: str) -> None:
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    page = visitor.post("/cart/lines/TEA", {"quantity": quantity})
    assert page.status == 422
    assert amounts(page, ".line__amount") == [2000]


def test_full_width_digits_are_digits(visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": " ３ "})
    assert amounts(visitor.get("/cart"), ".line__amount") == [3000]


@pytest.mark.parametrize("sku", ["NOTHING", "", "x" * 5000, "'; drop table cart; --", "茶"])
def test_a_sku_that_is_not_sold_is_not_found(visitor: Shopper, sku: str) -> None:
    page = visitor.post("/cart/lines", {"sku": sku})
    assert page.status == 404
    assert "no longer for sale" in page.said


def test_more_than_there_is_fills_the_cart_with_what_there_is_and_says_so(visitor: Shopper) -> None:
    page = visitor.post("/cart/lines", {"sku": "POT", "quantity": "5"}, follow=True)
    assert "There are only 2 of “Pot”" in page.said
    assert amounts(page, ".line__amount") == [9000]
    again = visitor.post("/cart/lines", {"sku": "POT"})
    assert again.status == 409
    assert "as many of “Pot” as you can buy now: 2" in again.said


def test_the_stepper_and_the_field_change_a_line(visitor: Shopper) -> None:
    page = visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"}, follow=True)
    page = visitor.submit(page, ".line form:has(.stepper)", quantity="3")
    assert amounts(page, ".line__amount") == [3000]
    page = visitor.submit(page, ".line form:has(.stepper)", quantity="2", typed="7")
    assert amounts(page, ".line__amount") == [7000], "what was typed wins over the button that Enter presses"


def test_a_line_is_taken_out_and_put_back(visitor: Shopper) -> None:
    page = visitor.post("/cart/lines", {"sku": "TEA", "quantity": "4"}, follow=True)
    page = visitor.submit(page, ".line form:not(:has(.stepper))", quantity="0")
    assert "Your cart is empty" in page.said
    page = visitor.submit(page, ".notice__way-back")
    assert amounts(page, ".line__amount") == [4000]
    assert not visitor.get("/cart?removed=TEA&quantity=4").all(".notice__way-back"), "it is back already"


def test_zero_takes_a_line_out(visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "4"})
    answer = visitor.post("/cart/lines/TEA", {"quantity": "0"})
    assert answer.location == "/cart?removed=TEA&quantity=4"


def test_a_card_becomes_a_stepper_by_htmx(visitor: Shopper) -> None:
    answer = visitor.post("/cart/lines", {"sku": "TEA", "quantity": "1"}, htmx=True)
    assert answer.response.headers["HX-Trigger"] == "cart:changed"
    assert answer.one(".stepper output").get_text() == "1"
    assert answer.one("#flash[hx-swap-oob]")
    answer = visitor.post("/cart/lines/TEA", {"quantity": "0"}, htmx=True)
    assert answer.one("button.add")


def test_the_cart_page_is_swapped_as_one_piece_by_htmx(visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA"})
    headers = {"HX-Target": "cart"}
    answer = visitor.post("/cart/lines/TEA", {"quantity": "3"}, htmx=True, headers=headers)
    assert answer.response.headers["HX-Trigger"] == "cart:changed"
    assert amounts(answer, "#cart .line__amount") == [3000]
    answer = visitor.post("/cart/lines/TEA", {"quantity": "0"}, htmx=True, headers=headers)
    assert answer.one("#cart .notice__way-back input[name=quantity]")["value"] == "3"


@pytest.mark.parametrize(("sku", "rows"), [("TEA", ["taken out", "CUP"]), ("CUP", ["TEA", "taken out"])])
def test_what_was_taken_out_can_be_put_back_where_it_stood(visitor: Shopper, sku: str, rows: list[str]) -> None:
    for each in ("TEA", "CUP"):
        visitor.post("/cart/lines", {"sku": each})
    place = visitor.get("/cart").one(f".line[data-sku={sku}] .line__tools form:last-child input[name=place]")["value"]
    form = {"quantity": "0", "place": place}
    answer = visitor.post(f"/cart/lines/{sku}", form, htmx=True, headers={"HX-Target": "cart"})
    assert [row.get("data-sku", "taken out") for row in answer.all("#cart .lines > li")] == rows
    assert answer.all("[data-takes-focus]") == answer.all(".lines .notice")


def test_only_a_line_that_costs_something_else_than_its_price_says_why(shop: Flask, visitor: Shopper) -> None:
    for sku in ("TEA", "CUP"):
        visitor.post("/cart/lines", {"sku": sku})
    assert not visitor.get("/cart").all(".line .why")


def test_the_badge_counts_pieces_and_money(visitor: Shopper) -> None:
    assert visitor.get("/cart/badge", htmx=True).one("#cart-badge")["data-count"] == "0"
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    badge = visitor.get("/cart/badge", htmx=True)
    assert badge.one("#cart-badge")["data-count"] == "2"
    assert amounts(badge, "#cart-badge") == [2000]


def test_a_promotion_is_named_where_it_falls_and_adds_up(shop: Flask, visitor: Shopper) -> None:
    spend_50_save_5(shop)
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    page = visitor.post("/cart/lines", {"sku": "CUP"}, follow=True)
    assert "Spring saving" in page.words(".sums")
    assert amounts(page, ".line__saving") == [200, 300]
    assert amounts(page, ".sums__total") == [5000 - 500 + 500]
    assert "Price: 2 × $10.00" in page.all(".line .why")[0].get_text(" ", strip=True)


def test_the_same_in_chinese_uses_the_merchants_chinese_name(shop: Flask) -> None:
    spend_50_save_5(shop)
    reader = Shopper(shop, language="zh-CN")
    page = reader.post("/cart/lines", {"sku": "CUP", "quantity": "2"}, follow=True)
    assert "春季满减" in page.said


def test_the_next_saving_is_said_with_products_that_reach_it(shop: Flask, visitor: Shopper) -> None:
    spend_50_save_5(shop)
    page = visitor.post("/cart/lines", {"sku": "TEA", "quantity": "3"}, follow=True)
    assert "Add $20.00 more to save $5.00" in page.words(".next-saving")
    bar = page.one(".next-saving progress")
    assert (bar["value"], bar["max"]) == ("3000", "5000")
    assert [card["data-sku"] for card in page.all(".next-saving article")] == ["CUP"]


def test_goods_without_a_brand_close_a_gap_that_only_some_brands_do_not(app: Flask) -> None:
    with app.app_context(), transaction():
        dear, other = make_brand("Dear"), make_brand("Other")
        for sku, brand in (("PLAIN", None), ("DEAR", dear.id), ("OTHER", other.id)):
            make_product(sku.title(), price=3000, sku=sku, brand_id=brand)
        make_shipping(price=500)
        scope = {"exclude": {"brand_ids": [dear.id]}}
    offer(
        app, {"kind": "spend_ladder", "rungs": [{"spend_minor": 6000, "off_minor": 500}], "scope": scope}, name="Saving"
    )
    with app.app_context(), transaction():
        make_product("Tea", price=4000, sku="TEA")
    page = Shopper(app).post("/cart/lines", {"sku": "TEA"}, follow=True)
    assert {card["data-sku"] for card in page.all(".next-saving article")} == {"PLAIN", "OTHER"}


def test_a_code_applies_and_is_removed(shop: Flask, visitor: Shopper) -> None:
    with shop.app_context(), transaction():
        ten = make_promotion(
            conditions=[], benefits=[{"kind": "percent_off", "basis_points": 1000}], requires_code=True, name="Ten"
        )
        make_code(ten, "TEN")
    page = visitor.post("/cart/lines", {"sku": "CUP"}, follow=True)
    page = visitor.submit(page, ".coupon", code=" ｔｅｎ ")
    assert amounts(page, ".code") == [300]
    assert amounts(page, ".sums__total") == [3200]
    page = visitor.submit(page, ".code form")
    assert amounts(page, ".sums__total") == [3500]


def test_a_code_that_gives_nothing_says_why(shop: Flask, visitor: Shopper) -> None:
    page = visitor.post("/cart/lines", {"sku": "CUP"}, follow=True)
    for code, words in (("", "enter a code"), ("WHAT", "do not know the code “WHAT”"), ("x" * 500, "do not know")):
        refused = visitor.submit(page, ".coupon", code=code)
        assert refused.status == 422
        assert words in refused.words("#coupon-code-error")


def test_a_withdrawn_variant_stays_visible_and_costs_nothing(shop: Flask, visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA"})
    visitor.post("/cart/lines", {"sku": "CUP"})
    change_variant(shop, "TEA", is_active=False)
    page = visitor.get("/cart")
    assert "No longer for sale" in page.words(".line--out")
    assert amounts(page, ".sums__total") == [3500]
    page = visitor.submit(page, ".line--out form", quantity="0")
    assert not page.all(".line--out")


def test_a_cart_of_nothing_but_sold_out_goods_offers_no_checkout(shop: Flask, visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "POT", "quantity": "2"})
    empty_the_shelf(shop, "POT", 0)
    page = visitor.get("/cart")
    assert "Sold out for now" in page.said
    assert not page.all("a[href='/checkout']")


def test_what_is_left_is_priced_where_less_is_left_than_wanted(shop: Flask, visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA", "quantity": "5"})
    empty_the_shelf(shop, "TEA", 3)
    page = visitor.get("/cart")
    assert "Only 3 are left of the 5 you want" in page.said
    assert amounts(page, ".line__amount") == [3000]


def test_a_changed_price_is_told(shop: Flask, visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA"})
    change_variant(shop, "TEA", price_minor=1200)
    page = visitor.get("/cart")
    assert "The price was $10.00 when you put it in" in page.said
    assert amounts(page, ".line__amount") == [1200]


def test_an_unpublished_product_cannot_be_added(shop: Flask, visitor: Shopper) -> None:
    with shop.app_context(), transaction():
        db.session.scalars(db.select(Product).where(Product.name == "Tea")).one().is_published = False
    assert visitor.post("/cart/lines", {"sku": "TEA"}).status == 404


def test_another_site_cannot_put_anything_in(visitor: Shopper) -> None:
    page = visitor.post("/cart/lines", {"sku": "TEA"}, htmx=True, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    assert "Your cart is empty" in visitor.get("/cart").said


def test_a_stranger_cannot_guess_a_cart(shop: Flask, visitor: Shopper) -> None:
    visitor.post("/cart/lines", {"sku": "TEA"})
    other = Shopper(shop)
    for token in ("", "1", "x" * 3_000, "%00", "' or 1=1 --"):
        other.client.set_cookie("cart", token)
        assert "Your cart is empty" in other.get("/cart").said


@pytest.mark.usefixtures("nothing_grows_old")
def test_the_cart_page_asks_the_database_ten_times_at_most(shop: Flask) -> None:
    spend_50_save_5(shop)
    with shop.app_context(), transaction():
        customer = make_customer("ada@example.com")
        once = make_promotion(
            conditions=[],
            benefits=[{"kind": "percent_off", "basis_points": 500}],
            per_customer_limit=1,
            usage_limit=5,
            requires_code=True,
        )
        make_code(once, "ONCE")
        version, number = customer.session_version, customer.id
    reader = Shopper(shop)
    with reader.client.session_transaction() as session:
        session["_user_id"] = f"customer:{number}:{version}"
        session["_fresh"] = True
    reader.post("/cart/lines", {"sku": "TEA", "quantity": "2"})
    reader.post("/cart/codes", {"code": "once"})
    reader.get("/cart")
    asked: list[str] = []
    with shop.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        page = reader.get("/cart")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert page.all(".next-saving article")
    assert page.all(".code .saving")
    assert len(asked) <= 10, "\n".join(asked)


def empty_the_shelf(app: Flask, sku: str, left: int) -> None:
    with app.app_context(), transaction():
        variant = db.session.scalars(db.select(Variant).where(Variant.sku == sku)).one()
        level = db.session.scalars(db.select(StockLevel).where(StockLevel.variant_id == variant.id)).one()
        level.on_hand = left


def test_the_badge_asks_once_and_then_only_listens(app: Flask) -> None:
    """A badge that asked again whenever it came would never stop, least of all for somebody without a cart."""
    page = Shopper(app).get("/cart/badge", htmx=True)
    assert page.one("#cart-badge")["hx-trigger"] == "cart:changed from:body"
