"""How a customer is reached, corrected by staff: a typing error in an e-mail loses every letter."""

from __future__ import annotations

from datetime import datetime

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.orders import queries
from storefront.orders.models import Order


def correct_email(*, order: Order, email: str, by: str, at: datetime) -> Order:
    """Let an order's letters go to another e-mail (folded) from now on."""
    order = queries.get_locked(order.id)
    before, order.email = order.email, email
    db.session.flush()
    changes: dict[str, audit.Change] = {"e-mail": (before, email)}
    audit.record(actor=by, action="order.change", about=("order", order.number), changes=changes, at=at)
    return order
