"""What the outbox of short messages knows of a customer: that something was sent to their phone, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_

from storefront.database.belongings import delete_rows, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.sms.models import OutboxSms

_MESSAGES = table_of(OutboxSms)
_HIDDEN = frozenset({"id", "reference", "sealed", "next_try_at"})


def _messages(person: Person) -> Sequence[Data]:
    return rows_of(_MESSAGES, _theirs(person), but=_HIDDEN)


def _forget(person: Person, _at: datetime) -> None:
    delete_rows(_MESSAGES, _theirs(person))


def _theirs(person: Person) -> ColumnElement[bool]:
    """What went to a phone that is theirs, and about what they bought: the reference begins with its number."""
    about = (_MESSAGES.c.reference.startswith(f"{number}.", autoescape=True) for number in sorted(person.numbers))
    return or_(_MESSAGES.c.phone.in_(sorted(person.phones)), *about)


PERSONAL = (Keeper("messages", N_("Messages to your phone"), (OutboxSms.__tablename__,), _messages, _forget),)
