"""Proving that every ledger adds up, whichever room keeps it.

Rooms are found by convention: one that has a `ledgers.py` says there what it proves. So this room knows none of them.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

import storefront
from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one ledger: `rows` were looked at, and these do not add up."""

    ledger: str
    rows: int
    discrepancies: tuple[Discrepancy, ...]


def list_ledgers() -> list[Ledger]:
    """Return every ledger of every room, rooms by name."""
    found: list[Ledger] = []
    for room in sorted(module.name for module in pkgutil.iter_modules(storefront.__path__) if module.ispkg):
        name = f"storefront.{room}.ledgers"
        if importlib.util.find_spec(name):
            found.extend(getattr(importlib.import_module(name), "LEDGERS", ()))
    return found


def verify(ledgers: Iterable[Ledger]) -> Iterator[Finding]:
    """Prove one ledger after the other, all of them on the same state of the database; nothing is changed."""
    _hold_still()
    for ledger in ledgers:
        yield Finding(ledger.name, ledger.count(), tuple(ledger.find()))


def _hold_still() -> None:
    """See one moment throughout, so that an order that is placed meanwhile is no discrepancy; and take the time."""
    session = db.session()
    session.rollback()
    if db.engine.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(text("SET LOCAL statement_timeout = 0"))
