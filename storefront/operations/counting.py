"""What of sales is counted for a monitor: once it is committed, and never what was rolled back."""

from __future__ import annotations

from storefront.database.transaction import after_commit
from storefront.kernel.events import Fact
from storefront.orders.events import BalancePaid, OrderPaid, OrderPlaced, PaidLate
from storefront.payments.events import DisputeOpened, PaymentFailed, PaymentShort, RefundFailed, RefundSucceeded
from storefront.telemetry.meters import ORDERS, PAYMENTS

OUTCOMES: dict[type[Fact], str] = {
    OrderPaid: "paid",
    BalancePaid: "balance_paid",
    PaidLate: "paid_late",
    PaymentFailed: "declined",
    PaymentShort: "short",
    RefundSucceeded: "refunded",
    RefundFailed: "refund_failed",
    DisputeOpened: "disputed",
}


def count_order(fact: OrderPlaced) -> None:
    """Count an order, of a customer or a guest."""
    buyer = "guest" if fact.customer_id is None else "customer"
    after_commit(lambda: ORDERS.labels(buyer).inc())


def count_payment(fact: Fact) -> None:
    """Count what became of money."""
    after_commit(lambda: PAYMENTS.labels(OUTCOMES[type(fact)]).inc())
