"""Sending: soon after the commit, and again by the clock for what is still in the outbox."""

from __future__ import annotations

import logging

from flask import current_app

from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.mail import delivery, queries, services
from storefront.mail.errors import MailNotSent
from storefront.mail.events import MailQueued

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def send_soon(fact: MailQueued) -> None:
    """Queue the sending for right after the commit."""
    enqueue_after_commit(send_mail, fact.mail_id)


@job()
def send_mail(mail_id: int) -> None:
    """Send one letter."""
    deliver(mail_id)


@periodic()
def sweep_outbox() -> None:
    """Send every letter that is due: first tries that were lost, and later tries; one that fails stops no other."""
    for mail_id in queries.list_due(now(), most=MOST_AT_ONCE):
        try:
            deliver(mail_id)
        except Exception:
            log.exception("Mail %s stays in the outbox", mail_id)


def deliver(mail_id: int) -> None:
    """Claim a letter and send it; do nothing when it is not due or another sender has it."""
    with transaction():
        claimed = services.claim(mail_id=mail_id, at=now()) is not None
        claimed = claimed and not services.withdraw_unwanted(mail_id=mail_id)
    if claimed:
        hand_over(mail_id)


def hand_over(mail_id: int) -> None:
    """Send a claimed letter outside any transaction, and write down what became of it; every fault counts as a try."""
    try:
        with transaction():
            message = services.as_message(queries.get_mail(mail_id))
        delivery.delivery_for(current_app.config["SHOP"]).send(message)
    except Exception as error:
        if not isinstance(error, MailNotSent):
            log.exception("Mail %s could not be handed over", mail_id)
            error = MailNotSent(repr(error), permanent=False)
        with transaction():
            services.record_failure(mail_id=mail_id, error=error, at=now())
    else:
        with transaction():
            services.record_sent(mail_id=mail_id, at=now())
