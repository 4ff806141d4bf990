"""By the clock: points become ones to spend, points expire, and tiers follow what was spent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.jobs.queue import job, periodic
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import queries, services
from storefront.loyalty.tiers import standing_for
from storefront.orders.rewards import evaluate_tier
from storefront.orders.spending import spending_by_customer
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


@periodic(minute="*/10")
def release_points() -> int:
    """Let points be spent whose after-sale window has ended; return of how many orders."""
    at, count = now(), 0

    def work(due: tuple[int, str]) -> bool:
        return bool(services.release(customer_id=due[0], order_number=due[1], at=at))

    while due := queries.list_due(at, most=MOST_AT_ONCE):
        done = _each(due, work)
        count += done
        if done < len(due):
            break
    return count


@periodic(minute="20", hour="*")
def expire_points() -> int:
    """Let points go that are past their date; return of how many customers."""
    at, count, after = now(), 0, 0
    while customers := queries.list_expiring(at, after=after, most=MOST_AT_ONCE):
        count += _each(customers, lambda customer_id: bool(services.expire(customer_id=customer_id, at=at)))
        after = customers[-1]
    return count


@periodic(minute="40", hour="1")
def evaluate_tiers() -> int:
    """Let every customer stand where the spending leads; return how many stand elsewhere now."""
    at = now()
    spent = spending_by_customer(since=at - timedelta(days=get_settings().tier_days), until=at)
    tiers, nothing = queries.read_tiers(), Money.zero(get_settings().currency)
    standing = db.session.execute(select(Customer.id, Customer.tier)).all()
    db.session.rollback()
    moved = []
    for customer_id, before in standing:
        tier = standing_for(spent.get(customer_id, nothing), tiers).tier
        if before != (tier.key if tier else ""):
            moved.append(customer_id)
    return _each(moved, lambda customer_id: evaluate_tier(customer_id, at) is not None)


@job()
def evaluate_tiers_soon() -> None:
    """The same, once the tiers themselves have changed."""
    evaluate_tiers.call_local()


def _each(things: Iterable[Any], work: Callable[[Any], bool]) -> int:
    """Do each in a transaction of its own; one that fails is told to the log and keeps nobody else waiting."""
    done = 0
    for thing in things:
        try:
            with transaction():
                done += work(thing)
        except Exception:
            log.exception("Loyalty could not go on with %s", thing)
    return done
