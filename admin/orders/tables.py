"""What the list of orders shows, and the words for an order's three states."""

from __future__ import annotations

from typing import Any

from admin.tables import Choice, Column, Days, Table, Words
from storefront.inventory.rules import Reason
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.orders.states import CancelReason, EventKind, FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.payments.providers import KNOWN
from storefront.payments.states import TransactionKind, TransactionResult

STATUS: dict[str, str] = {
    OrderStatus.OPEN: N_("Open"),
    OrderStatus.CANCELLED: N_("Cancelled"),
    OrderStatus.CLOSED: N_("Completed"),
}
PAYMENT: dict[str, str] = {
    PaymentStatus.UNPAID: N_("Unpaid"),
    PaymentStatus.AUTHORIZED: N_("Authorised"),
    PaymentStatus.PARTIALLY_PAID: N_("Partly paid"),
    PaymentStatus.PAID: N_("Paid"),
    PaymentStatus.PARTIALLY_REFUNDED: N_("Partly refunded"),
    PaymentStatus.REFUNDED: N_("Refunded"),
    PaymentStatus.OVERPAID: N_("Overpaid"),
    PaymentStatus.CHARGED_BACK: N_("Charged back"),
}
FULFILLMENT: dict[str, str] = {
    FulfillmentStatus.UNFULFILLED: N_("To be sent"),
    FulfillmentStatus.PARTIAL: N_("Partly sent"),
    FulfillmentStatus.FULFILLED: N_("Sent"),
    FulfillmentStatus.DELIVERED: N_("Delivered"),
}
NOT_SENT = "not_sent"
"""Nothing of a cancelled order has left, and nothing will."""
DELIVERY = {**FULFILLMENT, NOT_SENT: N_("Nothing sent")}
EVENTS: dict[str, str] = {
    EventKind.PLACED: N_("Order placed"),
    EventKind.PAYMENT_CHOSEN: N_("Payment chosen"),
    EventKind.PAYMENT_FAILED: N_("Payment was declined"),
    EventKind.CLAIMED: N_("Taken into the customer's account"),
    EventKind.PAID: N_("Payment received"),
    EventKind.AUTHORIZED: N_("Payment approved"),
    EventKind.PARTLY_PAID: N_("A part of the payment received"),
    EventKind.REFUNDED: N_("Money sent back"),
    EventKind.CHANGED: N_("Order changed"),
    EventKind.BALANCE_PAID: N_("The rest of the payment received"),
    EventKind.DISPUTED: N_("Payment contested"),
    EventKind.CHARGED_BACK: N_("The bank took the payment back"),
    EventKind.CHARGEBACK_BACK: N_("The payment came back to us"),
    EventKind.PAID_LATE: N_("Payment received after the order had ended"),
    EventKind.PACKED: N_("Packed"),
    EventKind.UNPACKED: N_("Unpacked"),
    EventKind.SENT: N_("Sent"),
    EventKind.LABEL_CORRECTED: N_("Tracking number corrected"),
    EventKind.ARRIVED: N_("Parcel delivered"),
    EventKind.DELIVERED: N_("Delivered"),
    EventKind.LOST: N_("Lost by the carrier"),
    EventKind.CAME_BACK: N_("Came back to us"),
    EventKind.SENT_AGAIN: N_("To be sent again"),
    EventKind.CANCELLED: N_("Order cancelled"),
    EventKind.REOPENED: N_("Order goes ahead after all"),
    EventKind.CLOSED: N_("Order completed"),
    EventKind.RETURN_ASKED: N_("Return asked for"),
    EventKind.RETURN_APPROVED: N_("Return approved"),
    EventKind.RETURN_REJECTED: N_("Return not accepted"),
    EventKind.RETURN_WITHDRAWN: N_("Return withdrawn"),
    EventKind.RETURN_RECEIVED: N_("Return received"),
    EventKind.REPLACEMENT_PLACED: N_("Replacement ordered"),
    EventKind.OFFERS_BACK: N_("Coupons can be used again"),
}
ORIGINS: dict[str, str] = {
    Reason.HOLDS_ALL: N_("it holds everything"),
    Reason.FEWEST_PARCELS: N_("the fewest parcels"),
    Reason.ZONE: N_("warehouses that come before do not send to this address"),
    Reason.BACKUP: N_("a backup, since the others could not send everything"),
}
"""Why an order's goods come from where they come from."""
REASONS: dict[str, str] = {
    CancelReason.CHANGED_MIND: N_("The customer changed their mind"),
    CancelReason.NOT_PAID: N_("It was not paid in time"),
    CancelReason.BY_SHOP: N_("The shop called it off"),
    CancelReason.SOLD_OUT: N_("It was paid too late, and its goods were gone"),
}
STEPS: dict[str, str] = {
    TransactionKind.AUTHORIZE: N_("Authorise"),
    TransactionKind.CAPTURE: N_("Capture"),
    TransactionKind.VOID: N_("Void"),
    TransactionKind.REFUND: N_("Refund"),
    TransactionKind.CHARGEBACK: N_("Chargeback"),
    TransactionKind.CHARGEBACK_BACK: N_("Chargeback returned"),
    TransactionKind.FEE: N_("Dispute fee"),
    TransactionKind.FEE_BACK: N_("Dispute fee returned"),
}
RESULTS: dict[str, str] = {
    TransactionResult.REQUEST: N_("Asked"),
    TransactionResult.SUCCESS: N_("Succeeded"),
    TransactionResult.FAILURE: N_("Failed"),
}
ACTORS: dict[str, str] = {"guest": N_("Guest"), "customer": N_("Customer"), "carrier": N_("Carrier")} | {
    code: provider.name for code, provider in KNOWN.items()
}
"""Who acts besides staff, who have names."""
LOOKS: dict[str, str] = {
    OrderStatus.CANCELLED: "soft",
    OrderStatus.OPEN: "new",
    PaymentStatus.UNPAID: "warning",
    PaymentStatus.PARTIALLY_PAID: "warning",
    PaymentStatus.OVERPAID: "warning",
    PaymentStatus.CHARGED_BACK: "warning",
    PaymentStatus.PAID: "positive",
    FulfillmentStatus.DELIVERED: "positive",
    FulfillmentStatus.FULFILLED: "new",
    TransactionResult.SUCCESS: "positive",
    TransactionResult.FAILURE: "soft",
}
"""How a state's badge looks; the words say it too."""
WORDS = {
    **{"status": STATUS, "payment": PAYMENT, "delivery": DELIVERY, "looks": LOOKS},
    **{"steps": STEPS, "results": RESULTS, "actors": ACTORS},
}


