"""How a visit becomes a row: once a day for each browser, under a key that nobody can turn back after that day."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date
from typing import Any

from sqlalchemy import Connection

from storefront.analytics.events import ShopOpened
from storefront.analytics.noted import Noted
from storefront.analytics.visit_models import SaltRow, VisitRow
from storefront.database.inserting import insert_into

_KEY_LENGTH = 22


def write_visit(connection: Connection, noted: Noted, event: ShopOpened) -> None:
    """Count a browser once a day, and note when it first ordered."""
    statement: Any = insert_into(VisitRow, connection).values(
        day=noted.day,
        key=_key(connection, noted.day, event.sign),
        at=noted.at,
        source=event.source,
        device=event.device,
        converted_at=noted.at if event.has_ordered else None,
    )
    both = ["day", "key"]
    if event.has_ordered:
        first = {"converted_at": statement.excluded.converted_at}
        is_first = VisitRow.converted_at.is_(None)
        statement = statement.on_conflict_do_update(index_elements=both, set_=first, where=is_first)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=both)
    connection.execute(statement)


def _key(connection: Connection, day: date, sign: str) -> str:
    """The day's salt is made by whoever needs it first; the others get that one."""
    made = insert_into(SaltRow, connection).values(day=day, salt=secrets.token_hex(32))
    same = {"salt": SaltRow.salt}
    salt = connection.execute(
        made.on_conflict_do_update(index_elements=["day"], set_=same).returning(SaltRow.salt)
    ).scalar_one()
    return hmac.new(salt.encode(), sign.encode(), hashlib.sha256).hexdigest()[:_KEY_LENGTH]
