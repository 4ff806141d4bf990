"""Numbers without gaps, and papers that say what a sale is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, func, or_, select

from storefront.database.base import db
from storefront.invoicing.models import Invoice, InvoiceCounter
from storefront.invoicing.states import DocumentKind
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order
from storefront.payments.models import Payment, Refund
from storefront.payments.states import RefundState

NUMBERS, NOTES = "invoice numbers", "credit notes"


def _numbers() -> Iterator[Discrepancy]:
    """Every year's numbers run from 1 to its counter, each once."""
    found = {
        row.year: (row.count, row.last)
        for row in db.session.execute(
            select(Invoice.year, func.count().label("count"), func.max(Invoice.position).label("last")).group_by(
                Invoice.year
            )
        )
    }
    for year, last in db.session.execute(select(InvoiceCounter.year, InvoiceCounter.last)):
        if found.get(year, (0, 0)) != (last, last):
            yield Discrepancy(NUMBERS, str(year), last, found.get(year, (0, 0)))


def _notes() -> Iterator[Discrepancy]:
    """An order's papers come to what its sale is, unless money that a change made due, or too much, still moves."""
    sign = case((Invoice.kind == DocumentKind.CREDIT_NOTE, -1), else_=1)
    said = select(func.sum(sign * Invoice.amount_minor)).where(Invoice.order_id == Order.id).correlate(Order)
    gone = (
        select(func.coalesce(func.sum(Refund.amount_minor - Refund.overpaid_minor), 0))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == Order.id, Refund.state == RefundState.SUCCEEDED)
        .correlate(Order)
    )
    moves = or_(
        Order.balance_since.is_not(None), Order.paid_minor - Order.refunded_minor - Order.lost_minor > Order.total_minor
    )
    papers, sale = said.scalar_subquery(), Order.total_minor - gone.scalar_subquery()
    invoiced = select(Invoice.order_id).where(Invoice.kind == DocumentKind.INVOICE)
    rows = db.session.execute(
        select(Order.number, sale, papers).where(Order.id.in_(invoiced), papers != sale, ~moves).order_by(Order.id)
    )
    for number, is_worth, noted in rows:
        yield Discrepancy(NOTES, number, int(is_worth), int(noted))


def _count(kind: DocumentKind | None = None) -> int:
    statement = select(func.count()).select_from(Invoice)
    return int(db.session.scalar(statement.where(Invoice.kind == kind) if kind else statement) or 0)


LEDGERS = (
    Ledger(NUMBERS, _count, _numbers),
    Ledger(NOTES, lambda: _count(DocumentKind.CREDIT_NOTE), _notes),
)
