"""By the clock: orders that nobody pays give back what they hold. After the fact: what a customer has bought."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Protocol

from storefront.database.sharing import Turns
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.orders import letters, queries, services, worth
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


class AboutOrder(Protocol):
    """A fact that names an order."""

    @property
    def order_id(self) -> int: ...


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


def count_worth_soon(fact: AboutOrder) -> None:
    """Count what the customer of an order has bought, once this transaction has committed.

    A guest has no account to keep it beside.
    """
    if queries.find_customer_id(fact.order_id) is not None:
        enqueue_after_commit(count_worth, fact.order_id)


@job()
def count_worth(order_id: int) -> None:
    """Count what the customer of an order has bought."""
    with transaction():
        customer_id = queries.find_customer_id(order_id)
        if customer_id is not None:
            worth.count_anew(customer_ids=[customer_id], at=now())


@periodic(minute="10", hour="3")
def count_everybody() -> int:
    """Count what every customer has bought, some hundreds in each transaction; return how many there are."""
    counted, last, turns = 0, 0, Turns()
    while some := worth.next_customers(last):
        with transaction():
            worth.count_anew(customer_ids=some, at=now())
        counted, last = counted + len(some), some[-1]
        turns.give()
    return counted
