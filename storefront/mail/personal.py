"""What the outbox knows of a customer: the letters to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, or_, select, update

from storefront.database.base import db
from storefront.database.belongings import as_json, delete_rows, rows_of, table_of
from storefront.kernel.errors import N_
from storefront.kernel.personal import Data, Keeper, Person
from storefront.mail.choices import address_key
from storefront.mail.delivery import forget_file
from storefront.mail.models import MailChoice, OutboxMail
from storefront.mail.states import MailStatus

_CHOICES = table_of(MailChoice)


def _letters(person: Person) -> Sequence[Data]:
    """Show the words of letters about their own orders alone: an inbox that nobody proved may be another person's."""
    return [
        {
            "subject": mail.subject,
            "recipient": mail.recipient,
            "written": as_json(mail.created_at),
            "sent": as_json(mail.sent_at),
            "text": mail.text if _is_about(mail, person) else "",
        }
        for mail in _to(person)
    ]


def _forget(person: Person, _at: datetime) -> None:
    """Blank letters about orders, which the outbox must not write twice; delete all others."""
    keep: list[int] = []
    drop: list[int] = []
    for mail in _to(person):
        (keep if _is_about(mail, person) else drop).append(mail.id)
        forget_file(current_app.config["SHOP"], mail.message_id)
    blank = {"recipient": "", "subject": "", "text": "", "html": "", "error": ""}
    queued = (OutboxMail.id.in_(keep), OutboxMail.status == MailStatus.QUEUED)
    db.session.execute(update(OutboxMail).where(*queued).values(status=MailStatus.FAILED), **_QUIET)
    db.session.execute(update(OutboxMail).where(OutboxMail.id.in_(keep)).values(blank), **_QUIET)
    db.session.execute(delete(OutboxMail).where(OutboxMail.id.in_(drop)), **_QUIET)
    db.session.expire_all()


_QUIET = {"execution_options": {"synchronize_session": False}}


def _to(person: Person) -> Iterator[OutboxMail]:
    """Return the letters to their own address, and those about their orders that went elsewhere."""
    addresses = person.emails | {person.email} - {""}
    for mail in db.session.scalars(
        select(OutboxMail).where(OutboxMail.recipient.in_(sorted(addresses))).order_by(OutboxMail.id)
    ):
        if mail.recipient == person.email or _is_about(mail, person):
            yield mail


def _is_about(mail: OutboxMail, person: Person) -> bool:
    """A letter's reference is an order's number, or begins with one (a parcel's)."""
    return mail.reference in person.numbers or mail.reference.rpartition("-")[0] in person.numbers


def _choices(person: Person) -> Sequence[Data]:
    return rows_of(_CHOICES, _CHOICES.c.address_key == address_key(person.email), but={"address_key"})


def _forget_choices(person: Person, _at: datetime) -> None:
    """A yes goes, and which address took another one's place; a no stays, so that it is still obeyed."""
    key = address_key(person.email)
    delete_rows(_CHOICES, _CHOICES.c.address_key == key, _CHOICES.c.is_wanted)
    delete_rows(_CHOICES, _CHOICES.c.moved_to != "", or_(_CHOICES.c.address_key == key, _CHOICES.c.moved_to == key))


PERSONAL = (
    Keeper(
        "choices",
        N_("Which letters you want"),
        ("mail_choice",),
        _choices,
        _forget_choices,
        stays=N_("That you do not want our advertising, under a digest of your e-mail, so that none is sent."),
    ),
    Keeper(
        "letters",
        N_("Letters"),
        ("outbox_mail",),
        _letters,
        _forget,
        goes=N_("The letters that we wrote to you, as far as we kept them."),
    ),
)
