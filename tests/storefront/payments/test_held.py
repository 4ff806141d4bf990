"""Money that a provider only holds: it is taken later, and that may fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.orders import jobs as order_jobs
from storefront.orders.errors import Unpaid
from storefront.payments import jobs as payment_jobs
from storefront.payments import services, talking
from storefront.payments.providers import get_provider, registry
from storefront.shop import services as shop
from tests.storefront.lifecycle import acme
from tests.storefront.orders.drafts import place
from tests.storefront.payments.books import books_agree, kinds, payments, the_order


@pytest.fixture
def held(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An order of two lamps whose money Acme holds; what is yielded is the payment's reference."""
    monkeypatch.setitem(registry.KNOWN, "acme", acme.Acme)  # type: ignore[arg-type]
    acme.BOOK.__init__()  # type: ignore[misc]
    place(any_app)
    with any_app.app_context(), transaction():
        order = the_order(any_app)
        reference = services.pay_with(order=order, provider=get_provider("acme"), by="guest", at=now()).reference
    with any_app.app_context():
        talking.open_payment(reference)
        with transaction():
            services.book_outcome(outcome=acme.BOOK.move(reference, "held"), by="acme", at=now())
    yield reference
    acme.BOOK.__init__()  # type: ignore[misc]


def levels(app: Flask) -> tuple[int, int, int]:
    with app.app_context():
        columns = StockLevel.on_hand, StockLevel.allocated, StockLevel.reserved
        return tuple(db.session.execute(db.select(*columns)).one())


def test_held_money_keeps_the_goods_for_good_and_lets_nothing_leave(any_app: Flask, held: str) -> None:
    order = the_order(any_app)
    assert (order.payment_status, order.pay_before, order.authorized_minor) == ("authorized", None, 2500)
    assert levels(any_app) == (5, 2, 0)
    with any_app.app_context(), pytest.raises(Unpaid), transaction():
        fulfilment.deliver_order(order=the_order(any_app), by="staff:1", at=now())
    with any_app.app_context():
        talking.capture(held)
    order = the_order(any_app)
    assert (order.payment_status, order.authorized_minor, payments(any_app)[-1].state) == ("paid", 0, "captured")
    assert books_agree(any_app)


def test_the_clock_takes_held_money_if_the_shop_wants_it(any_app: Flask, held: str) -> None:
    with any_app.app_context():
        with time_machine.travel(now() + timedelta(days=3)):
            assert payment_jobs.take_held.call_local() == 0
        with transaction():
            shop.change_settings(values={"capture_held_hours": 2}, at=now())
        with time_machine.travel(now() + timedelta(minutes=119)):
            assert payment_jobs.take_held.call_local() == 0
        assert the_order(any_app).payment_status == "authorized"
        with time_machine.travel(now() + timedelta(minutes=121)):
            assert payment_jobs.take_held.call_local() == 1
            assert payment_jobs.take_held.call_local() == 0
    assert the_order(any_app).payment_status == "paid"
    assert books_agree(any_app)


def test_held_money_that_cannot_be_taken_leaves_the_order_waiting_until_the_clock_cancels_it(
    any_app: Flask, held: str
) -> None:
    acme.BOOK.mood = "failure"
    with any_app.app_context():
        talking.capture(held)
    order = the_order(any_app)
    assert (order.status, order.payment_status, order.authorized_minor) == ("open", "unpaid", 0)
    assert order.pay_before is not None
    assert timedelta() < order.pay_before - now() <= timedelta(minutes=30)
    assert payments(any_app)[-1].state == "failed"
    assert levels(any_app) == (5, 0, 2), "reserved as long as it may be paid another way"
    assert "payment_failed" in kinds(any_app)
    assert books_agree(any_app)
    with any_app.app_context(), pytest.raises(Unpaid), transaction():
        fulfilment.deliver_order(order=the_order(any_app), by="staff:1", at=now())
    with time_machine.travel(now() + timedelta(minutes=31)), any_app.app_context():
        assert order_jobs.cancel_unpaid.call_local() == 1
    assert levels(any_app) == (5, 0, 0)
    assert the_order(any_app).status == "cancelled"


def test_a_provider_that_is_down_keeps_holding_the_money(any_app: Flask, held: str) -> None:
    acme.BOOK.mood = "down"
    with any_app.app_context(), pytest.raises(acme.ProviderFailed):
        talking.capture(held)
    assert the_order(any_app).payment_status == "authorized"
    assert levels(any_app) == (5, 2, 0)
    acme.BOOK.mood = "success"
    with any_app.app_context():
        talking.capture(held)
    assert the_order(any_app).payment_status == "paid"
