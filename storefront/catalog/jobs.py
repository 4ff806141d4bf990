"""By the clock: products appear and disappear at their dates."""

from __future__ import annotations

import logging

from storefront.catalog import publishing
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


@periodic()
def publish_by_clock() -> int:
    """Turn every product whose moment has come, each in a transaction of its own; return how many."""
    at, turned = now(), 0
    for product_id in publishing.list_due(at, most=MOST_AT_ONCE):
        try:
            with transaction():
                turned += publishing.turn_by_clock(product_id=product_id, at=at)
        except Exception:
            log.exception("Product %s could not be shown or hidden by the clock", product_id)
    return turned
