"""The ways into an account: which there are, adding one after proof, taking one away unless it is the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from storefront.accounts import inbox, letters, queries
from storefront.accounts.errors import LastWay, TakenElsewhere
from storefront.accounts.models import Customer, CustomerIdentity
from storefront.accounts.oauth.person import Person
from storefront.accounts.states import Change
from storefront.database.base import db
from storefront.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Ways:
    """How somebody gets into their account. Whoever has an e-mail gets in by a letter at least."""

    has_email: bool
    has_password: bool
    phone: str
    connected: tuple[Any, ...]
    """provider, label."""

    @property
    def count(self) -> int:
        return int(self.has_email) + int(bool(self.phone)) + len(self.connected)

    def label_of(self, provider: str) -> str | None:
        """Return how the connected account is known there; None where none is connected."""
        return next((row.label for row in self.connected if row.provider == provider), None)


def ways_of(customer_id: int) -> Ways:
    """Return how a customer gets in."""
    customer = queries.get_customer(customer_id)
    rows = db.session.execute(
        select(CustomerIdentity.provider, CustomerIdentity.label)
        .where(CustomerIdentity.customer_id == customer_id)
        .order_by(CustomerIdentity.id)
    ).all()
    has_password = customer.password_hash is not None
    return Ways(customer.email is not None, has_password, customer.verified_phone or "", tuple(rows))


def find_by_person(person: Person) -> Customer | None:
    """Return whose account elsewhere this is."""
    return db.session.scalar(
        select(Customer)
        .join(CustomerIdentity, CustomerIdentity.customer_id == Customer.id)
        .where(CustomerIdentity.provider == person.provider, CustomerIdentity.subject == person.subject)
    )


def connect(*, customer_id: int, person: Person, at: datetime) -> None:
    """Let an account elsewhere open a customer's account; a second one of the same provider takes the first's place."""
    owner = find_by_person(person)
    if owner is not None and owner.id == customer_id:
        return
    if owner is not None:
        raise TakenElsewhere
    customer = _locked(customer_id)
    _remove(customer_id, person.provider)
    row = CustomerIdentity(
        customer_id=customer_id, provider=person.provider, subject=person.subject, label=person.label, created_at=at
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise TakenElsewhere from None
    _tell(customer, Change.CONNECTED, at)


def disconnect(*, customer_id: int, provider: str, at: datetime) -> None:
    """Take an account elsewhere away; sessions that it began stay, so that nobody is thrown out by tidying up."""
    customer = _locked(customer_id)
    if ways_of(customer_id).label_of(provider) is None:
        raise NotFound
    _refuse_last(customer_id)
    _remove(customer_id, provider)
    _tell(customer, Change.DISCONNECTED, at)


def set_phone(*, customer_id: int, phone: str, at: datetime) -> Customer:
    """Set the number that a code has just proven; other sessions end, as with a password."""
    other = queries.find_customer_by_phone(phone)
    if other is not None and other.id != customer_id:
        raise TakenElsewhere
    customer = _locked(customer_id)
    if customer.verified_phone == phone:
        return customer
    customer.verified_phone, customer.phone = phone, customer.phone or phone
    try:
        db.session.flush()
    except IntegrityError:
        raise TakenElsewhere from None
    inbox.end_before(customer=customer, at=at)
    _tell(customer, Change.PHONE, at)
    return customer


def remove_phone(*, customer_id: int, at: datetime) -> Customer:
    """Let a number no longer sign its owner in; other sessions end."""
    customer = _locked(customer_id)
    if customer.verified_phone is None:
        raise NotFound
    _refuse_last(customer_id)
    customer.verified_phone = None
    inbox.end_before(customer=customer, at=at)
    _tell(customer, Change.PHONE_REMOVED, at)
    return customer


def _refuse_last(customer_id: int) -> None:
    if ways_of(customer_id).count <= 1:
        raise LastWay


def _remove(customer_id: int, provider: str) -> None:
    mine = (CustomerIdentity.customer_id == customer_id, CustomerIdentity.provider == provider)
    db.session.execute(delete(CustomerIdentity).where(*mine).execution_options(synchronize_session=False))


def _locked(customer_id: int) -> Customer:
    """Return a customer whose ways nobody else changes until this transaction ends: two of them cannot go at once."""
    statement = select(Customer).where(Customer.id == customer_id).with_for_update()
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _tell(customer: Customer, change: Change, at: datetime) -> None:
    letters.tell_changed(recipient=customer.email, locale=customer.locale, change=change, at=at)
