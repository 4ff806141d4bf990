"""By the clock: the years for which invoices name somebody who was forgotten come to an end."""

from __future__ import annotations

import logging

from storefront.database.transaction import transaction
from storefront.invoicing import forgetting
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)


@periodic(minute="30", hour="3")
def forget_buyers() -> None:
    """Let buyers go from invoices that are no longer to be kept."""
    with transaction():
        count = forgetting.forget_due(at=now())
    if count:
        log.info("The buyers of %s invoices were forgotten", count)
