"""Returns in the back office: found, decided, received, paid back or replaced; and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.inventory.models import StockLevel
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.orders.models import OrderLine
from storefront.returns import queries, services
from storefront.returns.states import Remedy, ReturnKind, ReturnReason
from tests.admin.people import at_work
from tests.browser import Shopper
from tests.storefront.returns.goods import (
    approve,
    ask,
    buy,
    give_back,
    lines_at,
    order_of,
    pay_back,
    receive,
    refund,
    wrongs,
)
from tests.storefront.returns.test_life import sizes
from tests.storefront.returns.test_pages import picture


@pytest.fixture
def number(app: Flask) -> str:
    """An order of which one lamp is to come back."""
    with app.app_context():
        number = buy({"Lamp": (1000, 3)}, off=500)
        ask(number, {order_of(number).lines[0].id: 2})
    return f"{number}-R1"


def state_of(app: Flask, number: str) -> str:
    with app.app_context():
        return queries.get_return(number).state


def on_hand(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(db.select(db.func.sum(StockLevel.on_hand))) or 0)


def line_id(app: Flask, number: str) -> int:
    with app.app_context():
        return queries.lines_of(queries.get_return(number).id)[0].order_line_id


def post(staff: Shopper, number: str, step: str, **form: Any) -> Any:
    return staff.post(f"/admin/returns/{number}/{step}", form)


def test_a_return_is_found_decided_received_and_paid_back(app: Flask, number: str) -> None:
    staff, line = at_work(app), line_id(app, number)
    assert number in staff.get("/admin/returns").said
    assert number in staff.get("/admin/returns?state=waiting&kind=return").said
    assert number not in staff.get("/admin/returns?state=closed").said
    assert number in staff.get(f"/admin/returns?q={number.lower()}").said
    page = staff.get(f"/admin/returns/{number}")
    assert "Refund total" in page.said
    assert "$16.66" in page.said
    assert staff.submit(page, "form[action$=approval]", answer="Do come.").status == 200
    page = staff.get(f"/admin/returns/arrivals?code={number}", follow=True)
    before = on_hand(app)
    page = staff.submit(page, "form[action$=reception]", **{f"accepted-{line}": "1", f"condition-{line}": "opened"})
    assert "What arrived is written down." in page.said
    assert on_hand(app) == before + 1
    assert page.one("#amount")["value"] == "8.33"
    page = staff.submit(page, "form[action$=refund]")
    assert "The money is on its way back." in page.said
    assert "Return approved State Awaiting review Approved" in page.words(".changes")
    assert "Refund asked for Suggested by the rules $8.33 Paid back $8.33" in page.words(".changes")
    with app.app_context():
        pay_back()
        assert wrongs() == []
    assert state_of(app, number) == "refunded"
    page = staff.submit(staff.get(f"/admin/returns/{number}"), "form[action$=closure]")
    assert state_of(app, number) == "closed"
    assert "Returns" in staff.get(f"/admin/orders/{number.removesuffix('-R1')}").said


def test_staff_ask_for_a_customer_who_calls(app: Flask) -> None:
    with app.app_context():
        order, line = buy({"Lamp": (1000, 3)}, off=500), 0
        line = order_of(order).lines[0].id
        with transaction():
            db.session.execute(db.update(OrderLine).values(name="Lamp", variant_name="Large"))
    staff = at_work(app)
    page = staff.get(f"/admin/orders/{order}")
    assert "3 × Lamp, Large" in page.words(".admin-parcel")
    page = staff.get(str(page.one("a[href$='/returns/new']")["href"]))
    page = staff.submit(page, "#choose", **{f"quantity-{line}": "2", f"reason-{line}": "damaged"})
    assert "$16.66" in page.said, "the same preview as the shopper's"
    assert "The shop pays the postage." in page.said
    assert "Note from the customer" in page.words(".return-offer")
    assert page.words(".return-offer .sums div:first-child dt") == "Lamp, Large"
    page = staff.submit(page, ".return-offer form", note="Called on Monday", photos=picture())
    assert "The request is written down; the customer is told." in page.said
    assert "Called on Monday" in page.said
    assert page.words(".sums div:first-child dt") == "Lamp, Large"
    assert page.all(".return-photos img")
    with app.app_context():
        found = queries.get_return(f"{order}-R1")
        (event,) = queries.list_events(found.id)
        assert (found.state, event.actor.partition(":")[0], found.suggested_minor) == ("requested", "staff", 1666)
        (told,) = [mail for mail in db.session.scalars(db.select(OutboxMail)) if found.number in mail.subject]
        assert told.recipient == "ada@example.com"
        (noted,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "return.ask"))
        assert noted.actor == event.actor
    page = staff.get(f"/admin/orders/{order}/returns/new")
    assert "A request of this order is under way" in page.said
    assert not page.all("form#choose")


def test_pages_that_staff_and_shoppers_share_speak_to_neither(app: Flask) -> None:
    with app.app_context():
        number, (_, cheap, dear) = sizes(1000, 600, 1400)
        line = order_of(number).lines[0].id
    staff = at_work(app)
    chosen = f"kind=exchange&quantity-{line}=1&reason-{line}=too_small&variant-{line}="
    asked = f"/admin/orders/{number}/returns/new?{chosen}"
    less, more = staff.get(f"{asked}{cheap}"), staff.get(f"{asked}{dear}")
    assert "It costs $4.00 less; that goes back the way it was paid." in less.words(".return-offer")
    assert "It costs $4.00 more, to be paid before it is sent." in more.words(".return-offer")
    claim = staff.get(f"/admin/orders/{number}/returns/new?kind=claim")
    for page in (less, more, claim):
        assert not re.search(r"\b(you|your)\b|my money", page.words("main"), re.IGNORECASE)


def test_what_staff_ask_for_is_refused_as_it_is_to_shoppers(app: Flask) -> None:
    with app.app_context():
        order = buy({"Lamp": (1000, 1)})
        line = order_of(order).lines[0].id
        waiting = buy({"Cup": (300, 1)}, deliver=False)
    staff = at_work(app)
    asked = {"kind": "return", f"quantity-{line}": "2", f"reason-{line}": "damaged"}
    page = staff.post(f"/admin/orders/{order}/returns", asked)
    assert page.status == 422
    assert "1 can be chosen, not 2." in page.said
    assert not staff.get(f"/admin/orders/{waiting}").all("a[href$='/returns/new']")
    assert staff.get(f"/admin/orders/{waiting}/returns/new").status == 409
    seller = at_work(app, Role.FINANCE)
    assert seller.post(f"/admin/orders/{order}/returns", asked).status == 403
    assert not seller.get(f"/admin/orders/{order}").all("a[href$='/returns/new']")


def test_another_amount_needs_a_reason_and_none_is_above_what_came_in(app: Flask, number: str) -> None:
    with app.app_context():
        receive(approve(queries.get_return(number)))
    staff = at_work(app)
    for amount, reason, words in (
        ("10.00", "", "Please say why."),
        ("30.01", "Goodwill", "At most $30.00 can be paid back."),
        ("1000000", "Goodwill", "can be paid back."),
        ("-1", "Goodwill", "Enter an amount, such as 12.50."),
        ("1.234", "Goodwill", "This currency has fewer decimals."),
        ("", "", "Please enter an amount."),
    ):
        page = post(staff, number, "refund", amount=amount, reason=reason)
        assert (page.status, words in page.said) == (422, True), (amount, page.said)
    assert post(staff, number, "refund", amount="12.34", reason="Goodwill").status == 303
    with app.app_context():
        found = queries.get_return(number)
        assert (found.suggested_minor, found.actual_minor, found.actual_reason) == (1666, 1234, "Goodwill")


def test_only_who_may_refund_refunds(app: Flask, number: str) -> None:
    with app.app_context():
        receive(approve(queries.get_return(number)))
    service = at_work(app, Role.CUSTOMER_SERVICE)
    assert "Send the refund" not in service.get(f"/admin/returns/{number}").said
    assert post(service, number, "refund", amount="16.66").status == 403
    assert "Send the refund" in at_work(app, Role.FINANCE).get(f"/admin/returns/{number}").said


def test_what_was_withdrawn_cannot_be_approved(app: Flask, number: str) -> None:
    staff = at_work(app)
    with app.app_context(), transaction():
        services.withdraw(found=queries.get_return(number), by="guest", at=now())
    for step in ("approval", "rejection", "reception", "replacement", "closure"):
        page = post(staff, number, step, answer="x", **{f"accepted-{line_id(app, number)}": "1"})
        assert (page.status, "things have moved on" in page.said) == (409, True), step
    assert post(staff, number, "refund", amount="16.66").status == 409


def test_bad_receptions_are_refused_in_words(app: Flask, number: str) -> None:
    with app.app_context():
        approve(queries.get_return(number))
    staff, line = at_work(app), line_id(app, number)
    for typed, words in (
        ("3", "at most 2 can be accepted"),
        ("0", "Accept at least one piece"),
        ("-1", "whole number"),
        ("x", "whole number"),
        ("1000000000", "whole number"),
    ):
        page = post(staff, number, "reception", **{f"accepted-{line}": typed})
        assert (page.status, words in page.said) == (422, True), typed
    page = post(staff, number, "reception", **{f"accepted-{line}": "1", f"restock-{line}": "on", "warehouse": "9999"})
    assert "has no shelf in that warehouse" in page.said
    assert state_of(app, number) == "approved"


def test_a_rejection_says_why(app: Flask, number: str) -> None:
    staff = at_work(app)
    page = post(staff, number, "rejection", answer="  ")
    assert (page.status, "Tell the customer why." in page.said) == (422, True)
    assert post(staff, number, "rejection", answer="It was worn.").status == 303
    assert state_of(app, number) == "rejected"


def test_an_unknown_label_is_told(app: Flask, number: str) -> None:
    staff = at_work(app)
    for code in ("NOPE", "", number.removesuffix("-R1")):
        page = staff.get("/admin/returns/arrivals", query_string={"code": code})
        assert (page.status, "is not the number of a return." in page.said) == (422, True)


def test_a_claim_is_replaced_without_anything_coming_back(app: Flask) -> None:
    with app.app_context():
        order = buy({"Cup": (300, 1)})
        line = order_of(order).lines[0].id
        ask(order, {line: 1}, kind=ReturnKind.CLAIM, reason=ReturnReason.DAMAGED, remedy=Remedy.REPLACE)
    staff = at_work(app)
    post(staff, f"{order}-R1", "approval")
    page = staff.get(f"/admin/returns/{order}-R1")
    assert "It costs nothing more." in page.said
    page = staff.submit(page, "form[action$=replacement]")
    assert "The replacement is on order and can be packed." in page.said
    with app.app_context():
        follow_up = queries.get_return(f"{order}-R1").follow_up_number
        assert (order_of(follow_up).total_minor, order_of(follow_up).payment_status) == (0, "paid")
        assert wrongs() == []
    assert follow_up in staff.get("/admin/fulfilment").said


@pytest.mark.parametrize("few", [0, 500])
def test_the_report_says_what_comes_back_too_often_and_why(
    app: Flask, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("admin.returns.queries.FEW", few)
    staff = at_work(app)
    assert "Nothing came back" in staff.get("/admin/returns/report").said
    with app.app_context():
        number = buy({"Lamp": (1000, 4), "Cup": (300, 20)})
        lamp, cup = lines_at(number, 1000, 300)
        give_back(number, {lamp: 1, cup: 1}, reason=ReturnReason.TOO_SMALL)
    page = staff.get("/admin/returns/report?days=30")
    assert "1 product comes back more often than 15%." in page.said
    assert [row.get_text(" ", strip=True) for row in page.all(".data tbody tr")] == [
        "Lamp 4 1 25.0%",
        "Cup 20 1 5.0%",
    ]
    assert "Too small 2 100.0%" in page.said
    assert staff.get("/admin/returns/report?days=nonsense").status == 200


def test_refunds_by_the_rules_are_one_click_and_told_to_finance(app: Flask, number: str) -> None:
    with app.app_context():
        found = refund(receive(approve(queries.get_return(number))))
        assert found.state == "refunding"
    finance = at_work(app, Role.FINANCE)
    assert "Money on its way" in finance.get(f"/admin/returns/{number}").said
