"""Invoices are numbered without gaps, issued once, and followed by a credit note for money that went back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.invoicing import ledgers, queries, services
from storefront.invoicing.errors import NotPaidYet
from storefront.invoicing.models import Invoice
from storefront.kernel.clock import now
from storefront.orders.models import Order
from storefront.shop.services import change_settings
from tests.browser import Shopper
from tests.storefront.checkout.desk import open_shop, order, with_cart
from tests.storefront.orders.drafts import place
from tests.storefront.payments.books import ask_back, say, the_order


def paid(app: Flask) -> tuple[int, str, str]:
    """An order of 25.00 whose money is there."""
    order_id, number, key = place(app)
    with app.app_context(), transaction():
        order = db.session.get_one(Order, order_id)
        order.paid_minor, order.tax_minor = order.total_minor, 399
    return order_id, number, key


def issue(app: Flask, order_id: int) -> str:
    with app.app_context(), transaction():
        return services.issue(order_id=order_id, company="", buyer_tax_id="", at=now()).number


def wrong(app: Flask) -> list[object]:
    with app.app_context():
        return [each for ledger in ledgers.LEDGERS for each in ledger.find()]


def test_numbers_have_no_gaps_and_begin_anew_each_year(any_app: Flask) -> None:
    with time_machine.travel(datetime(2026, 12, 30, 12, tzinfo=UTC), tick=False):
        first, second, third = (paid(any_app)[0] for _ in range(3))
        assert issue(any_app, first) == "2026-000001"
        with pytest.raises(ZeroDivisionError), any_app.app_context(), transaction():
            services.issue(order_id=second, company="", buyer_tax_id="", at=now())
            1 / 0  # noqa: B018
        assert issue(any_app, third) == "2026-000002"
    with time_machine.travel(datetime(2027, 1, 2, 12, tzinfo=UTC), tick=False):
        assert issue(any_app, second) == "2027-000001"
    assert wrong(any_app) == []


def test_an_invoice_is_issued_once(app: Flask) -> None:
    order_id, _number, _key = paid(app)
    assert issue(app, order_id) == issue(app, order_id)
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Invoice)) == 1


def test_what_is_not_paid_has_none(app: Flask) -> None:
    order_id, _number, _key = place(app)
    with pytest.raises(NotPaidYet):
        issue(app, order_id)


def test_the_buyer_asks_for_it_and_prints_it(app: Flask) -> None:
    with app.app_context(), transaction():
        change_settings(values={"seller_name": "Lamps Ltd", "seller_tax_id": "GB123"}, at=now())
    _id, number, key = paid(app)
    shopper = Shopper(app)
    shopper.get(f"/orders/{number}?key={key}", follow=True)
    page = shopper.get(shopper.get(f"/orders/{number}").one("a[href$='/invoice']")["href"])  # type: ignore[arg-type]
    page = shopper.submit(page, "form[action$='/invoice']", company="ACME", buyer_tax_id="DE999")
    for words in ("Lamps Ltd", "GB123", "ACME", "DE999", "Ada Shopper", "Lamp", "$25.00", "$3.99", "$21.01"):
        assert words in page.said
    with app.app_context(), transaction():
        change_settings(values={"seller_name": "Another Ltd"}, at=now())
    assert "Lamps Ltd" in shopper.get(f"/orders/{number}/invoice").words(".invoice")
    assert Shopper(app).get(f"/orders/{number}/invoice").status == 404


def test_money_that_goes_back_gets_its_credit_note(app: Flask) -> None:
    open_shop(app)
    say(app, order(with_cart(app)).location.removeprefix("/payments/"), 2500)
    order_id = the_order(app).id
    ask_back(app, 500, "before")
    issue(app, order_id)
    ask_back(app, 1000, "after")
    with app.app_context():
        notes = queries.list_followers(order_id)
        assert [(note.position, note.amount_minor) for note in notes] == [(2, 500), (3, 1000)]
    assert wrong(app) == []
