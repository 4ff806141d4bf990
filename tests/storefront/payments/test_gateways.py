"""Every provider's whole life against a server on this machine that signs and verifies with keys of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.kernel.clock import now
from storefront.orders import jobs as order_jobs
from tests.fresh_process import SHOP, modules_after
from tests.storefront.payments.benches import Bench, Message
from tests.storefront.payments.books import (
    ask_back,
    books_agree,
    kinds,
    ledger,
    payments,
    refunds,
    stored,
    the_order,
)
from tests.storefront.payments.conftest import BENCHES
from tests.storefront.payments.road import later, leave, paid, shop_with, tell

pytestmark = pytest.mark.xdist_group("providers")

PAID = [("capture", "request", 2500), ("capture", "success", 2500)]


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest) -> Bench:
    """Each provider in turn."""
    found: Bench = request.getfixturevalue(f"{request.param}_bench")
    return found


@pytest.fixture
def shop(app: Flask, bench: Bench) -> Iterator[Flask]:
    """A shop that offers it."""
    with shop_with(app, bench):
        yield app


def test_a_message_pays_the_order(shop: Flask, bench: Bench) -> None:
    paid(shop, bench)
    assert ledger(shop) == PAID
    assert [(each.state, each.told) for each in stored(shop)] == [("booked", "capture success")]
    assert books_agree(shop)


def test_who_comes_back_sees_paid_although_the_message_is_late(shop: Flask, bench: Bench) -> None:
    shopper, payment = leave(shop, bench)
    back = f"/payments/{payment.reference}/return"
    assert "We are looking for your payment" in shopper.get(back).said
    bench.pay(payment)
    with time_machine.travel(now() + timedelta(seconds=5)):
        assert "We are packing your order" in shopper.get(back, follow=True).said
    assert tell(shop, bench, bench.told_paid(payment)).status == 200
    assert (kinds(shop), ledger(shop)) == (["placed", "payment_chosen", "paid"], PAID)


def test_a_message_that_is_replayed_changes_nothing(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    message, other = bench.told_paid(payment), bench.told_paid(payment)
    for each in (message, message, other):
        assert tell(shop, bench, each).status == 200
    assert (ledger(shop), the_order(shop).paid_minor) == (PAID, 2500)
    assert [each.state for each in stored(shop)] == ["booked"] * 3
    assert books_agree(shop)


def test_forgeries_are_kept_and_refused(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    forgeries = bench.forgeries(payment)
    assert [tell(shop, bench, each).status for each in forgeries] == [400] * len(forgeries)
    assert {each.state for each in stored(shop)} == {"refused"}
    assert the_order(shop).payment_status == "unpaid"


@pytest.mark.parametrize("minor", [2499, 250000])
def test_another_amount_is_not_booked_and_is_told(shop: Flask, bench: Bench, minor: int) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    assert tell(shop, bench, bench.told_paid(payment, minor=minor)).status == 200
    assert (the_order(shop).payment_status, stored(shop)[0].state) == ("unpaid", "unmatched")
    assert f"success {minor}" in payments(shop)[0].issue
    assert books_agree(shop)


def test_another_currency_is_not_booked_and_is_told(shop: Flask, bench: Bench) -> None:
    if not bench.says_currency:
        pytest.skip("Alipay speaks of yuan alone")
    _, payment = leave(shop, bench)
    bench.pay(payment)
    assert tell(shop, bench, bench.told_paid(payment, currency="HKD")).status == 200
    assert (the_order(shop).payment_status, stored(shop)[0].state) == ("unpaid", "unmatched")
    assert "HKD" in payments(shop)[0].issue


def test_an_unknown_payment_is_kept_for_somebody_to_look_at(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    message = bench.told_paid(payment, reference="of-another-shop-0000000000000000")
    for _ in range(2):
        assert tell(shop, bench, message).status == 200
    assert [each.state for each in stored(shop)] == ["unmatched"]
    assert the_order(shop).payment_status == "unpaid"


def test_an_attempt_that_ended_unpaid_can_be_tried_again(shop: Flask, bench: Bench) -> None:
    shopper, payment = leave(shop, bench)
    assert tell(shop, bench, bench.close(payment)).status == 200
    assert payments(shop)[0].state in {"failed", "voided"}
    number = the_order(shop).number
    again = shopper.post(f"/orders/{number}/payments", {"payment_provider": bench.code})
    assert again.location.startswith("/payments/")
    second = payments(shop)[-1]
    bench.pay(second)
    tell(shop, bench, bench.told_paid(second))
    assert the_order(shop).payment_status == "paid"
    assert books_agree(shop)


def test_a_failure_told_after_the_success_changes_nothing(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    late = bench.close(payment)
    if bench.code == "alipay":
        bench.peer.trades[payment.handle]["trade_status"] = "WAIT_BUYER_PAY"
    bench.pay(payment)
    tell(shop, bench, bench.told_paid(payment))
    assert tell(shop, bench, late).status == 200
    assert (the_order(shop).payment_status, payments(shop)[0].state) == ("paid", "captured")
    assert books_agree(shop)


def test_a_part_and_then_the_rest_go_back(shop: Flask, bench: Bench) -> None:
    payment = paid(shop, bench)
    ask_back(shop, 1000, "return-1")
    half = the_order(shop)
    assert (half.payment_status, half.refunded_minor) == ("partially_refunded", 1000)
    assert tell(shop, bench, bench.told_refund(payment)).status == 200
    ask_back(shop, 1000, "return-1")
    ask_back(shop, 1500, "return-2")
    assert the_order(shop).payment_status == "refunded"
    for _ in range(2):
        assert tell(shop, bench, bench.told_refund(payment)).status == 200
    assert sorted(bench.refunds_made(payment)) == [1000, 1500]
    assert [refund.state for refund in refunds(shop)] == ["succeeded"] * 2
    assert (the_order(shop).refunded_minor, books_agree(shop)) == (2500, True)


def test_a_refund_made_at_the_provider_is_taken_up(shop: Flask, bench: Bench) -> None:
    payment = paid(shop, bench)
    message = bench.refund_elsewhere(payment, 700)
    for _ in range(2):
        assert tell(shop, bench, message).status == 200
    assert (the_order(shop).refunded_minor, len(refunds(shop))) == (700, 1)
    assert refunds(shop)[0].reference.startswith("elsewhere-")
    assert books_agree(shop)


def test_a_refund_told_before_its_payment_finds_its_place(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    paid_message = bench.told_paid(payment)
    assert tell(shop, bench, bench.refund_elsewhere(payment, 2500)).status == 200
    assert tell(shop, bench, paid_message).status == 200
    later(shop, 2, "sweep_payments")
    assert (the_order(shop).payment_status, the_order(shop).refunded_minor) == ("refunded", 2500)
    assert {each.state for each in stored(shop)} == {"booked"}
    assert books_agree(shop)


def test_a_refund_that_is_all_that_was_ever_told_is_booked_with_its_payment(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    assert tell(shop, bench, bench.refund_elsewhere(payment, 2500)).status == 200
    later(shop, 11, "reconcile")
    later(shop, 13, "sweep_payments")
    assert (the_order(shop).payment_status, the_order(shop).refunded_minor) == ("refunded", 2500)
    assert {each.state for each in stored(shop)} == {"booked"}
    assert books_agree(shop)


def test_money_that_comes_after_the_cancellation_goes_back(shop: Flask, bench: Bench) -> None:
    shopper, payment = leave(shop, bench)
    bench.pay(payment)
    shopper.post(f"/orders/{the_order(shop).number}/cancellation")
    assert tell(shop, bench, bench.told_paid(payment)).status == 200
    assert (the_order(shop).status, the_order(shop).payment_status) == ("cancelled", "refunded")
    assert kinds(shop)[2:] == ["cancelled", "paid_late", "refunded"]
    assert bench.refunds_made(payment) == [2500]
    assert books_agree(shop)


def test_money_after_the_clock_opens_the_order_again(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    with time_machine.travel(now() + timedelta(hours=1)):
        with shop.app_context():
            order_jobs.cancel_unpaid.call_local()
        assert tell(shop, bench, bench.told_paid(payment)).status == 200
    assert (the_order(shop).status, the_order(shop).payment_status) == ("open", "paid")


def test_the_clock_asks_about_a_payment_that_nobody_tells_of(shop: Flask, bench: Bench) -> None:
    _, payment = leave(shop, bench)
    bench.pay(payment)
    later(shop, 11, "reconcile")
    assert (the_order(shop).payment_status, ledger(shop)) == ("paid", PAID)


def test_a_provider_that_is_down_when_somebody_comes_back_is_asked_again(shop: Flask, bench: Bench) -> None:
    shopper, payment = leave(shop, bench)
    bench.pay(payment)
    bench.peer.is_down = True
    page = shopper.get(f"/payments/{payment.reference}/return")
    assert "We are looking for your payment" in page.said
    later(shop, 11, "reconcile")
    assert the_order(shop).payment_status == "unpaid"
    bench.peer.is_down = False
    later(shop, 40, "reconcile")
    assert the_order(shop).payment_status == "paid"


def test_a_refund_while_the_provider_is_down_is_made_later_and_once(shop: Flask, bench: Bench) -> None:
    payment = paid(shop, bench)
    bench.peer.is_down = True
    ask_back(shop, 2500)
    assert [(refund.state, refund.attempts) for refund in refunds(shop)] == [("asked", 1)]
    bench.peer.is_down = False
    for minutes in (2, 4):
        later(shop, minutes, "sweep_payments")
    assert (the_order(shop).payment_status, bench.refunds_made(payment)) == ("refunded", [2500])
    assert books_agree(shop)


def test_a_refund_whose_answer_is_lost_is_made_once(shop: Flask, bench: Bench) -> None:
    if bench.code == "stripe":
        pytest.skip("Stripe's server here loses nothing")
    payment = paid(shop, bench)
    bench.peer.loses_answers = True
    ask_back(shop, 2500)
    assert (refunds(shop)[0].state, bench.refunds_made(payment)) == ("asked", [2500])
    bench.peer.loses_answers = False
    later(shop, 2, "sweep_payments")
    assert (the_order(shop).payment_status, bench.refunds_made(payment)) == ("refunded", [2500])
    assert books_agree(shop)


def test_nonsense_with_no_signature_leaves_no_trace_in_the_books(shop: Flask, bench: Bench) -> None:
    for body in (b"", b"\xff\xfe", b"null", b"{}", b"a=b", b'{"resource": []}'):
        assert tell(shop, bench, Message(body)).status == 400
    assert {each.state for each in stored(shop)} == {"refused"}


def test_a_shop_carries_no_providers_library_until_it_speaks_to_one() -> None:
    heavy = {"alipay", "wechatpayv3", "paypalserversdk", "stripe", "OpenSSL", "Cryptodome", "apimatic_core", "requests"}
    loaded = modules_after(SHOP)
    assert "storefront.payments.views" in loaded
    assert not heavy & loaded
