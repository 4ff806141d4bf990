"""Cleaning up: codes, links and sessions that are long over."""

from __future__ import annotations

import logging

from storefront.accounts import codes, links, presence
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)


@periodic(minute="40", hour="3")
def forget_old_proofs() -> None:
    """Delete codes, links and sessions that nobody can use any more."""
    with transaction():
        count = sum(room.forget_old(at=now()) for room in (codes, links, presence))
    if count:
        log.info("%s old codes, links and sessions were deleted", count)
