"""Groups that staff put customers into: they may have prices and promotions of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select

from storefront.accounts.helping import get_locked
from storefront.accounts.models import Customer, CustomerGroup
from storefront.accounts.queries import find_customer_by_contact
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.paging import Page
from storefront.kernel.text import first_free, slugify, squeeze
from storefront.shop.queries import get_settings

LONGEST_NAME = 120


def list_groups() -> Sequence[Any]:
    """Return all groups by name: key, name."""
    statement = select(CustomerGroup.key, CustomerGroup.name).order_by(CustomerGroup.name, CustomerGroup.key)
    return db.session.execute(statement).all()


def count_members() -> dict[str, int]:
    """Return how many customers each group has; one pass over the customers who are in any."""
    counts: dict[str, int] = {}
    for groups in db.session.scalars(select(Customer.groups).where(cast(Customer.groups, String).like('%"%'))):
        for key in groups or ():
            counts[key] = counts.get(key, 0) + 1
    return counts


def get_group(key: str) -> CustomerGroup:
    """Return a group's row, or NotFound."""
    found = db.session.get(CustomerGroup, key, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def page_of_members(key: str, *, number: int, size: int) -> Page[Any]:
    """Return one page of a group's customers, by e-mail: id, email (or phone), name."""
    total = db.session.scalar(select(func.count()).select_from(Customer).where(is_in(key))) or 0
    contact = func.coalesce(Customer.email, Customer.verified_phone, "")
    statement = select(Customer.id, contact.label("email"), Customer.name).where(is_in(key)).order_by(contact)
    rows = db.session.execute(statement.limit(size).offset((number - 1) * size)).all()
    return Page(rows, total, number, size)


def add_group(*, name: str, by: str, at: datetime) -> CustomerGroup:
    """Make a group without anybody in it."""
    _check(name)
    row = CustomerGroup(key=_free_key(name), name=squeeze(name), updated_at=at)
    db.session.add(row)
    db.session.flush()
    _note(row.key, "customer_group.add", {"name": (None, row.name)}, by, at)
    return row


def rename_group(*, key: str, name: str, by: str, at: datetime) -> CustomerGroup:
    """Call a group something else; its key, which price lists and promotions know, stays."""
    _check(name)
    row = get_group(key)
    before, row.name, row.updated_at = row.name, squeeze(name), at
    db.session.flush()
    _note(key, "customer_group.rename", {"name": (before, row.name)}, by, at)
    return row


def add_member(*, key: str, email: str, by: str, at: datetime) -> Customer:
    """Put the customer with this e-mail into a group; one who is in it already stays."""
    found = find_customer_by_contact(email, country=get_settings().country)
    if found is None:
        raise Invalid(N_("There is no customer with the e-mail address %(email)s."), field="emails", email=email[:254])
    return put_in(key=key, customer_id=found.id, by=by, at=at)


def put_in(*, key: str, customer_id: int, by: str, at: datetime) -> Customer:
    """Put a customer into a group; one who is in it already stays."""
    get_group(key)
    customer = get_locked(customer_id)
    if key not in customer.groups:
        customer.groups = sorted({*customer.groups, key})
        db.session.flush()
        _note(key, "customer_group.members", {f"#{customer.id}": (None, "in")}, by, at)
    return customer


def remove_member(*, key: str, customer_id: int, by: str, at: datetime) -> Customer:
    """Take a customer out of a group."""
    get_group(key)
    customer = get_locked(customer_id)
    if key in customer.groups:
        customer.groups = [other for other in customer.groups if other != key]
        db.session.flush()
        _note(key, "customer_group.members", {f"#{customer.id}": ("in", None)}, by, at)
    return customer


def is_in(key: str) -> ColumnElement[bool]:
    """What makes a customer stand in a group."""
    return cast(Customer.groups, String).contains(f'"{key}"', autoescape=True)


def _check(name: str) -> None:
    if not squeeze(name):
        raise Invalid(N_("Give the group a name."), field="name")
    if len(squeeze(name)) > LONGEST_NAME:
        raise Invalid(N_("Use at most %(count)d characters."), field="name", count=LONGEST_NAME)


def _free_key(name: str) -> str:
    wanted = slugify(name, fallback="group", longest=50)
    taken = set(db.session.scalars(select(CustomerGroup.key).where(CustomerGroup.key.startswith(wanted))))
    return first_free(wanted, taken)


def _note(key: str, action: str, changes: dict[str, tuple[object, object]], by: str, at: datetime) -> None:
    audit.record(actor=by, action=action, about=("customer_group", key), changes=changes, at=at)
