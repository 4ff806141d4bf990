"""Money that goes back by itself: of orders that were called off, and what came too late."""

from __future__ import annotations

from storefront.kernel.clock import now
from storefront.orders import queries as orders
from storefront.orders.events import OrderCancelled, PaidLate
from storefront.orders.models import Order
from storefront.payments import queries
from storefront.payments.services.refunds import ask_refund
from storefront.shop.queries import get_settings

SYSTEM = "system"


def refund_cancelled(fact: OrderCancelled) -> None:
    """A cancelled order keeps no money."""
    order = orders.get_locked(fact.order_id)
    if order.cancelled_at is not None:
        _refund_all(order, f"cancelled-{int(order.cancelled_at.timestamp())}")


def refund_late(fact: PaidLate) -> None:
    """Money for an order that had been cancelled goes back by itself, where the merchant wants that."""
    if get_settings().refund_late_payments:
        order = orders.get_locked(fact.order_id)
        _refund_all(order, f"late-{order.paid_minor}")


def _refund_all(order: Order, reference: str) -> None:
    left = queries.refundable(order)
    if left:
        ask_refund(order=order, amount=left, reference=reference, by=SYSTEM, at=now())
