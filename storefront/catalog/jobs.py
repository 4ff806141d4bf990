"""Work of the catalogue: products appear and disappear at their dates, collections by rules stay at what they say."""

from __future__ import annotations

import logging

from storefront.catalog import collecting, publishing
from storefront.catalog.events import CategoryChanged, ProductChanged
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
"""For more products than these it is cheaper to ask for all; no more appear or disappear in one run."""


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


def gather_soon(fact: ProductChanged) -> None:
    """See right after a change of a product whether it belongs into other collections now."""
    enqueue_after_commit(gather_products, (fact.product_id,))


def gather_moved_soon(fact: CategoryChanged) -> None:
    """Do the same for the products of categories that are others now."""
    ids = tuple(fact.product_ids)
    enqueue_after_commit(gather_products, ids if len(ids) <= MOST_AT_ONCE else None)


@job()
def gather_products(product_ids: tuple[int, ...] | None) -> None:
    """Bring collections by rules up to date for some products, or for all; where nothing differs nothing is written."""
    for number in collecting.list_due(now(), product_ids):
        with transaction():
            collecting.refresh(collection_id=number, at=now(), product_ids=product_ids)


@periodic(minute="*/10")
def gather_regularly() -> None:
    """Take in what no change of a product tells: stock, sales, and days that have gone by."""
    gather_products.call_local(None)
