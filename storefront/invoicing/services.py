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
from storefront.orders import queries as orders
from storefront.orders.events import BalancePaid
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
    _credit_all(order, invoice, at)
    return invoice


def credit(fact: RefundSucceeded) -> None:
    """Write a credit note about money that went back, where there is an invoice."""
    order = orders.get_locked(fact.order_id)
    invoice = queries.find_invoice(order.id)
    if invoice is not None:
        _credit_all(order, invoice, now())


def supplement(fact: BalancePaid) -> None:
    """Write an invoice about what a change had made due, where there is an invoice already."""
    order = orders.get_locked(fact.order_id)
    invoice = queries.find_invoice(order.id)
    if invoice is None:
        return
    gone = sum(_lessens(refund) for refund in _refunds_of(order.id))
    (said, said_tax), (sale, sale_tax) = _said(queries.list_documents(order.id)), _sale(order, gone)
    amount, tax = sale - said, sale_tax - said_tax
    if amount > 0:
        told = {"reference": f"change-{order.version}", **_known(invoice)}
        _write(order, DocumentKind.SUPPLEMENT, amounts=(amount, min(max(tax, 0), amount)), told=told, at=now())


def _credit_all(order: Order, invoice: Invoice, at: datetime) -> None:
    """Write the credit notes that are missing, in the order in which money went back."""
    gone = 0
    for refund in _refunds_of(order.id):
        gone += _lessens(refund)
        _credit(order, invoice, refund, _sale(order, gone), at)


def _credit(
    order: Order, invoice: Invoice, refund: Row[str, int, int], sale_then: tuple[int, int], at: datetime
) -> None:
    """Once for each refund: it takes what all papers say nearer to what the sale was then, by what went back at most.

    Its tax is its share of what the papers say too much, so that all notes together bear all of it.
    """
    papers = queries.list_documents(order.id)
    if any(paper.reference == refund.key for paper in papers):
        return
    (said, said_tax), (sale, sale_tax) = _said(papers), sale_then
    amount = min(refund.amount_minor, said - sale)
    if amount > 0:
        tax = (said_tax - sale_tax) * amount // (said - sale)
        told = {"reference": refund.key, **_known(invoice)}
        _write(order, DocumentKind.CREDIT_NOTE, amounts=(amount, min(max(tax, 0), amount)), told=told, at=at)


def _lessens(refund: Row[str, int, int]) -> int:
    """Return by how much a refund makes the sale smaller: what was overpaid does not."""
    return int(refund.amount_minor - refund.overpaid_minor)


def _sale(order: Order, gone: int) -> tuple[int, int]:
    """Return amount and tax of a sale: of the order as it stands, less what has `gone` back of it."""
    gone = min(gone, order.total_minor)
    less = order.tax_minor * gone // order.total_minor if gone else 0
    return order.total_minor - gone, order.tax_minor - less


def _said(papers: Sequence[Invoice]) -> tuple[int, int]:
    """Return what an order's papers come to: amount and tax."""
    signs = {paper.id: -1 if paper.kind == DocumentKind.CREDIT_NOTE else 1 for paper in papers}
    return (
        sum(signs[paper.id] * paper.amount_minor for paper in papers),
        sum(signs[paper.id] * paper.tax_minor for paper in papers),
    )


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


def _refunds_of(order_id: int) -> Sequence[Row[str, int, int]]:
    """Return every refund that went back, the first one first."""
    return db.session.execute(
        select(Refund.key, Refund.amount_minor, Refund.overpaid_minor)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id, Refund.state == RefundState.SUCCEEDED)
        .order_by(Refund.ended_at, Refund.id)
    ).all()
