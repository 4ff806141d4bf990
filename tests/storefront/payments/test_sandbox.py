"""The test payment: every way in which a payment can go is tried without a provider."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.kernel.clock import now
from storefront.payments.providers.sandbox import CODE
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import ask_back, books_agree, ledger, payments, refunds, the_order
from tests.storefront.payments.road import later


def leave(app: Flask) -> tuple[Shopper, str]:
    open_shop(app)
    shopper = with_cart(app)
    return shopper, order(shopper).location


def choose(shopper: Shopper, url: str, decision: str, **typed: str) -> Page:
    """Press a button of the page as it stands."""
    page = shopper.get(url)
    assert page.one(f"button[value='{decision}']")
    return shopper.post(url, {"amount": "2500", "currency": "USD", "decision": decision, **typed}, follow=True)


@pytest.mark.parametrize(("decision", "reason"), [("decline", "card_declined"), ("poor", "insufficient_funds")])
def test_a_payment_is_declined_for_a_reason_and_another_may_follow(app: Flask, decision: str, reason: str) -> None:
    shopper, url = leave(app)
    page = choose(shopper, url, decision)
    assert "declined" in page.said
    assert payments(app)[0].state == "failed"
    again = shopper.post(f"/orders/{the_order(app).number}/payments", {"payment_provider": "sandbox"})
    choose(shopper, again.location, "approve")
    assert (the_order(app).payment_status, books_agree(app)) == ("paid", True)


@pytest.mark.parametrize(
    ("typed", "status"), [(CODE, "paid"), (f" {CODE} ", "paid"), ("000000", "unpaid"), ("", "unpaid")]
)
def test_a_second_step_asks_for_a_code(app: Flask, typed: str, status: str) -> None:
    shopper, url = leave(app)
    page = choose(shopper, url, "second-step")
    assert CODE in page.said
    assert page.one("input[name='code']")["autocomplete"] == "one-time-code"
    choose(shopper, url, "confirm", code=typed)
    assert (the_order(app).payment_status, books_agree(app)) == (status, True)


def test_a_code_without_its_step_says_nothing(app: Flask) -> None:
    shopper, url = leave(app)
    message = {"amount": "2500", "currency": "USD", "decision": "confirm", "code": CODE}
    assert shopper.post(url, message).status == 422
    assert the_order(app).payment_status == "unpaid"


@pytest.mark.parametrize(
    ("decision", "state", "status"), [("later", "captured", "paid"), ("later-failed", "failed", "unpaid")]
)
def test_an_answer_that_comes_later(app: Flask, decision: str, state: str, status: str) -> None:
    shopper, url = leave(app)
    assert "has not told us yet" in choose(shopper, url, decision).said
    assert payments(app)[0].state == "pending"
    with time_machine.travel(now() + timedelta(seconds=20)):
        shopper.get(f"{url}/return")
    assert (payments(app)[0].state, the_order(app).payment_status, books_agree(app)) == (state, status, True)


def test_a_refund_is_refused(app: Flask) -> None:
    shopper, url = leave(app)
    choose(shopper, url, "refund-refused")
    assert the_order(app).payment_status == "paid"
    ask_back(app, 1000)
    assert [each.state for each in refunds(app)] == ["failed"]
    assert (the_order(app).refunded_minor, books_agree(app)) == (0, True)


def test_a_refund_takes_its_time(app: Flask) -> None:
    shopper, url = leave(app)
    choose(shopper, url, "refund-later")
    ask_back(app, 1000)
    assert [each.state for each in refunds(app)] == ["pending"]
    later(app, 20, "sweep_payments")
    assert [each.state for each in refunds(app)] == ["succeeded"]
    assert ledger(app)[-1] == ("refund", "success", 1000)
    assert (the_order(app).refunded_minor, books_agree(app)) == (1000, True)
