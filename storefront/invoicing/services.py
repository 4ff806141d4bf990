"""Writes of invoices: issued once, and a credit note for each refund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update

from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.invoicing import queries
from storefront.invoicing.errors import NotPaidYet
from storefront.invoicing.models import Invoice, InvoiceCounter
from storefront.invoicing.states import DocumentKind
from storefront.kernel.clock import now
from storefront.kernel.text import squeeze
from storefront.orders import history
from storefront.orders import queries as orders
from storefront.orders.events import BalancePaid
from storefront.orders.models import Order, OrderChange
from storefront.payments.events import RefundSucceeded
from storefront.payments.models import Payment, Refund
from storefront.payments.states import BY_CHANGE, RefundState
from storefront.shop.queries import get_settings


def issue(*, order_id: int, company: str, buyer_tax_id: str, at: datetime) -> Invoice:
    """Give a paid order its invoice; one that was issued stays as it is, whatever is typed later."""
    order = orders.get_locked(order_id)
    found = queries.find_invoice(order.id)
    if found is not None:
        return found
    if not queries.can_be_invoiced(order):
        raise NotPaidYet
    told = {
        "reference": "",
        "company": squeeze(company)[:160],
        "buyer_tax_id": squeeze(buyer_tax_id)[:40],
        "buyer": {**order.shipping_address, "phone": ""},
    }
    invoice = _write(order, DocumentKind.INVOICE, amounts=(order.total_minor, order.tax_minor), told=told, at=at)
    for refund in _refunds_of(order.id):
        _credit(order, invoice, refund, at)
    return invoice


def credit(fact: RefundSucceeded) -> None:
    """Write a credit note about money that went back, where there is an invoice."""
    order = orders.get_locked(fact.order_id)
    invoice = queries.find_invoice(order.id)
    if invoice is not None:
        for refund in _refunds_of(order.id):
            _credit(order, invoice, refund, now())


def supplement(fact: BalancePaid) -> None:
    """Write an invoice about what a change had made due, where there is an invoice already."""
    order = orders.get_locked(fact.order_id)
    invoice = queries.find_invoice(order.id)
    if invoice is None:
        return
    papers = queries.list_documents(order.id)
    signs = {paper.id: -1 if paper.kind == DocumentKind.CREDIT_NOTE else 1 for paper in papers}
    amount = order.total_minor - sum(signs[paper.id] * paper.amount_minor for paper in papers)
    tax = order.tax_minor - sum(signs[paper.id] * paper.tax_minor for paper in papers)
    if amount > 0:
        told = {"reference": f"{BY_CHANGE}{order.version}", **_known(invoice)}
        _write(order, DocumentKind.SUPPLEMENT, amounts=(amount, min(max(tax, 0), amount)), told=told, at=now())


def _credit(order: Order, invoice: Invoice, refund: Row[str, str, int], at: datetime) -> None:
    """Once for each refund; its tax is what brings the notes' tax to the share of their sum.

    Where the order itself became less, the note has the tax by which it did, unless the invoice knew that already.
    """
    notes = queries.list_credit_notes(order.id)
    if any(note.reference == refund.key for note in notes):
        return
    by_change = {row.key: row.reference for row in _refunds_of(order.id) if row.reference.startswith(BY_CHANGE)}
    if refund.key in by_change:
        change = _change_of(order, refund.reference)
        if change is None or change.at <= invoice.issued_at:
            return
        whole = sum(row.amount_minor for row in _refunds_of(order.id) if row.reference == refund.reference)
        done = sum(note.amount_minor for note in notes if by_change.get(note.reference) == refund.reference)
        less = max(-change.tax_delta, 0)
        tax = less * (done + refund.amount_minor) // whole - less * done // whole
    else:
        others = [note for note in notes if note.reference not in by_change]
        credited = sum(note.amount_minor for note in others) + refund.amount_minor
        total = max(order.total_minor, credited)
        tax = order.tax_minor * credited // total - sum(note.tax_minor for note in others)
    told = {"reference": refund.key, **_known(invoice)}
    _write(order, DocumentKind.CREDIT_NOTE, amounts=(refund.amount_minor, tax), told=told, at=at)


def _change_of(order: Order, reference: str) -> OrderChange | None:
    """Return the change after which money went back under this reference."""
    number = reference.rpartition("-")[2]
    return next((each for each in history.list_changes(order.id) if str(each.number) == number), None)


def _known(invoice: Invoice) -> dict[str, Any]:
    """Return who a document goes to that follows an invoice."""
    return {name: getattr(invoice, name) for name in ("company", "buyer_tax_id", "buyer", "keep_until")}


def _write(
    order: Order, kind: DocumentKind, *, amounts: tuple[int, int], told: dict[str, Any], at: datetime
) -> Invoice:
    settings = get_settings()
    year = at.astimezone(ZoneInfo(settings.timezone)).year
    seller = {
        "name": settings.seller_name or settings.name,
        "address": settings.seller_address,
        "tax_id": settings.seller_tax_id,
        "email": settings.email,
    }
    invoice = Invoice(
        year=year,
        position=_next_position(year),
        kind=kind,
        order_id=order.id,
        currency=order.currency,
        amount_minor=amounts[0],
        tax_minor=amounts[1],
        seller=seller,
        issued_at=at,
        **told,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def _next_position(year: int) -> int:
    """Move the year's counter by one; whoever comes at the same time waits for the end of this transaction."""
    new = insert_into(InvoiceCounter, db.session.connection()).values(year=year, last=0)
    db.session.execute(new.on_conflict_do_nothing())
    moved = update(InvoiceCounter).where(InvoiceCounter.year == year).values(last=InvoiceCounter.last + 1)
    return int(db.session.scalars(moved.returning(InvoiceCounter.last)).one())


def _refunds_of(order_id: int) -> Sequence[Row[str, str, int]]:
    """Return every refund that went back, the first one first."""
    return db.session.execute(
        select(Refund.key, Refund.reference, Refund.amount_minor)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id, Refund.state == RefundState.SUCCEEDED)
        .order_by(Refund.id)
    ).all()
