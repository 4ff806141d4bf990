"""What is Alipay's own: its two pages, its numbers, trades that begin late, refunds that take a while."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from storefront.payments.errors import ProviderFailed
from storefront.payments.providers import alipay as module
from storefront.payments.providers.alipay import number_of, reference_of
from storefront.payments.providers.pem import read_pem
from tests.browser import Shopper
from tests.gateways.alipay_peer import BadRequest
from tests.gateways.server import private_pem
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.benches import AlipayBench
from tests.storefront.payments.books import ask_back, books_agree, payments, refunds, stored, the_order
from tests.storefront.payments.conftest import with_keys
from tests.storefront.payments.road import PHONE, later, leave, paid, shop_with, tell

pytestmark = pytest.mark.xdist_group("providers")


@pytest.fixture
def shop(app: Flask, alipay_bench: AlipayBench) -> Iterator[Flask]:
    """A shop that takes Alipay."""
    with shop_with(app, alipay_bench):
        yield app


@pytest.mark.parametrize(("agent", "method"), [("", "alipay.trade.page.pay"), (PHONE, "alipay.trade.wap.pay")])
def test_a_computer_and_a_phone_get_pages_of_their_own(
    shop: Flask, alipay_bench: AlipayBench, agent: str, method: str
) -> None:
    shopper, payment = leave(shop, alipay_bench, agent=agent)
    button = shopper.get(f"/payments/{payment.reference}").one("main a.button")
    trade = alipay_bench.peer.open(str(button["href"]))
    assert (trade["method"], trade["total_amount"]) == (method, "25.00")
    assert trade["return_url"].endswith(f"/payments/{payment.reference}/return")
    assert trade["notify_url"].endswith("/payments/webhooks/alipay")


def test_its_page_closes_when_the_time_to_pay_is_over(shop: Flask, alipay_bench: AlipayBench) -> None:
    _, payment = leave(shop, alipay_bench)
    deadline = the_order(shop).pay_before
    assert deadline is not None
    with time_machine.travel(deadline - timedelta(seconds=5)):
        assert alipay_bench.peer.open(payment.continue_url)["trade_status"] == "WAIT_BUYER_PAY"
    with time_machine.travel(deadline + timedelta(seconds=5)), pytest.raises(BadRequest, match="TRADE_EXPIRED"):
        alipay_bench.peer.open(payment.continue_url)


def test_alipay_hears_success_once_its_message_is_kept(shop: Flask, alipay_bench: AlipayBench) -> None:
    _, payment = leave(shop, alipay_bench)
    alipay_bench.pay(payment)
    answer = tell(shop, alipay_bench, alipay_bench.told_paid(payment))
    assert (answer.text, answer.response.mimetype) == ("success", "text/plain")


def test_messages_of_no_concern_are_acknowledged(shop: Flask, alipay_bench: AlipayBench) -> None:
    _, payment = leave(shop, alipay_bench)
    alipay_bench.peer.open(payment.continue_url)
    for changed in ({"notify_type": "dut_user_sign"}, {"trade_status": "WAIT_BUYER_PAY"}):
        body = alipay_bench.peer.notification(payment.handle, **changed)
        assert Shopper(shop).post("/payments/webhooks/alipay", body).text == "success"
    assert {(each.state, each.told) for each in stored(shop)} == {("booked", "nothing for us")}


def test_a_cancelled_order_closes_a_trade_that_was_opened(shop: Flask, alipay_bench: AlipayBench) -> None:
    shopper, payment = leave(shop, alipay_bench)
    trade = alipay_bench.peer.open(payment.continue_url)
    shopper.post(f"/orders/{the_order(shop).number}/cancellation")
    assert trade["trade_status"] == "TRADE_CLOSED"
    assert tell(shop, alipay_bench, alipay_bench.close(payment)).status == 200
    assert payments(shop)[0].state == "voided"


def test_a_trade_that_nobody_opened_is_nothing_to_close(shop: Flask, alipay_bench: AlipayBench) -> None:
    shopper, payment = leave(shop, alipay_bench)
    shopper.post(f"/orders/{the_order(shop).number}/cancellation")
    assert payments(shop)[0].state == "voided"
    assert payment.handle not in alipay_bench.peer.trades


def test_a_trade_that_is_finished_was_paid(shop: Flask, alipay_bench: AlipayBench) -> None:
    _, payment = leave(shop, alipay_bench)
    alipay_bench.pay(payment)
    alipay_bench.peer.trades[payment.handle]["trade_status"] = "TRADE_FINISHED"
    later(shop, 11, "reconcile")
    assert the_order(shop).payment_status == "paid"


def test_an_answer_that_alipay_did_not_sign_is_not_believed(
    shop: Flask, alipay_bench: AlipayBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, payment = leave(shop, alipay_bench)
    alipay_bench.pay(payment)
    monkeypatch.setattr(alipay_bench.peer, "signs_as", "somebody")
    assert "We are looking for your payment" in shopper.get(f"/payments/{payment.reference}/return").said
    assert the_order(shop).payment_status == "unpaid"


def test_a_refund_that_alipay_is_still_at_waits_for_its_end(
    shop: Flask, alipay_bench: AlipayBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(shop, alipay_bench)
    monkeypatch.setattr(alipay_bench.peer, "is_slow_to_refund", True)
    ask_back(shop, 2500)
    assert (refunds(shop)[0].state, the_order(shop).payment_status) == ("pending", "paid")
    assert tell(shop, alipay_bench, alipay_bench.told_refund(payment)).status == 200
    assert stored(shop)[-1].state == "received", "told too early, and read again"
    monkeypatch.setattr(alipay_bench.peer, "is_slow_to_refund", False)
    later(shop, 40, "sweep_payments")
    assert (the_order(shop).payment_status, stored(shop)[-1].state) == ("refunded", "booked")
    assert alipay_bench.refunds_made(payment) == [2500]
    assert books_agree(shop)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("ACQ.TRADE_HAS_FINISHED", "failed"),
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", "asked"),
        ("ACQ.SYSTEM_ERROR", "asked"),
        ("aop.unknow-error", "asked"),
    ],
)
def test_a_refund_that_is_refused_for_good_ends_and_another_is_tried_again(
    shop: Flask, alipay_bench: AlipayBench, monkeypatch: pytest.MonkeyPatch, code: str, state: str
) -> None:
    paid(shop, alipay_bench)
    monkeypatch.setattr(alipay_bench.peer, "refuses", {"alipay.trade.refund": code})
    ask_back(shop, 2500)
    assert (refunds(shop)[0].state, the_order(shop).payment_status) == (state, "paid")
    assert code in refunds(shop)[0].error
    assert books_agree(shop)


def test_an_alipay_that_does_not_answer_keeps_nobody_long(
    shop: Flask, alipay_bench: AlipayBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    module._client.cache_clear()
    shopper, payment = leave(shop, alipay_bench)
    alipay_bench.peer.silent()
    assert "We are looking for your payment" in shopper.get(f"/payments/{payment.reference}/return").said
    module._client.cache_clear()


def test_only_a_shop_in_yuan_with_all_keys_offers_it(app: Flask, alipay_bench: AlipayBench) -> None:
    with with_keys(app, **alipay_bench.keys):
        open_shop(app)
        refusal = order(with_cart(app), payment_provider="alipay")
        assert (refusal.status, "Alipay" in refusal.said) == (422, False)
        assert Shopper(app).post("/payments/webhooks/alipay", b"sign=1").status == 404


def test_its_chinese_name_stands_on_a_chinese_page(shop: Flask) -> None:
    placed = order(with_cart(shop, language="zh"), payment_provider="alipay")
    assert "支付宝" in Shopper(shop, language="zh").get(placed.location).said


@given(st.text(string.ascii_letters + string.digits + "-_", max_size=32))
def test_a_reference_survives_alipays_letters(reference: str) -> None:
    number = number_of(reference)
    assert len(number) <= 64
    assert set(number) <= set(string.ascii_letters + string.digits + "_")
    assert reference_of(number) == reference


def test_keys_are_read_in_every_form_that_merchants_have(tmp_path: Path) -> None:
    whole = private_pem("shop")
    bare = "".join(whole.splitlines()[1:-1])
    place = tmp_path / "app.pem"
    place.write_text(whole)
    for form in (whole, whole.replace("\n", "\\n"), bare, f" {bare}\n", str(place)):
        assert read_pem(form, "PRIVATE KEY") == whole
    with pytest.raises(ProviderFailed) as failure:
        read_pem(str(tmp_path / "missing.pem"), "PRIVATE KEY")
    assert "missing.pem" in failure.value.reason


def test_a_key_that_is_none_keeps_the_order_and_says_so(app: Flask, alipay_bench: AlipayBench) -> None:
    with shop_with(app, alipay_bench, ALIPAY_PRIVATE_KEY="nonsense"):
        page = order(with_cart(app), payment_provider="alipay", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said
    assert the_order(app).payment_status == "unpaid"
