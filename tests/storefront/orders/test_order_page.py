"""Who sees an order, what it says, and calling it off."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import jobs, queries, services
from storefront.orders.models import Order
from tests import factories
from tests.browser import Shopper
from tests.storefront.checkout.desk import buy, open_shop, order
from tests.storefront.orders.drafts import place


def sign_in(shopper: Shopper, customer_id: int) -> None:
    with shopper.client.session_transaction() as session:
        session["_user_id"] = f"customer:{customer_id}:1"


@pytest.fixture
def bought(app: Flask) -> tuple[Shopper, str]:
    open_shop(app)
    return buy(app)


def test_the_browser_that_ordered_sees_the_order(bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    page = shopper.get(f"/orders/{number}")
    assert page.status == 200
    assert "Your order waits for its payment" in page.said
    assert [button.get_text(strip=True) for button in page.all(".order__pay button")] == [
        "Pay $25.00",
        "Pay in cash on delivery instead",
    ]


def test_a_number_reads_the_same_in_small_letters(bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    assert shopper.get(f"/orders/{number.lower()}").status == 200


@pytest.mark.parametrize("number", ["NOPE", "7KQM-3XPD", "%00", "x" * 400, "..%2f..", "’ OR 1=1"])
def test_orders_that_do_not_exist(app: Flask, shopper: Shopper, number: str) -> None:
    assert shopper.get(f"/orders/{number}").status == 404
    assert shopper.post(f"/orders/{number}/cancellation").status == 404
    assert shopper.post(f"/orders/{number}/payments", {"payment_provider": "cod"}).status == 404


def test_a_stranger_is_told_nothing(app: Flask, bought: tuple[Shopper, str]) -> None:
    _, number = bought
    stranger, other = Shopper(app), Shopper(app)
    with app.app_context(), transaction():
        sign_in(other, factories.make_customer().id)
    for reader in (stranger, other):
        assert reader.get(f"/orders/{number}").status == 404
        assert reader.get(f"/orders/{number}?key=guess").status == 404
        assert reader.post(f"/orders/{number}/cancellation").status == 404
        assert reader.post(f"/orders/{number}/payments", {"payment_provider": "cod"}).status == 404
    with app.app_context():
        assert db.session.scalars(db.select(Order.status)).one() == "open"


def test_the_link_in_the_mail_opens_the_order_once_and_for_all(app: Flask, bought: tuple[Shopper, str]) -> None:
    _, number = bought
    with app.app_context():
        key = db.session.scalars(db.select(Order.access_token)).one()
    reader = Shopper(app)
    moved = reader.get(f"/orders/{number}?key={key}")
    assert (moved.status, moved.location) == (302, f"/orders/{number}")
    assert reader.get(f"/orders/{number}").status == 200


def test_a_customer_sees_their_own_order_anywhere(app: Flask) -> None:
    with app.app_context(), transaction():
        customer_id = factories.make_customer().id
    _, number, _ = place(app, customer_id=customer_id)
    shopper = Shopper(app)
    sign_in(shopper, customer_id)
    assert shopper.get(f"/orders/{number}").status == 200


def test_signing_out_closes_the_orders_to_the_next_person_at_the_browser(any_app: Flask) -> None:
    open_shop(any_app)
    shopper, guests = buy(any_app)
    with any_app.app_context(), transaction():
        customer_id = factories.make_customer("grace@example.com").id
    sign_in(shopper, customer_id)
    assert shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"}).status == 303
    placed = order(shopper, payment_provider="cod").location
    with any_app.app_context():
        key = db.session.scalars(db.select(Order.access_token).order_by(Order.id.desc())).first()
    assert shopper.get(f"{placed}?key={key}", follow=True).status == 200
    with shopper.client.session_transaction() as session:
        session.clear()
    assert shopper.get(placed).status == 404, "a session that ends by itself leaves no key behind"
    assert shopper.get(f"/orders/{guests}").status == 200
    sign_in(shopper, customer_id)
    assert shopper.get(placed).status == 200
    assert shopper.post("/sign-out").status == 303
    assert shopper.get(placed).status == 404
    assert shopper.get(f"/orders/{guests}").status == 404


@pytest.mark.parametrize("cookie", ["", "~~~", "a.b.c~.x~y.", "x" * 3000, "7KQM-3XPD.wrong"])
def test_a_broken_cookie_opens_nothing(app: Flask, bought: tuple[Shopper, str], cookie: str) -> None:
    _, number = bought
    reader = Shopper(app)
    reader.client.set_cookie("orders", cookie)
    assert reader.get(f"/orders/{number}").status == 404


def test_an_unpaid_order_can_be_called_off(app: Flask, bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    page = shopper.get(f"/orders/{number}")
    done = shopper.submit(page, "form[action$=cancellation]")
    assert "This order was cancelled" in done.said
    assert done.all("form[action$=cancellation]") == []
    assert done.all(".order__pay") == []
    assert shopper.post(f"/orders/{number}/cancellation").status == 409
    with app.app_context():
        assert db.session.scalar(db.select(db.func.sum(StockLevel.allocated))) == 0


def test_another_site_cannot_call_it_off(app: Flask, bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    refused = shopper.post(f"/orders/{number}/cancellation", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403


def test_an_order_nobody_paid_says_so(app: Flask, bought: tuple[Shopper, str]) -> None:
    shopper, number = bought
    with time_machine.travel(now() + timedelta(hours=1)):
        with app.app_context():
            jobs.cancel_unpaid.call_local()
        assert "It was not paid in time" in shopper.get(f"/orders/{number}").said


def test_a_delivered_order_says_so(app: Flask) -> None:
    order_id, number, key = place(app, pays_at_the_door=True)
    with app.app_context(), transaction():
        fulfilment.deliver_order(order=queries.get_whole(order_id), by="staff:1", at=now())
    page = Shopper(app).get(f"/orders/{number}?key={key}", follow=True)
    assert "Your order has arrived" in page.said
    assert page.all("form[action$=cancellation]") == []


def test_a_late_payment_is_told(app: Flask) -> None:
    order_id, number, key = place(app)
    with time_machine.travel(now() + timedelta(hours=1)), app.app_context():
        jobs.cancel_unpaid.call_local()
        with transaction():
            db.session.execute(db.update(Warehouse).values(is_active=False))
            order = queries.get_whole(order_id)
            services.record_payment(order=order, amount=Money(2500, "USD"), provider="sandbox", by="sandbox", at=now())
    page = Shopper(app).get(f"/orders/{number}?key={key}", follow=True)
    assert "We hold $25.00 of yours. We will send it back, and write to you about it." in page.said


def test_every_amount_on_the_receipt_is_a_reason(app: Flask) -> None:
    _, number, key = place(app, off=333, delivery=700, delivery_off=200)
    page = Shopper(app).get(f"/orders/{number}?key={key}", follow=True)
    reasons = [int(str(data["value"])) for data in page.all(".sums > div:not(.sums__total) data")]
    assert reasons == [2000, -333, -200, 700]
    assert page.one(".sums__total data")["value"] == "2167"


def test_the_page_speaks_chinese(app: Flask) -> None:
    _, number, key = place(app)
    page = Shopper(app, language="zh").get(f"/orders/{number}?key={key}", follow=True)
    assert page.one("html")["lang"] == "zh-Hans"


def test_a_trace_that_nobody_can_read_is_left_out(app: Flask) -> None:
    _, number, key = place(app)
    with app.app_context(), transaction():
        db.session.execute(db.update(Order).values(trace=[{"stage": "moon"}, 7, None]))
    assert Shopper(app).get(f"/orders/{number}?key={key}", follow=True).status == 200


def test_a_history_has_pages_and_the_newest_comes_first(app: Flask) -> None:
    with app.app_context(), transaction():
        customer_id, other_id = factories.make_customer().id, factories.make_customer().id
    numbers = []
    for minute in range(12):
        with time_machine.travel(now() + timedelta(minutes=minute)):
            numbers.append(place(app, customer_id=customer_id)[1])
    place(app, customer_id=other_id)
    with app.app_context():
        first, second = queries.page_of_orders(customer_id), queries.page_of_orders(customer_id, 2)
        assert [row.number for row in (*first.items, *second.items)] == numbers[::-1]
        assert (first.total, first.count, len(second.items)) == (12, 2, 2)
        row = first.items[0]
        assert (row.units, row.total, row.names) == (2, Money(2500, "USD"), row.names)
        assert queries.page_of_orders(customer_id, 99).items == []
        assert queries.page_of_orders(customer_id + 99).total == 0
