"""Somebody of whom every room knows something, and what is found of them."""

from __future__ import annotations

from flask import Flask

from storefront.accounts import passwords
from storefront.accounts import services as accounts
from storefront.accounts.models import Customer
from storefront.analytics.models import OrderRow, SearchRow
from storefront.cart.models import Cart
from storefront.checkout.models import CheckoutSession
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.models import ShelfDismissal
from storefront.fulfilment import services as fulfilment
from storefront.kernel.clock import now
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.promotions.models import CouponCode
from tests import factories
from tests.browser import Shopper
from tests.storefront.orders.drafts import ADDRESS, draft_of

EMAIL, PASSWORD = "ada@example.com", "three green apples"
TRACES = ("ada@example.com", "Ada Shopper", "212555", "1 Main Street", "10001", "please ring twice", "birthday")
"""Words by which Ada could be found."""


def ada(app: Flask, *, delivered: bool = True) -> tuple[int, str]:
    """Ada, with an order and something in every room; return her number and the order's."""
    with app.app_context(), transaction():
        hash_ = passwords.hash_password(PASSWORD)
        customer = factories.make_customer(EMAIL, password_hash=hash_, phone="+12125550123", traits={"age": "35-44"})
        accounts.add_address(customer_id=customer.id, address=ADDRESS, at=now())
        product = factories.make_product("Lamp", price=1000, stock=5)
        lamp = factories.variant_of(product).id
        draft = draft_of({lamp: 2}, customer_id=customer.id, pays_at_the_door=True)
        order = order_services.place_order(draft=draft, at=now())
        order.note = "please ring twice"
        number = order.number
        _leave_traces(customer.id, number, product.id)
    if delivered:
        deliver(app, number)
    return customer.id, number


def deliver(app: Flask, number: str) -> None:
    with app.app_context():
        found = db.session.scalars(db.select(orders.Order.id).where(orders.Order.number == number)).one()
        with transaction():
            fulfilment.deliver_order(order=orders.get_whole(found), by="staff:1", at=now())


def _leave_traces(customer_id: int, number: str, product_id: int) -> None:
    cart = Cart(customer_id=customer_id, codes=[], created_at=now(), updated_at=now())
    told = {"token": "t", "email": EMAIL, "address": ADDRESS.as_fields(), "order_number": number}
    promotion = factories.make_promotion(conditions=[], benefits=[{"kind": "percent_off", "basis_points": 1000}])
    entry = {"kind": "adjust", "available_delta": 5, "note": "a birthday", "actor": "staff:1", "at": now()}
    search = {"day": now().date(), "language": "en", "corrected": "", "sort": "", "filters": [], "generation": ""}
    visited = {"visitor": "v" * 22, "at": now()}
    db.session.add_all(
        (
            *(cart, CheckoutSession(**told, created_at=now(), updated_at=now())),
            PointsAccount(customer_id=customer_id, available=5, pending=0, owed=0, updated_at=now()),
            PointsEntry(customer_id=customer_id, **entry),
            factories.make_code(promotion, "forada", customer_id=customer_id, given_at=now()),
            ShelfDismissal(customer_id=customer_id, product_id=product_id, at=now()),
            SearchRow(id="s1", text="lamp", words="lamp", total=1, relaxed=False, page=1, **search, **visited),
        )
    )
    if db.session.scalar(db.select(OrderRow.id).where(OrderRow.order_number == number)) is None:
        facts = {"day": now().date(), "revenue_minor": 2000, "quantity": 2}
        db.session.add(OrderRow(order_number=number, **facts, **visited))
    db.session.flush()


def everything(app: Flask) -> str:
    """Every row of every table, as one text."""
    with app.app_context():
        return "\n".join(
            f"{table.name}: {tuple(row)}"
            for table in db.metadata.sorted_tables
            for row in db.session.execute(db.select(table))
        )


def signed_in(app: Flask) -> Shopper:
    shopper = Shopper(app)
    assert shopper.post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status == 303
    return shopper


def coupon_is_on(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(db.select(CouponCode.is_active).where(CouponCode.code == "forada")))


def active(app: Flask, customer_id: int) -> bool:
    with app.app_context():
        return bool(db.session.scalar(db.select(Customer.is_active).where(Customer.id == customer_id)))