def delivery_of(order: Any) -> str:
    """Return how far the goods of an order, or of a row of one, have come: a key of `DELIVERY`."""
    stays = order.status == OrderStatus.CANCELLED and order.fulfillment_status == FulfillmentStatus.UNFULFILLED
    return NOT_SENT if stays else str(order.fulfillment_status)


PAID_BUT_CANCELLED = "paid-but-cancelled"
BALANCE_DUE = "balance-due"
"""Money came in for an order that was cancelled, and it has not all gone back."""
LATE = "late"
"""It should have arrived by now, and something of it has not left."""
REFUND_FAILED = "refund-failed"
"""The last refund of a payment was refused, or nobody knows what became of it."""
COUNTS = "yes"
"""It is in the figures; see `storefront.figures`."""

ORDERS = Table(
    url="/admin/orders",
    columns=(
        Column(N_("Order"), key="number", value=lambda row: row.number, look="nowrap", is_fixed=True),
        Column(N_("Placed"), key="placed", sort="placed", value=lambda row: row.placed_at, look="nowrap"),
        Column(N_("Customer"), key="customer", value=lambda row: row.email, look="grow clip"),
        Column(N_("Order state"), key="status", value=lambda row: Words(STATUS.get(row.status, row.status))),
        Column(
            N_("Payment"), key="payment", value=lambda row: Words(PAYMENT.get(row.payment_status, row.payment_status))
        ),
        Column(
            N_("Delivery"),
            key="delivery",
            value=lambda row: Words(DELIVERY[delivery_of(row)]),
        ),
        Column(N_("Currency"), key="currency", value=lambda row: row.currency, is_only_in_files=True),
        Column(
            N_("Total"),
            key="total",
            sort="total",
            is_number=True,
            value=lambda row: Money(row.total_minor, row.currency),
        ),
    ),
    default_sort="-placed",
    filters=(
        Choice("status", N_("Order state"), tuple(STATUS.items())),
        Choice("payment", N_("Payment"), tuple(PAYMENT.items())),
        Choice("delivery", N_("Delivery"), tuple(FULFILLMENT.items())),
        Choice(
            "waiting",
            N_("Waiting for me"),
            (
                (PAID_BUT_CANCELLED, N_("Paid but cancelled")),
                (BALANCE_DUE, N_("Waits for the rest of its money")),
                (LATE, N_("Late: promised and not sent")),
                (REFUND_FAILED, N_("Refund refused or stuck")),
            ),
        ),
        Choice("counts", N_("Figures"), ((COUNTS, N_("Counts as a sale")),)),
        Days("placed", N_("Placed")),
        Days("refunded", N_("Money sent back")),
    ),
    search_label=N_("Search by number, e-mail or note"),
)
