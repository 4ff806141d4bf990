"""Who has no e-mail hears about orders on the phone: the steps that matter, once each, and only if they want it."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment.rules import Label
from storefront.kernel.clock import now
from storefront.mail.models import OutboxMail
from storefront.orders import queries, services, texts
from storefront.orders.states import CancelReason
from storefront.privacy.gathering import get_person
from storefront.returns import services as returns
from storefront.sms.models import OutboxSms
from storefront.sms.personal import PERSONAL
from storefront.sms.states import SmsKind, Texts
from tests import factories
from tests.browser import Shopper
from tests.storefront.accounts.people import codes_sent
from tests.storefront.fulfilment.parcels import order_of, send
from tests.storefront.returns import goods

PHONE = "+8613800138000"


def customer(
    app: Flask, phone: str | None = PHONE, email: str | None = None, choice: Texts = Texts.WITHOUT_EMAIL
) -> int:
    with app.app_context(), transaction():
        row = factories.make_customer("x@example.com", verified_phone=phone, texts=choice.value)
        row.email = email
        return int(row.id)


def buy(app: Flask, customer_id: int | None, **buyer: object) -> str:
    with app.app_context():
        return goods.buy({"Lamp": (1000, 2)}, deliver=False, **{"email": "", "customer_id": customer_id, **buyer})


def told(app: Flask) -> list[tuple[str, str]]:
    """Return what went to which phone, the first first."""
    with app.app_context():
        rows = db.session.execute(db.select(OutboxSms.kind, OutboxSms.phone).order_by(OutboxSms.id))
        return [(row.kind, row.phone) for row in rows]


def words(app: Flask) -> str:
    return "".join(path.read_text() for path in sorted(app.config["SHOP"].sms_dir.glob("*.txt")))


def test_each_step_that_matters_is_told(phones: Flask) -> None:
    number = buy(phones, customer(phones), locale="zh")
    with phones.app_context():
        send(number, Label("sf", "SF1234567890"))
        goods.delivered(number)
        [line] = [line.id for line in order_of(number).lines]
        found = goods.give_back(number, {line: 1})
    assert told(phones) == [(kind, PHONE) for kind in ("paid", "sent", "delivered", "return_approved", "refunded")]
    said = words(phones)
    assert number in said
    assert "SF1234567890" in said
    assert found.number in said
    assert "US$25.00" in said
    assert "订单" in said, "the message is in the language of the order"
    with phones.app_context():
        assert db.session.scalars(db.select(OutboxMail.recipient)).all() == []


def test_a_cancellation_and_a_refused_return_are_told(phones: Flask) -> None:
    owner = customer(phones)
    number = buy(phones, owner)
    with phones.app_context():
        goods.delivered(number)
        [line] = [line.id for line in order_of(number).lines]
        found = goods.ask(number, {line: 1})
        with transaction():
            returns.reject(found=found, answer="Worn.", by="staff:1", at=now())
    other = buy(phones, owner)
    with phones.app_context(), transaction():
        services.cancel_order(order=order_of(other), by="", at=now(), reason=CancelReason.CHANGED_MIND)
    kinds = [kind for kind, _ in told(phones)]
    assert kinds == ["paid", "delivered", "return_rejected", "paid", "cancelled", "refunded"]


@pytest.mark.parametrize(
    ("phone", "email", "choice", "hears"),
    [
        (PHONE, "", Texts.WITHOUT_EMAIL, PHONE),
        (PHONE, "ada@example.com", Texts.WITHOUT_EMAIL, ""),
        (PHONE, "ada@example.com", Texts.ALWAYS, PHONE),
        (PHONE, "", Texts.NEVER, ""),
        (None, "", Texts.WITHOUT_EMAIL, "+12125550123"),
        (None, "ada@example.com", Texts.ALWAYS, ""),
    ],
)
def test_who_hears_of_it_is_their_choice(
    phones: Flask, phone: str | None, email: str, choice: Texts, hears: str
) -> None:
    buy(phones, customer(phones, phone, email or None, choice), email=email)
    assert told(phones) == ([("paid", hears)] if hears else [])


def test_guests_are_written_to_and_not_called(phones: Flask) -> None:
    buy(phones, None, email="ada@example.com")
    assert told(phones) == []


def test_news_are_told_once_and_not_about_what_was_rolled_back(phones: Flask) -> None:
    number = buy(phones, customer(phones))
    with phones.app_context():
        with transaction():
            texts.tell(order_of(number), SmsKind.PAID, amount="$25.00")
        with pytest.raises(RuntimeError), transaction():
            texts.tell(order_of(number), SmsKind.CANCELLED)
            raise RuntimeError
    assert told(phones) == [("paid", PHONE)]


def test_a_customer_chooses_on_the_page_of_messages(phones: Flask) -> None:
    shopper = Shopper(phones)
    shopper.post("/sign-in/phone", {"phone": PHONE})
    shopper.post("/sign-in/phone/code", {"code": codes_sent(phones)[-1]})
    page = shopper.get("/account/letters")
    assert "To +8613800138000" in page.said
    assert page.one("input[name=texts][checked]")["value"] == ""
    assert "Saved." in shopper.post("/account/letters", {"texts": "never"}, follow=True).said
    with phones.app_context():
        owner = db.session.scalars(db.select(Customer)).one()
        assert owner.texts == Texts.NEVER
        owner_id = owner.id
    shopper.post("/account/letters", {"texts": "nonsense"})
    buy(phones, owner_id)
    assert told(phones) == [("code", PHONE)]


def test_a_message_about_an_order_is_in_the_copy_and_goes_with_the_person(phones: Flask) -> None:
    owner = customer(phones, None)
    number = buy(phones, owner)
    [keeper] = PERSONAL
    with phones.app_context():
        person = get_person(owner)
        assert [row["phone"] for row in keeper.collect(person)] == ["+12125550123"]
        with transaction():
            keeper.forget(person, now())
        assert queries.find_by_number(number) is not None
    assert told(phones) == []
