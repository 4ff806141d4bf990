"""An account is deleted: the person goes, the books stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.personal import Keeper
from storefront.mail.models import OutboxMail
from storefront.orders.models import Order
from storefront.privacy import jobs, services
from storefront.privacy.gathering import list_keepers
from storefront.privacy.models import PrivacyRequest
from storefront.shop import verifying
from tests.browser import Shopper
from tests.storefront.orders.drafts import place
from tests.storefront.privacy.people import (
    EMAIL,
    PASSWORD,
    TRACES,
    active,
    ada,
    coupon_is_on,
    deliver,
    everything,
    signed_in,
)

PROOF = {"password": PASSWORD}


def state(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(db.select(PrivacyRequest.state)).one()


def ask(app: Flask, customer_id: int) -> None:
    with app.app_context(), transaction():
        services.ask_deletion(customer_id=customer_id, by=f"customer:{customer_id}", at=now())


def later(app: Flask, **passed: int) -> datetime:
    """Let the clock's job run after some time; return when that was."""
    with time_machine.travel(now() + timedelta(**passed), tick=False):
        jobs.sweep_deletions.call_local()
        return now()


def delete(app: Flask) -> None:
    """Let the days of waiting pass, then the minutes of the farewell."""
    later(app, days=7, minutes=1)
    later(app, days=7, minutes=20)


def found(app: Flask) -> list[str]:
    text = everything(app)
    return [trace for trace in TRACES if trace in text]


def discrepancies(app: Flask) -> list[object]:
    with app.app_context():
        return [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]


def test_the_person_goes_and_the_books_stay(any_app: Flask) -> None:
    customer_id, number = ada(any_app)
    assert found(any_app) == list(TRACES)
    ask(any_app, customer_id)
    delete(any_app)
    assert found(any_app) == []
    assert state(any_app) == "done"
    assert discrepancies(any_app) == []
    assert not coupon_is_on(any_app)
    with any_app.app_context():
        order = db.session.scalars(db.select(Order).where(Order.number == number)).one()
        assert order.customer_id == customer_id
        assert order.total_minor == 2500
        kept = {key: value for key, value in order.shipping_address.items() if value}
        assert kept == {"country": "US", "region": "NY", "name": "–", "street": "–"}


def test_it_is_noted_without_a_name(app: Flask) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    delete(app)
    with app.app_context():
        columns = AuditEntry.action, AuditEntry.actor, AuditEntry.object_key
        noted = [tuple(row) for row in db.session.execute(db.select(*columns).order_by(AuditEntry.id))]
    who = (f"customer:{customer_id}", str(customer_id))
    assert ("deletion.ask", *who) in noted
    assert noted[-1] == ("deletion.delete", *who)


def test_the_same_e_mail_can_open_a_new_account(app: Flask) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    delete(app)
    shopper = Shopper(app)
    again = {"name": "Ada", "email": EMAIL, "password": "another good phrase"}
    assert shopper.post("/register", again).status == 303
    assert "No orders yet" in shopper.get("/account").said


def test_a_crash_in_between_means_that_the_next_run_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    later(app, days=7, minutes=1)
    keepers = list_keepers()
    middle = len(keepers) // 2
    with monkeypatch.context() as crash:
        crash.setattr(jobs, "list_keepers", lambda: (*keepers[:middle], _broken(keepers[middle]), *keepers[middle:]))
        later(app, days=7, minutes=20)
        assert state(app) == "running"
        assert EMAIL in everything(app)
    later(app, days=7, minutes=30)
    later(app, days=7, minutes=40)
    assert state(app) == "done"
    assert found(app) == []


def _broken(keeper: Keeper) -> Keeper:
    def stop(*_anything: object) -> None:
        raise OSError("the power is gone")

    return Keeper(keeper.key, keeper.name, keeper.tables, keeper.collect, stop)


def test_nothing_happens_before_its_day(app: Flask) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    later(app, days=6, hours=23)
    assert active(app, customer_id)
    assert state(app) == "waiting"


def test_an_order_that_came_meanwhile_puts_it_off(app: Flask) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    _id, number, _key = place(app, customer_id=customer_id, pays_at_the_door=True)
    later(app, days=8)
    assert active(app, customer_id)
    deliver(app, number)
    later(app, days=9, minutes=5)
    assert not active(app, customer_id)


def test_a_closed_account_lets_nobody_in(app: Flask) -> None:
    customer_id, _number = ada(app)
    shopper = signed_in(app)
    ask(app, customer_id)
    later(app, days=7, minutes=1)
    assert shopper.get("/account").status == 303
    assert Shopper(app).post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status == 422


def test_other_people_s_data_stay(app: Flask) -> None:
    customer_id, _number = ada(app)
    place(app, email="bob@example.com")
    ask(app, customer_id)
    delete(app)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).where(Order.email == "bob@example.com")) == 1
        assert db.session.scalar(db.select(db.func.count()).where(OutboxMail.recipient == "bob@example.com")) >= 1


def test_what_is_under_way_is_named_and_blocks(app: Flask) -> None:
    _customer_id, number = ada(app, delivered=False)
    shopper = signed_in(app)
    page = shopper.get("/account/deletion")
    assert f"Order {number} is still under way" in page.said
    assert not page.all("form[action='/account/deletion']")
    assert shopper.post("/account/deletion", PROOF).status == 409


def test_a_customer_asks_with_the_password_and_calls_it_off(app: Flask) -> None:
    ada(app)
    shopper = signed_in(app)
    page = shopper.get("/account/deletion")
    assert "Your address book." in page.said
    assert shopper.submit(page, "form[action='/account/deletion']", password="wrong", follow=False).status == 422
    assert shopper.submit(page, "form[action='/account/deletion']", **PROOF).status == 200
    page = shopper.get("/account/deletion")
    assert "will be deleted on" in page.said
    assert "will be deleted on" in signed_in(app).get("/account").said
    shopper.submit(page, "form[action='/account/deletion/withdrawal']")
    assert state(app) == "called_off"
    assert shopper.get("/account/deletion").all("form[action='/account/deletion']")


@pytest.mark.parametrize("read", [lambda mail: mail.subject, lambda mail: mail.text])
def test_letters_say_what_happens(app: Flask, read: Callable[[OutboxMail], str]) -> None:
    customer_id, _number = ada(app)
    ask(app, customer_id)
    later(app, days=7, minutes=1)
    with app.app_context():
        letters = [read(mail) for mail in db.session.scalars(db.select(OutboxMail).order_by(OutboxMail.id))]
    assert any("will be deleted" in words or "can be called off" in words for words in letters)
    assert "deleted" in letters[-1] or "closed your account" in letters[-1]
