"""Stripe's whole life against a server on this machine: pay, decline, refund, replay, and everything out of order."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.serving import make_server

from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import jobs as order_jobs
from storefront.payments import jobs, talking
from storefront.payments.errors import BadSignature, ProviderFailed
from storefront.payments.models import Payment
from storefront.payments.providers import Notification
from storefront.payments.providers.stripe import Stripe
from storefront.payments.providers.stripe_amounts import from_stripe, to_stripe
from storefront.payments.states import PaymentState
from tests.browser import Page, Shopper
from tests.gateways.stripe_peer import BAD_CARD, StripePeer, signature
from tests.storefront.checkout.desk import open_shop, order, with_cart
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
from tests.storefront.payments.conftest import with_keys

pytestmark = pytest.mark.xdist_group("providers")

HOOK = "/payments/webhooks/stripe"


def leave(app: Flask, peer: StripePeer) -> tuple[Shopper, str]:
    """A shopper on the way to Stripe's page, and the session there."""
    open_shop(app)
    shopper = with_cart(app)
    placed = order(shopper, payment_provider="stripe")
    assert placed.location == f"/payments/{payments(app)[-1].reference}", placed.said
    page = shopper.get(placed.location)
    session = payments(app)[-1].handle
    assert page.one("main a.button")["href"] == f"{peer.url}/pay/{session}"
    return shopper, session


def tell(app: Flask, body: bytes, **changed: Any) -> Page:
    """Send what Stripe sends."""
    headers = {"Stripe-Signature": signature(body), "Content-Type": "application/json", **changed}
    return Shopper(app).post(HOOK, body, headers=headers)


def paid(app: Flask, peer: StripePeer) -> str:
    """An order that was paid, and told by a webhook; return the payment intent."""
    _, session = leave(app, peer)
    done = peer.pay(session)
    assert tell(app, peer.event("checkout.session.completed", done)).status == 200
    return str(done["payment_intent"])


