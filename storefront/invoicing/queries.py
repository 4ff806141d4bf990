"""Reads of invoices."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storefront.database.base import db
from storefront.invoicing.models import Invoice
from storefront.invoicing.states import DocumentKind
from storefront.kernel.errors import NotFound
from storefront.orders.models import Order


def find_invoice(order_id: int) -> Invoice | None:
    """Return an order's invoice, if it was issued."""
    wanted = (Invoice.order_id == order_id, Invoice.kind == DocumentKind.INVOICE)
    return db.session.scalar(select(Invoice).where(*wanted))


def list_documents(order_id: int) -> Sequence[Invoice]:
    """Return an order's invoice and everything that followed it, the first one first."""
    return db.session.scalars(select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id)).all()


def list_followers(order_id: int) -> Sequence[Invoice]:
    """Return what followed an order's invoice: credit notes, and invoices about what came on top."""
    return [paper for paper in list_documents(order_id) if paper.kind != DocumentKind.INVOICE]


def get_credit_note(order_id: int, note_id: int) -> Invoice:
    """Return what followed an order's invoice through its order, or NotFound."""
    found = next((note for note in list_followers(order_id) if note.id == note_id), None)
    if found is None:
        raise NotFound
    return found


def can_be_invoiced(order: Order) -> bool:
    """Say whether an order is paid, in full and for something."""
    return order.total_minor > 0 and order.paid_minor >= order.total_minor
