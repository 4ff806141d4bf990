"""Staff ask for a copy or a deletion in a customer's name; it is noted, and the letter goes to the customer."""

from __future__ import annotations

from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit.models import AuditEntry
from storefront.database.base import db
from storefront.mail.models import OutboxMail
from storefront.privacy.models import PrivacyRequest
from tests.admin.people import at_work
from tests.storefront.privacy.people import EMAIL, ada


def states(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        columns = PrivacyRequest.kind, PrivacyRequest.state
        return [tuple(row) for row in db.session.execute(db.select(*columns).order_by(PrivacyRequest.id))]


def test_staff_ask_for_a_copy_and_the_letter_goes_to_the_customer(app: Flask) -> None:
    ada(app)
    browser = at_work(app, Role.CUSTOMER_SERVICE)
    browser.submit(browser.get("/admin/privacy"), "form[action='/admin/privacy/copies']", email=EMAIL)
    assert states(app) == [("copy", "done")]
    with app.app_context():
        letter = db.session.scalars(db.select(OutboxMail).where(OutboxMail.template == "privacy/mail/copy")).one()
        assert letter.recipient == EMAIL
        noted = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "copy.ask")).one()
        assert noted.actor.startswith("staff:")


def test_staff_let_an_account_be_deleted_and_call_it_off(app: Flask) -> None:
    ada(app)
    browser = at_work(app)
    browser.post("/admin/privacy/deletions", {"email": EMAIL})
    assert states(app) == [("deletion", "waiting")]
    button = browser.get("/admin/privacy").one("button[formaction$='/withdrawal']")
    browser.post(str(button["formaction"]))
    assert states(app) == [("deletion", "called_off")]


def test_what_is_in_the_way_is_named(app: Flask) -> None:
    _id, number = ada(app, delivered=False)
    page = at_work(app).post("/admin/privacy/deletions", {"email": EMAIL})
    assert page.status == 409
    assert f"Order {number} is still under way" in page.said


def test_an_unknown_e_mail_is_told(app: Flask) -> None:
    page = at_work(app).post("/admin/privacy/copies", {"email": "nobody@example.com"})
    assert page.status == 422
    assert "Nobody has an account" in page.said
