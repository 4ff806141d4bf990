"""By the clock: guests' carts that nobody can open any more are not kept."""

from __future__ import annotations

from storefront.cart import services
from storefront.database.transaction import transaction
from storefront.jobs.queue import periodic
from storefront.kernel.clock import now


@periodic(minute="47", hour="3")
def forget_guest_carts() -> int:
    """Delete guests' carts that are older than the cookie that opens them; return how many."""
    with transaction():
        return services.forget_guest_carts(at=now())
