"""A customer without an e-mail orders: their proven phone reaches them, and no letter goes astray."""

from __future__ import annotations

from flask import Flask

from storefront.database.base import db
from storefront.mail.models import OutboxMail
from storefront.orders.models import Order
from tests.browser import Shopper
from tests.storefront.accounts.people import add, codes_sent
from tests.storefront.checkout.desk import open_shop, order

PHONE = "+8613800138000"


def by_phone(app: Flask) -> Shopper:
    """Come in with a code to a phone, with a lamp in the cart."""
    add(app, None, verified_phone=PHONE, password_hash=None)
    shopper = Shopper(app)
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    shopper.post("/sign-in/phone", {"phone": PHONE})
    assert shopper.post("/sign-in/phone/code", {"code": codes_sent(app)[-1]}).status == 303
    return shopper


def test_a_proven_phone_is_enough_to_order(phones: Flask) -> None:
    open_shop(phones)
    shopper = by_phone(phones)
    page = shopper.get("/checkout")
    assert PHONE in page.said
    assert not page.one("#email").has_attr("required")
    placed = order(shopper, page, email="", payment_provider="cod", follow=True)
    assert placed.status == 200
    with phones.app_context():
        [row] = db.session.scalars(db.select(Order)).all()
        assert (row.email, row.customer_id) == ("", 1)
        assert db.session.scalars(db.select(OutboxMail)).all() == []
    page = shopper.get(f"/orders/{row.number}")
    assert "Confirmation sent to" not in page.said


def test_an_email_that_is_typed_gets_the_confirmation(phones: Flask) -> None:
    open_shop(phones)
    order(by_phone(phones), email="ada@example.com")
    with phones.app_context():
        assert set(db.session.scalars(db.select(OutboxMail.recipient))) == {"ada@example.com"}


def test_everybody_else_needs_an_email(app: Flask) -> None:
    open_shop(app)
    shopper = Shopper(app)
    shopper.post("/cart/lines", {"sku": "LAMP", "quantity": "1"})
    page = order(shopper, email="")
    assert page.status == 422
    assert "so that we can confirm your order" in page.said
