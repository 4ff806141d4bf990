"""What is known of a customer here: the account itself, and every row that refers to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, update

from storefront.accounts.models import Customer, PhoneCode
from storefront.database.base import Base, db
from storefront.database.belongings import delete_rows, emptied, owner_of, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person

SECRETS = frozenset({"password_hash", "token_hash", "email_key", "session_version", "device_key"})
"""What proves who somebody is, or counts it: never shown, not even to themselves."""
SAYS_NOTHING = frozenset({"id", "locale", "tier", "order_count", "session_version", "created_at", "is_active"})
"""What may stay in an account's row: ledgers of orders and points hang on it. Every other column is emptied."""
NOBODY = "forgotten-{id}@shop.invalid"
"""Stands where an e-mail must: nobody can have it, and nothing is ever sent there."""

_CUSTOMER, _CODES = table_of(Customer), table_of(PhoneCode)


def _account(person: Person) -> Sequence[Data]:
    return rows_of(_CUSTOMER, _CUSTOMER.c.id == person.id, but=SECRETS)


def _empty_account(person: Person, _at: datetime) -> None:
    """Leave a number without a person; every session ends with it."""
    values = emptied(_CUSTOMER, but=SAYS_NOTHING)
    if not _CUSTOMER.c.email.nullable:
        values["email"] = NOBODY.format(id=person.id)
    values |= {"is_active": False, "session_version": _CUSTOMER.c.session_version + 1}
    statement = update(_CUSTOMER).where(_CUSTOMER.c.id == person.id)
    db.session.execute(statement.values(values).execution_options(synchronize_session=False))


def _belongings() -> dict[Table, ColumnElement[int]]:
    """Return the tables of this room whose rows belong to a customer, and the column that says to whom."""
    here = {mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__ == Customer.__module__}
    tables = sorted((table_of(model) for model in here), key=lambda table: table.name)
    return {table: owner for table in tables if (owner := owner_of(table, _CUSTOMER)) is not None}


def _rows(person: Person) -> Sequence[Data]:
    return [
        {"kind": table.name, **row}
        for table, owner in _belongings().items()
        for row in rows_of(table, owner == person.id, but=SECRETS | {owner.key or ""})
    ]


def _delete_rows(person: Person, _at: datetime) -> None:
    for table, owner in _belongings().items():
        delete_rows(table, owner == person.id)
    delete_rows(_CODES, _CODES.c.phone.in_(sorted(person.phones)))


PERSONAL = (
    Keeper(
        "account",
        N_("Account"),
        ("customer",),
        _account,
        _empty_account,
        goes=N_("Your name, e-mail, phone number and password, and with them the way to sign in."),
        is_last=True,
    ),
    Keeper(
        "addresses",
        N_("Addresses and ways to sign in"),
        (*(table.name for table in _belongings()), _CODES.name),
        _rows,
        _delete_rows,
        goes=N_("Your address book."),
    ),
)
