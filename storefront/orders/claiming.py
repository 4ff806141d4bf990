"""What somebody ordered as a guest, taken into their account once its e-mail is proven to be theirs."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from storefront.accounts import queries as people
from storefront.accounts import services as accounts
from storefront.database.base import db
from storefront.kernel.errors import N_, Forbidden
from storefront.orders import rewards
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
    found = db.session.scalars(
        select(Order)
        .where(Order.email == customer.email, Order.customer_id.is_(None))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    actor = f"customer:{customer_id}"
    for order in found:
        order.customer_id = customer_id
        db.session.add(OrderEvent(order_id=order.id, kind=EventKind.CLAIMED, actor=actor, at=at, facts={}))
    db.session.flush()
    for order in found:
        if order.payment_status == PaymentStatus.PAID and order.status != OrderStatus.CANCELLED:
            rewards.reward(OrderPaid(order.id, order.number))
    living = sum(order.status != OrderStatus.CANCELLED for order in found)
    if living:
        accounts.count_order(customer_id=customer_id, by=living)
    log.info("Customer %s took %s guest orders into the account", customer_id, len(found))
    return len(found)
