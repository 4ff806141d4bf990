"""By the clock: every night each ledger is proven, and what came of it is kept for the back office."""

from __future__ import annotations

import logging

from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now
from storefront.shop import checks, verifying

log = logging.getLogger(__name__)


@periodic(hour="4", minute="40")
def prove_ledgers() -> int:
    """Prove every ledger and return how many rows do not add up."""
    at = now()
    findings = list(verifying.verify(verifying.list_ledgers()))
    with transaction():
        wrong = checks.keep_findings(findings=findings, at=at)
    if wrong:
        log.warning("%d rows of ledgers do not add up; `flask shop verify` lists them", wrong)
    return wrong
