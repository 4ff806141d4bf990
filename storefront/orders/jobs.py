"""By the clock: orders that nobody pays give back what they hold."""

from __future__ import annotations

import logging

from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.orders import queries, services

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
