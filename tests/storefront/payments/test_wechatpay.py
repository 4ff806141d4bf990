"""What is WeChat Pay's own: a code, an app, certificates that are fetched, refunds that end badly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from flask import Flask

from storefront.kernel.clock import now
from storefront.payments import jobs
from storefront.payments.providers import wechatpay as module
from tests.browser import Shopper
from tests.gateways.wechat_peer import APP_SECRET
from tests.storefront.checkout.desk import order, with_cart
from tests.storefront.payments.benches import Message, WeChatBench
from tests.storefront.payments.books import ask_back, books_agree, payments, refunds, stored, the_order
from tests.storefront.payments.conftest import with_keys
from tests.storefront.payments.road import INSIDE, PHONE, later, leave, paid, shop_with, tell

pytestmark = pytest.mark.xdist_group("providers")


@pytest.fixture
def shop(app: Flask, wechatpay_bench: WeChatBench) -> Iterator[Flask]:
    """A shop that takes WeChat Pay."""
    with shop_with(app, wechatpay_bench):
        yield app


def test_a_computer_shows_a_code_and_looks_for_the_money(shop: Flask, wechatpay_bench: WeChatBench) -> None:
    shopper, payment = leave(shop, wechatpay_bench)
    page = shopper.get(f"/payments/{payment.reference}")
    assert page.one("main h1").get_text() == "Scan to pay"
    code = unquote(str(page.one("img.scan")["src"]))
    assert code.startswith("data:image/svg+xml")
    assert "#fff" in code, "a dark page would hide it"
    assert payment.qr == f"weixin://wxpay/bizpayurl?pr={payment.reference[:9]}"
    look = str(page.one("main [hx-get]")["hx-get"])
    waiting = shopper.get(look, htmx=True)
    assert waiting.status == 200
    wechatpay_bench.pay(payment)
    with time_machine.travel(now() + timedelta(seconds=5)):
        gone = shopper.get(look, htmx=True)
    assert f"/orders/{the_order(shop).number}" in gone.response.headers["HX-Location"]
    assert the_order(shop).payment_status == "paid"


def test_a_phone_goes_to_the_app_and_comes_back(shop: Flask, wechatpay_bench: WeChatBench) -> None:
    shopper, payment = leave(shop, wechatpay_bench, agent=PHONE)
    asked = wechatpay_bench.peer.orders[payment.reference]
    assert (asked["trade_type"], asked["amount"]) == ("MWEB", {"total": 2500, "currency": "CNY"})
    button = str(shopper.get(f"/payments/{payment.reference}").one("main a.button")["href"])
    back = parse_qs(urlsplit(button).query)["redirect_url"][0]
    assert back.endswith(f"/payments/{payment.reference}/return")


def test_a_merchant_without_h5_shows_the_code_on_a_phone_too(app: Flask, wechatpay_bench: WeChatBench) -> None:
    with shop_with(app, wechatpay_bench, WECHATPAY_H5="no"):
        _, payment = leave(app, wechatpay_bench, agent=PHONE)
    assert wechatpay_bench.peer.orders[payment.reference]["trade_type"] == "NATIVE"


@pytest.fixture
def inside(app: Flask, wechatpay_bench: WeChatBench) -> Iterator[Flask]:
    """A shop with an official account, for readers inside WeChat."""
    keys = {
        "WECHATPAY_APP_SECRET": APP_SECRET,
        "WECHATPAY_SIGN_IN_PAGE": f"{wechatpay_bench.peer.url}/connect/oauth2/authorize",
        "WECHATPAY_SIGN_IN_API": wechatpay_bench.peer.url,
    }
    with shop_with(app, wechatpay_bench, **keys):
        yield app


def test_inside_wechat_its_own_sheet_opens(inside: Flask, wechatpay_bench: WeChatBench) -> None:
    peer = wechatpay_bench.peer
    shopper, payment = leave(inside, wechatpay_bench, agent=INSIDE)
    page = str(shopper.get(f"/payments/{payment.reference}").one("main a.button")["href"])
    place = urlsplit(peer.sign_in(page, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"))
    sheet = shopper.get(f"{place.path}?{place.query}")
    button = sheet.one("main button")
    assert peer.is_sheet(json.loads(str(button["data-wechat-sheet"])))
    assert button["data-back"] == f"/payments/{payment.reference}/return"
    made = peer.orders[payment.reference]
    assert (made["trade_type"], made["payer"]) == ("JSAPI", {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"})
    wechatpay_bench.pay(payment)
    assert "We are packing your order" in shopper.get(str(button["data-back"]), follow=True).said
    assert shopper.get(f"{place.path}?{place.query}").location == f"/orders/{the_order(inside).number}"


def test_a_code_that_names_nobody_leads_back_to_the_order(inside: Flask, wechatpay_bench: WeChatBench) -> None:
    shopper, payment = leave(inside, wechatpay_bench, agent=INSIDE)
    for code in ("", "?code=used-before"):
        page = shopper.get(f"/payments/{payment.reference}/wechat{code}", follow=True)
        assert "WeChat does not answer just now" in page.said
    assert payments(inside)[0].state == "pending"


def test_only_wechat_has_a_sheet(shop: Flask) -> None:
    shopper = with_cart(shop)
    order(shopper, payment_provider="sandbox")
    assert shopper.get(f"/payments/{payments(shop)[0].reference}/wechat?code=1").status == 404
    assert shopper.get("/payments/unknown/wechat?code=1").status == 404


def test_platform_certificates_are_fetched_where_there_is_no_public_key(
    app: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechatpay_bench.peer, "has_key_id", False)
    module._core.cache_clear()
    wechatpay_bench.peer.calls.clear()
    with shop_with(app, wechatpay_bench, WECHATPAY_PUBLIC_KEY="", WECHATPAY_PUBLIC_KEY_ID=""):
        paid(app, wechatpay_bench)
        fetched = [call for call in wechatpay_bench.peer.calls if call.path == "/v3/certificates"]
        assert len(fetched) == 1
        forged = wechatpay_bench.signed(b"{}")
        other = Message(forged.body, dict(forged.headers) | {"Wechatpay-Serial": "5157F09EFDC096DE15EBE81A47057A72"})
        assert tell(app, wechatpay_bench, other).status == 400
        ask_back(app, 2500)
    assert the_order(app).payment_status == "refunded"


def test_a_cancelled_order_closes_the_code(shop: Flask, wechatpay_bench: WeChatBench) -> None:
    shopper, payment = leave(shop, wechatpay_bench)
    shopper.post(f"/orders/{the_order(shop).number}/cancellation")
    assert wechatpay_bench.peer.orders[payment.reference]["trade_state"] == "CLOSED"
    assert payments(shop)[0].state == "voided"


def test_a_code_that_closed_by_itself_ends_the_attempt(shop: Flask, wechatpay_bench: WeChatBench) -> None:
    _, payment = leave(shop, wechatpay_bench)
    wechatpay_bench.peer.orders[payment.reference]["trade_state"] = "CLOSED"
    later(shop, 11, "reconcile")
    assert (payments(shop)[0].state, the_order(shop).payment_status) == ("voided", "unpaid")


def test_an_answer_that_wechat_did_not_sign_is_not_believed(
    shop: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, payment = leave(shop, wechatpay_bench)
    wechatpay_bench.pay(payment)
    monkeypatch.setattr(wechatpay_bench.peer, "signs_as", "somebody")
    assert "We are looking for your payment" in shopper.get(f"/payments/{payment.reference}/return").said
    assert the_order(shop).payment_status == "unpaid"


def test_a_refund_that_wechat_is_still_at_is_told_when_it_ends(
    shop: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(shop, wechatpay_bench)
    monkeypatch.setattr(wechatpay_bench.peer, "is_slow_to_refund", True)
    made = ask_back(shop, 2500)[0]
    assert (refunds(shop)[0].state, the_order(shop).payment_status) == ("pending", "paid")
    later(shop, 30, "sweep_payments")
    assert refunds(shop)[0].state == "pending"
    wechatpay_bench.peer.refunds[made.key]["status"] = "SUCCESS"
    assert tell(shop, wechatpay_bench, wechatpay_bench.told_refund(payment)).status == 200
    with time_machine.travel(now() + timedelta(hours=3)), shop.app_context():
        jobs.sweep_payments.call_local()
    assert (the_order(shop).payment_status, the_order(shop).refunded_minor) == ("refunded", 2500)
    assert books_agree(shop)


def test_a_refund_that_a_bank_turned_back_is_failed_and_believed_once_it_went(
    shop: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(shop, wechatpay_bench)
    monkeypatch.setattr(wechatpay_bench.peer, "is_slow_to_refund", True)
    made = ask_back(shop, 2500)[0]
    wechatpay_bench.peer.refunds[made.key]["status"] = "ABNORMAL"
    told = wechatpay_bench.peer.refund_told(made.key)
    message = wechatpay_bench.signed(wechatpay_bench.peer.message("REFUND.ABNORMAL", told))
    assert tell(shop, wechatpay_bench, message).status == 200
    assert (refunds(shop)[0].state, refunds(shop)[0].error) == ("failed", "abnormal")
    wechatpay_bench.peer.refunds[made.key]["status"] = "SUCCESS"
    assert tell(shop, wechatpay_bench, wechatpay_bench.told_refund(payment)).status == 200
    assert (refunds(shop)[0].state, the_order(shop).payment_status) == ("succeeded", "refunded")
    assert books_agree(shop)


@pytest.mark.parametrize(
    ("code", "state"), [("INVALID_REQUEST", "failed"), ("NOT_ENOUGH", "asked"), ("FREQUENCY_LIMITED", "asked")]
)
def test_a_refund_that_is_refused_for_good_ends_and_another_is_tried_again(
    shop: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch, code: str, state: str
) -> None:
    paid(shop, wechatpay_bench)
    monkeypatch.setattr(wechatpay_bench.peer, "refuses", {"/v3/refund": code})
    ask_back(shop, 2500)
    assert (refunds(shop)[0].state, the_order(shop).payment_status) == (state, "paid")
    assert code in refunds(shop)[0].error


def test_messages_of_no_concern_are_acknowledged(shop: Flask, wechatpay_bench: WeChatBench) -> None:
    _, payment = leave(shop, wechatpay_bench)
    told = wechatpay_bench.peer.orders[payment.reference]
    for kind in ("PARKING.ENTRANCE", "TRANSACTION.NOTPAY"):
        assert tell(shop, wechatpay_bench, wechatpay_bench.signed(wechatpay_bench.peer.message(kind, told))).text == ""
    assert {(each.state, each.told) for each in stored(shop)} == {("booked", "nothing for us")}


def test_a_wechat_that_is_down_or_silent_loses_no_order(
    shop: Flask, wechatpay_bench: WeChatBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)
    module._core.cache_clear()
    shopper = with_cart(shop)
    wechatpay_bench.peer.silent()
    page = order(shopper, payment_provider="wechatpay", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said
    wechatpay_bench.peer.well()
    again = shopper.post(f"/orders/{the_order(shop).number}/payments", {"payment_provider": "wechatpay"})
    assert again.location.startswith("/payments/")
    module._core.cache_clear()


def test_keys_that_do_not_serve_keep_the_order(app: Flask, wechatpay_bench: WeChatBench) -> None:
    with shop_with(app, wechatpay_bench, WECHATPAY_PRIVATE_KEY="nonsense"):
        page = order(with_cart(app), payment_provider="wechatpay", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said


def test_only_a_shop_in_yuan_offers_it(app: Flask, wechatpay_bench: WeChatBench) -> None:
    with with_keys(app, **wechatpay_bench.keys):
        assert Shopper(app).post("/payments/webhooks/wechatpay", b"{}").status == 404
