"""Work of the catalogue: collections by rules are kept at what their rules say."""

from __future__ import annotations

from storefront.catalog import collecting
from storefront.catalog.events import CategoryChanged, ProductChanged
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now

MOST_AT_ONCE = 500
"""For more products than these it is cheaper to ask for all."""


def gather_soon(fact: ProductChanged) -> None:
    """See right after a change of a product whether it belongs into other collections now."""
    enqueue_after_commit(gather_products, [fact.product_id])


def gather_moved_soon(fact: CategoryChanged) -> None:
    """Do the same for the products of categories that are others now."""
    ids = list(fact.product_ids)
    enqueue_after_commit(gather_products, ids if len(ids) <= MOST_AT_ONCE else None)


@job()
def gather_products(product_ids: list[int] | None) -> None:
    """Bring collections by rules up to date for some products, or for all; where nothing differs nothing is written."""
    for number in collecting.list_due(now(), product_ids):
        with transaction():
            collecting.refresh(collection_id=number, at=now(), product_ids=product_ids)


@periodic(minute="*/10")
def gather_regularly() -> None:
    """Take in what no change of a product tells: stock, sales, and days that have gone by."""
    gather_products.call_local(None)
