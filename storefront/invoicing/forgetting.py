"""Invoices of somebody who was forgotten: tax law keeps their names on them for some years, then those go, too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select

from storefront.accounts.rules import reduced
from storefront.database.base import db
from storefront.invoicing.models import Invoice
from storefront.orders.models import Order
from storefront.shop.queries import get_settings


def begin(*, order_ids: Collection[int], at: datetime) -> int:
    """Set the day on which the buyer goes from these orders' invoices: the years run from the end of that of issue.

    Where the merchant keeps them for no years, it is now. Returns how many invoices there are.
    """
    years = get_settings().invoice_keep_years
    rows = db.session.execute(
        select(Invoice, Order.shipping_address)
        .join(Order, Order.id == Invoice.order_id)
        .where(Invoice.order_id.in_(order_ids), Invoice.keep_until.is_(None))
        .order_by(Invoice.id)
    ).all()
    for invoice, address in rows:
        invoice.buyer = invoice.buyer or {**address, "phone": ""}
        invoice.keep_until = datetime(invoice.issued_at.year + years + 1, 1, 1, tzinfo=UTC) if years else at
        if not years:
            _forget(invoice)
    db.session.flush()
    return len(rows)


def forget_due(*, at: datetime) -> int:
    """Let the buyer go from every invoice whose years are over; return how many."""
    found = db.session.scalars(select(Invoice).where(Invoice.keep_until <= at, Invoice.buyer.is_not(None))).all()
    due = [invoice for invoice in found if invoice.buyer and invoice.buyer != reduced(invoice.buyer)]
    for invoice in due:
        _forget(invoice)
    db.session.flush()
    return len(due)


def _forget(invoice: Invoice) -> None:
    invoice.buyer, invoice.company, invoice.buyer_tax_id = reduced(invoice.buyer or {}), "", ""
