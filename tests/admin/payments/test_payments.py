"""Payments as finance looks at them: lists, refunds, what providers sent, and what does not agree."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from flask import Flask

from admin.payments import queries
from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.payments import services
from storefront.payments.errors import ProviderFailed
from storefront.payments.providers import Notification, Sandbox
from storefront.payments.services import messages
from storefront.payments.states import MessageState
from tests.admin.people import at_work
from tests.browser import Page, Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.payments.books import ask_back, books_agree, payments, refunds, say, stored, the_order


@pytest.fixture
def finance(any_app: Flask) -> Shopper:
    """Somebody of finance, in a shop with one order of 25.00 that was paid."""
    open_shop(any_app)
    say(any_app, order(with_cart(any_app)).location.removeprefix("/payments/"), 2500, key="psp-77")
    return at_work(any_app, Role.FINANCE)


def keep_message(app: Flask, state: MessageState = MessageState.UNMATCHED, error: str = "an unknown payment") -> int:
    with app.app_context(), transaction():
        body = b'{"amount": "two & a half"}' + error.encode()
        told = Notification({"content-type": "application/json", "cookie": "secret"}, body)
        message = messages.store_message(provider="stripe", notification=told, at=now())
        messages.close_message(message_id=message.id, state=state, at=now(), error=error)
        return message.id


def give_back(browser: Shopper, app: Flask, **typed: str) -> Page:
    number = the_order(app).number
    page = browser.get(f"/admin/orders/{number}")
    return browser.submit(page, f"form[action='/admin/orders/{number}/refunds']", **{"reason": "Broken", **typed})


def rows(page: Page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.all("tbody tr")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("?provider=sandbox&state=captured", 1),
        ("?provider=stripe", 0),
        ("?state=failed", 0),
        ("?issue=yes", 0),
        ("?q=psp-77", 1),
        ("?q=psp-78", 0),
        ("?begun_from=2030-01-01", 0),
        ("?begun_to=2090-01-01&sort=amount", 1),
    ],
)
def test_the_list_is_narrowed_and_searched(any_app: Flask, finance: Shopper, query: str, found: int) -> None:
    assert len(rows(finance.get(f"/admin/payments{query}"))) == found


def test_the_list_finds_an_orders_number(any_app: Flask, finance: Shopper) -> None:
    number = the_order(any_app).number
    page = finance.get(f"/admin/payments?q={number.lower()}")
    assert page.one("tbody a")["href"] == f"/admin/orders/{number}/money"
    assert "$25.00" in rows(page)[0]


def test_transactions_go_into_a_spreadsheet(any_app: Flask, finance: Shopper) -> None:
    ask_back(any_app, 700)
    answer = finance.get("/admin/payments.csv?provider=sandbox")
    assert "attachment" in answer.response.headers["Content-Disposition"]
    table = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
    told = [(row["step"], row["result"], row["amount"], row["currency"]) for row in reversed(table)]
    assert told == [
        ("capture", "request", "25.00", "USD"),
        ("capture", "success", "25.00", "USD"),
        ("refund", "request", "7.00", "USD"),
        ("refund", "success", "7.00", "USD"),
    ]
    assert {row["order"] for row in table} == {the_order(any_app).number}
    assert finance.get("/admin/payments.csv?provider=cod").text.count("\n") == 1


def test_a_refund_is_asked_for_with_a_reason(any_app: Flask, finance: Shopper) -> None:
    page = give_back(finance, any_app, amount="7.50")
    assert "$7.50 is on its way back." in page.said
    assert (the_order(any_app).payment_status, the_order(any_app).refunded_minor) == ("partially_refunded", 750)
    with any_app.app_context():
        entry = audit.list_entries_about("order", the_order(any_app).number)[0]
    assert (entry.action, entry.changes["reason"]) == ("order.refund", [None, "Broken"])
    assert books_agree(any_app)


def test_the_same_form_twice_is_one_refund(any_app: Flask, finance: Shopper) -> None:
    number = the_order(any_app).number
    form = {"amount": "5", "reason": "Broken", "token": "the-same-form"}
    for _ in range(2):
        assert finance.post(f"/admin/orders/{number}/refunds", form).status == 303
    assert the_order(any_app).refunded_minor == 500


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"amount": "25.01"}, 409, "At most $25.00 can be paid back for this order."),
        ({"amount": "0"}, 422, "Enter more than nothing."),
        ({"amount": "lots"}, 422, "Enter an amount, such as 12.50."),
        ({"amount": "1.005"}, 422, "This currency has fewer decimals."),
        ({"reason": ""}, 422, "Please say why; it is kept with the change."),
    ],
)
def test_a_refund_that_cannot_be_is_told_beside_its_field(
    any_app: Flask, finance: Shopper, typed: dict[str, str], status: int, words: str
) -> None:
    page = give_back(finance, any_app, **typed)
    assert page.status == status
    assert words in page.said
    assert refunds(any_app) == []


def test_who_may_not_refund_sees_no_form(any_app: Flask, finance: Shopper) -> None:
    number = the_order(any_app).number
    for role in (Role.CUSTOMER_SERVICE, Role.OPERATIONS):
        browser = at_work(any_app, role)
        page = browser.get(f"/admin/orders/{number}")
        assert page.all(f"form[action='/admin/orders/{number}/refunds']") == []
        assert "Refunds and transfers" not in page.said
        assert browser.post(f"/admin/orders/{number}/refunds", {"amount": "1", "reason": "x"}).status == 403


def test_a_refund_that_is_stuck_is_tried_again(
    any_app: Flask, finance: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("storefront.payments.services.refunds.gives_up", lambda attempts: True)
        patched.setattr(Sandbox, "refund", _no_answer)
        give_back(finance, any_app, amount="25")
    page = finance.get("/admin/payments/differences")
    assert "Refunds that wait for a person" in page.said
    assert "Needs a person" in page.said
    finance.post(f"/admin/refunds/{refunds(any_app)[0].id}/tries")
    assert the_order(any_app).payment_status == "refunded"
    assert "Everything agrees" in finance.get("/admin/payments/differences").said
    assert books_agree(any_app)


def _no_answer(*_: object) -> None:
    raise ProviderFailed("no answer", permanent=False)


def test_what_a_provider_sent_can_be_read_as_it_arrived(any_app: Flask, finance: Shopper) -> None:
    message_id = keep_message(any_app)
    listed = finance.get("/admin/payments/messages?state=unmatched&provider=stripe")
    assert "an unknown payment" in rows(listed)[0]
    assert rows(finance.get("/admin/payments/messages?state=booked")) == []
    page = finance.get(f"/admin/payments/messages/{message_id}")
    assert '{"amount": "two & a half"}' in page.said
    assert "secret" not in page.text
    assert finance.get("/admin/payments/messages/999").status == 404


def test_the_trouble_with_a_message_is_told_in_the_readers_language(any_app: Flask, finance: Shopper) -> None:
    ours = keep_message(any_app, error="We know no such payment.")
    theirs = keep_message(any_app, error="100% refused")
    finance.post("/language", {"lang": "zh"})
    assert "没有这笔付款。" in finance.get(f"/admin/payments/messages/{ours}").said
    assert "100% refused" in finance.get(f"/admin/payments/messages/{theirs}").said
    assert "没有这笔付款。" in finance.get("/admin/payments/messages").said


def test_a_message_is_read_again_or_put_aside(any_app: Flask, finance: Shopper) -> None:
    message_id = keep_message(any_app)
    assert "Messages that do not fit" in finance.get("/admin/payments/differences").said
    finance.post(f"/admin/payments/messages/{message_id}/settlement")
    assert stored(any_app)[0].state == "settled"
    assert "Everything agrees" in finance.get("/admin/payments/differences").said
    finance.post(f"/admin/payments/messages/{message_id}/reading")
    assert stored(any_app)[0].state == "refused", "Stripe has not signed it"


def test_a_payment_that_disagrees_is_shown_until_somebody_settles_it(any_app: Flask, finance: Shopper) -> None:
    payment = payments(any_app)[0]
    with any_app.app_context(), transaction():
        services.note_issue(reference=payment.reference, issue="capture success 2499 USD")
    assert "capture success 2499 USD" in finance.get("/admin/payments/differences").said
    assert len(rows(finance.get("/admin/payments?issue=yes"))) == 1
    finance.post(f"/admin/payments/{payment.id}/settlement")
    assert payments(any_app)[0].issue == ""
    with any_app.app_context():
        entry = audit.list_entries_about("payment", str(payment.id))[0]
    assert entry.changes == {"issue": ["capture success 2499 USD", ""]}


def test_providers_are_asked_now(any_app: Flask, finance: Shopper) -> None:
    with time_machine.travel(now() + timedelta(minutes=1)):
        url = order(with_cart(any_app, quantity=1)).location
        Shopper(any_app).post(url, {"decision": "later", "amount": "1500", "currency": "USD"})
        assert payments(any_app)[1].state == "pending"
    with time_machine.travel(now() + timedelta(minutes=2)):
        page = finance.post("/admin/payments/reconciliations", follow=True)
    assert "The providers are being asked." in page.said
    assert payments(any_app)[1].state == "captured"


def test_the_pages_of_money_are_for_finance(any_app: Flask, finance: Shopper) -> None:
    message_id = keep_message(any_app)
    pages = ("", ".csv", "/differences", "/messages", f"/messages/{message_id}")
    for role in (Role.OPERATIONS, Role.MERCHANDISER, Role.CUSTOMER_SERVICE, Role.ANALYST):
        browser = at_work(any_app, role)
        assert {browser.get(f"/admin/payments{page}").status for page in pages} == {403}
    assert {finance.get(f"/admin/payments{page}").status for page in pages} == {200}


def test_a_dispute_is_practised_listed_and_told_on_the_order(any_app: Flask, finance: Shopper) -> None:
    number = the_order(any_app).number
    page = finance.get(f"/admin/orders/{number}/money")
    form = f"form[action='/admin/orders/{number}/test-disputes']"
    finance.submit(page, form, state="needs_answer")
    money = finance.get(f"/admin/orders/{number}/money")
    assert "Taken by the bank $25.00" in money.said
    assert "Can be refunded $0.00" in money.said
    assert "Dispute fee Succeeded $15.00" in money.said
    listed = finance.get("/admin/payments/disputes?state=open")
    assert [number in row and "Needs an answer" in row for row in rows(listed)] == [True]
    assert "1 dispute waits for an answer." in finance.get("/admin/payments/differences").said
    assert "Charged back" in finance.get(f"/admin/orders/{number}").said
    finance.submit(money, form, state="won")
    assert (the_order(any_app).payment_status, the_order(any_app).lost_minor) == ("paid", 0)
    ended = finance.get(f"/admin/orders/{number}/money")
    assert "Chargeback returned Succeeded $25.00" in ended.said
    assert ended.all(form) == []
    assert rows(finance.get("/admin/payments/disputes?state=open")) == []
    assert len(rows(finance.get("/admin/payments/disputes?state=won&provider="))) == 1
    assert rows(finance.get("/admin/payments/disputes?q=nothing")) == []
    assert finance.post(f"/admin/orders/{number}/test-disputes", {"state": "nonsense"}).status == 404
    assert books_agree(any_app)


def test_the_sheet_is_read_a_part_at_a_time(any_app: Flask, finance: Shopper, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = finance.get("/admin/payments.csv").response.get_data()
    monkeypatch.setattr(queries, "READ_AT_ONCE", 1)
    answer = finance.get("/admin/payments.csv").response
    assert answer.get_data() == whole
    assert whole.count(b"\r\n") == 3
