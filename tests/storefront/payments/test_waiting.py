"""Coming back from a provider, and waiting for one that says nothing yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from storefront.kernel.clock import now
from storefront.payments import jobs
from storefront.payments.errors import ProviderFailed
from storefront.payments.providers import KNOWN, Request, Sandbox, Start
from tests.browser import Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import books_agree, payments, say, the_order

LATER = {"decision": "later", "amount": "2500", "currency": "USD"}


def leave(app: Flask) -> tuple[Shopper, str]:
    open_shop(app)
    shopper = with_cart(app)
    return shopper, order(shopper).location


def test_a_payment_that_takes_its_time_is_waited_for(any_app: Flask) -> None:
    shopper, url = leave(any_app)
    page = shopper.post(url, LATER, follow=True)
    assert "The payment service has not told us yet whether $25.00 came through." in page.said
    assert page.one("#payment-wait")["hx-get"] == f"{url}/return?look=2"
    assert the_order(any_app).payment_status == "unpaid"
    with time_machine.travel(now() + timedelta(seconds=20)):
        assert "We are packing your order" in shopper.get(f"{url}/return", follow=True).said
    assert the_order(any_app).payment_status == "paid"
    assert books_agree(any_app)


def test_a_waiting_page_that_looks_by_itself_is_led_on(any_app: Flask) -> None:
    shopper, url = leave(any_app)
    shopper.post(url, LATER)
    waits = shopper.get(f"{url}/return?look=2", htmx=True)
    assert waits.one("#payment-wait")["hx-get"] == f"{url}/return?look=3"
    with time_machine.travel(now() + timedelta(seconds=20)):
        done = shopper.get(f"{url}/return?look=3", htmx=True)
    assert (done.status, done.response.headers["HX-Location"]) == (204, f"/orders/{the_order(any_app).number}")


def test_a_waiting_page_stops_looking(app: Flask) -> None:
    shopper, url = leave(app)
    shopper.post(url, LATER)
    page = shopper.get(f"{url}/return?look=30")
    assert not page.one("#payment-wait").has_attr("hx-get")
    assert "Look again" in page.said


def test_the_order_leads_back_to_the_payment_that_was_begun(app: Flask) -> None:
    shopper, url = leave(app)
    page = shopper.get(f"/orders/{the_order(app).number}")
    links = [link["href"] for link in page.all(".next a")]
    assert links == [url, f"{url}/return"]


def test_a_phone_that_only_scanned_the_code_is_thanked(app: Flask) -> None:
    _, url = leave(app)
    say(app, url.removeprefix("/payments/"), 2500)
    page = Shopper(app).get(f"{url}/return")
    assert page.status == 200
    assert "Thank you!" in page.said
    assert "$25.00" not in page.said


class Wallet(Sandbox):
    """A provider whose payments are begun on a phone."""

    code = "wallet"
    at_once = None  # type: ignore[assignment]

    def start(self, request: Request) -> Start:
        return Start(qr="wallet://pay?id=1", handle="w-1")


def test_a_code_to_scan_is_shown_as_a_picture(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KNOWN, Wallet.code, Wallet)  # type: ignore[arg-type]
    open_shop(app)
    shopper = with_cart(app)
    page = shopper.get(order(shopper, payment_provider="wallet").location)
    assert page.one("img.scan")["src"].startswith("data:image/svg+xml")
    assert page.one("[hx-trigger='every 4s']")["hx-get"].endswith("/return")
    assert payments(app)[0].qr == "wallet://pay?id=1"


def test_a_provider_that_does_not_answer_keeps_the_shopper_waiting_kindly(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, url = leave(any_app)

    def down(self: Sandbox, request: Request) -> None:
        raise ProviderFailed("no answer", permanent=False)

    monkeypatch.setattr(Sandbox, "query", down)
    assert "Look again" in shopper.get(f"{url}/return").said
    with time_machine.travel(now() + timedelta(minutes=11)), any_app.app_context():
        assert jobs.reconcile.call_local() == 0


def test_a_provider_is_asked_at_most_every_two_seconds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    shopper, url = leave(app)
    asked: list[str] = []
    monkeypatch.setattr(Sandbox, "query", lambda self, request: asked.append(request.reference))
    for _ in range(5):
        shopper.get(f"{url}/return")
    assert len(asked) == 1


def test_a_provider_that_refuses_for_good_is_told_to_the_back_office(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Wallet, request: Request) -> Start:
        raise ProviderFailed("the key was revoked", permanent=True)

    monkeypatch.setitem(KNOWN, Wallet.code, Wallet)  # type: ignore[arg-type]
    monkeypatch.setattr(Wallet, "start", refuse)
    open_shop(app)
    page = order(with_cart(app), payment_provider="wallet", follow=True)
    assert "Your order is kept" in page.said
    assert payments(app)[0].issue == "not begun: the key was revoked"


def test_an_attempt_that_nobody_is_to_be_asked_for_is_open_as_soon_as_it_is_begun(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: Sandbox, request: Request) -> Start:
        raise AssertionError("nobody is to be asked")

    monkeypatch.setattr(Sandbox, "start", never)
    _, url = leave(app)
    (payment,) = payments(app)
    assert (payment.continue_url, payment.state) == (url, "pending")
    assert payment.opened_at == payment.created_at
