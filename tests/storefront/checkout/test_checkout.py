"""From cart to order, as shoppers and browsers do it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.checkout import jobs
from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory import queries as inventory
from storefront.kernel.clock import now
from storefront.orders import ledgers as order_ledgers
from storefront.orders import queries as orders
from storefront.orders.models import Order, OrderLine
from tests import factories
from tests.browser import Shopper
from tests.storefront.checkout.desk import CHINESE, TYPED, buy, open_shop, order, with_cart


def only_order(app: Flask) -> Order:
    with app.app_context():
        order_id = db.session.scalars(db.select(Order.id)).one()
        return orders.get_whole(order_id)


def test_a_guest_orders_and_pays(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    assert page.one("#checkout-summary .button").get_text(strip=True) == "Pay $25.00"
    placed = order(shopper, page)
    assert placed.location.startswith("/payments/")
    pay = shopper.get(placed.location)
    assert "no money moves" in pay.said
    done = shopper.post(placed.location, {"amount": "2500", "currency": "USD", "decision": "approve"}, follow=True)
    assert done.status == 200
    assert "We are packing your order" in done.said
    assert done.words(".sums__total dd") == "$25.00"
    stored = only_order(any_app)
    assert (stored.payment_status, stored.total_minor, stored.email) == ("paid", 2500, "ada@example.com")
    assert stored.phone == "+12125550123"
    assert shopper.get("/cart").all(".line") == []
    with any_app.app_context():
        variant = db.session.scalars(db.select(OrderLine.variant_id)).one()
        assert inventory.available([variant or 0]) == {variant: 3}
        assert list(order_ledgers.discrepancies()) == []


def test_cash_on_delivery_goes_straight_to_the_order(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    placed = order(shopper, payment_provider="cod")
    page = shopper.get(placed.location)
    assert "Please have $25.00 ready for the courier." in page.said
    assert page.all(".timeline [aria-current]")[0].get_text(strip=True) == "We are packing your order"
    assert only_order(app).pay_before is None


def test_an_order_for_nothing_asks_for_no_payment(app: Flask) -> None:
    open_shop(app, price=0)
    with app.app_context(), transaction():
        method = db.session.execute(db.text("UPDATE shipping_method SET price_minor = 0"))
        assert method is not None
    shopper = with_cart(app, 1)
    page = shopper.get("/checkout")
    assert "There is nothing to pay." in page.said
    assert page.one("#checkout-summary .button").get_text(strip=True) == "Place the order"
    assert "There is nothing left to do for you." in order(shopper, page, follow=True).said
    assert only_order(app).payment_status == "paid"


def test_the_form_tells_browsers_and_thumbs_what_to_fill_in(app: Flask) -> None:
    open_shop(app)
    page = with_cart(app).get("/checkout")
    hints = {str(field["name"]): field.get("autocomplete") for field in page.all("input.input, select.input")}
    assert hints["email"] == "email"
    assert hints["phone"] == "tel"
    assert hints["street"] == "address-line1"
    assert hints["postcode"] == "postal-code"
    assert hints["country"] == "country"
    email = page.one("#email")
    assert (email["inputmode"], email["enterkeyhint"], email["type"]) == ("email", "next", "email")


def test_nothing_typed_is_lost(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    refused = order(shopper, email="not-an-address", note="Ring twice")
    assert refused.status == 422
    assert refused.one("#street")["value"] == "1 Main Street"
    later = shopper.get("/checkout")
    assert later.one("#email")["value"] == "not-an-address"
    assert later.one("#note").get_text(strip=True) == "Ring twice"
    assert later.one("#postcode")["value"] == "10001"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("email", "", "Please fill this in"),
        ("email", "ada", "does not look right"),
        ("email", "ada@localhost", "does not look right"),
        ("email", "a" * 300 + "@example.com", "too long"),
        ("email", "ada@exa mple.com", "does not look right"),
        ("name", "", "Please fill this in."),
        ("name", "x" * 200, "too long"),
        ("phone", "", "Please fill this in."),
        ("phone", "12", "does not look right"),
        ("phone", "abc", "does not look right"),
        ("street", " ", "Please fill this in."),
        ("city", "", "Please fill this in."),
        ("region", "", "Please fill this in."),
        ("postcode", "ABCDE", "Example: 95014"),
        ("postcode", "", "Please fill this in."),
        ("country", "ZZ", "choose a country"),
        ("note", "x" * 501, "under 500 characters"),
        ("payment_provider", "gold", "choose a way to pay"),
        ("payment_provider", "", "choose a way to pay"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_at_the_top(app: Flask, field: str, typed: str, words: str) -> None:
    open_shop(app)
    shopper = with_cart(app)
    refused = order(shopper, **{field: typed})
    assert refused.status == 422
    (link,) = refused.all("[data-takes-focus] a")
    assert link["href"] == f"#{field}"
    assert words in link.get_text()
    assert words in refused.one(f"#{field}-error").get_text()
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0


def test_a_country_that_nobody_drives_to_is_refused(app: Flask) -> None:
    with app.app_context(), transaction():
        factories.make_product("Lamp", sku="LAMP")
        factories.make_shipping(500, countries=("US",))
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert [option["value"] for option in page.all("#country option")] == ["US"]
    refused = order(shopper, page, country="FR", postcode="75001", phone="+12125550123")
    assert refused.status == 409
    assert "We do not deliver to France yet. Your cart is kept" in refused.said


def test_a_country_changed_without_the_button_is_asked_again(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        factories.make_shipping(1900, countries=("FR",))
    shopper = with_cart(app)
    asked = order(shopper, country="FR", postcode="75001", phone="+12125550123")
    assert asked.status == 409
    assert "Delivery now costs $19.00; it was $5.00." in asked.said
    assert order(shopper, asked, country="FR", postcode="75001", phone="+12125550123").status == 303
    assert only_order(app).shipping_minor == 1900


def test_a_chinese_address_in_its_own_format(app: Flask) -> None:
    open_shop(app, currency="CNY", country="CN", timezone="Asia/Shanghai")
    shopper = with_cart(app, language="zh")
    page = shopper.get("/checkout")
    names = [str(field["name"]) for field in page.all("#checkout-form .form .input[name]")]
    assert names.index("region") < names.index("city") < names.index("district") < names.index("street")
    order(shopper, page, **CHINESE, postcode="")
    stored = only_order(app)
    assert stored.shipping_address["region"] == "广东省"
    assert stored.phone == "+8613800138000"
    assert (stored.currency, stored.locale) == ("CNY", "zh")


def test_a_chinese_address_needs_its_district(app: Flask) -> None:
    open_shop(app, country="CN")
    shopper = with_cart(app)
    refused = order(shopper, **{**CHINESE, "district": ""}, postcode="")
    assert refused.status == 422
    assert refused.one("[data-takes-focus] a")["href"] == "#district"


def test_yen_have_no_digits_behind_the_point(app: Flask) -> None:
    open_shop(app, currency="JPY", price=1980)
    shopper = with_cart(app, 1)
    page = shopper.get("/checkout")
    assert page.one("#checkout-summary .button").get_text(strip=True) == "Pay ¥2,480"
    placed = order(shopper, page)
    approve = shopper.get(placed.location)
    assert approve.one("input[name=amount]")["value"] == "2480"
    assert only_order(app).total_minor == 2480


def test_the_country_decides_what_delivery_costs(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        factories.make_shipping(1900, countries=("FR",))
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert page.words(".sums__total dd") == "$25.00"
    french = {**TYPED, "country": "FR"}
    form = shopper.post(
        "/checkout/draft",
        {**french, "token": page.one("[name=token]")["value"]},
        htmx=True,
        headers={"HX-Target": "checkout-form"},
    )
    assert form.status == 200
    assert form.words(".sums__total dd") == "$39.00"
    assert form.one("#street")["value"] == "1 Main Street"
    kept = shopper.get("/checkout")
    assert kept.one("#country option[selected]")["value"] == "FR"
    assert kept.words(".sums__total dd") == "$39.00"


def test_without_javascript_the_country_is_sent_by_a_button(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert page.one("#country ~ [formaction]")["formaction"] == "/checkout/draft"
    data = {**TYPED, "country": "CN", "token": page.one("[name=token]")["value"]}
    assert shopper.post("/checkout/draft", data).location == "/checkout"
    assert shopper.get("/checkout").one("#district")["name"] == "district"


def test_a_method_chosen_changes_the_total_and_is_kept(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        db.session.execute(
            db.text(
                "INSERT INTO shipping_method (zone_id, code, name, translations, position, price_minor, "
                "measure, first_units, additional_units, additional_price_minor, excluded, surcharges, min_days, "
                "max_days, lead_days, weekdays, is_active) SELECT zone_id, 'express', 'Express', '{}', 9, 1500, "
                "'weight', 0, 0, 0, '[]', '[]', 1, 1, 0, '012345', true FROM shipping_method"
            )
        )
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    data = {**TYPED, "shipping_method": "express", "token": page.one("[name=token]")["value"]}
    part = shopper.post("/checkout/draft", data, htmx=True, headers={"HX-Target": "checkout-summary"})
    assert part.one("aside")["id"] == "checkout-summary"
    assert part.words(".sums__total dd") == "$35.00"
    order(shopper)
    assert only_order(app).shipping_method_code == "express"
    assert only_order(app).shipping_method_name == "Express"


def test_where_nothing_is_delivered_nothing_can_be_ordered(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        db.session.execute(db.text("UPDATE shipping_method SET is_active = false"))
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert "We do not deliver to United States yet" in page.said
    assert page.one("#checkout-summary .button").has_attr("disabled")
    assert order(shopper, page).status == 422


def test_an_empty_cart_leads_back_to_the_cart(app: Flask, shopper: Shopper) -> None:
    open_shop(app)
    assert shopper.get("/checkout").location == "/cart"
    refused = shopper.post("/checkout", {**TYPED, "token": "x" * 32})
    assert refused.status == 404
    assert "too old" in refused.said


def test_a_form_without_its_token_orders_nothing(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    for token in ("", "short", "y" * 65):
        assert order(shopper, page, token=token).status == 404


def test_the_token_of_another_cart_is_refused(app: Flask) -> None:
    open_shop(app)
    ada, bob = with_cart(app), with_cart(app)
    page = ada.get("/checkout")
    order(ada, page, email="bad")
    assert order(bob, page).status == 404


def test_another_site_cannot_place_an_order(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    data = {**TYPED, "token": page.one("[name=token]")["value"], "quote": page.one("[name=quote]")["value"]}
    refused = shopper.post("/checkout", data, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CheckoutSession)) == 0


def test_prices_of_promotions_reach_the_receipt(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        factories.make_promotion(
            name="Lamp week",
            conditions=[],
            benefits=[{"kind": "percent_off", "basis_points": 1500}],
            promotion_class="order",
        )
    shopper, number = buy(app, payment_provider="cod")
    page = shopper.get(f"/orders/{number}")
    assert "Lamp week" in page.said
    assert page.words(".sums__total dd") == "$22.00"
    sums = [int(str(data["value"])) for data in page.all(".sums > div:not(.sums__total) data")]
    assert sum(sums) == 2200
    assert "Lamp week" in page.all(".traced")[0].get_text()
    with app.app_context():
        assert list(order_ledgers.discrepancies()) == []


def test_the_page_asks_the_database_little(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    shopper.get("/checkout")
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    db.event.listen(engine, "before_cursor_execute", note)
    try:
        shopper.get("/checkout")
    finally:
        db.event.remove(engine, "before_cursor_execute", note)
    asked = [statement for statement in statements if statement.lstrip().startswith("SELECT")]
    assert len(asked) <= 8, asked


def test_what_was_typed_is_forgotten_after_a_month(app: Flask) -> None:
    open_shop(app)
    order(with_cart(app), email="bad")
    with app.app_context():
        assert jobs.forget_old_checkouts.call_local() == 0
        with time_machine.travel(now() + timedelta(days=31)):
            assert jobs.forget_old_checkouts.call_local() == 1
        assert db.session.scalar(db.select(db.func.count()).select_from(CheckoutSession)) == 0


@pytest.mark.parametrize("htmx", [False, True])
def test_an_address_pasted_whole_is_shown_to_be_looked_at_before_it_is_ordered_to(app: Flask, htmx: bool) -> None:
    open_shop(app)
    shopper = with_cart(app)
    whole = "Ada Lovelace\n212-555-0199\n5 Park Row, Apt 3\nNew York, NY 10038"
    page = shopper.get("/checkout")
    typed = {"pasted": whole, "fill": "yes", "email": "ada@example.com", "token": page.one("[name='token']")["value"]}
    filled = shopper.post("/checkout/draft", typed, htmx=htmx, headers={"HX-Target": "checkout-form"})
    assert filled.status == 200
    shown = {
        name: filled.one(f"[name='{name}']").get("value") for name in ("name", "phone", "street", "city", "postcode")
    }
    assert shown == {
        "name": "Ada Lovelace",
        "phone": "212-555-0199",
        "street": "5 Park Row",
        "city": "New York",
        "postcode": "10038",
    }
    assert filled.one("select[name='region'] option[selected]")["value"] == "NY"
    assert filled.one("[name='email']")["value"] == "ada@example.com"
    again = shopper.get("/checkout")
    assert again.all("details.paste[open]") == []
    assert order(shopper, again, name="Ada Lovelace").status == 303
