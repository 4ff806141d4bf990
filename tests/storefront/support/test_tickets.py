"""Writing to the shop: as a customer, as a guest, and what nobody else gets to read."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts import throttle
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.kernel.states import NotAllowed
from storefront.support import services
from storefront.support.models import Ticket, TicketMessage
from storefront.support.services import LONGEST_SUBJECT, LONGEST_TEXT, Question, Sender, TooLong, WrittenMeanwhile
from storefront.support.states import TicketState, Topic
from tests.browser import Shopper
from tests.storefront.accounts.people import add, enter, kinds, letters, link_in

TYPED = {
    "topic": "order",
    "subject": "Where is my parcel?",
    "text": "It should have come\non Monday.",
    "order_number": "",
}


def tickets(app: Flask) -> list[Ticket]:
    with app.app_context():
        return list(db.session.scalars(db.select(Ticket).order_by(Ticket.id)))


def ask(app: Flask, sender: Sender | None = None, **values: object) -> int:
    question = Question(**{"topic": Topic.ORDER, "subject": "Parcel", "text": "Where is it?", **values})  # type: ignore[arg-type]
    with app.app_context(), transaction():
        return services.ask(sender=sender or Sender("ada@example.com", "Ada", "en"), question=question, at=now()).id


def state(app: Flask, number: int) -> str:
    with app.app_context():
        return db.session.get_one(Ticket, number).state


def test_a_customer_asks_reads_the_answer_and_writes_again(any_app: Flask) -> None:
    add(any_app, name="Ada")
    shopper = enter(any_app)
    page = shopper.submit(
        shopper.get("/contact?order=7kqm 3xpd"), "form[action='/contact']", **TYPED | {"order_number": "7kqm3xpd"}
    )
    assert "It should have come on Monday." in page.words(".talk")
    assert "We are looking into it" in page.said
    assert "Where is my parcel?" in shopper.get("/account/tickets").words(".questions")
    found = tickets(any_app)[0]
    with any_app.app_context(), transaction():
        services.answer(ticket_id=found.id, text="On its way.", seen=1, by="staff:1", at=now())
        services.add_note(ticket_id=found.id, text="The carrier lost it twice.", by="staff:1", at=now())
    page = shopper.get(f"/tickets/{found.number}")
    assert "On its way." in page.words(".talk")
    assert "lost it twice" not in page.said
    assert kinds(any_app) == [("received", "ada@example.com"), ("answered", "ada@example.com")]
    page = shopper.submit(page, "form[action$='/replies']", text="Thank you")
    assert [each.get_text(" ", strip=True)[:9] for each in page.all(".talk__one")][-1] == "You wrote"
    assert state(any_app, found.id) == TicketState.WAITING
    page = shopper.submit(page, "form[action$='/closure']")
    assert "Closed" in page.said
    assert state(any_app, found.id) == TicketState.CLOSED


def test_a_guest_reads_on_from_the_inbox_alone(app: Flask) -> None:
    guest = Shopper(app)
    page = guest.submit(guest.get("/contact"), "form[action='/contact']", **TYPED, name="Bob", email="Bob@Example.com")
    assert "A letter is on its way to you" in page.said
    found, letter = tickets(app)[0], letters(app)[0]
    assert found.email == "bob@example.com"
    assert "Where is my parcel?" not in letter.text, "whoever reads may not be whoever typed"
    assert guest.get(f"/tickets/{found.number}").location.startswith("/sign-in"), "typing an address opens nothing"
    link = link_in(letter)
    page = Shopper(app).get(link)
    assert "It should have come" in page.said
    page = Shopper(app).submit(page, "form[action*='/replies']", text="Hello?")
    assert "Hello?" in page.said
    assert Shopper(app).get(link.replace("key=", "key=x")).status == 404


def test_somebody_else_reads_nothing(app: Flask) -> None:
    ada = add(app)
    add(app, "bob@example.com")
    ask(app, Sender("ada@example.com", "Ada", "en", ada))
    number = tickets(app)[0].number
    bob = enter(app, "bob@example.com")
    for page in (
        bob.get(f"/tickets/{number}"),
        bob.post(f"/tickets/{number}/replies", {"text": "Let me in"}),
        bob.post(f"/tickets/{number}/closure"),
    ):
        assert page.status == 404
    assert "Parcel" not in bob.get("/account/tickets").said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"subject": ""}, "Please fill this in."),
        ({"subject": "x" * (LONGEST_SUBJECT + 1)}, "This is too long."),
        ({"text": "   "}, "Please write something."),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "This is too long."),
        ({"topic": "lottery"}, "Not a valid choice."),
        ({"email": "nobody"}, "e-mail"),
        ({"order_number": "x" * 33}, "This is too long."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(app: Flask, typed: dict[str, str], said: str) -> None:
    values = {**TYPED, "name": "Bob", "email": "bob@example.com", "order_number": "A1", **typed}
    page = Shopper(app).post("/contact", values)
    assert page.status == 422
    assert said in page.said
    assert page.one("#ticket-name")["value"] == "Bob"
    assert not tickets(app)


def test_whoever_asks_for_ever_waits(app: Flask) -> None:
    guest = Shopper(app)
    values = {**TYPED, "name": "Bob", "email": "bob@example.com"}
    answers = [guest.post("/contact", values).status for _ in range(throttle.TICKETS.together + 1)]
    assert answers == [303] * throttle.TICKETS.together + [429]
    assert len(tickets(app)) == throttle.TICKETS.together


def test_two_colleagues_do_not_answer_over_each_other(any_app: Flask) -> None:
    number = ask(any_app)
    with any_app.app_context(), transaction():
        services.answer(ticket_id=number, text="One", seen=1, by="staff:1", at=now())
    with any_app.app_context(), pytest.raises(WrittenMeanwhile), transaction():
        services.answer(ticket_id=number, text="Two", seen=1, by="staff:2", at=now())
    with any_app.app_context():
        assert db.session.scalars(db.select(TicketMessage.text).order_by(TicketMessage.id)).all() == [
            "Where is it?",
            "One",
        ]


def test_a_closed_ticket_is_closed_once_and_opens_when_somebody_writes(app: Flask) -> None:
    number = ask(app)
    with app.app_context(), transaction():
        services.close(ticket_id=number, by="staff:1", at=now())
    with app.app_context(), pytest.raises(NotAllowed), transaction():
        services.close(ticket_id=number, by="staff:1", at=now())
    with app.app_context(), transaction():
        services.write(ticket_id=number, text="One thing more", at=now())
    assert state(app, number) == TicketState.WAITING


def test_a_talk_without_end_ends(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_MESSAGES", 2)
    number = ask(app)
    with app.app_context(), transaction():
        services.write(ticket_id=number, text="Two", at=now())
    with app.app_context(), pytest.raises(TooLong), transaction():
        services.write(ticket_id=number, text="Three", at=now())


def test_a_question_without_words_is_none(app: Flask) -> None:
    for missing in ({"subject": " "}, {"text": "\n"}, {"subject": "x" * 121}, {"text": "x" * 5001}):
        with pytest.raises(Invalid):
            ask(app, **missing)
    assert not tickets(app)
