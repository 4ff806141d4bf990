"""Payments that are contested: what a bank takes stands in the ledger and in the order, and never goes out twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from itertools import permutations

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.mail.models import OutboxMail
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.services import actions_of
from storefront.orders.states import OrderAction
from storefront.payments import jobs, ledgers, queries, services
from storefront.payments.errors import NotRefundable
from storefront.payments.models import Payment
from storefront.payments.providers import Outcome, get_provider
from storefront.payments.providers.protocol import Contested, Movement
from storefront.payments.states import DisputeState, TransactionKind, TransactionResult
from tests.gateways import stripe_peer
from tests.storefront.checkout.desk import open_shop
from tests.storefront.orders.drafts import draft_of
from tests.storefront.payments.benches import Message, PayPalBench, StripeBench
from tests.storefront.payments.books import (
    ask_back,
    books_agree,
    disputes,
    kinds,
    ledger,
    payments,
    refunds,
    stored,
    the_order,
)
from tests.storefront.payments.road import leave, paid, shop_with, tell

pytestmark = pytest.mark.xdist_group("providers")


@pytest.fixture
def stripe(any_app: Flask, stripe_bench: StripeBench) -> Iterator[Flask]:
    """A shop that takes cards, on each database."""
    with shop_with(any_app, stripe_bench) as shop:
        yield shop


@pytest.fixture
def paypal(any_app: Flask, paypal_bench: PayPalBench) -> Iterator[Flask]:
    """A shop that takes PayPal, on each database."""
    with shop_with(any_app, paypal_bench) as shop:
        yield shop


def intent_of(bench: StripeBench, payment: Payment) -> str:
    return str(bench.peer.sessions[payment.handle]["payment_intent"])


def money(app: Flask) -> tuple[str, int, int, int, int]:
    """Where the order stands, what it got, what went back, what a bank has, and what can still go back."""
    order = the_order(app)
    with app.app_context():
        left = queries.refundable(order).minor
    return order.payment_status, order.paid_minor, order.refunded_minor, order.lost_minor, left


def told_in_the_ledger(app: Flask) -> list[tuple[str, str, int]]:
    return [row for row in ledger(app) if row[0] in {"chargeback", "chargeback_back", "fee", "fee_back"}]


def test_a_lost_dispute_takes_the_orders_money_and_its_fee_apart(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    peer, intent = stripe_bench.peer, intent_of(stripe_bench, payment)
    opened = stripe_bench.signed("charge.dispute.created", peer.dispute(intent, 2500, "needs_response", -2500))
    for _ in range(2):
        assert tell(stripe, stripe_bench, opened).status == 200
    assert money(stripe) == ("charged_back", 2500, 0, 2500, 0)
    assert told_in_the_ledger(stripe) == [
        ("chargeback", "request", 2500),
        ("chargeback", "success", 2500),
        ("fee", "success", 1500),
    ]
    kept = disputes(stripe)[0]
    assert (kept.state, kept.taken_minor, kept.fee_minor, kept.fee_currency) == ("needs_answer", 2500, 1500, "USD")
    assert kept.due_at is not None
    assert kept.due_at > now() + timedelta(days=6)
    assert kept.url == f"https://dashboard.stripe.com/test/disputes/{kept.psp_reference}"
    assert kinds(stripe)[-2:] == ["disputed", "charged_back"]
    lost = peer.event("charge.dispute.closed", peer.dispute(intent, 2500, "lost", -2500), later=60)
    assert tell(stripe, stripe_bench, signed(lost)).status == 200
    assert (disputes(stripe)[0].state, money(stripe)) == ("lost", ("charged_back", 2500, 0, 2500, 0))
    assert books_agree(stripe)


def signed(body: bytes) -> Message:
    """Sign what Stripe says."""
    return Message(body, {"Stripe-Signature": stripe_peer.signature(body), "Content-Type": "application/json"})


def test_nothing_is_sent_or_paid_back_while_a_bank_has_the_money(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "needs_response", -2500)
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.funds_withdrawn", dispute))
    with pytest.raises(NotRefundable):
        ask_back(stripe, 1)
    with stripe.app_context():
        assert OrderAction.SEND not in actions_of(the_order(stripe))
    assert refunds(stripe) == []


def test_a_won_dispute_gives_the_money_back(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    peer, intent = stripe_bench.peer, intent_of(stripe_bench, payment)
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.created", peer.dispute(intent, 2500)))
    assert money(stripe) == ("paid", 2500, 0, 0, 2500), "contested, and no money has moved"
    taken = peer.dispute(intent, 2500, "under_review", -2500)
    tell(stripe, stripe_bench, signed(peer.event("charge.dispute.funds_withdrawn", taken, later=10)))
    assert money(stripe)[0] == "charged_back"
    won = peer.dispute(intent, 2500, "won", -2500, 2500)
    for kind in ("charge.dispute.closed", "charge.dispute.funds_reinstated"):
        tell(stripe, stripe_bench, signed(peer.event(kind, won, later=20)))
    assert money(stripe) == ("paid", 2500, 0, 0, 2500)
    assert (disputes(stripe)[0].state, disputes(stripe)[0].taken_minor) == ("won", 0)
    assert told_in_the_ledger(stripe)[-1] == ("chargeback_back", "success", 2500)
    assert kinds(stripe)[-1] == "chargeback_back"
    ask_back(stripe, 2500)
    assert (money(stripe), books_agree(stripe)) == (("refunded", 2500, 2500, 0, 0), True)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_messages_comes_to_the_same(
    app: Flask, stripe_bench: StripeBench, order: tuple[int, ...]
) -> None:
    with shop_with(app, stripe_bench) as shop:
        payment = paid(shop, stripe_bench)
        peer, intent = stripe_bench.peer, intent_of(stripe_bench, payment)
        messages = [
            signed(peer.event("charge.dispute.created", peer.dispute(intent, 1500), later=1)),
            signed(
                peer.event("charge.dispute.funds_withdrawn", peer.dispute(intent, 1500, "under_review", -1500), later=2)
            ),
            stripe_bench.refund_elsewhere(payment, 1000),
            signed(peer.event("charge.dispute.closed", peer.dispute(intent, 1500, "lost", -1500), later=3)),
        ]
        for index in order:
            assert tell(shop, stripe_bench, messages[index]).status == 200
        assert money(shop) == ("charged_back", 2500, 1000, 1500, 0)
        assert (disputes(shop)[0].state, disputes(shop)[0].taken_minor) == ("lost", 1500)
        assert {each.state for each in stored(shop)} == {"booked"}
        assert books_agree(shop)


def test_a_bank_may_take_what_was_refunded_before_and_the_books_say_so(
    stripe: Flask, stripe_bench: StripeBench
) -> None:
    payment = paid(stripe, stripe_bench)
    ask_back(stripe, 2000)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "lost", -2500)
    assert tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.closed", dispute)).status == 200
    assert money(stripe) == ("charged_back", 2500, 2000, 2500, 0)
    with pytest.raises(NotRefundable):
        ask_back(stripe, 500, "return-2")
    assert books_agree(stripe)


def test_a_part_that_a_bank_took_leaves_the_rest_to_be_refunded(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 1000, "lost", -1000)
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.closed", dispute))
    assert money(stripe) == ("charged_back", 2500, 0, 1000, 1500)
    with pytest.raises(NotRefundable):
        ask_back(stripe, 1501)
    ask_back(stripe, 1500, "the-rest")
    assert (money(stripe), books_agree(stripe)) == (("charged_back", 2500, 1500, 1000, 0), True)


def test_a_refund_that_was_not_sent_yet_is_stopped(
    stripe: Flask, stripe_bench: StripeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(stripe, stripe_bench)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "refund_soon", lambda fact: None)
        patch.setattr("storefront.payments.talking.refund", lambda refund_id: None)
        ask_back(stripe, 2500)
    assert [each.state for each in refunds(stripe)] == ["asked"]
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "needs_response", -2500)
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.funds_withdrawn", dispute))
    assert [(each.state, each.error) for each in refunds(stripe)] == [
        ("failed", "The bank has taken this money back already.")
    ]
    with time_machine.travel(now() + timedelta(minutes=10)), stripe.app_context():
        jobs.sweep_payments.call_local()
    assert stripe_bench.refunds_made(payment) == []
    assert books_agree(stripe)


def test_a_dispute_told_before_its_payment_waits_for_it(stripe: Flask, stripe_bench: StripeBench) -> None:
    _, payment = leave(stripe, stripe_bench)
    stripe_bench.pay(payment)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "needs_response", -2500)
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.funds_withdrawn", dispute))
    assert (stored(stripe)[0].state, disputes(stripe)) == ("received", [])
    tell(stripe, stripe_bench, stripe_bench.told_paid(payment))
    with time_machine.travel(now() + timedelta(minutes=10)), stripe.app_context():
        jobs.sweep_payments.call_local()
    assert money(stripe) == ("charged_back", 2500, 0, 2500, 0)
    assert books_agree(stripe)


def test_an_event_that_names_no_balance_is_believed(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "under_review")
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.funds_withdrawn", dispute))
    assert money(stripe)[3] == 2500
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.funds_reinstated", dispute | {"status": "won"}))
    assert (money(stripe)[0], money(stripe)[3], books_agree(stripe)) == ("paid", 0, True)


def test_a_dispute_in_another_currency_is_not_booked_and_is_told(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    dispute = stripe_bench.peer.dispute(intent_of(stripe_bench, payment), 2500, "lost", -2500) | {"currency": "eur"}
    tell(stripe, stripe_bench, stripe_bench.signed("charge.dispute.closed", dispute))
    assert (money(stripe)[0], stored(stripe)[-1].state) == ("paid", "unmatched")
    assert "EUR" in payments(stripe)[0].issue


def test_the_shop_is_written_about_a_dispute_once(stripe: Flask, stripe_bench: StripeBench) -> None:
    payment = paid(stripe, stripe_bench)
    peer, intent = stripe_bench.peer, intent_of(stripe_bench, payment)
    for status, later in (("needs_response", 0), ("under_review", 5)):
        event = peer.event("charge.dispute.updated", peer.dispute(intent, 2500, status), later=later)
        tell(stripe, stripe_bench, signed(event))
    with stripe.app_context():
        query = db.select(OutboxMail).where(OutboxMail.template == "payments/mail/disputed")
        letters = db.session.scalars(query).all()
    assert len(letters) == 1
    assert f"dashboard.stripe.com/test/disputes/{disputes(stripe)[0].psp_reference}" in letters[0].text


def capture_of(bench: PayPalBench, payment: Payment) -> str:
    return str(bench.capture_of(payment)["id"])


def dispute_message(bench: PayPalBench, kind: str, thing: dict[str, object]) -> Message:
    return bench.signed(bench.peer.event(f"CUSTOMER.DISPUTE.{kind}", thing))


def reversal(bench: PayPalBench, payment: Payment) -> Message:
    back = {"id": f"REV-{payment.id}", "amount": {"value": "25.00", "currency_code": "USD"}}
    return bench.signed(bench.peer.event("PAYMENT.CAPTURE.REVERSED", back | {"custom_id": payment.reference}))


def test_a_dispute_at_paypal_from_its_beginning_to_its_end(paypal: Flask, paypal_bench: PayPalBench) -> None:
    payment = paid(paypal, paypal_bench)
    name, peer = capture_of(paypal_bench, payment), paypal_bench.peer
    tell(paypal, paypal_bench, dispute_message(paypal_bench, "CREATED", peer.dispute(name)))
    kept = disputes(paypal)[0]
    assert (kept.state, kept.reason) == ("needs_answer", "merchandise_or_service_not_received")
    assert kept.due_at is not None
    assert money(paypal) == ("paid", 2500, 0, 0, 2500)
    lost = peer.dispute(name, later=60, outcome="RESOLVED_BUYER_FAVOUR")
    for _ in range(2):
        tell(paypal, paypal_bench, dispute_message(paypal_bench, "RESOLVED", lost))
    assert (disputes(paypal)[0].state, money(paypal)) == ("lost", ("charged_back", 2500, 0, 2500, 0))
    appealed = peer.dispute(name, later=120, outcome="RESOLVED_SELLER_FAVOUR")
    tell(paypal, paypal_bench, dispute_message(paypal_bench, "RESOLVED", appealed))
    assert (disputes(paypal)[0].state, money(paypal)) == ("won", ("paid", 2500, 0, 0, 2500))
    assert books_agree(paypal)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_reversal_and_the_decision_that_it_follows_from_are_one_loss(
    app: Flask, paypal_bench: PayPalBench, order: tuple[int, ...]
) -> None:
    with shop_with(app, paypal_bench) as shop:
        payment = paid(shop, paypal_bench)
        name, peer = capture_of(paypal_bench, payment), paypal_bench.peer
        messages = [
            dispute_message(paypal_bench, "CREATED", peer.dispute(name, later=1)),
            reversal(paypal_bench, payment),
            dispute_message(paypal_bench, "RESOLVED", peer.dispute(name, later=60, outcome="RESOLVED_BUYER_FAVOUR")),
        ]
        for index in order:
            for _ in range(2):
                assert tell(shop, paypal_bench, messages[index]).status == 200
        assert money(shop) == ("charged_back", 2500, 0, 2500, 0)
        assert [each.state for each in disputes(shop)] == ["lost"]
        assert books_agree(shop)


@pytest.mark.parametrize("refund_first", [True, False])
def test_a_claim_that_was_accepted_by_a_refund_is_paid_once(
    paypal: Flask, paypal_bench: PayPalBench, refund_first: bool
) -> None:
    payment = paid(paypal, paypal_bench)
    name, peer = capture_of(paypal_bench, payment), paypal_bench.peer
    tell(paypal, paypal_bench, dispute_message(paypal_bench, "CREATED", peer.dispute(name, later=-60)))
    steps = [
        paypal_bench.refund_elsewhere(payment, 2500),
        dispute_message(paypal_bench, "RESOLVED", peer.dispute(name, later=60, outcome="RESOLVED_BUYER_FAVOUR")),
    ]
    for step in steps if refund_first else reversed(steps):
        assert tell(paypal, paypal_bench, step).status == 200
    _, came, went, lost, left = money(paypal)
    assert (came, went + lost, left, books_agree(paypal)) == (2500, 2500, 0, True)


@pytest.mark.parametrize("outcome", ["RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED", "NONE", "SOMETHING_NEW"])
def test_what_paypal_pays_itself_or_drops_costs_the_shop_nothing(
    paypal: Flask, paypal_bench: PayPalBench, outcome: str
) -> None:
    payment = paid(paypal, paypal_bench)
    told = paypal_bench.peer.dispute(capture_of(paypal_bench, payment), outcome=outcome)
    assert tell(paypal, paypal_bench, dispute_message(paypal_bench, "RESOLVED", told)).status == 200
    assert money(paypal) == ("paid", 2500, 0, 0, 2500)
    assert disputes(paypal)[0].state in {"won", "closed"}


def test_a_dispute_of_another_shops_payment_is_of_no_concern(paypal: Flask, paypal_bench: PayPalBench) -> None:
    payment = paid(paypal, paypal_bench)
    told = paypal_bench.peer.dispute(capture_of(paypal_bench, payment))
    told["disputed_transactions"] = [{"seller_transaction_id": "OF-ANOTHER"}, {}]
    assert tell(paypal, paypal_bench, dispute_message(paypal_bench, "CREATED", told)).status == 200
    assert (disputes(paypal), stored(paypal)[-1].told) == ([], "nothing for us")


DEEDS = st.one_of(
    st.tuples(st.just("refund"), st.integers(1, 2600)),
    st.tuples(st.sampled_from(["taken", "back"]), st.sampled_from([700, 1800, 2500])),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, max_size=9))
def test_no_sequence_of_refunds_and_disputes_pays_twice(app: Flask, deeds: list[tuple[str, int]]) -> None:
    """Each amount names a dispute of its own; a refund is sent as soon as it is asked for."""
    order, reference = paid_in_the_sandbox(app)
    refunded, lost = 0, dict.fromkeys((700, 1800, 2500), 0)
    known: set[tuple[str, int]] = set()
    for count, (deed, minor) in enumerate(deeds):
        if deed == "refund":
            may = minor <= 2500 - refunded - sum(lost.values())
            with app.app_context(), nullcontext() if may else pytest.raises(NotRefundable), transaction():
                row = orders.get_whole(order)
                money = Money(minor, "USD")
                services.ask_refund(order=row, amount=money, reference=f"r-{count}", by="test", at=now())
            refunded += minor if may else 0
            continue
        if deed == "back" and ("taken", minor) not in known:
            continue
        tell_moved(app, reference, deed, minor)
        if (deed, minor) not in known:
            lost[minor] = minor if deed == "taken" else 0
        known.add((deed, minor))
    with app.app_context():
        row = orders.get_whole(order)
        assert (row.refunded_minor, row.lost_minor) == (refunded, sum(lost.values()))
        assert queries.refundable(row).minor == max(2500 - refunded - sum(lost.values()), 0)
        assert (row.payment_status == "charged_back") == (sum(lost.values()) > 0)
        assert [*ledgers.discrepancies()] == []


def paid_in_the_sandbox(app: Flask) -> tuple[int, str]:
    """An order of 25.00 that was paid; its id, and the reference of its payment."""
    with app.app_context(), transaction():
        lamp = db.session.scalar(db.select(Variant.id))
    if lamp is None:
        open_shop(app, stock=10_000)
    with app.app_context(), transaction():
        lamp = db.session.scalars(db.select(Variant.id)).one()
        order = order_services.place_order(draft=draft_of({lamp: 2}), at=now())
        payment = services.pay_with(order=order, provider=get_provider("sandbox"), by="test", at=now())
        found = order.id, payment.reference
    kind, result = TransactionKind.CAPTURE, TransactionResult.SUCCESS
    with app.app_context(), transaction():
        outcome = Outcome(found[1], kind, result, Money(2500, "USD"), "", f"{found[1]}-paid", {})
        services.book_outcome(outcome=outcome, by="sandbox", at=now())
    return found


def tell_moved(app: Flask, reference: str, deed: str, minor: int) -> None:
    name, amount = f"{reference}-{minor}", Money(minor, "USD")
    taken = Movement(TransactionKind.CHARGEBACK, amount, f"{name}-taken")
    back = Movement(TransactionKind.CHARGEBACK_BACK, amount, f"{name}-back")
    state = DisputeState.WON if deed == "back" else DisputeState.NEEDS_ANSWER
    movements = (taken, back) if deed == "back" else (taken,)
    with app.app_context(), transaction():
        contested = Contested(reference, name, state, amount, now(), movements=movements)
        services.book_dispute(contested=contested, by="sandbox", at=now())
