"""Delivery in the cart, quoted to where the shopper wants it, as checkout charges it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from storefront.accounts import services as accounts
from storefront.accounts.passwords import hash_password
from storefront.accounts.rules import read_address
from storefront.database.base import db
from storefront.database.transaction import after_commit, transaction
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.shipping import queries as shipping
from storefront.shipping.models import ShippingMethod
from tests import factories
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import CHINESE, TYPED, order

TIBET = {"country": "CN", "region": "西藏自治区"}


@pytest.fixture
def shop(any_app: Flask) -> Flask:
    with any_app.app_context(), transaction():
        factories.make_product("Lamp", price=1000, stock=50, sku="LAMP")
        factories.make_shipping(500, free_from=5000, countries=("US",))
        china = factories.make_shipping(800, countries=("CN",))
        china.surcharges = [{"places": ["CN-西藏自治区"], "price": 1200}]
        china.most_grams = 5000
    return any_app


def shopper_with(app: Flask, quantity: int = 1, **options: Any) -> Shopper:
    shopper = Shopper(app, **options)
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": str(quantity)})
    return shopper


def move(shopper: Shopper, **place: str) -> Page:
    """Choose a place as somebody without JavaScript does: first the country, then the region."""
    shopper.post("/cart/destination", {"country": place["country"]})
    return shopper.post("/cart/destination", place, follow=True)


def delivery(page: Page) -> str:
    return page.words(".deliver-to")


def test_the_cart_says_what_delivery_costs_when_it_comes_and_from_when_it_is_free(shop: Flask) -> None:
    page = shopper_with(shop).get("/cart")
    assert "Add $40.00 more for free delivery" in delivery(page)
    assert "Standard delivery $5.00 Arrives" in delivery(page)
    assert "free from $50.00" in delivery(page)
    assert "Deliver to United States" in delivery(page)
    assert page.words(".sums__total dd") == "$15.00"


def test_another_place_is_chosen_remembered_and_charged_by_checkout_too(shop: Flask) -> None:
    shopper = shopper_with(shop)
    first = shopper.post("/cart/destination", {"country": "CN", "region": "NY"}, follow=True)
    assert "Deliver to China" in delivery(first), "the state of the country before is dropped"
    assert first.one("#deliver-region option[value='西藏自治区']")
    page = move(shopper, **TIBET)
    assert "Deliver to Tibet, China" in delivery(page)
    assert "$20.00 Arrives" in delivery(page)
    assert "including $12.00 for a remote area" in delivery(page)
    assert page.words(".sums__total dd") == "$30.00"
    checkout = shopper.get("/checkout")
    assert checkout.one("#region option[selected]")["value"] == "西藏自治区"
    assert checkout.words(".sums__total dd") == "$30.00"
    lhasa = {"city": "拉萨市", "district": "城关区", "phone": "13800138000", "postcode": ""}
    assert order(shopper, checkout, **TIBET, **lhasa).status == 303
    with shop.app_context():
        assert db.session.execute(db.select(Order.shipping_minor)).scalar_one() == 2000


def test_htmx_swaps_the_cart_with_the_form_still_open(shop: Flask) -> None:
    shopper = shopper_with(shop)
    part = shopper.post("/cart/destination", {"country": "CN"}, htmx=True, headers={"HX-Target": "cart"})
    assert part.one("#cart details.deliver-to__place").has_attr("open")
    assert "$8.00" in delivery(part)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"country": "XX"}, "Please choose a country."),
        ({"country": ""}, "Please choose a country."),
        ({"country": "US", "region": "广东省"}, "There is no “广东省” in this country"),
        ({"country": "US", "region": "x" * 9000}, "There is no “xxx"),
    ],
)
def test_a_place_that_does_not_exist_is_refused_and_the_cart_stays(
    shop: Flask, place: dict[str, str], words: str
) -> None:
    shopper = shopper_with(shop)
    page = shopper.post("/cart/destination", place)
    assert page.status == 422
    assert words in page.words("#deliver-error")
    assert "Deliver to United States" in delivery(shopper.get("/cart"))
    assert "Lamp" in page.said


def test_nonsense_in_the_cookie_is_as_if_there_were_none(shop: Flask) -> None:
    shopper = shopper_with(shop)
    for nonsense in ("%00", "CN-火星", "*", "%F0%9F", "-", "x" * 3900):
        shopper.client.set_cookie("deliver_to", nonsense)
        assert "Deliver to United States" in delivery(shopper.get("/cart"))


def test_an_address_outside_all_zones_is_said_in_the_cart_and_nothing_is_lost(shop: Flask) -> None:
    shopper = shopper_with(shop)
    page = move(shopper, country="FR")
    assert "We do not deliver to France yet. Your cart is kept" in delivery(page)
    assert page.words(".sums__total dd") == "$10.00"
    assert page.one("details.deliver-to__place").has_attr("open")


def test_too_much_at_once_says_how_much_goes(shop: Flask) -> None:
    shopper = shopper_with(shop, 11)
    page = move(shopper, country="CN", region="广东省")
    assert "5.5 kg, and at most 5 kg go at once. Please order it in two parts." in delivery(page)


def test_who_is_signed_in_sees_delivery_to_their_first_address(shop: Flask) -> None:
    with shop.app_context(), transaction():
        ada = factories.make_customer("ada@example.com", password_hash=hash_password("three green apples"))
        accounts.add_address(customer_id=ada.id, address=read_address({**CHINESE}), at=now())
    shopper = Shopper(shop)
    shopper.post("/sign-in", {"email": "ada@example.com", "password": "three green apples"})
    shopper.post("/cart/lines", {"sku": "LAMP"})
    assert "Deliver to Shenzhen, Guangdong, China" in delivery(shopper.get("/cart"))


def test_a_freight_that_changed_before_the_button_goes_through_the_page_of_changes(shop: Flask) -> None:
    shopper = shopper_with(shop)
    page = shopper.get("/checkout")
    with shop.app_context(), transaction():
        db.session.execute(db.update(ShippingMethod).values(price_minor=900))
        after_commit(shipping.forget)
    again = order(shopper, page)
    assert again.status == 409
    assert "Delivery now costs $9.00; it was $5.00." in again.said
    assert order(shopper, again).status == 303


def test_the_product_page_composes_an_estimate_and_links_to_all_ways(shop: Flask) -> None:
    shopper = shopper_with(shop)
    product = str(shopper.get("/cart").one(".line__name a")["href"])
    assert shopper.get(product).one(".buy__facts [hx-get='/delivery/estimate?sku=LAMP']")
    part = shopper.get("/delivery/estimate?sku=LAMP", htmx=True)
    assert "Delivery to United States from $5.00. Arrives" in part.said
    chinese = shopper_with(shop, language="zh-CN").get("/delivery/estimate?sku=LAMP", htmx=True).said
    assert "送至美国，运费US$5.00起。" in chinese.replace(" ", "")
    assert ". " not in chinese
    assert shopper.get("/delivery/estimate?sku=NOTHING").status == 404
    page = shopper.get("/delivery?sku=LAMP&quantity=5")
    assert "Standard delivery Free" in page.said
    assert "For 5 pieces of what you looked at." in page.said
    moved = shopper.post("/delivery", {"country": "CN", "sku": "LAMP", "quantity": "5"}, follow=True)
    assert "Deliver to China" in moved.said
    assert "$8.00" in moved.said
    assert shopper.get("/delivery").status == 200
    assert shopper.post("/delivery", {"country": "XX"}).status == 422
    assert shopper.get("/delivery?sku=LAMP&quantity=-1").status == 422


def test_a_chinese_address_is_chosen_step_by_step_without_javascript(shop: Flask) -> None:
    shopper = shopper_with(shop, language="zh")
    page = shopper.get("/checkout")
    typed = {**TYPED, "token": page.one("[name=token]")["value"], "region": "", "city": "", "district": ""}

    def step(**chosen: str) -> Page:
        typed.update(chosen)
        assert shopper.post("/checkout/draft", typed).location == "/checkout"
        return shopper.get("/checkout")

    assert "请先选择省份" in step(country="CN").words("#city")
    assert step(region="广东省").one("#city option[value='深圳市']")
    last = step(city="深圳市")
    assert last.one("#district option[value='南山区']")
    assert "US$8.00" in last.words("#shipping_method")
    chinese = {**CHINESE, "region": "广东省", "postcode": ""}
    wrong = order(shopper, last, **{**chinese, "district": "西湖区"})
    assert wrong.status == 422
    assert "该城市没有“西湖区”" in wrong.said
    assert order(shopper, wrong, **chinese).status == 303
