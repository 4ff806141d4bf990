"""By the clock: what has ended long ago is put away."""

from __future__ import annotations

import logging
from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.orders.services import SYSTEM
from storefront.returns import queries, services

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
