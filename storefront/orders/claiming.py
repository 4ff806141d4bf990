"""What somebody ordered as a guest, taken into their account once its e-mail is proven to be theirs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from storefront.accounts import queries as people
from storefront.accounts import services as accounts
from storefront.database.base import db
from storefront.kernel.errors import N_, Forbidden
from storefront.orders import rewards, worth
from storefront.orders.events import OrderPaid
from storefront.orders.models import Order, OrderEvent
from storefront.orders.states import EventKind, OrderStatus, PaymentStatus

log = logging.getLogger(__name__)


class NotProven(Forbidden):
    """The e-mail was typed, and that proves nothing."""

    message = N_("Please confirm your address first: follow the link in our e-mail.")


def take_over(*, customer_id: int, at: datetime) -> int:
    """Give a customer the guest orders with their proven e-mail, and what such orders earn; return how many."""
    customer = people.get_customer(customer_id)
    if not customer.email or customer.email_verified_at is None:
        raise NotProven
    found = adopt(customer_id=customer_id, email=customer.email, at=at)
    for order in found:
        if order.payment_status == PaymentStatus.PAID and order.status != OrderStatus.CANCELLED:
            rewards.reward(OrderPaid(order.id, order.number))
    living = sum(order.status != OrderStatus.CANCELLED for order in found)
    if living:
        accounts.count_order(customer_id=customer_id, by=living)
    log.info("Customer %s took %s guest orders into the account", customer_id, len(found))
    return len(found)


def adopt(*, customer_id: int, email: str, at: datetime) -> Sequence[Order]:
    """Let guest orders with an e-mail be a customer's who has proven it, and return them; they earn nothing by it."""
    found = db.session.scalars(
        select(Order)
        .where(as_guest(email))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    actor = f"customer:{customer_id}"
    for order in found:
        order.customer_id = customer_id
        db.session.add(OrderEvent(order_id=order.id, kind=EventKind.CLAIMED, actor=actor, at=at, facts={}))
    db.session.flush()
    if found:
        worth.count_anew(customer_ids=[customer_id], at=at)
    return found


def as_guest(email: str) -> ColumnElement[bool]:
    """What was ordered with an e-mail by somebody who had not signed in."""
    return and_(Order.email == email, Order.customer_id.is_(None))
