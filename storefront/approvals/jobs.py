"""Requests that nobody decided in time lapse."""

from __future__ import annotations

import logging

from storefront.approvals import services
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)


@periodic(minute="20")
def lapse_old_requests() -> None:
    """Let them lapse, and tell who made them."""
    with transaction():
        count = services.lapse_old(at=now())
    if count:
        log.info("%s requests lapsed", count)
