"""Writes of invoices: issued once, and a credit note for each refund."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.invoicing import queries
from storefront.invoicing.errors import NotPaidYet
from storefront.invoicing.models import Invoice, InvoiceCounter
from storefront.invoicing.states import DocumentKind
from storefront.kernel.clock import now
from storefront.kernel.text import squeeze
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments.events import RefundSucceeded
from storefront.payments.models import Payment, Refund
from storefront.payments.states import RefundState
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
    for reference, amount in _refunds_of(order.id):
        _credit(order, reference, amount, at)
    return invoice


def credit(fact: RefundSucceeded) -> None:
    """Write a credit note about money that went back, where there is an invoice."""
    order = orders.get_locked(fact.order_id)
    if queries.find_invoice(order.id) is not None:
        for reference, amount in _refunds_of(order.id):
            _credit(order, reference, amount, now())


def _credit(order: Order, reference: str, amount: int, at: datetime) -> None:
    """Once for each refund; its tax is what brings the notes' tax to the share of their sum."""
    notes = queries.list_credit_notes(order.id)
    if any(note.reference == reference for note in notes):
        return
    credited = sum(note.amount_minor for note in notes) + amount
    tax = order.tax_minor * credited // order.total_minor - sum(note.tax_minor for note in notes)
    invoice = queries.find_invoice(order.id)
    names = ("company", "buyer_tax_id", "buyer", "keep_until")
    told = {"reference": reference, **{name: getattr(invoice, name) for name in names if invoice}}
    _write(order, DocumentKind.CREDIT_NOTE, amounts=(amount, tax), told=told, at=at)


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


def _refunds_of(order_id: int) -> list[tuple[str, int]]:
    """Return every refund that went back, by its key, the first one first."""
    rows = db.session.execute(
        select(Refund.key, Refund.amount_minor)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id, Refund.state == RefundState.SUCCEEDED)
        .order_by(Refund.id)
    )
    return [(row.key, row.amount_minor) for row in rows]
