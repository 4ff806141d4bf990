"""After the commit and by the clock: providers are asked, and what they sent is read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.payments import queries, talking
from storefront.payments.events import AttemptEnded, RefundAsked
from storefront.payments.services import messages
from storefront.shop.queries import get_settings
from storefront.telemetry.about import about

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
Key = TypeVar("Key", int, str)


def refund_soon(fact: RefundAsked) -> None:
    """Queue the asking for right after the commit."""
    enqueue_after_commit(send_refund, fact.refund_id)


def withdraw_soon(fact: AttemptEnded) -> None:
    """Queue the telling for right after the commit."""
    enqueue_after_commit(withdraw_attempt, fact.reference)


@job()
def send_refund(refund_id: int) -> None:
    """Ask a provider to send money back."""
    talking.refund(refund_id)


@job()
def withdraw_attempt(reference: str) -> None:
    """Tell a provider that nobody is to pay an attempt any more; where that fails, its late money is booked too."""
    talking.withdraw(reference)


@periodic()
def sweep_payments() -> int:
    """Read messages and ask about refunds that are due: first tries that were lost, and later ones."""
    done = _each(queries.list_due_messages(now(), most=MOST_AT_ONCE), talking.read_message)
    return done + _each(queries.list_due_refunds(now(), most=MOST_AT_ONCE), talking.refund)


@periodic(minute="*/5")
def reconcile() -> int:
    """Ask providers about payments that are due; return about how many. One that is down keeps no other waiting."""
    return _each(queries.list_silent(now(), most=MOST_AT_ONCE), _ask)


@periodic(minute="*/10")
def take_held() -> int:
    """Take the money that was held for long enough, if the shop wants that; return for how many payments.

    What fails for good goes the way of every declined payment; a provider that is down is asked again.
    """
    hours = get_settings().capture_held_hours
    if not hours:
        return 0
    return _each(queries.list_held(now() - timedelta(hours=hours), most=MOST_AT_ONCE), talking.capture)


@job()
def ask_about_all() -> int:
    """Ask providers about every payment that has no end yet, due or not; return about how many."""
    return _each(queries.list_open(most=MOST_AT_ONCE), _ask)


@periodic(minute="41", hour="3")
def forget_old_messages() -> int:
    """Delete what providers sent long ago."""
    with transaction():
        return messages.forget_old(at=now())


def _ask(reference: str) -> object:
    return talking.ask(reference, patient=False)


def _each(keys: Iterable[Key], work: Callable[[Key], object]) -> int:
    done = 0
    for key in keys:
        try:
            with about():
                work(key)
            done += 1
        except Exception:
            log.exception("%s is left for the next time", key)
    return done
