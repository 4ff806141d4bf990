"""One press, two presses, presses at once; and what happens when the world moves while the shopper types."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.models import Address
from storefront.catalog.models import Product, Variant
from storefront.checkout.jobs import forget_old_checkouts
from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.transaction import after_commit, transaction
from storefront.inventory import ledgers as stock_ledgers
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.orders import ledgers as order_ledgers
from storefront.orders.models import Order
from storefront.promotions.models import Promotion
from storefront.shipping.models import ShippingMethod
from tests import factories
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import TYPED, buy, open_shop, order, with_cart


def count_orders(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Order)) or 0


def change(app: Flask, statement: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(statement)  # type: ignore[call-overload]
        after_commit(Kept.forget_all)


def at_once(jobs: list[Callable[[], None]]) -> list[BaseException]:
    """Run jobs on threads of their own, all starting together; return what went wrong."""
    start = threading.Barrier(len(jobs))
    faults: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        start.wait()
        try:
            job()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_the_same_form_twice_is_one_order(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    first, second = order(shopper, page), order(shopper, page)
    assert first.location == second.location
    assert count_orders(any_app) == 1


def test_a_paid_form_sent_again_leads_to_the_order(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    placed = order(shopper, page)
    shopper.post(placed.location, {"amount": "2500", "currency": "USD", "decision": "approve"})
    again = order(shopper, page)
    assert again.location.startswith("/orders/")
    assert "We are packing your order" in shopper.get(again.location).said
    assert count_orders(app) == 1


@pytest.mark.parametrize("presses", [2, 6])
def test_presses_at_once_are_one_order(any_app: Flask, presses: int) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    cookie = shopper.client.get_cookie("cart")
    assert cookie is not None
    answers: list[Page] = []

    def press() -> None:
        twin = Shopper(any_app)
        twin.client.set_cookie("cart", cookie.value)
        answers.append(order(twin, page))

    assert at_once([press] * presses) == []
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert count_orders(any_app) == 1
    with any_app.app_context():
        assert list(stock_ledgers.discrepancies()) == []
        assert db.session.scalar(db.select(db.func.sum(StockLevel.allocated + StockLevel.reserved))) == 2


def test_two_tabs_do_not_order_one_cart_twice(any_app: Flask) -> None:
    open_shop(any_app, stock=9)
    shopper = with_cart(any_app)
    pages = [shopper.get("/checkout") for _ in range(2)]
    cookie = shopper.client.get_cookie("cart")
    assert cookie is not None
    statuses: list[int] = []

    def press(page: Page) -> Callable[[], None]:
        def run() -> None:
            twin = Shopper(any_app)
            twin.client.set_cookie("cart", cookie.value)
            statuses.append(order(twin, page).status)

        return run

    assert at_once([press(page) for page in pages]) == []
    assert sorted(statuses) == [303, 409]
    assert count_orders(any_app) == 1


def test_only_one_of_many_shoppers_gets_the_last_unit(any_app: Flask) -> None:
    open_shop(any_app, stock=1)
    shoppers = [with_cart(any_app, 1) for _ in range(6)]
    pages = [shopper.get("/checkout") for shopper in shoppers]
    answers: list[Page] = []

    def press(shopper: Shopper, page: Page) -> Callable[[], None]:
        return lambda: answers.append(order(shopper, page))

    faults = at_once([press(shopper, page) for shopper, page in zip(shoppers, pages, strict=True)])
    assert faults == []
    assert sorted(answer.status for answer in answers) == [303] + [409] * 5
    assert count_orders(any_app) == 1
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.sum(StockLevel.allocated + StockLevel.reserved))) == 1


def test_a_new_price_is_shown_before_it_is_charged(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    change(any_app, db.update(Variant).values(price_minor=1200))
    asked = order(shopper, page)
    assert asked.status == 409
    assert "“Lamp” now costs $12.00 each; it was $10.00." in asked.said
    assert "The total is now $29.00; it was $25.00." in asked.said
    assert "Nothing has been ordered" in asked.said
    assert asked.one("#street")["value"] == "1 Main Street"
    assert count_orders(any_app) == 0
    assert order(shopper, asked).status == 303
    with any_app.app_context():
        assert db.session.scalar(db.select(Order.total_minor)) == 2900


def test_an_offer_that_ended_is_told(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        benefit = {"kind": "percent_off", "basis_points": 1000}
        factories.make_promotion(name="Lamp week", conditions=[], benefits=[benefit])
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    assert page.words(".sums__total dd") == "$23.00"
    change(app, db.update(Promotion).values(ends_at=now(), version=Promotion.version + 1))
    asked = order(shopper, page)
    assert asked.status == 409
    assert "“Lamp week” no longer applies; it saved $2.00." in asked.said


def test_the_last_use_of_an_offer_goes_to_one_shopper(any_app: Flask) -> None:
    open_shop(any_app, stock=9)
    with any_app.app_context(), transaction():
        benefit = {"kind": "percent_off", "basis_points": 1000}
        factories.make_promotion(name="First come", conditions=[], benefits=[benefit], usage_limit=1)
    ada, bob = with_cart(any_app), with_cart(any_app)
    pages = ada.get("/checkout"), bob.get("/checkout")
    assert order(ada, pages[0]).status == 303
    asked = order(bob, pages[1])
    assert asked.status == 409
    assert "“First come” no longer applies" in asked.said
    assert order(bob, asked).status == 303
    with any_app.app_context():
        assert db.session.scalar(db.select(Promotion.used_count)) == 1
        assert list(order_ledgers.discrepancies()) == []


def test_a_guest_who_used_an_offer_up_is_told_before_ordering(app: Flask) -> None:
    open_shop(app, stock=9)
    with app.app_context(), transaction():
        benefit = {"kind": "percent_off", "basis_points": 1000}
        factories.make_promotion(name="Once each", conditions=[], benefits=[benefit], per_customer_limit=1)
    buy(app)
    again = with_cart(app)
    asked = order(again)
    assert asked.status == 409
    assert "“Once each” no longer applies" in asked.said
    assert order(again, asked).status == 303


def test_a_guest_who_has_ordered_before_gets_no_offer_for_first_orders(any_app: Flask) -> None:
    open_shop(any_app, stock=9)
    with any_app.app_context(), transaction():
        first = {"conditions": [{"kind": "audience", "most_orders": 0}], "name": "Welcome"}
        factories.make_promotion(benefits=[{"kind": "percent_off", "basis_points": 1000}], **first)
    buy(any_app)
    with any_app.app_context():
        assert db.session.scalars(db.select(Order.discount_minor)).one() > 0
    again = with_cart(any_app)
    asked = order(again)
    assert asked.status == 409
    assert "“Welcome” no longer applies" in asked.said
    assert order(again, asked).status == 303
    with any_app.app_context():
        assert db.session.scalars(db.select(Order.discount_minor).order_by(Order.id.desc())).first() == 0
    assert order(with_cart(any_app), email="someone.else@example.com").status == 303


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "“Lamp” cannot be sent to NY, United States."), ("zh", "“Lamp”无法配送到NY, 美国。")],
)
def test_an_address_that_no_warehouse_sends_to_is_told_and_nothing_is_lost(
    any_app: Flask, language: str, words: str
) -> None:
    open_shop(any_app)
    with any_app.app_context(), transaction():
        db.session.execute(db.update(Warehouse).values(zones=["CN", "US-CA"]))
    shopper = with_cart(any_app, language=language)
    refused = order(shopper, note="Ring twice")
    assert refused.status == 409
    assert words in refused.said
    assert refused.one("[name=street]")["value"] == "1 Main Street"
    with any_app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    assert order(shopper, refused, region="CA").status == 303


def test_fewer_left_than_wanted_is_told(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app, 3)
    page = shopper.get("/checkout")
    change(app, db.update(StockLevel).values(on_hand=1))
    asked = order(shopper, page)
    assert asked.status == 409
    assert "“Lamp”: 1 instead of 3." in asked.said
    placed = order(shopper, asked)
    assert placed.status == 303
    with app.app_context():
        assert db.session.scalar(db.select(Order.goods_minor)) == 1000


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (db.update(StockLevel).values(on_hand=0), "“Lamp” has just sold out."),
        (db.update(Variant).values(is_active=False), "nothing in your cart that can be ordered"),
        (db.update(Product).values(is_published=False), "nothing in your cart that can be ordered"),
    ],
    ids=["sold out", "variant withdrawn", "product withdrawn"],
)
def test_a_thing_that_is_gone_is_told_and_the_rest_can_be_ordered(app: Flask, statement: object, words: str) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    with app.app_context(), transaction():
        db.session.execute(statement)  # type: ignore[call-overload]
        factories.make_product("Desk", price=5000, sku="DESK")
    nothing_left = order(shopper, page)
    assert nothing_left.status == 409
    assert words in nothing_left.said
    shopper.post("/cart/lines", {"sku": "DESK", "quantity": "1"})
    asked = order(shopper, page)
    assert asked.status == 409
    assert "“Lamp” can no longer be ordered." in asked.said
    assert "“Desk” is new: 1." in asked.said
    assert order(shopper, asked).status == 303
    with app.app_context():
        assert db.session.scalar(db.select(Order.goods_minor)) == 5000
    assert "Lamp" in shopper.get("/cart").said


def test_a_dearer_delivery_is_told(app: Flask) -> None:
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get("/checkout")
    change(app, db.update(ShippingMethod).values(price_minor=900))
    asked = order(shopper, page)
    assert asked.status == 409
    assert "Delivery now costs $9.00; it was $5.00." in asked.said


@pytest.mark.parametrize("seen", ["", "[]", "{}", "null", "[1,2,3,4,5]", "x" * 70_000, '["USD",{"a":[1]},{},0,0]'])
def test_a_forged_memory_of_the_page_only_loses_its_words(app: Flask, seen: str) -> None:
    open_shop(app)
    shopper = with_cart(app)
    asked = order(shopper, quote="forged", seen=seen)
    assert asked.status == 409
    assert "Nothing has been ordered" in asked.said
    assert count_orders(app) == 0


def test_a_customer_finds_the_default_address_filled_in_and_folded(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        customer = factories.make_customer("ada@example.com")
        fields = {**TYPED, "phone": "+12125550123", "street2": "", "district": ""}
        fields.pop("email")
        db.session.add(Address(customer_id=customer.id, fields=fields, is_default=True, created_at=now()))
        session_id = f"customer:{customer.id}:1"
    shopper = with_cart(app)
    with shopper.client.session_transaction() as session:
        session["_user_id"] = session_id
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    page = shopper.get("/checkout")
    assert [fold.has_attr("open") for fold in page.all("details.checkout-fold")] == [False, False]
    assert "1 Main Street" in page.words("section[aria-labelledby=address-title] .checkout-fold > summary")
    placed = shopper.submit(page, "#checkout-form", follow=False)
    assert placed.status == 303
    with app.app_context():
        assert db.session.scalar(db.select(Order.customer_id)) is not None
        assert db.session.scalar(db.select(db.func.count()).select_from(Address)) == 1


def test_a_new_address_is_kept_for_next_time(app: Flask) -> None:
    open_shop(app)
    with app.app_context(), transaction():
        session_id = f"customer:{factories.make_customer('ada@example.com').id}:1"
    shopper = with_cart(app)
    with shopper.client.session_transaction() as session:
        session["_user_id"] = session_id
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    assert order(shopper).status == 303
    with app.app_context():
        (entry,) = db.session.scalars(db.select(Address))
        assert entry.fields["street"] == "1 Main Street"


@pytest.mark.parametrize("with_goods", [True, False])
def test_a_form_of_long_ago_still_leads_to_its_order(any_app: Flask, with_goods: bool) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    page = shopper.get("/checkout")
    placed = order(shopper, page, payment_provider="cod")
    with time_machine.travel(now() + timedelta(days=31)):
        with any_app.app_context():
            assert forget_old_checkouts.call_local() == 1
        if with_goods:
            shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
        again = order(shopper, page, payment_provider="cod")
        assert (again.status, again.location) == (303, placed.location)
        assert order(shopper, page, email="nonsense").location == placed.location
        assert count_orders(any_app) == 1
        if with_goods:
            assert order(shopper, payment_provider="cod").location != placed.location


def test_a_second_order_begins_a_checkout_of_its_own(app: Flask) -> None:
    open_shop(app)
    shopper, _ = buy(app, payment_provider="cod")
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    assert order(shopper, payment_provider="cod").status == 303
    assert count_orders(app) == 2
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(CheckoutSession)) == 2