def test_a_session_asks_for_what_the_order_costs_and_names_it(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    asked, payment = peer.sessions[session], payments(stripe_shop)[0]
    assert (asked["amount_total"], asked["currency"]) == (2500, "usd")
    assert asked["client_reference_id"] == payment.reference
    assert asked["_intent_metadata"] == {"reference": payment.reference, "order": the_order(stripe_shop).number}
    assert asked["success_url"].endswith(f"/payments/{payment.reference}/return")
    assert asked["customer_email"] == "ada@example.com"


def test_a_card_is_charged_and_the_webhook_pays_the_order(stripe_shop: Flask, peer: StripePeer) -> None:
    intent = paid(stripe_shop, peer)
    assert the_order(stripe_shop).payment_status == "paid"
    assert ledger(stripe_shop) == [("capture", "request", 2500), ("capture", "success", 2500)]
    assert peer.ask("GET", f"/v1/payment_intents/{intent}")["status"] == "succeeded"
    assert [(each.state, each.told) for each in stored(stripe_shop)] == [("booked", "capture success")]
    assert books_agree(stripe_shop)


def test_a_shopper_sees_paid_although_the_webhook_is_late(stripe_shop: Flask, peer: StripePeer) -> None:
    shopper, session = leave(stripe_shop, peer)
    back = f"/payments/{payments(stripe_shop)[0].reference}/return"
    assert "We are looking for your payment" in shopper.get(back).said
    done = peer.pay(session)
    with time_machine.travel(now() + timedelta(seconds=5)):
        page = shopper.get(back, follow=True)
    assert "We are packing your order" in page.said
    assert tell(stripe_shop, peer.event("checkout.session.completed", done)).status == 200
    assert kinds(stripe_shop) == ["placed", "paid"]
    assert books_agree(stripe_shop)


def test_a_declined_card_leaves_the_order_waiting(stripe_shop: Flask, peer: StripePeer) -> None:
    shopper, session = leave(stripe_shop, peer)
    refusal = peer.pay(session, card=BAD_CARD)
    assert refusal["error"]["code"] == "card_declined"
    page = shopper.get(f"/payments/{payments(stripe_shop)[0].reference}/return")
    assert "Look again" in page.said
    assert the_order(stripe_shop).payment_status == "unpaid"
    done = peer.pay(session)
    tell(stripe_shop, peer.event("checkout.session.completed", done))
    assert the_order(stripe_shop).payment_status == "paid", "another card on Stripe's page"


def test_a_webhook_that_is_replayed_changes_nothing(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    body = peer.event("checkout.session.completed", peer.pay(session))
    sent = signature(body)
    for _ in range(3):
        assert tell(stripe_shop, body, **{"Stripe-Signature": sent}).status == 200
    assert the_order(stripe_shop).paid_minor == 2500
    assert len(stored(stripe_shop)) == 3
    with time_machine.travel(now() + timedelta(minutes=10)):
        assert tell(stripe_shop, body, **{"Stripe-Signature": sent}).status == 400, "signed too long ago"
    assert stored(stripe_shop)[-1].state == "refused"


def test_webhooks_at_once_are_one_fact(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    body = peer.event("checkout.session.completed", peer.pay(session))
    answers: list[int] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        answers.append(tell(stripe_shop, body).status)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    assert ledger(stripe_shop) == [("capture", "request", 2500), ("capture", "success", 2500)]
    assert {each.state for each in stored(stripe_shop)} == {"booked"}


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", "t=1,v1=00", "secret", "altered"],
)
def test_a_wrong_signature_is_kept_and_refused(stripe_shop: Flask, peer: StripePeer, header: str) -> None:
    _, session = leave(stripe_shop, peer)
    body = peer.event("checkout.session.completed", peer.pay(session))
    sent = {"secret": signature(body, secret="whsec_of_somebody_else"), "altered": signature(body + b" ")}
    assert tell(stripe_shop, body, **{"Stripe-Signature": sent.get(header, header)}).status == 400
    assert the_order(stripe_shop).payment_status == "unpaid"
    kept = stored(stripe_shop)[0]
    assert (kept.state, kept.body) == ("refused", body)


@pytest.mark.parametrize("changed", [{"amount_total": 2499}, {"amount_total": 250000}, {"currency": "cny"}])
def test_another_amount_or_currency_is_not_booked_and_is_told(
    stripe_shop: Flask, peer: StripePeer, changed: dict[str, Any]
) -> None:
    _, session = leave(stripe_shop, peer)
    done = peer.pay(session) | changed
    assert tell(stripe_shop, peer.event("checkout.session.completed", done)).status == 200
    assert the_order(stripe_shop).payment_status == "unpaid"
    assert stored(stripe_shop)[0].state == "unmatched"
    assert "success" in payments(stripe_shop)[0].issue


def test_an_unknown_payment_is_kept_for_somebody_to_look_at(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    stranger = peer.pay(session) | {"client_reference_id": "of-another-shop"}
    body = peer.event("checkout.session.completed", stranger)
    for _ in range(2):
        assert tell(stripe_shop, body).status == 200
    assert [each.state for each in stored(stripe_shop)] == ["unmatched"], "the same message once more is kept once"
    assert the_order(stripe_shop).payment_status == "unpaid"


def test_events_of_no_concern_are_acknowledged(stripe_shop: Flask, peer: StripePeer) -> None:
    leave(stripe_shop, peer)
    assert tell(stripe_shop, peer.event("customer.created", {"id": "cus_1"})).status == 200
    assert [(each.state, each.told) for each in stored(stripe_shop)] == [("booked", "nothing for us")]


def test_a_part_and_then_the_rest_go_back(stripe_shop: Flask, peer: StripePeer) -> None:
    intent = paid(stripe_shop, peer)
    ask_back(stripe_shop, 1000, "return-1")
    assert (the_order(stripe_shop).payment_status, the_order(stripe_shop).refunded_minor) == (
        "partially_refunded",
        1000,
    )
    ask_back(stripe_shop, 1000, "return-1")
    ask_back(stripe_shop, 1500, "return-2")
    assert the_order(stripe_shop).payment_status == "refunded"
    made = peer.ask("GET", f"/v1/refunds?payment_intent={intent}")["data"]
    assert sorted(each["amount"] for each in made) == [1000, 1500]
    assert [refund.state for refund in refunds(stripe_shop)] == ["succeeded"] * 2
    for each in made:
        assert tell(stripe_shop, peer.event("refund.updated", each)).status == 200
    assert the_order(stripe_shop).refunded_minor == 2500
    assert books_agree(stripe_shop)


def test_a_refund_made_at_stripe_is_taken_up(stripe_shop: Flask, peer: StripePeer) -> None:
    intent = paid(stripe_shop, peer)
    made = peer.ask("POST", "/v1/refunds", {"payment_intent": intent, "amount": "700"})
    for _ in range(2):
        assert tell(stripe_shop, peer.event("refund.created", made)).status == 200
    assert the_order(stripe_shop).refunded_minor == 700
    assert [refund.reference for refund in refunds(stripe_shop)] == [f"elsewhere-{made['id']}"]
    assert books_agree(stripe_shop)


def test_a_refund_told_before_its_payment_waits_for_it(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    done = peer.pay(session)
    made = peer.ask("POST", "/v1/refunds", {"payment_intent": done["payment_intent"], "amount": "2500"})
    assert tell(stripe_shop, peer.event("refund.created", made)).status == 200
    assert stored(stripe_shop)[0].state == "received"
    assert tell(stripe_shop, peer.event("checkout.session.completed", done)).status == 200
    with time_machine.travel(now() + timedelta(minutes=30)), stripe_shop.app_context():
        jobs.sweep_payments.call_local()
    assert (the_order(stripe_shop).payment_status, kinds(stripe_shop)[-1]) == ("refunded", "refunded")
    assert stored(stripe_shop)[0].state == "booked"
    assert books_agree(stripe_shop)


def test_a_failure_told_after_the_success_changes_nothing(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    done = peer.pay(session)
    tell(stripe_shop, peer.event("checkout.session.completed", done))
    before = done | {"payment_status": "unpaid"}
    assert tell(stripe_shop, peer.event("checkout.session.async_payment_failed", before)).status == 200
    assert (the_order(stripe_shop).payment_status, payments(stripe_shop)[0].state) == ("paid", "captured")
    assert books_agree(stripe_shop)


def test_money_that_comes_after_the_cancellation_goes_back(stripe_shop: Flask, peer: StripePeer) -> None:
    shopper, session = leave(stripe_shop, peer)
    body = peer.event("checkout.session.completed", peer.pay(session))
    shopper.post(f"/orders/{the_order(stripe_shop).number}/cancellation")
    assert tell(stripe_shop, body).status == 200
    assert (the_order(stripe_shop).status, the_order(stripe_shop).payment_status) == ("cancelled", "refunded")
    assert kinds(stripe_shop) == ["placed", "cancelled", "paid_late", "refunded"]
    assert books_agree(stripe_shop)


def test_money_after_the_clock_opens_the_order_again(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    done = peer.pay(session)
    with time_machine.travel(now() + timedelta(hours=1)):
        with stripe_shop.app_context():
            order_jobs.cancel_unpaid.call_local()
        assert tell(stripe_shop, peer.event("checkout.session.completed", done)).status == 200
    assert (the_order(stripe_shop).status, the_order(stripe_shop).payment_status) == ("open", "paid")


def test_a_cancelled_order_closes_stripes_page(stripe_shop: Flask, peer: StripePeer) -> None:
    shopper, session = leave(stripe_shop, peer)
    shopper.post(f"/orders/{the_order(stripe_shop).number}/cancellation")
    assert peer.sessions[session]["status"] == "expired"
    assert tell(stripe_shop, peer.event("checkout.session.expired", peer.sessions[session])).status == 200
    assert payments(stripe_shop)[0].state == "voided"


def test_stripe_that_is_down_loses_no_order(stripe_shop: Flask, peer: StripePeer) -> None:
    open_shop(stripe_shop)
    shopper = with_cart(stripe_shop)
    peer.is_down = True
    page = order(shopper, payment_provider="stripe", follow=True)
    assert "The payment service does not answer just now. Your order is kept" in page.said
    assert (the_order(stripe_shop).status, the_order(stripe_shop).payment_status) == ("open", "unpaid")
    peer.is_down = False
    again = shopper.post(f"/orders/{the_order(stripe_shop).number}/payments", {"payment_provider": "stripe"})
    assert again.location.startswith("/payments/")
    tell(stripe_shop, peer.event("checkout.session.completed", peer.pay(payments(stripe_shop)[-1].handle)))
    assert the_order(stripe_shop).payment_status == "paid"
    assert books_agree(stripe_shop)


def test_the_same_form_twice_asks_stripe_for_one_session(stripe_shop: Flask, peer: StripePeer) -> None:
    open_shop(stripe_shop)
    shopper = with_cart(stripe_shop)
    page = shopper.get("/checkout")
    before = len(peer.sessions)
    places = {order(shopper, page, payment_provider="stripe").location for _ in range(3)}
    assert len(places) == 1
    assert len(peer.sessions) == before + 1


def test_a_refund_while_stripe_is_down_is_made_later_and_once(stripe_shop: Flask, peer: StripePeer) -> None:
    intent = paid(stripe_shop, peer)
    peer.is_down = True
    ask_back(stripe_shop, 2500)
    assert [(refund.state, refund.attempts) for refund in refunds(stripe_shop)] == [("asked", 1)]
    assert the_order(stripe_shop).payment_status == "paid"
    peer.is_down = False
    for minutes in (2, 4):
        with time_machine.travel(now() + timedelta(minutes=minutes)), stripe_shop.app_context():
            jobs.sweep_payments.call_local()
    assert the_order(stripe_shop).payment_status == "refunded"
    assert len(peer.ask("GET", f"/v1/refunds?payment_intent={intent}")["data"]) == 1
    assert books_agree(stripe_shop)


def test_the_clock_asks_about_a_payment_that_nobody_tells_of(stripe_shop: Flask, peer: StripePeer) -> None:
    _, session = leave(stripe_shop, peer)
    peer.pay(session)
    with stripe_shop.app_context():
        assert jobs.reconcile.call_local() == 0, "too early to ask"
    with time_machine.travel(now() + timedelta(minutes=11)), stripe_shop.app_context():
        assert jobs.reconcile.call_local() == 1
        assert jobs.reconcile.call_local() == 0
    assert the_order(stripe_shop).payment_status == "paid"


def test_money_that_is_held_first_and_captured_later(
    any_app: Flask, peer: StripePeer, stripe_keys: dict[str, str]
) -> None:
    with with_keys(any_app, **stripe_keys, STRIPE_CAPTURE="manual"):
        _, session = leave(any_app, peer)
        done = peer.pay(session)
        intent = peer.ask("GET", f"/v1/payment_intents/{done['payment_intent']}")
        assert tell(any_app, peer.event("payment_intent.amount_capturable_updated", intent)).status == 200
        stored_order = the_order(any_app)
        assert (stored_order.payment_status, stored_order.pay_before) == ("authorized", None)
        assert books_agree(any_app)
        with any_app.app_context():
            held = db.session.scalars(
                db.select(Payment.reference).where(Payment.state == PaymentState.AUTHORIZED)
            ).one()
            talking.capture(held)
        assert the_order(any_app).payment_status == "paid"
        assert ledger(any_app)[1:] == [("authorize", "success", 2500), ("capture", "success", 2500)]
        ask_back(any_app, 2500)
        assert the_order(any_app).payment_status == "refunded"
        assert books_agree(any_app)


def test_cancelling_lets_held_money_go(any_app: Flask, peer: StripePeer, stripe_keys: dict[str, str]) -> None:
    with with_keys(any_app, **stripe_keys, STRIPE_CAPTURE="manual"):
        shopper, session = leave(any_app, peer)
        done = peer.pay(session)
        intent = peer.ask("GET", f"/v1/payment_intents/{done['payment_intent']}")
        tell(any_app, peer.event("payment_intent.amount_capturable_updated", intent))
        shopper.post(f"/orders/{the_order(any_app).number}/cancellation")
        assert peer.ask("GET", f"/v1/payment_intents/{done['payment_intent']}")["status"] == "canceled"
        assert (the_order(any_app).status, the_order(any_app).payment_status) == ("cancelled", "unpaid")
        assert books_agree(any_app)


def test_an_authorisation_that_ran_out_lets_the_order_wait_again(
    any_app: Flask, peer: StripePeer, stripe_keys: dict[str, str]
) -> None:
    with with_keys(any_app, **stripe_keys, STRIPE_CAPTURE="manual"):
        _, session = leave(any_app, peer)
        name = str(peer.pay(session)["payment_intent"])
        held = peer.ask("GET", f"/v1/payment_intents/{name}")
        tell(any_app, peer.event("payment_intent.amount_capturable_updated", held))
        gone = peer.ask("POST", f"/v1/payment_intents/{name}/cancel")
        assert tell(any_app, peer.event("payment_intent.canceled", gone)).status == 200
        waits = the_order(any_app)
        assert (waits.status, waits.payment_status, waits.authorized_minor) == ("open", "unpaid", 0)
        assert waits.pay_before is not None
        assert books_agree(any_app)


def test_money_that_is_held_for_a_cancelled_order_is_let_go(
    any_app: Flask, peer: StripePeer, stripe_keys: dict[str, str]
) -> None:
    with with_keys(any_app, **stripe_keys, STRIPE_CAPTURE="manual"):
        shopper, session = leave(any_app, peer)
        done = peer.pay(session)
        intent = peer.ask("GET", f"/v1/payment_intents/{done['payment_intent']}")
        peer.is_down = True
        shopper.post(f"/orders/{the_order(any_app).number}/cancellation")
        peer.is_down = False
        assert tell(any_app, peer.event("payment_intent.amount_capturable_updated", intent)).status == 200
        assert peer.ask("GET", f"/v1/payment_intents/{intent['id']}")["status"] == "canceled"
        assert (the_order(any_app).status, the_order(any_app).authorized_minor) == ("cancelled", 0)


def test_localstripes_own_webhook_pays_the_order(app: Flask, peer: StripePeer, stripe_keys: dict[str, str]) -> None:
    with with_keys(app, **stripe_keys):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            _, session = leave(app, peer)
            peer.listen(f"http://127.0.0.1:{server.server_port}{HOOK}")
            peer.pay(session)
            for _ in range(200):
                if the_order(app).payment_status == "paid":
                    break
                threading.Event().wait(0.1)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        assert the_order(app).payment_status == "paid"
        assert [each.told for each in stored(app) if each.state == "booked"][-1] == "capture success"


def test_the_webhook_is_closed_where_stripe_is_not_offered(app: Flask) -> None:
    for code in ("stripe", "sandbox", "cod", "bank", "nonsense"):
        assert Shopper(app).post(f"/payments/webhooks/{code}", b"{}").status == 404


def test_only_the_webhook_may_be_written_to_from_elsewhere(stripe_shop: Flask, peer: StripePeer) -> None:
    shopper, session = leave(stripe_shop, peer)
    body = peer.event("checkout.session.completed", peer.pay(session))
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://hooks.example"}
    assert tell(stripe_shop, body, **elsewhere).status == 200
    number = the_order(stripe_shop).number
    for path in (f"/orders/{number}/cancellation", f"/orders/{number}/payments", "/checkout"):
        assert shopper.post(path, {}, headers=elsewhere).status == 403


def test_a_message_that_is_too_large_is_not_kept(stripe_shop: Flask, peer: StripePeer) -> None:
    assert tell(stripe_shop, b"x" * (256 * 1024 + 1)).status == 413
    assert stored(stripe_shop) == []


def test_a_flood_of_forgeries_is_turned_away(stripe_shop: Flask, peer: StripePeer) -> None:
    for _ in range(60):
        assert tell(stripe_shop, b"{}", **{"Stripe-Signature": "t=1,v1=0"}).status == 400
    assert tell(stripe_shop, b"{}", **{"Stripe-Signature": "t=1,v1=0"}).status == 429
    assert len(stored(stripe_shop)) == 60


@pytest.mark.parametrize("body", [b"[]", b"null", b"\xff\xfe", b"", b'{"type": 1}'])
def test_nonsense_with_a_signature_is_refused_or_of_no_concern(
    app: Flask, stripe_keys: dict[str, str], body: bytes
) -> None:
    with with_keys(app, **stripe_keys):
        provider = Stripe(app.config["SHOP"])
        headers = {"stripe-signature": signature(body)}
        if body.startswith(b"{"):
            assert provider.handle_notification(Notification(headers, body)) == ()
        else:
            with pytest.raises(BadSignature):
                provider.handle_notification(Notification(headers, body))


def test_a_secret_can_be_changed_while_both_are_known(app: Flask, stripe_keys: dict[str, str]) -> None:
    body = json.dumps({"type": "ping", "data": {}}).encode()
    both = {**stripe_keys, "STRIPE_WEBHOOK_SECRET": "whsec_new, whsec_old"}
    with with_keys(app, **both):
        for secret in ("whsec_new", "whsec_old"):
            headers = {"stripe-signature": signature(body, secret=secret)}
            assert Stripe(app.config["SHOP"]).handle_notification(Notification(headers, body)) == ()


@pytest.mark.parametrize(
    ("currency", "minor", "units"),
    [("USD", 1999, 1999), ("JPY", 500, 500), ("KWD", 1230, 1230), ("UGX", 50, 5000), ("ISK", 50, 5000)],
)
def test_amounts_are_told_in_stripes_units(currency: str, minor: int, units: int) -> None:
    assert to_stripe(Money(minor, currency)) == units
    assert from_stripe(units, currency.lower()) == Money(minor, currency)


def test_an_amount_that_cannot_be_counted_here_is_nobodys() -> None:
    with pytest.raises(ProviderFailed) as failure:
        from_stripe(5001, "ugx")
    assert failure.value.permanent
