"""Sending: right after the commit, and again by the clock for what is still in the outbox."""

from __future__ import annotations

import logging

from flask import current_app

from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.sms import queries, sending, services
from storefront.sms.errors import SmsNotSent
from storefront.sms.events import SmsQueued

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200


def send_soon(fact: SmsQueued) -> None:
    """Queue the sending for right after the commit."""
    enqueue_after_commit(send_sms, fact.sms_id)


@job()
def send_sms(sms_id: int) -> None:
    """Send one message."""
    deliver(sms_id)


@periodic()
def sweep_sms() -> None:
    """Send every message that is due: first tries that were lost, and later tries; one that fails stops no other."""
    for sms_id in queries.list_due(now(), most=MOST_AT_ONCE):
        try:
            deliver(sms_id)
        except Exception:
            log.exception("SMS %s stays in the outbox", sms_id)


@periodic(minute="50", hour="3")
def forget_old_sms() -> None:
    """Delete messages of long ago: whose phone it was is nobody's business any more."""
    with transaction():
        count = services.forget_old(at=now())
    if count:
        log.info("%s old messages were deleted", count)


def deliver(sms_id: int) -> None:
    """Claim a message and send it outside any transaction; every fault counts as a try."""
    with transaction():
        if services.claim(sms_id=sms_id, at=now()) is None:
            return
    try:
        with transaction():
            message = services.as_message(queries.get_sms(sms_id), at=now())
        sending.sender_for(current_app.config["SHOP"]).send(message)
    except Exception as error:
        if not isinstance(error, SmsNotSent):
            log.exception("SMS %s could not be handed over", sms_id)
            error = SmsNotSent(repr(error), permanent=False)
        with transaction():
            services.record_failure(sms_id=sms_id, error=error, at=now())
    else:
        with transaction():
            services.record_sent(sms_id=sms_id, at=now())
