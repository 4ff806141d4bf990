"""What is PayPal's own: money is taken when the shopper is back, whole currencies, webhooks that it is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.payments.errors import ProviderFailed
from storefront.payments.providers import paypal as module
from storefront.payments.providers.paypal import PayPal
from storefront.payments.providers.paypal_values import read_amount, told_amount
from storefront.shop.rules import ShopSettings
from tests.storefront.checkout.desk import order, with_cart
from tests.storefront.payments.benches import PayPalBench
from tests.storefront.payments.books import ask_back, books_agree, ledger, payments, refunds, stored, the_order
from tests.storefront.payments.conftest import with_keys
from tests.storefront.payments.road import later, leave, paid, shop_with, tell

pytestmark = pytest.mark.xdist_group("providers")


@pytest.fixture
def shop(app: Flask, paypal_bench: PayPalBench) -> Iterator[Flask]:
    """A shop that takes PayPal."""
    with shop_with(app, paypal_bench):
        yield app


def test_an_order_says_what_it_costs_and_where_to_come_back(shop: Flask, paypal_bench: PayPalBench) -> None:
    shopper, payment = leave(shop, paypal_bench)
    asked = paypal_bench.peer.orders[payment.handle]
    unit, experience = asked["purchase_units"][0], asked["payment_source"]["paypal"]["experience_context"]
    assert (asked["intent"], unit["amount"]) == ("CAPTURE", {"currency_code": "USD", "value": "25.00"})
    assert unit["custom_id"] == payment.reference
    assert experience["return_url"].endswith(f"/payments/{payment.reference}/return")
    assert experience["cancel_url"].endswith(f"/orders/{the_order(shop).number}")
    button = shopper.get(f"/payments/{payment.reference}").one("main a.button")
    assert button["href"] == f"{paypal_bench.peer.url}/checkoutnow?token={payment.handle}"


def test_what_was_approved_is_taken_when_the_shopper_is_back(shop: Flask, paypal_bench: PayPalBench) -> None:
    shopper, payment = leave(shop, paypal_bench)
    paypal_bench.peer.approve(payment.handle)
    page = shopper.get(f"/payments/{payment.reference}/return", follow=True)
    assert "We are packing your order" in page.said
    assert ledger(shop)[1:] == [("capture", "success", 2500)]
    assert paypal_bench.capture_of(payment)["status"] == "COMPLETED"
    assert tell(shop, paypal_bench, paypal_bench.told_paid(payment)).status == 200
    assert books_agree(shop)


def test_who_approves_and_never_comes_back_has_paid_too(shop: Flask, paypal_bench: PayPalBench) -> None:
    _, payment = leave(shop, paypal_bench)
    paypal_bench.peer.approve(payment.handle)
    later(shop, 11, "reconcile")
    assert the_order(shop).payment_status == "paid"


def test_nothing_is_taken_for_an_order_that_was_cancelled(shop: Flask, paypal_bench: PayPalBench) -> None:
    shopper, payment = leave(shop, paypal_bench)
    shopper.post(f"/orders/{the_order(shop).number}/cancellation")
    paypal_bench.peer.approve(payment.handle)
    shopper.get(f"/payments/{payment.reference}/return", follow=True)
    later(shop, 60, "reconcile")
    assert paypal_bench.peer.orders[payment.handle]["status"] == "APPROVED"
    assert (the_order(shop).status, the_order(shop).paid_minor) == ("cancelled", 0)


def test_a_declined_instrument_ends_the_attempt_and_another_may_begin(
    shop: Flask, paypal_bench: PayPalBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, payment = leave(shop, paypal_bench)
    paypal_bench.peer.approve(payment.handle)
    monkeypatch.setattr(paypal_bench.peer, "declines", "INSTRUMENT_DECLINED")
    page = shopper.get(f"/payments/{payment.reference}/return", follow=True)
    assert "We are packing your order" not in page.said
    assert (payments(shop)[0].state, the_order(shop).payment_status) == ("failed", "unpaid")
    monkeypatch.setattr(paypal_bench.peer, "declines", "")
    shopper.post(f"/orders/{the_order(shop).number}/payments", {"payment_provider": "paypal"})
    second = payments(shop)[-1]
    paypal_bench.peer.approve(second.handle)
    shopper.get(f"/payments/{second.reference}/return", follow=True)
    assert the_order(shop).payment_status == "paid"
    assert books_agree(shop)


def test_a_capture_that_paypal_looks_into_is_waited_for(
    shop: Flask, paypal_bench: PayPalBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, payment = leave(shop, paypal_bench)
    monkeypatch.setattr(paypal_bench.peer, "is_slow_to_capture", True)
    paypal_bench.peer.approve(payment.handle)
    page = shopper.get(f"/payments/{payment.reference}/return")
    assert "We are looking for your payment" in page.said
    assert the_order(shop).payment_status == "unpaid"
    assert tell(shop, paypal_bench, paypal_bench.told_paid(payment)).status == 200
    assert the_order(shop).payment_status == "paid"


def test_a_refund_that_takes_a_while_or_fails(
    shop: Flask, paypal_bench: PayPalBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(shop, paypal_bench)
    monkeypatch.setattr(paypal_bench.peer, "is_slow_to_refund", True)
    ask_back(shop, 1000, "return-1")
    ask_back(shop, 500, "return-2")
    assert [each.state for each in refunds(shop)] == ["pending", "pending"]
    first, second = [str(each.psp_reference) for each in refunds(shop)]
    paypal_bench.peer.refunds[first]["status"] = "COMPLETED"
    paypal_bench.peer.refunds[second]["status"] = "FAILED"
    failed = paypal_bench.peer.event("PAYMENT.REFUND.FAILED", paypal_bench.peer.refunds[second])
    assert tell(shop, paypal_bench, paypal_bench.signed(failed)).status == 200
    later(shop, 40, "sweep_payments")
    assert [each.state for each in refunds(shop)] == ["succeeded", "failed"]
    assert (the_order(shop).refunded_minor, books_agree(shop)) == (1000, True)


@pytest.mark.parametrize(
    ("issue", "state"), [("CAPTURE_FULLY_REFUNDED", "failed"), ("REFUND_FAILED_INSUFFICIENT_FUNDS", "asked")]
)
def test_a_refund_that_is_refused_for_good_ends_and_another_is_tried_again(
    shop: Flask, paypal_bench: PayPalBench, monkeypatch: pytest.MonkeyPatch, issue: str, state: str
) -> None:
    paid(shop, paypal_bench)
    monkeypatch.setattr(paypal_bench.peer, "declines", issue)
    ask_back(shop, 2500)
    assert (refunds(shop)[0].state, issue in refunds(shop)[0].error) == (state, True)


def test_a_webhook_while_paypal_cannot_be_asked_is_read_later(shop: Flask, paypal_bench: PayPalBench) -> None:
    _, payment = leave(shop, paypal_bench)
    paypal_bench.pay(payment)
    message = paypal_bench.told_paid(payment)
    paypal_bench.peer.is_down = True
    assert tell(shop, paypal_bench, message).status == 200
    assert (stored(shop)[0].state, the_order(shop).payment_status) == ("received", "unpaid")
    paypal_bench.peer.is_down = False
    later(shop, 2, "sweep_payments")
    assert (stored(shop)[0].state, the_order(shop).payment_status) == ("booked", "paid")


def test_events_of_no_concern_are_acknowledged(shop: Flask, paypal_bench: PayPalBench) -> None:
    for kind, thing in [("CHECKOUT.ORDER.APPROVED", {"id": "1"}), ("PAYMENT.CAPTURE.COMPLETED", {"id": "of-another"})]:
        body = paypal_bench.peer.event(kind, thing)
        assert tell(shop, paypal_bench, paypal_bench.signed(body)).status == 200
    assert {(each.state, each.told) for each in stored(shop)} == {("booked", "nothing for us")}


def test_a_paypal_that_does_not_answer_loses_no_order_and_makes_one(
    shop: Flask, paypal_bench: PayPalBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    module._client.cache_clear()
    shopper = with_cart(shop)
    paypal_bench.peer.silent()
    page = order(shopper, payment_provider="paypal", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said
    paypal_bench.peer.well()
    shopper.post(f"/orders/{the_order(shop).number}/payments", {"payment_provider": "paypal"})
    assert payments(shop)[-1].handle in paypal_bench.peer.orders
    module._client.cache_clear()


def test_a_token_that_paypal_forgot_is_asked_for_again(shop: Flask, paypal_bench: PayPalBench) -> None:
    shopper, payment = leave(shop, paypal_bench)
    paypal_bench.peer.approve(payment.handle)
    paypal_bench.peer.tokens.clear()
    back = f"/payments/{payment.reference}/return"
    assert "We are looking for your payment" in shopper.get(back).said
    with time_machine.travel(now() + timedelta(seconds=5)):
        assert "We are packing your order" in shopper.get(back, follow=True).said


def test_wrong_credentials_keep_the_order(app: Flask, paypal_bench: PayPalBench) -> None:
    with shop_with(app, paypal_bench, PAYPAL_CLIENT_SECRET="wrong"):
        page = order(with_cart(app), payment_provider="paypal", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said


@pytest.mark.parametrize(
    ("currency", "minor", "value"),
    [("USD", 1999, "19.99"), ("EUR", 5, "0.05"), ("JPY", 500, "500"), ("HUF", 50000, "500"), ("TWD", 9900, "99")],
)
def test_amounts_are_told_as_paypal_counts_them(currency: str, minor: int, value: str) -> None:
    assert told_amount(Money(minor, currency)) == {"currency_code": currency, "value": value}
    assert read_amount({"currency_code": currency, "value": value}) == Money(minor, currency)


def test_an_amount_that_cannot_be_counted_is_nobodys() -> None:
    with pytest.raises(ProviderFailed) as failure:
        told_amount(Money(50050, "HUF"))
    assert failure.value.permanent
    for told in ({"currency_code": "JPY", "value": "5.5"}, {"currency_code": "USD", "value": "NaN"}, {"value": "1"}):
        with pytest.raises(ProviderFailed):
            read_amount(told)


@pytest.mark.parametrize(("currency", "is_offered"), [("USD", True), ("JPY", True), ("KWD", False), ("INR", False)])
def test_it_is_offered_in_the_currencies_that_it_takes(
    app: Flask, paypal_bench: PayPalBench, currency: str, is_offered: bool
) -> None:
    with with_keys(app, **paypal_bench.keys):
        assert PayPal(app.config["SHOP"]).is_offered(ShopSettings(currency=currency)) is is_offered
    assert not PayPal(app.config["SHOP"]).is_offered(ShopSettings(currency=currency))


def test_the_language_of_its_page_is_the_orders(app: Flask, paypal_bench: PayPalBench) -> None:
    with shop_with(app, paypal_bench):
        shopper = with_cart(app, language="zh")
        order(shopper, payment_provider="paypal")
        asked = paypal_bench.peer.orders[payments(app)[-1].handle]
        assert asked["payment_source"]["paypal"]["experience_context"]["locale"] == "zh-CN"
        assert json.loads(paypal_bench.peer.calls[-1].body)["intent"] == "CAPTURE"
