"""Cleaning up: codes and links that are long over."""

from __future__ import annotations

import logging

from storefront.accounts import codes, links, signed_in
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)


@periodic(minute="40", hour="3")
def forget_old_proofs() -> None:
    """Delete codes and links that nobody can use any more, and sessions long over."""
    with transaction():
        count = codes.forget_old(at=now()) + links.forget_old(at=now()) + signed_in.forget_old(at=now())
    if count:
        log.info("%s old codes, links and sessions were deleted", count)
