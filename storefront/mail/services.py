"""Writes of the outbox: a letter is put in, claimed by one sender, and marked with what became of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, render_template
from flask_babel import gettext
from sqlalchemy import CursorResult, Engine, bindparam, select, update

from storefront.config import Config
from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.database.reading import read
from storefront.kernel.events import publish
from storefront.kernel.text import squeeze
from storefront.mail import queries
from storefront.mail.choices import unsubscribe_url, wants
from storefront.mail.dressing import dress
from storefront.mail.errors import MailNotSent
from storefront.mail.events import MailQueued
from storefront.mail.models import OutboxMail
from storefront.mail.rules import gives_up, wait_after
from storefront.mail.states import MailStatus, Topic
from storefront.shop.queries import get_settings
from storefront.web.locale import speaking

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""A sender that has not answered for so long has died, and another one may try."""
NOWHERE = ".invalid"
"""No mail is ever delivered there (RFC 2606): the address of somebody who was forgotten ends so."""
_KNOWN = select(OutboxMail.id).where(OutboxMail.message_id == bindparam("message_id"))
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """What to write: `template` is a folder with subject.txt, body.txt and body.html; `facts` is what they read.

    `holds_secret` says that its words open a door, so the outbox forgets them once the letter has left.
    """

    template: str
    recipient: str | None
    locale: str
    reference: str
    facts: Mapping[str, object]
    occasion: str = ""
    """Tells letters of one template about the same reference apart."""
    holds_secret: bool = False
    topic: Topic | None = None
    """Set where it is marketing: it goes only to those who want it, with a way to unsubscribe."""


def put_in(*, letter: Letter, at: datetime) -> int | None:
    """Write a letter into the outbox and return its id; the same template about the same reference and occasion is one
    letter.

    None where there is nobody to write to (they left no e-mail, or were forgotten) or they do not want it.
    """
    if not letter.recipient or letter.recipient.endswith(NOWHERE):
        return None
    if letter.topic and not wants(email=letter.recipient, topic=letter.topic):
        return None
    config: Config = current_app.config["SHOP"]
    kind = letter.template.replace("/mail/", "-").replace("/", "-")
    host = urlsplit(config.public_url).hostname or "localhost"
    about = f"{letter.reference}.{letter.occasion}" if letter.occasion else letter.reference
    message_id = f"<{kind}.{about}@{host}>"
    subject, text, html = render(letter)
    values = {
        "message_id": message_id,
        "template": letter.template,
        "recipient": letter.recipient,
        "locale": letter.locale,
        "subject": subject,
        "text": text,
        "html": html,
        "topic": letter.topic or "",
        "reference": letter.reference,
        "holds_secret": letter.holds_secret,
        "status": MailStatus.QUEUED,
        "next_try_at": at,
        "created_at": at,
    }
    mail_id: int | None = read(_putting_in(db.engine), values).scalar()
    if mail_id is None:
        known: int = read(_KNOWN, {"message_id": message_id}).scalar_one()
        return known
    publish(MailQueued(mail_id))
    return mail_id


@lru_cache(maxsize=2)
def _putting_in(engine: Engine) -> Any:
    """Return the insert of a letter, which returns nothing where it was put in before."""
    new = insert_into(OutboxMail, engine)
    return new.on_conflict_do_nothing(index_elements=["message_id"]).returning(OutboxMail.id)


def render(letter: Letter) -> tuple[str, str, str]:
    """Return a letter's subject, text and HTML, in its reader's language."""
    config: Config = current_app.config["SHOP"]
    if "shop" not in g:
        g.shop = get_settings()
    leave = unsubscribe_url(email=letter.recipient or "", topic=letter.topic) if letter.topic else ""
    facts = {"public_url": config.public_url, "subject": "", "unsubscribe_url": leave, **letter.facts}
    with speaking(letter.locale):
        subject = squeeze(render_template(f"{letter.template}/subject.txt", **facts))[:255]
        text = render_template(f"{letter.template}/body.txt", **facts)
        if leave:
            text += "\n\n-- \n" + gettext("%(label)s: %(text)s", label=gettext("Unsubscribe"), text=leave)
        html = render_template(f"{letter.template}/body.html", **facts | {"subject": subject})
    return subject, _BLANK_LINES.sub("\n\n", text).strip() + "\n", dress(html)


def claim(*, mail_id: int, at: datetime) -> OutboxMail | None:
    """Take a letter that is due for sending; None when another sender has it or it needs none."""
    claimed = cast(
        "CursorResult[object]",
        db.session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, OutboxMail.status == MailStatus.QUEUED, OutboxMail.next_try_at <= at)
            .values(attempts=OutboxMail.attempts + 1, next_try_at=at + LEASE)
            .execution_options(synchronize_session=False)
        ),
    )
    return queries.get_mail(mail_id) if claimed.rowcount else None


def withdraw_unwanted(*, mail_id: int) -> bool:
    """Leave a letter unsent whose reader has said no since it was written; say whether it is."""
    mail = queries.get_mail(mail_id)
    if not mail.topic or wants(email=mail.recipient, topic=Topic(mail.topic)):
        return False
    mail.status = MailStatus.UNWANTED
    db.session.flush()
    return True


def record_sent(*, mail_id: int, at: datetime) -> None:
    """Mark a letter as handed over."""
    mail = queries.get_mail(mail_id)
    mail.status, mail.sent_at, mail.error = MailStatus.SENT, at, ""
    _forget_secret(mail)
    db.session.flush()


def record_failure(*, mail_id: int, error: MailNotSent, at: datetime) -> None:
    """Plan the next try, or give up."""
    mail = queries.get_mail(mail_id)
    mail.error, mail.next_try_at = str(error)[:2000], at + wait_after(mail.attempts)
    if gives_up(mail.attempts, permanent=error.permanent):
        mail.status = MailStatus.FAILED
        _forget_secret(mail)
        log.error("Mail %s was given up after %s tries", mail.id, mail.attempts)
    db.session.flush()


def _forget_secret(mail: OutboxMail) -> None:
    if mail.holds_secret:
        mail.text = mail.html = ""


def as_message(mail: OutboxMail) -> EmailMessage:
    """Return a letter as it goes over the wire."""
    config: Config = current_app.config["SHOP"]
    user, _, domain = config.mail_from.rpartition("@")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = Address(get_settings().name, user, domain)
    message["To"] = mail.recipient
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.topic:
        message["List-Unsubscribe"] = f"<{unsubscribe_url(email=mail.recipient, topic=Topic(mail.topic))}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.locale
    return message
