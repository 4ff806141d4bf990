"""Letters of an order that go once more."""

from __future__ import annotations

import pytest
from flask import Flask

from storefront.accounts.permissions import Role
from storefront.audit import queries as audit
from storefront.database.base import db
from storefront.mail.models import OutboxMail
from tests.admin.people import at_work
from tests.storefront.amending.service import the_order
from tests.storefront.checkout.desk import open_shop, order, with_cart


@pytest.fixture
def placed(app: Flask) -> Flask:
    """A shop with an order, confirmed by mail."""
    open_shop(app)
    order(with_cart(app), payment_provider="cod")
    return app


def written(app: Flask) -> list[tuple[str, str]]:
    """To whom which letters went, the first one first."""
    with app.app_context():
        return [tuple(row) for row in db.session.execute(db.select(OutboxMail.recipient, OutboxMail.subject))]


def test_a_letter_goes_again_to_a_corrected_address_that_the_order_keeps(placed: Flask) -> None:
    browser, number = at_work(placed, Role.CUSTOMER_SERVICE), the_order(placed).number
    page = browser.get(f"/admin/orders/{number}")
    assert "Your order" in page.words("#letters")
    sent = browser.submit(page, "#letters form", follow=False, to=" Ada@Lovelace.example ", keep="yes")
    assert sent.status == 303
    first, again = written(placed)
    assert first[0] == "ada@example.com"
    assert again == ("ada@lovelace.example", first[1])
    assert the_order(placed).email == "ada@lovelace.example"
    with placed.app_context():
        actions = sorted(entry.action for entry in audit.list_entries_about("order", number))
    assert actions == ["order.change", "order.letter"]


def test_no_letter_and_no_address_are_refused_with_what_was_typed(placed: Flask) -> None:
    browser, url = at_work(placed, Role.CUSTOMER_SERVICE), f"/admin/orders/{the_order(placed).number}/letters"
    assert browser.post(url, {"to": "ada@example.com"}).status == 422
    with placed.app_context():
        letter = db.session.scalars(db.select(OutboxMail.id)).one()
    wrong = browser.post(url, {"letter": str(letter), "to": "nobody at home"})
    assert wrong.status == 422
    assert wrong.one("#letter-to")["value"] == "nobody at home"
    assert len(written(placed)) == 1


def test_the_same_letter_does_not_go_again_and_again(placed: Flask) -> None:
    browser, url = at_work(placed, Role.CUSTOMER_SERVICE), f"/admin/orders/{the_order(placed).number}/letters"
    with placed.app_context():
        letter = db.session.scalars(db.select(OutboxMail.id)).one()
    answers = [browser.post(url, {"letter": str(letter), "to": "ada@example.com"}).status for _ in range(6)]
    assert answers == [303] * 5 + [429]
    assert len(written(placed)) == 6


def test_who_only_looks_at_orders_sends_no_letters(placed: Flask) -> None:
    browser, number = at_work(placed, Role.FINANCE), the_order(placed).number
    assert not browser.get(f"/admin/orders/{number}").all("#letters button")
    assert browser.post(f"/admin/orders/{number}/letters", {"to": "ada@example.com"}).status == 403
