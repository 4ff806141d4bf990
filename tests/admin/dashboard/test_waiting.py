"""What waits for whoever looks: each number is that of the list behind it, and nobody sees what is not theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs.models import DeadLetter
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.payments.models import Dispute, Payment, Refund
from storefront.returns.models import Return
from storefront.shop import checks
from storefront.shop.models import LedgerCheck
from storefront.shop.verifying import Finding
from storefront.support import services
from storefront.support.services import Question, Sender
from storefront.support.states import Topic
from tests.admin.orders_made import make_order, pay_back
from tests.admin.people import at_work
from tests.factories import make_product

AT = "2026-05-10T12:00:00Z"


@pytest.fixture
def full(any_app: Flask) -> Flask:
    """A shop in which one of everything waits."""
    with time_machine.travel(AT, tick=False), any_app.app_context(), transaction():
        make_order(1000, expected_to=date(2026, 5, 9))
        make_order(1000, expected_to=date(2026, 5, 20))
        make_order(1000, status="cancelled")
        make_order(1000, payment_status="unpaid", paid_minor=0)
        refused = make_order(2000, fulfillment_status="delivered")
        pay_back(refused, 500, now(), state="failed")
        again = make_order(2000, fulfillment_status="delivered")
        first = pay_back(again, 500, now(), state="failed")
        db.session.add(_second_try(first.payment_id))
        contested = _payment(make_order(900, fulfillment_status="delivered"), "captured")
        _payment(make_order(900, payment_status="authorized", fulfillment_status="delivered"), "authorized")
        db.session.add(
            Dispute(payment_id=contested.id, state="needs_answer", amount_minor=900, opened_at=now(), told_at=now())
        )
        db.session.add(_return_of(refused))
        db.session.add(DeadLetter(job="shop.send", arguments=["7"], error="OSError('no room')", at=now()))
        db.session.add(
            LedgerCheck(ledger="orders", rows=9, wrong=2, examples=[["X total", "5", "6"]], checked_at=now())
        )
        db.session.add(LedgerCheck(ledger="stock", rows=9, wrong=0, examples=[], checked_at=now()))
        services.ask(
            sender=Sender("ada@example.com", "Ada", "en"),
            question=Question(Topic.OTHER, "Hours", "When do you open?"),
            at=now(),
        )
        make_product(stock=0)
        make_product(stock=2)
        make_product(stock=90)
    return any_app


def _second_try(payment_id: int) -> Refund:
    return Refund(
        payment_id=payment_id,
        reference="again",
        key="again",
        amount_minor=500,
        state="succeeded",
        asked_at=now(),
        ended_at=now(),
    )


def _payment(order: Order, state: str) -> Payment:
    payment = Payment(
        order_id=order.id,
        provider="card",
        reference=f"p-{order.number}",
        state=state,
        amount_minor=order.total_minor,
        captured_minor=order.total_minor if state == "captured" else 0,
        currency="USD",
        created_at=now(),
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def _return_of(order: Order) -> Return:
    return Return(
        order_id=order.id,
        root_order_id=order.id,
        number=f"{order.number}-R1",
        kind="return",
        remedy="refund",
        state="requested",
        policy="share",
        requested_at=now() - timedelta(days=1),
        kept_gifts={},
    )


def waiting_on(app: Flask, role: Role) -> dict[str, tuple[int, str]]:
    page = at_work(app, role).get("/admin/")
    return {
        link.select("span")[-1].get_text(): (int(link.strong.get_text()), str(link["href"]))
        for link in page.all(".waiting a")
    }


@time_machine.travel(AT, tick=False)
def test_each_number_is_that_of_the_list_behind_it(full: Flask) -> None:
    found = waiting_on(full, Role.SUPER_ADMIN)
    assert {words: count for words, (count, _) in found.items()} == {
        "Orders that are late": 1,
        "Returns to decide or to finish": 1,
        "Refunds refused or stuck": 1,
        "Disputes that need an answer": 1,
        "Payments held, to be taken": 1,
        "Paid but cancelled": 1,
        "Unpaid orders": 1,
        "Ledgers that do not add up": 1,
        "Jobs that failed": 1,
        "Customers who wait for an answer": 1,
        "Products out of stock": 1,
        "Products running low": 1,
    }
    browser = at_work(full, Role.SUPER_ADMIN, "Grace")
    for count, url in found.values():
        page = browser.get(url)
        assert page.status == 200
        if url not in {"/admin/checks", "/admin/jobs"}:
            assert len(page.all("main .data tbody tr")) == count, url
    page = browser.get("/admin/checks")
    assert "X total: should be 5, is 6" in page.said
    assert "no room" in browser.get("/admin/jobs").said


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        (Role.FINANCE, {"Disputes that need an answer", "Refunds refused or stuck"}, {"Products out of stock"}),
        (
            Role.CUSTOMER_SERVICE,
            {"Returns to decide or to finish", "Customers who wait for an answer"},
            {"Jobs that failed"},
        ),
        (Role.MERCHANDISER, {"Products running low"}, {"Orders that are late", "Paid but cancelled"}),
        (Role.OPERATIONS, {"Orders that are late", "Products out of stock"}, {"Disputes that need an answer"}),
    ],
)
@time_machine.travel(AT, tick=False)
def test_a_role_sees_only_what_waits_for_it(full: Flask, role: Role, seen: set[str], hidden: set[str]) -> None:
    found = waiting_on(full, role)
    assert seen <= set(found)
    assert not hidden & set(found)
    browser = at_work(full, role, "Grace")
    assert all(browser.get(url).status == 200 for _, url in found.values())


@time_machine.travel(AT, tick=False)
def test_for_an_analyst_nothing_waits(full: Flask) -> None:
    page = at_work(full, Role.ANALYST).get("/admin/")
    assert "Nothing waits for you" in page.said


def test_what_the_proof_found_replaces_what_it_had_found_before(app: Flask) -> None:
    with app.app_context():
        with transaction():
            checks.keep_findings(findings=[Finding("orders", 3, ()), Finding("old", 1, ())], at=now())
        with transaction():
            assert checks.keep_findings(findings=[Finding("orders", 4, ())], at=now()) == 0
        assert [(check.ledger, check.rows) for check in checks.list_checks()] == [("orders", 4)]
