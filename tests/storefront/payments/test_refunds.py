"""Money that goes back: never more than came in, once for each reference, and never lost on the way."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.kernel.events import bind
from storefront.kernel.money import Money
from storefront.mail import queries as mail
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.errors import CannotCancel
from storefront.orders.states import CancelReason
from storefront.payments import jobs, services, talking
from storefront.payments.errors import NotRefundable, ProviderFailed, RefundClosed
from storefront.payments.events import RefundFailed, RefundSucceeded
from storefront.payments.models import Payment
from storefront.payments.providers import Outcome, RefundRequest, Sandbox
from storefront.payments.rules import next_ask, spread
from storefront.payments.services import refunds as refund_services
from storefront.payments.states import TransactionKind, TransactionResult
from storefront.reactions import REACTIONS
from tests.browser import Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import (
    ask_back,
    books_agree,
    kinds,
    payments,
    refunds,
    say,
    the_order,
)


def pay(app: Flask) -> Shopper:
    """An order of 25.00 that was paid in the sandbox."""
    open_shop(app)
    shopper = with_cart(app)
    say(app, order(shopper).location.removeprefix("/payments/"), 2500)
    return shopper


@pytest.fixture
def told() -> Iterator[list[object]]:
    """Facts about refunds, as other rooms hear of them."""
    heard: list[object] = []
    more = {kind: (*REACTIONS.get(kind, ()), heard.append) for kind in (RefundSucceeded, RefundFailed)}
    bind({**REACTIONS, **more})
    yield heard
    bind(REACTIONS)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: TransactionResult | Exception) -> list[RefundRequest]:
    """Let the sandbox answer refunds, one after the other; the last answer stays."""
    asked: list[RefundRequest] = []

    def answer(self: Sandbox, refund: RefundRequest) -> Outcome:
        asked.append(refund)
        found = answers[min(len(asked), len(answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return Outcome(
            refund.payment.reference,
            TransactionKind.REFUND,
            found,
            refund.amount,
            f"re-{refund.key}",
            f"re-{refund.key}-{found}",
            {"reason": "card closed"},
            refund.key,
        )

    monkeypatch.setattr(Sandbox, "refund", answer)
    monkeypatch.setattr(Sandbox, "query_refund", answer)
    return asked


def test_parts_that_add_up_to_the_whole(any_app: Flask, told: list[object]) -> None:
    pay(any_app)
    ask_back(any_app, 999, "return-1")
    assert the_order(any_app).payment_status == "partially_refunded"
    ask_back(any_app, 1501, "return-2")
    assert (the_order(any_app).payment_status, the_order(any_app).refunded_minor) == ("refunded", 2500)
    with pytest.raises(NotRefundable, match=r"At most 0\.00 USD"):
        ask_back(any_app, 1, "return-3")
    id_, number = the_order(any_app).id, the_order(any_app).number
    assert told == [
        RefundSucceeded(id_, number, "return-1", Money(999, "USD")),
        RefundSucceeded(id_, number, "return-2", Money(1501, "USD")),
    ]
    assert books_agree(any_app)


def test_the_same_reference_is_one_refund(any_app: Flask) -> None:
    pay(any_app)
    first, second = ask_back(any_app, 1000), ask_back(any_app, 1000)
    assert [each.id for each in first] == [each.id for each in second]
    assert the_order(any_app).refunded_minor == 1000


@pytest.mark.parametrize("minor", [2501, 0, -1])
def test_too_much_or_nothing_is_refused(any_app: Flask, minor: int) -> None:
    pay(any_app)
    with pytest.raises(NotRefundable):
        ask_back(any_app, minor)
    assert refunds(any_app) == []


def test_another_currency_is_refused(app: Flask) -> None:
    pay(app)
    with app.app_context(), pytest.raises(NotRefundable), transaction():
        whole = orders.get_whole(the_order(app).id)
        services.ask_refund(order=whole, amount=Money(100, "EUR"), reference="r", by="staff:1", at=now())


def test_refunds_at_once_never_take_more_than_came_in(any_app: Flask) -> None:
    pay(any_app)
    results: list[str] = []
    start = threading.Barrier(5)

    def ask(number: int) -> None:
        start.wait()
        try:
            ask_back(any_app, 1000, f"return-{number}")
            results.append("done")
        except NotRefundable:
            results.append("refused")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "done", "refused", "refused", "refused"]
    assert the_order(any_app).refunded_minor == 2000
    assert books_agree(any_app)


def test_the_table_itself_refuses_more_than_was_captured(any_app: Flask) -> None:
    pay(any_app)
    for values in ({"refunding_minor": 2501}, {"refunded_minor": 2000, "refunding_minor": 501}):
        with any_app.app_context(), pytest.raises(IntegrityError), transaction():
            db.session.execute(db.update(Payment).values(**values))


def test_a_refund_is_spread_over_the_payments_of_an_order(any_app: Flask) -> None:
    open_shop(any_app)
    shopper = with_cart(any_app)
    first = order(shopper).location.removeprefix("/payments/")
    number = the_order(any_app).number
    again = shopper.post(f"/orders/{number}/payments", {"payment_provider": "sandbox"})
    say(any_app, again.location.removeprefix("/payments/"), 2500, key="psp-1")
    say(any_app, first, 2500, key="psp-2")
    assert the_order(any_app).payment_status == "overpaid"
    ask_back(any_app, 2500, "too much")
    assert the_order(any_app).payment_status == "paid"
    ask_back(any_app, 2000, "return-1")
    assert [payment.refunded_minor for payment in payments(any_app)] == [2500, 2000]
    assert the_order(any_app).payment_status == "partially_refunded"
    assert books_agree(any_app)


def test_a_provider_that_is_down_is_asked_again_with_the_same_key(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(any_app)
    down = ProviderFailed("no answer", permanent=False)
    asked = answering(monkeypatch, down, RuntimeError("nobody thought of this"), TransactionResult.SUCCESS)
    ask_back(any_app, 2500)
    for minutes in (3, 6, 9):
        with time_machine.travel(now() + timedelta(minutes=minutes)), any_app.app_context():
            jobs.sweep_payments.call_local()
    assert len({each.key for each in asked}) == 1
    assert len(asked) == 3
    assert the_order(any_app).payment_status == "refunded"
    assert books_agree(any_app)


def test_a_refund_that_is_refused_leaves_the_money_here_and_tells_the_shop(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, told: list[object]
) -> None:
    pay(any_app)
    answering(monkeypatch, TransactionResult.FAILURE, TransactionResult.SUCCESS)
    ask_back(any_app, 2500)
    assert [refund.state for refund in refunds(any_app)] == ["failed"]
    assert the_order(any_app).payment_status == "paid"
    assert isinstance(told[0], RefundFailed)
    with any_app.app_context():
        letter = mail.list_mails_about(the_order(any_app).number)[-1]
    assert (letter.template, letter.recipient) == ("payments/mail/refund_failed", "hello@localhost")
    assert "card closed" in letter.text
    ask_back(any_app, 2500, "another way")
    assert the_order(any_app).payment_status == "refunded"
    assert books_agree(any_app)


def test_a_permanent_fault_ends_a_refund(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(any_app)
    answering(monkeypatch, ProviderFailed("no such payment", permanent=True))
    ask_back(any_app, 2500)
    assert [(refund.state, refund.error) for refund in refunds(any_app)] == [("failed", "no such payment")]
    assert books_agree(any_app)


def test_after_many_tries_a_person_looks_and_the_money_stays_set_aside(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(any_app)
    asked = answering(monkeypatch, ProviderFailed("no answer", permanent=False))
    ask_back(any_app, 2500)
    for hours in range(1, 12):
        with time_machine.travel(now() + timedelta(hours=7 * hours)), any_app.app_context():
            jobs.sweep_payments.call_local()
    assert len(asked) == 10
    refund = refunds(any_app)[0]
    assert refund.state == "stuck"
    with pytest.raises(NotRefundable):
        ask_back(any_app, 1, "another")
    answering(monkeypatch, TransactionResult.SUCCESS)
    with any_app.app_context(), transaction():
        refund_services.try_again(refund_id=refund.id, by="staff:1", at=now())
    assert the_order(any_app).payment_status == "refunded"
    with any_app.app_context(), pytest.raises(RefundClosed), transaction():
        refund_services.try_again(refund_id=refund.id, by="staff:1", at=now())
    assert books_agree(any_app)


@pytest.mark.parametrize(("paid", "state", "status"), [(True, "succeeded", "refunded"), (False, "failed", "paid")])
def test_a_person_can_say_what_became_of_it(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch, paid: bool, state: str, status: str
) -> None:
    pay(any_app)
    answering(monkeypatch, TransactionResult.REQUEST)
    ask_back(any_app, 2500)
    with any_app.app_context(), transaction():
        refund_services.settle_by_hand(refund_id=refunds(any_app)[0].id, succeeded=paid, by="staff:1", at=now())
    assert (refunds(any_app)[0].state, the_order(any_app).payment_status) == (state, status)
    assert books_agree(any_app)


def test_a_refund_that_takes_its_time_is_asked_about(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(any_app)
    answering(monkeypatch, TransactionResult.REQUEST, TransactionResult.SUCCESS)
    ask_back(any_app, 2500)
    assert [refund.state for refund in refunds(any_app)] == ["pending"]
    assert the_order(any_app).payment_status == "paid"
    with time_machine.travel(now() + timedelta(hours=1)), any_app.app_context():
        jobs.sweep_payments.call_local()
    assert the_order(any_app).payment_status == "refunded"
    assert books_agree(any_app)


def test_a_job_that_died_is_done_by_the_sweep_and_two_jobs_ask_once(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(any_app)
    asked = answering(monkeypatch, TransactionResult.SUCCESS)
    monkeypatch.setattr(jobs, "enqueue_after_commit", lambda *_: None)
    ask_back(any_app, 2500)
    assert asked == []
    start = threading.Barrier(3)

    def work() -> None:
        with any_app.app_context():
            start.wait()
            talking.refund(refunds(any_app)[0].id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1
    assert the_order(any_app).payment_status == "refunded"


def test_cancelling_a_paid_order_sends_its_money_back(any_app: Flask) -> None:
    shopper = pay(any_app)
    number = the_order(any_app).number
    page = shopper.post(f"/orders/{number}/cancellation", follow=True)
    assert "Your money goes back the way it came." in page.said
    assert "We have sent $25.00 back" in page.said
    stored = the_order(any_app)
    assert (stored.status, stored.payment_status) == ("cancelled", "refunded")
    assert kinds(any_app) == ["placed", "paid", "cancelled", "refunded"]
    with any_app.app_context():
        letters = mail.list_mails_about(number)
    assert [each.template.rpartition("/")[2] for each in letters][-2:] == ["cancelled", "refunded"]
    assert "that you have paid back the way it came" in letters[-2].text
    assert books_agree(any_app)


def test_an_order_that_was_sent_is_not_cancelled(any_app: Flask) -> None:
    shopper = pay(any_app)
    with any_app.app_context(), transaction():
        fulfilment.deliver_order(order=the_order(any_app), by="staff:1", at=now())
    assert shopper.post(f"/orders/{the_order(any_app).number}/cancellation").status == 409
    with any_app.app_context(), pytest.raises(CannotCancel), transaction():
        order_services.cancel_order(order=the_order(any_app), by="staff:1", at=now(), reason=CancelReason.BY_SHOP)
    assert the_order(any_app).refunded_minor == 0


def test_late_money_waits_for_a_person_where_the_merchant_wants_that(any_app: Flask) -> None:
    open_shop(any_app, refund_late_payments=False)
    shopper = with_cart(any_app)
    reference = order(shopper).location.removeprefix("/payments/")
    number = the_order(any_app).number
    shopper.post(f"/orders/{number}/cancellation")
    say(any_app, reference, 2500)
    assert refunds(any_app) == []
    assert "We hold $25.00 of yours." in shopper.get(f"/orders/{number}").said
    ask_back(any_app, 2500)
    assert the_order(any_app).payment_status == "refunded"
    assert books_agree(any_app)


def test_a_wrong_amount_of_a_refund_is_not_booked(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(any_app)

    def less(self: Sandbox, refund: RefundRequest) -> Outcome:
        short = Money(refund.amount.minor - 1, "USD")
        outcome = answer(self, refund)
        return dataclasses.replace(outcome, amount=short)

    answer = Sandbox.refund
    monkeypatch.setattr(Sandbox, "refund", less)
    ask_back(any_app, 2500)
    assert (refunds(any_app)[0].state, the_order(any_app).refunded_minor) == ("asked", 0)
    assert "refund success 2499 USD" in payments(any_app)[0].issue
    assert books_agree(any_app)


@given(st.lists(st.integers(0, 1000), max_size=6), st.integers(1, 4000))
def test_a_spread_adds_up_and_takes_no_more_than_there_is(available: list[int], amount: int) -> None:
    if amount > sum(available):
        with pytest.raises(ValueError, match="more than there is"):
            spread(amount, available)
    else:
        parts = spread(amount, available)
        assert sum(parts) == amount
        assert all(0 <= part <= each for part, each in zip(parts, available, strict=True))


def test_a_silent_provider_is_asked_less_and_less_and_then_no_more() -> None:
    begun, first = now(), timedelta(minutes=10)
    asked, at = [], begun + first
    while (coming := next_ask(created_at=begun, at=at, first=first)) is not None:
        assert coming > at
        asked.append(coming - begun)
        at = coming
    assert asked[0] == timedelta(minutes=20)
    assert asked[-1] <= timedelta(days=3)
    assert 10 < len(asked) < 30
