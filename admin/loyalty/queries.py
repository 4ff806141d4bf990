"""Reads of loyalty for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storefront.accounts import queries as people
from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.money import Money
from storefront.loyalty.models import Tier, TierChange
from storefront.shop.queries import get_settings

CHANGES = 10


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier in the list, and how many customers stand in it."""

    id: int
    key: str
    name: str
    translations: dict[str, dict[str, str]]
    spend: Money
    earn_basis_points: int
    members: int


@dataclass(frozen=True, slots=True)
class Person:
    """Whose points are looked at."""

    id: int
    email: str
    name: str
    tier: str


@dataclass(frozen=True, slots=True)
class Step:
    """Why somebody came to a tier."""

    before: str
    after: str
    spent: Money
    at: datetime


def list_tiers() -> Sequence[TierRow]:
    """Return the tiers, the lowest first."""
    currency = get_settings().currency
    members = select(func.count()).where(Customer.tier == Tier.key).correlate(Tier).scalar_subquery()
    columns = (Tier.id, Tier.key, Tier.name, Tier.translations, Tier.spend_minor, Tier.earn_basis_points)
    return [
        TierRow(
            row.id,
            row.key,
            row.name,
            row.translations,
            Money(row.spend_minor, currency),
            row.earn_basis_points,
            int(row.members),
        )
        for row in db.session.execute(select(*columns, members.label("members")).order_by(Tier.spend_minor))
    ]


_CONTACT = func.coalesce(Customer.email, Customer.verified_phone, "")


def find_person(contact: str) -> Person | None:
    """Return the customer with an e-mail or a proven phone; raises Invalid for what is neither."""
    found = people.find_customer_by_contact(contact, country=get_settings().country)
    return _person(Customer.id == found.id) if found else None


def get_person(customer_id: int) -> Person:
    """Return a customer, or NotFound."""
    found = _person(Customer.id == customer_id)
    if found is None:
        raise NotFound
    return found


def list_steps(customer_id: int) -> Sequence[Step]:
    """Return a customer's latest changes of tier, the newest first."""
    currency = get_settings().currency
    rows = db.session.execute(
        select(TierChange.before, TierChange.after, TierChange.spent_minor, TierChange.at)
        .where(TierChange.customer_id == customer_id)
        .order_by(TierChange.id.desc())
        .limit(CHANGES)
    )
    return [Step(row.before, row.after, Money(row.spent_minor, currency), row.at) for row in rows]


def _person(condition: object) -> Person | None:
    statement = select(Customer.id, _CONTACT, Customer.name, Customer.tier).where(condition)  # type: ignore[arg-type]
    row = db.session.execute(statement).first()
    return Person(*row) if row else None
