"""By the clock: orders that nobody pays give back what they hold."""

from __future__ import annotations

import logging
from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.orders import letters, queries, services
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


@periodic()
def cancel_unpaid() -> int:
    """Cancel every order whose time to pay is over, each in a transaction of its own; return how many.

    An order that cannot be cancelled is told to the log and keeps nobody else waiting.
    """
    at = now()
    cancelled = 0
    for order_id in queries.list_overdue(at, most=MOST_AT_ONCE):
        try:
            with transaction():
                cancelled += services.cancel_if_overdue(order_id=order_id, at=at)
        except Exception:
            log.exception("Order with id %s could not be cancelled by the clock", order_id)
    return cancelled


@periodic()
def remind_unpaid() -> int:
    """Write to whoever is about to lose an order for want of a payment; return how many orders wait so."""
    at, before = now(), timedelta(minutes=get_settings().remind_payment_minutes)
    waiting = queries.list_to_remind(at, before=before, most=MOST_AT_ONCE) if before else ()
    for order_id in waiting:
        with transaction():
            letters.remind(order_id)
    return len(waiting)
