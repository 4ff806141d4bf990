"""By the clock: what was typed into a checkout is not kept for ever."""

from __future__ import annotations

from storefront.checkout import services
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now


@periodic(minute="17", hour="3")
def forget_old_checkouts() -> int:
    """Delete checkouts that nobody has touched for a month; orders keep what they need themselves."""
    with transaction():
        return services.forget_old(at=now())
