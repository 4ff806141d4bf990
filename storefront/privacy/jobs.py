"""By the clock and right after the commit: copies are made, and those who wished to be forgotten are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from storefront.accounts.queries import get_customer
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now
from storefront.privacy import queries, services
from storefront.privacy.copying import copy_of
from storefront.privacy.events import CopyAsked
from storefront.privacy.gathering import get_person, list_keepers
from storefront.privacy.states import RequestKind, RequestState

log = logging.getLogger(__name__)


def make_copy_soon(fact: CopyAsked) -> None:
    """Queue the making for right after the commit."""
    enqueue_after_commit(make_copy, fact.request_id)


@job()
def make_copy(request_id: int) -> None:
    """Make a copy that was asked for."""
    request = queries.get_request(request_id)
    if request.state != RequestState.WAITING:
        return
    person, locale = get_person(request.customer_id), get_customer(request.customer_id).locale
    content = copy_of(person, locale=locale, at=now())
    with transaction():
        services.keep_copy(request_id=request_id, content=content, at=now())


@periodic(minute="*/5")
def sweep_copies() -> None:
    """Make the copies that a crash left behind, and delete those whose time is over."""
    _each(queries.list_due(RequestKind.COPY, RequestState.WAITING, now()), make_copy.call_local)
    with transaction():
        services.drop_copies(at=now())


@periodic(minute="*/5")
def sweep_deletions() -> None:
    """Close the accounts whose days of waiting are over, and go on with those that were closed."""
    _each(queries.list_due(RequestKind.DELETION, RequestState.WAITING, now()), _begin)
    _each(queries.list_due(RequestKind.DELETION, RequestState.RUNNING, now()), _forget)


def _begin(request_id: int) -> None:
    with transaction():
        services.begin_deletion(request_id=request_id, at=now())


def _forget(request_id: int) -> None:
    """Each room forgets in a transaction of its own: whatever was done when a crash comes is done."""
    for keeper in list_keepers():
        with transaction():
            services.forget_with(request_id=request_id, keeper=keeper, at=now())
    log.info("Request %s was carried out", request_id)


def _each(request_ids: Iterable[int], work: Callable[[int], object]) -> None:
    """One that fails stops no other."""
    for request_id in request_ids:
        try:
            work(request_id)
        except Exception:
            log.exception("Request %s waits for the next run", request_id)
