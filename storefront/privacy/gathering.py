"""Every room's keepers, found by convention, and the person whom they look for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence
from functools import cache

from sqlalchemy import or_, select

import storefront
from storefront.accounts.queries import find_customer_by_email, get_customer
from storefront.database.base import db
from storefront.kernel.personal import Keeper, Obstacle, Person
from storefront.orders.claiming import as_guest
from storefront.orders.models import Order


@cache
def list_keepers() -> tuple[Keeper, ...]:
    """Return what every room's `personal.py` says, rooms by name; the account itself comes last."""
    found: list[Keeper] = []
    for room in sorted(module.name for module in pkgutil.iter_modules(storefront.__path__) if module.ispkg):
        name = f"storefront.{room}.personal"
        if importlib.util.find_spec(name):
            found.extend(getattr(importlib.import_module(name), "PERSONAL", ()))
    return tuple(sorted(found, key=lambda keeper: keeper.is_last))


def get_person(customer_id: int) -> Person:
    """Return a customer as rooms know them, or NotFound."""
    customer = get_customer(customer_id)
    email = customer.email or ""
    mine = Order.customer_id == customer_id
    if email and customer.email_verified_at is not None:
        mine = or_(mine, as_guest(email))
    orders = db.session.execute(select(Order.id, Order.number, Order.email).where(mine)).all()
    keys = {f"customer:{customer_id}"}
    if customer.email_verified_at is not None:
        keys.add(f"email:{email}")
    return Person(
        id=customer.id,
        email=email,
        emails=frozenset({email, *(row.email for row in orders)} - {""}),
        phones=frozenset({customer.verified_phone} if customer.verified_phone else ()),
        numbers=frozenset(row.number for row in orders),
        orders=frozenset(row.id for row in orders),
        keys=frozenset(keys),
    )


def get_guest(email: str) -> Person:
    """Return whoever ordered without an account, by an e-mail that is proven to be theirs."""
    orders = db.session.execute(select(Order.id, Order.number).where(as_guest(email))).all()
    has_account = find_customer_by_email(email) is not None
    return Person(
        id=0,
        email="" if has_account else email,
        emails=frozenset({email}),
        numbers=frozenset(row.number for row in orders),
        orders=frozenset(row.id for row in orders),
        keys=frozenset({f"email:{email}"}),
    )


def find_obstacles(person: Person) -> Sequence[Obstacle]:
    """Return what must end before this person can be forgotten."""
    return [obstacle for keeper in list_keepers() for obstacle in keeper.find_obstacles(person)]
