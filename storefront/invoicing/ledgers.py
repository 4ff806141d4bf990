"""Numbers without gaps, and notes that credit no more than went back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.invoicing.models import Invoice, InvoiceCounter
from storefront.invoicing.states import DocumentKind
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.orders.models import Order
from storefront.payments.models import Payment, Refund
from storefront.payments.states import BY_CHANGE, RefundState

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
    """The credit notes of an order with an invoice come to what was refunded, but for what it knew when it was made."""
    is_note = Invoice.kind == DocumentKind.CREDIT_NOTE
    credited = func.coalesce(func.sum(Invoice.amount_minor).filter(is_note), 0)
    known_before = (
        select(func.coalesce(func.sum(Refund.amount_minor), 0))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(
            Payment.order_id == Order.id,
            Refund.state == RefundState.SUCCEEDED,
            Refund.reference.startswith(BY_CHANGE),
            Refund.key.not_in(select(Invoice.reference).where(Invoice.order_id == Order.id)),
        )
        .correlate(Order)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Order.number, Order.refunded_minor - known_before, credited)
        .join(Invoice, Invoice.order_id == Order.id)
        .group_by(Order.id, Order.number, Order.refunded_minor)
        .having(credited != Order.refunded_minor - known_before)
    )
    for number, refunded, noted in rows:
        yield Discrepancy(NOTES, number, int(refunded), int(noted))


def _count(kind: DocumentKind | None = None) -> int:
    statement = select(func.count()).select_from(Invoice)
    return int(db.session.scalar(statement.where(Invoice.kind == kind) if kind else statement) or 0)


LEDGERS = (
    Ledger(NUMBERS, _count, _numbers),
    Ledger(NOTES, lambda: _count(DocumentKind.CREDIT_NOTE), _notes),
)
