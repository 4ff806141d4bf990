"""Paying: approved, declined, tried again, told twice, told wrong."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail import queries as mail
from storefront.orders import jobs
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import ledgers, queries, services
from storefront.payments.errors import AmountMismatch, PaymentClosed, UnknownProvider
from storefront.payments.models import Transaction
from storefront.payments.providers import CashOnDelivery, Outcome, Sandbox, get_provider, list_providers
from storefront.payments.states import TransactionKind, TransactionResult
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import buy, open_shop, order, with_cart

APPROVE = {"amount": "2500", "currency": "USD", "decision": "approve"}
DECLINE = {**APPROVE, "decision": "decline"}


@pytest.fixture
def waiting(app: Flask) -> tuple[Shopper, str]:
    """A shopper at the sandbox's page, and its address."""
    open_shop(app)
    shopper = with_cart(app)
    return shopper, order(shopper).location


def the_order(app: Flask) -> Order:
    with app.app_context():
        return orders.get_whole(db.session.scalars(db.select(Order.id)).one())


def ledger(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(db.select(Transaction.kind, Transaction.result).order_by(Transaction.id))
        return [(row.kind, row.result) for row in rows]


def books_agree(app: Flask) -> bool:
    with app.app_context():
        return list(ledgers.discrepancies()) == []


def test_an_approved_payment_pays_the_order(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    assert shopper.post(url, APPROVE).location == f"/orders/{the_order(app).number}"
    assert the_order(app).payment_status == "paid"
    assert ledger(app) == [("capture", "request"), ("capture", "success")]
    assert shopper.get(url).location == f"/orders/{the_order(app).number}"
    assert books_agree(app)


def test_the_same_notification_twice_is_one_fact(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    for _ in range(3):
        assert shopper.post(url, APPROVE).status == 303
    assert the_order(app).paid_minor == 2500
    assert ledger(app) == [("capture", "request"), ("capture", "success")]
    with app.app_context():
        assert len(mail.list_mails_about(the_order(app).number)) == 2


def test_notifications_at_once_are_one_fact(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    url = order(shopper).location
    answers: list[Page] = []
    faults: list[BaseException] = []
    start = threading.Barrier(5)

    def tell() -> None:
        start.wait()
        try:
            answers.append(Shopper(any_app).post(url, APPROVE))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=tell) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {answer.status for answer in answers} == {303}
    assert the_order(any_app).paid_minor == 2500
    assert ledger(any_app) == [("capture", "request"), ("capture", "success")]


def test_a_declined_payment_can_be_tried_again(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    page = shopper.post(url, DECLINE, follow=True)
    assert "The payment was declined, and nothing was charged." in page.said
    with app.app_context():
        letter = mail.list_mails_about(the_order(app).number)[-1]
    assert letter.template == "payments/mail/failed"
    assert "$25.00 for your order" in letter.text
    assert the_order(app).payment_status == "unpaid"
    number = the_order(app).number
    again = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"})
    assert again.location.startswith("/payments/")
    assert again.location != url
    assert shopper.post(url, APPROVE).status == 409, "an attempt that was declined is over"
    shopper.post(again.location, APPROVE)
    stored = the_order(app)
    assert stored.payment_status == "paid"
    assert [event.kind for event in stored.events] == ["placed", "payment_failed", "payment_chosen", "paid"]
    assert books_agree(app)


def test_a_declined_payment_can_become_cash_on_delivery(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    shopper.post(url, DECLINE)
    number = the_order(app).number
    done = shopper.post(f"/orders/{number}/payments", {"payment_provider": "cod"}, follow=True)
    assert "Please have $25.00 ready for the courier." in done.said
    assert the_order(app).pay_before is None
    with time_machine.travel(now() + timedelta(hours=5)), app.app_context():
        assert jobs.cancel_unpaid.call_local() == 0


def test_a_new_attempt_ends_the_one_before(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    number = the_order(app).number
    second = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"}).location
    assert shopper.get(url).location == f"/orders/{number}"
    assert shopper.post(url, APPROVE).status == 409
    shopper.post(second, APPROVE)
    assert the_order(app).paid_minor == 2500
    assert shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"}).status == 409


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({**APPROVE, "amount": "1"}, 409),
        ({**APPROVE, "amount": "250000"}, 409),
        ({**APPROVE, "currency": "CNY"}, 409),
        ({**APPROVE, "amount": "-2500"}, 422),
        ({**APPROVE, "amount": "٢٥٠٠"}, 422),
        ({**APPROVE, "amount": "9" * 400}, 422),
        ({**APPROVE, "currency": ""}, 422),
        ({**APPROVE, "currency": "usd"}, 422),
        ({**APPROVE, "decision": "perhaps"}, 422),
        ({}, 422),
    ],
)
def test_a_message_that_does_not_fit_books_nothing(
    app: Flask, waiting: tuple[Shopper, str], message: dict[str, str], status: int
) -> None:
    shopper, url = waiting
    assert shopper.post(url, message).status == status
    assert the_order(app).payment_status == "unpaid"
    assert ledger(app) == [("capture", "request")]


def test_unknown_references_and_providers(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, _ = waiting
    assert shopper.get("/payments/nonsense").status == 404
    assert shopper.post("/payments/nonsense", APPROVE).status == 404
    number = the_order(app).number
    for provider in ("", "gold", "sandbox; drop"):
        assert shopper.post(f"/orders/{number}/payments", {"payment_provider": provider}).status == 422


def test_another_site_cannot_approve(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    assert shopper.post(url, APPROVE, headers={"Sec-Fetch-Site": "cross-site"}).status == 403


def test_a_cancelled_order_takes_no_payment(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    number = the_order(app).number
    shopper.post(f"/orders/{number}/cancellation")
    assert shopper.get(url).location == f"/orders/{number}"
    assert shopper.post(url, APPROVE).status == 409
    assert ledger(app)[-1] == ("void", "success")
    assert shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"}).status == 409


def late_approval(url: str) -> Outcome:
    """What a real provider says of a payment that ended here, but not there."""
    reference, kind = url.removeprefix("/payments/"), TransactionKind.CAPTURE
    return Outcome(reference, kind, TransactionResult.SUCCESS, Money(2500, "USD"), "psp-1", "psp-1", {})


def test_an_order_that_is_paid_after_all_is_not_collected_at_the_door_too(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    url = order(shopper).location
    shopper.post(f"/orders/{the_order(any_app).number}/payments", {"payment_provider": "cod"})
    with any_app.app_context(), transaction():
        services.book_outcome(outcome=late_approval(url), by="sandbox", at=now())
    with any_app.app_context(), transaction():
        fulfilment.deliver_order(order=the_order(any_app), by="staff:1", at=now())
    stored = the_order(any_app)
    assert (stored.payment_status, stored.paid_minor, stored.payment_provider) == ("paid", 2500, "sandbox")
    with any_app.app_context():
        assert [payment.state for payment in queries.list_payments(stored.id)] == ["captured", "voided"]
    assert books_agree(any_app)


def test_trying_again_and_again_does_not_hold_the_goods_for_ever(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    order(shopper)
    number, deadline = the_order(any_app).number, the_order(any_app).pay_before
    assert deadline is not None
    for minutes, status in ((20, 303), (29, 303), (31, 409)):
        with time_machine.travel(deadline + timedelta(minutes=minutes - 30)):
            again = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"})
        assert again.status == status
        assert the_order(any_app).pay_before == deadline
    with time_machine.travel(deadline + timedelta(minutes=1)), any_app.app_context():
        assert jobs.cancel_unpaid.call_local() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "had been cancelled before"), ("zh", "此前已取消")],
)
def test_money_for_a_cancelled_order_is_written_about(any_app: Flask, language: str, words: str) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app, language=language)
    url = order(shopper).location
    number = the_order(any_app).number
    shopper.post(f"/orders/{number}/cancellation")
    with any_app.app_context(), transaction():
        services.book_outcome(outcome=late_approval(url), by="sandbox", at=now())
    with any_app.app_context():
        letter, refunded = mail.list_mails_about(number)[-2:]
    assert (letter.template, refunded.template) == ("orders/mail/paid_late", "payments/mail/refunded")
    assert words in letter.text
    assert "$25.00" in letter.text
    assert number in letter.subject


def test_a_provider_that_took_money_late_is_believed(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    shopper.post(f"/orders/{the_order(app).number}/cancellation")
    outcome = late_approval(url)
    with app.app_context(), transaction():
        services.book_outcome(outcome=outcome, by="sandbox", at=now())
    assert [event.kind for event in the_order(app).events[-2:]] == ["paid_late", "refunded"]
    second = dataclasses.replace(outcome, psp_reference="psp-2", idempotency_key="psp-2")
    with app.app_context(), pytest.raises(PaymentClosed), transaction():
        services.book_outcome(outcome=second, by="sandbox", at=now())
    wrong = dataclasses.replace(second, amount=Money(2501, "USD"))
    with app.app_context(), pytest.raises(AmountMismatch), transaction():
        services.book_outcome(outcome=wrong, by="sandbox", at=now())
    assert books_agree(app)


def test_late_money_that_is_told_twice_opens_the_order_once(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    url = order(shopper).location
    number = the_order(any_app).number
    with time_machine.travel(now() + timedelta(hours=1)):
        with any_app.app_context():
            assert jobs.cancel_unpaid.call_local() == 1
        for _ in range(2):
            with any_app.app_context(), transaction():
                services.book_outcome(outcome=late_approval(url), by="sandbox", at=now())
        page = shopper.get(f"/orders/{number}")
    stored = the_order(any_app)
    assert (stored.status, stored.payment_status, stored.paid_minor) == ("open", "paid", 2500)
    kinds = [event.kind for event in stored.events]
    assert kinds == ["placed", "cancelled", "reopened", "paid"]
    assert "Order goes ahead after all" in page.said
    assert "We are packing your order" in page.said
    with any_app.app_context():
        assert [letter.template.rpartition("/")[2] for letter in mail.list_mails_about(number)] == [
            "placed",
            "cancelled",
            "reopened",
        ]
    assert books_agree(any_app)


def test_the_courier_brings_the_money(app: Flask) -> None:
    open_shop(app)
    buy(app, payment_provider="cod")
    with app.app_context(), transaction():
        fulfilment.deliver_order(order=the_order(app), by="staff:1", at=now())
    stored = the_order(app)
    assert (stored.payment_status, stored.paid_minor, stored.fulfillment_status) == ("paid", 2500, "delivered")
    assert books_agree(app)


def test_books_that_disagree_are_found(app: Flask, waiting: tuple[Shopper, str]) -> None:
    with app.app_context():
        with transaction():
            db.session.execute(db.update(Order).values(paid_minor=1))
        assert [found.key for found in ledgers.discrepancies()] == [f"{the_order(app).number} paid"]


@pytest.fixture
def without_sandbox(app: Flask) -> Iterator[Flask]:
    before = app.config["SHOP"]
    app.config["SHOP"] = dataclasses.replace(before, sandbox_payments=False)
    yield app
    app.config["SHOP"] = before


def test_a_real_shop_offers_no_sandbox(without_sandbox: Flask) -> None:
    open_shop(without_sandbox)
    shopper = with_cart(without_sandbox)
    page = shopper.get("/checkout")
    assert [option["value"] for option in page.all("[name=payment_provider]")] == ["cod"]
    assert order(shopper, page, payment_provider="sandbox").status == 422
    _, number = buy(without_sandbox, payment_provider="cod")
    assert number


def test_a_sandbox_that_was_closed_pays_nothing(app: Flask, waiting: tuple[Shopper, str]) -> None:
    shopper, url = waiting
    before = app.config["SHOP"]
    app.config["SHOP"] = dataclasses.replace(before, sandbox_payments=False)
    try:
        assert shopper.get(url).status == 404
        assert shopper.post(url, APPROVE).status == 404
        page = shopper.get(f"/orders/{the_order(app).number}")
        assert [button["value"] for button in page.all(".order__pay button")] == ["cod"]
    finally:
        app.config["SHOP"] = before


def test_providers_are_known_by_code(app: Flask) -> None:
    with app.app_context():
        assert isinstance(get_provider("cod"), CashOnDelivery)
        assert isinstance(get_provider("sandbox"), Sandbox)
        assert [provider.code for provider in list_providers()] == ["sandbox", "cod"]
        with pytest.raises(UnknownProvider):
            get_provider("bank")
