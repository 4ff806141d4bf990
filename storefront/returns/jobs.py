"""By the clock: what has ended long ago is put away, and orders that can no longer come back are completed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from storefront.database.sharing import Turns
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.orders.closing import close_orders
from storefront.orders.services import SYSTEM
from storefront.returns import queries, services
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

CLOSED_AFTER = timedelta(days=14)
MOST_AT_ONCE = 200


@periodic(hour="5", minute="20")
def close_old() -> int:
    """Close requests that nobody has objected to for two weeks, and return how many."""
    found = queries.list_to_close(now() - CLOSED_AFTER, most=MOST_AT_ONCE)
    for number in [each.number for each in found]:
        with transaction():
            services.close(found=queries.get_return(number), by=SYSTEM, at=now())
    log.info("%d returns are closed", len(found))
    return len(found)


@periodic(hour="5", minute="40")
def complete_orders() -> int:
    """Complete every order whose time to come back is over, and return how many."""
    at = now()
    completed = complete_all(at)
    log.info("%d orders are completed", completed)
    return completed


def complete_all(at: datetime) -> int:
    """Complete what is over at a moment, some hundreds in each transaction; return how many."""
    arrived_by, turns, completed = at - timedelta(days=get_settings().after_sale_days), Turns(), 0
    while found := queries.list_over(arrived_by, most=MOST_AT_ONCE):
        with transaction():
            closed = close_orders(order_ids=found, arrived_by=arrived_by, at=at)
        if not closed:  # others have changed all of them meanwhile: tomorrow
            break
        completed += closed
        turns.give()
    return completed
