"""By the clock: what was reserved and never paid goes back on the shelf."""

from __future__ import annotations

import logging
from datetime import timedelta

from storefront.database.transaction import transaction
from storefront.inventory import queries, services
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
GRACE = timedelta(minutes=5)
"""An order that nobody pays is cancelled by the clock, which gives back its goods. This finds what that left behind."""
SYSTEM = "system"


@periodic()
def release_reservations() -> int:
    """Give back every reservation whose time is over, each order's in a transaction of its own; return how many."""
    at = now() - GRACE
    released = 0
    for reference in queries.list_expired(at, most=MOST_AT_ONCE):
        try:
            with transaction():
                released += bool(services.release_expired(reference=reference, by=SYSTEM, at=at))
        except Exception:
            log.exception("What %s reserved could not be given back by the clock", reference)
    return released
