"""By the clock: days that are over are summed up, and months in which customers first ordered are counted."""

from __future__ import annotations

import logging

from storefront.database.transaction import transaction
from storefront.figures import cohorts, services
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

MOST_AT_ONCE = 60
"""So many days are summed up in one run; a shop with years behind it needs some runs at first."""


@periodic(minute="*/5")
def sum_up_days() -> int:
    """Sum up days whose sums are stale, each in a transaction of its own, then make rows for those that are new."""
    at = now()
    days = services.days_to_sum_up(at=at)[:MOST_AT_ONCE]
    for day in days:
        with transaction():
            services.sum_up(day=day)
    with transaction():
        opened = services.open_days(at=at)
    if days or opened:
        log.info("%d days are summed up, %d are to be", len(days), opened)
    return len(days)


@periodic(hour="4", minute="25")
def count_cohorts() -> int:
    """Count anew who came back in which month after the first order."""
    with transaction():
        return cohorts.count(at=now())
