"""Answering customers: the list, the page, notes, who sees to it."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Permission, Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.support.models import Ticket
from storefront.support.services import Sender
from storefront.support.states import TicketState
from tests.admin.orders_made import make_order
from tests.admin.people import at_work, at_work_with
from tests.browser import Page
from tests.counting import queries_of
from tests.storefront.accounts.people import add, kinds, letters
from tests.storefront.support.test_tickets import ask, state


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    number = ask(app)
    with app.app_context():
        return db.session.get_one(Ticket, number)


def listed(page: Page) -> list[str]:
    return [link.get_text() for link in page.all("tbody a[href^='/admin/tickets/']")]


def deeds(app: Flask) -> list[str]:
    with app.app_context():
        mine = db.select(AuditEntry.action).where(AuditEntry.object_kind == "ticket").order_by(AuditEntry.id)
        return list(db.session.scalars(mine))


def test_service_answers_and_the_customer_gets_a_letter(app: Flask, ticket: Ticket) -> None:
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    with queries_of(app) as asked:
        page = browser.get("/admin/tickets")
    assert listed(page) == [ticket.number]
    assert len(asked) <= 8
    here = f"/admin/tickets/{ticket.number}"
    page = browser.submit(browser.get(here), "form[action$='/answers']", text="It is at your neighbour's.")
    assert "The answer is on its way." in page.said
    assert state(app, ticket.id) == TicketState.ANSWERED
    assert kinds(app)[-1] == ("answered", "ada@example.com")
    assert "It is at your neighbour's." in letters(app)[-1].text
    assert deeds(app) == ["ticket.answer"]


def test_an_answer_over_another_one_is_kept_and_the_other_shown(app: Flask, ticket: Ticket) -> None:
    one, two = at_work(app, Role.CUSTOMER_SERVICE), at_work(app, name="Second")
    here = f"/admin/tickets/{ticket.number}"
    page = two.get(here)
    one.submit(one.get(here), "form[action$='/answers']", text="First")
    refused = two.submit(page, "form[action$='/answers']", text="Second thoughts")
    assert refused.status == 409
    assert "Somebody wrote here while you did. Read it above" in refused.said
    assert refused.text.index("First<") < refused.text.index("Read it above"), "where it says"
    assert "First" in refused.words(".talk")
    assert refused.one("#ticket-text").get_text() == "Second thoughts"
    sent = two.submit(refused, "form[action$='/answers']")
    assert "Second thoughts" in sent.words(".talk")


def test_notes_assignment_and_closing(app: Flask, ticket: Ticket) -> None:
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    here = f"/admin/tickets/{ticket.number}"
    assert "Note for colleagues" in browser.post(f"{here}/notes", {"text": "Call the carrier"}, follow=True).said
    assert "customer_service sees to it." in browser.post(f"{here}/assignment", {"who": "me"}, follow=True).said
    assert listed(browser.get("/admin/tickets?who=mine")) == [ticket.number]
    assert listed(browser.get("/admin/tickets?who=nobody")) == []
    browser.post(f"{here}/assignment", {"who": "nobody"}, follow=True)
    assert "The ticket is closed." in browser.post(f"{here}/closure", follow=True).said
    assert browser.post(f"{here}/closure").status == 409
    assert "The ticket is open again." in browser.post(f"{here}/closure/removal", follow=True).said
    assert deeds(app) == ["ticket.note", "ticket.assign", "ticket.assign", "ticket.close", "ticket.reopen"]
    assert [kind for kind, _to in kinds(app)] == ["received"], "no note, and no closing, goes to the customer"


@pytest.mark.parametrize("place", ["answers", "notes"])
def test_nothing_is_not_sent(app: Flask, ticket: Ticket, place: str) -> None:
    page = at_work(app).post(f"/admin/tickets/{ticket.number}/{place}", {"text": "  ", "seen": "nonsense"})
    assert page.status == 422
    assert "Please write something." in page.said


def test_an_order_of_somebody_else_is_pointed_out(app: Flask) -> None:
    with app.app_context(), transaction():
        theirs = make_order(email="bob@example.com").number
        own = make_order(email="ada@example.com").number
    for number, warned in ((theirs, True), (own, False), ("NONE-0000", False)):
        ask(app, order_number=number)
        with app.app_context():
            found = db.session.scalars(db.select(Ticket.number).order_by(Ticket.id.desc())).first()
        page = at_work(app, name=f"Reads {number}").get(f"/admin/tickets/{found}")
        assert ("This order is somebody else's." in page.said) is warned
        assert ("There is no order with the number" in page.said) is (number == "NONE-0000")


def test_an_order_s_page_lists_what_was_written_about_it_to_who_may_read_it(app: Flask) -> None:
    with app.app_context(), transaction():
        number, other = make_order().number, make_order().number
    ask(app, order_number=number.lower(), subject="Where is it?")
    staff = at_work(app, Role.CUSTOMER_SERVICE)
    link = staff.get(f"/admin/orders/{number}").one("[aria-labelledby=tickets-title] a")
    assert link.get_text() == "Where is it?"
    assert staff.get(str(link["href"])).status == 200
    assert not staff.get(f"/admin/orders/{other}").all("[aria-labelledby=tickets-title]")
    finance = at_work_with(app, Permission.ORDERS_VIEW)
    assert "Where is it?" not in finance.get(f"/admin/orders/{number}").said


def test_a_customer_s_page_lists_what_they_wrote(app: Flask) -> None:
    ada = add(app)
    ask(app, Sender("ada@example.com", "Ada", "en", ada), subject="My coupon")
    assert "My coupon" in at_work(app, Role.CUSTOMER_SERVICE).get(f"/admin/customers/{ada}").said


@pytest.mark.parametrize("query", ["?q=PARC", "?q=ada@", "?state=waiting", "?topic=order", "?sort=moved"])
def test_tickets_are_found(app: Flask, ticket: Ticket, query: str) -> None:
    assert listed(at_work(app).get(f"/admin/tickets{query}")) == [ticket.number]
