"""The three axes of an order's life, and what may happen on the first of them."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.states import Transitions


class OrderStatus(StrEnum):
    """Does the order live?"""

    OPEN = "open"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class PaymentStatus(StrEnum):
    """Derived from the order's payments."""

    UNPAID = "unpaid"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    OVERPAID = "overpaid"


class FulfillmentStatus(StrEnum):
    """Derived from the order's deliveries."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    DELIVERED = "delivered"


class OrderAction(StrEnum):
    """What can be done to an order as a whole."""

    CANCEL = "cancel"
    CLOSE = "close"


TRANSITIONS = Transitions(
    {
        (OrderStatus.OPEN, OrderAction.CANCEL): OrderStatus.CANCELLED,
        (OrderStatus.OPEN, OrderAction.CLOSE): OrderStatus.CLOSED,
    }
)


class AdjustmentKind(StrEnum):
    """Why an amount stands beside the goods."""

    PROMOTION = "promotion"
    COUPON = "coupon"
    SHIPPING = "shipping"
    SHIPPING_DISCOUNT = "shipping_discount"
    TAX = "tax"
