"""The accounts of the demo: one member of staff for each role and one shopper with a past. Made nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storefront.accounts import services as accounts
from storefront.accounts.models import Customer
from storefront.accounts.permissions import ROLE_NAMES, Role
from storefront.accounts.services import Credentials
from storefront.orders.models import Order

PASSWORD = "three green apples"
SHOPPER = "shopper@example.com"
TYPICAL_ORDERS = 120


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in; all of the demo share one password."""

    email: str
    name: str
    door: str
    """Where they sign in."""


def list_accounts() -> tuple[Account, ...]:
    """Return everybody who can sign in to the demo."""
    staff = tuple(Account(_email(role), f"{ROLE_NAMES[role]}", "/admin/") for role in Role)
    return (Account(SHOPPER, "Shopper", "/sign-in"), *staff)


def make_staff_credentials() -> dict[Role, Credentials]:
    """Hash the passwords, outside any transaction because that is slow."""
    return {role: accounts.make_credentials(email=_email(role), password=PASSWORD) for role in Role}


def make_shopper_credentials() -> Credentials:
    """Hash the shopper's password."""
    return accounts.make_credentials(email=SHOPPER, password=PASSWORD)


def insert_people(session: Session, staff: dict[Role, Credentials], shopper: Credentials, at: datetime) -> None:
    """Hire the staff, and give a household with a typical year of orders a way to sign in."""
    for role, credentials in staff.items():
        accounts.hire(credentials=credentials, name=f"Demo {ROLE_NAMES[role].lower()}", role=role, at=at)
    chosen = session.scalars(
        select(Customer.id).order_by(func.abs(Customer.order_count - TYPICAL_ORDERS), Customer.id).limit(1)
    ).one()
    session.execute(
        update(Customer)
        .where(Customer.id == chosen)
        .values(email=shopper.email, password_hash=shopper.password_hash, name="Sam Shopper")
    )
    session.execute(update(Order).where(Order.customer_id == chosen).values(email=shopper.email))


def _email(role: Role) -> str:
    return f"{role.value.replace('_', '-')}@example.com"
