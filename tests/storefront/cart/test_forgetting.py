"""Carts that nobody can open any more are not kept."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from storefront.cart.context import COOKIE_SECONDS
from storefront.cart.jobs import forget_guest_carts
from storefront.cart.models import Cart, CartLine
from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from tests.factories import make_customer, make_product, variant_of


def make_cart(variant_id: int, *, days: int, **owner: object) -> int:
    moment = now() - timedelta(days=days)
    cart = Cart(codes=[], created_at=moment, updated_at=moment, **owner)
    db.session.add(cart)
    db.session.flush()
    line = {"quantity": 1, "price_seen_minor": 1000, "added_at": moment}
    db.session.add(CartLine(cart_id=cart.id, variant_id=variant_id, **line))
    db.session.flush()
    return cart.id


def test_a_guests_cart_is_forgotten_once_its_cookie_is_gone(any_app: Flask) -> None:
    assert timedelta(seconds=COOKIE_SECONDS) == timedelta(days=180)
    with any_app.app_context():
        with transaction():
            lamp = variant_of(make_product("Lamp")).id
            old = make_cart(lamp, days=181, token="old")
            kept = [
                make_cart(lamp, days=179, token="new"),
                make_cart(lamp, days=900, customer_id=make_customer().id),
            ]
            moment = now()
            session = CheckoutSession(token="t" * 20, cart_id=old, address={}, created_at=moment, updated_at=moment)
            db.session.add(session)
        assert forget_guest_carts.call_local() == 1
        assert db.session.scalars(db.select(Cart.id).order_by(Cart.id)).all() == kept
        assert db.session.scalars(db.select(CartLine.cart_id).order_by(CartLine.cart_id)).all() == kept
        assert db.session.scalars(db.select(CheckoutSession.cart_id)).all() == [None]
