"""Whether and where a customer gets short messages about an order."""

from __future__ import annotations

from sqlalchemy import select

from storefront.accounts import queries
from storefront.accounts.models import Customer
from storefront.accounts.phones import is_served
from storefront.database.base import db
from storefront.sms.states import Texts


def phone_for(*, customer_id: int | None, email: str, phone: str, served: frozenset[str]) -> str:
    """Return the number that news about an order go to, or "".

    `email` and `phone` are the order's own. Guests are written to. A customer's proven number gets what no e-mail
    tells, or everything, or nothing, as they have chosen; without a proven one the receiver's number stands in where
    there is no e-mail, since otherwise nobody would hear anything.
    """
    if customer_id is None:
        return ""
    row = db.session.execute(
        select(Customer.texts, Customer.verified_phone).where(Customer.id == customer_id, Customer.is_active)
    ).first()
    if row is None or row.texts == Texts.NEVER or (email and row.texts != Texts.ALWAYS):
        return ""
    found = row.verified_phone or ("" if email else phone)
    return found if found and is_served(found, served) else ""


def choose(*, customer_id: int, texts: Texts) -> Customer:
    """Set when a customer gets messages on the phone."""
    customer = queries.get_customer(customer_id)
    customer.texts = texts.value
    db.session.flush()
    return customer
