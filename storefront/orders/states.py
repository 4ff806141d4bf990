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
    CHARGED_BACK = "charged_back"
    """A bank has taken money back: nothing more is sent until it is returned."""


class FulfillmentStatus(StrEnum):
    """Derived from the order's deliveries."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    DELIVERED = "delivered"


class OrderAction(StrEnum):
    """What can be done to an order as a whole."""

    PAY = "pay"
    SEND = "send"
    DELIVER = "deliver"
    CANCEL = "cancel"
    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS = Transitions(
    {
        (OrderStatus.OPEN, OrderAction.PAY): OrderStatus.OPEN,
        (OrderStatus.OPEN, OrderAction.SEND): OrderStatus.OPEN,
        (OrderStatus.OPEN, OrderAction.DELIVER): OrderStatus.OPEN,
        (OrderStatus.OPEN, OrderAction.CANCEL): OrderStatus.CANCELLED,
        (OrderStatus.OPEN, OrderAction.CLOSE): OrderStatus.CLOSED,
        (OrderStatus.CANCELLED, OrderAction.REOPEN): OrderStatus.OPEN,
    }
)


class AdjustmentKind(StrEnum):
    """Why an amount stands beside the goods."""

    PROMOTION = "promotion"
    COUPON = "coupon"
    POINTS = "points"
    SHIPPING = "shipping"
    SHIPPING_DISCOUNT = "shipping_discount"
    TAX = "tax"
    EXCHANGE = "exchange"
    """Paid for by what came back."""


class EventKind(StrEnum):
    """What an order's timeline tells."""

    PLACED = "placed"
    PAYMENT_CHOSEN = "payment_chosen"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    AUTHORIZED = "authorized"
    PARTLY_PAID = "partly_paid"
    PAID_LATE = "paid_late"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    CHARGED_BACK = "charged_back"
    CHARGEBACK_BACK = "chargeback_back"
    PACKED = "packed"
    UNPACKED = "unpacked"
    SENT = "sent"
    LABEL_CORRECTED = "label_corrected"
    ARRIVED = "arrived"
    """One of several parcels; DELIVERED is the last."""
    DELIVERED = "delivered"
    LOST = "lost"
    CAME_BACK = "came_back"
    SENT_AGAIN = "sent_again"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    CLOSED = "closed"
    CHANGED = "changed"
    """Its address, its goods or its delivery, by staff; `OrderChange` says what."""
    BALANCE_PAID = "balance_paid"
    """The rest that a change had made due."""
    CLAIMED = "claimed"
    """Ordered as a guest, and taken into the account of whoever proved the e-mail."""
    RETURN_ASKED = "return_asked"
    RETURN_APPROVED = "return_approved"
    RETURN_REJECTED = "return_rejected"
    RETURN_WITHDRAWN = "return_withdrawn"
    RETURN_RECEIVED = "return_received"
    REPLACEMENT_PLACED = "replacement_placed"
    OFFERS_BACK = "offers_back"
    """The whole order came back: its coupons can be used again."""


class Channel(StrEnum):
    """How an order came in."""

    WEB = "web"
    PHONE = "phone"
    """Taken down by staff for a customer."""


class CancelReason(StrEnum):
    """Why an order was cancelled."""

    CHANGED_MIND = "changed_mind"
    NOT_PAID = "not_paid"
    BY_SHOP = "by_shop"
    SOLD_OUT = "sold_out"
    """Paid when its goods were no longer held and had been sold to others."""


REOPENED_AFTER = frozenset({CancelReason.NOT_PAID})
"""What money that comes late undoes: the clock's decision, never a person's."""


class Lost(StrEnum):
    """Why an order could not be opened again when its money came late."""

    GOODS = "goods"
    """They have been sold to others."""
    PRICE = "price"
    """Something that had lowered its price has been used up: a promotion, a code, a flash quota, or points."""
