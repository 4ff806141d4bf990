"""What parcels do when something happens to their order."""

from __future__ import annotations

from storefront.fulfilment import services
from storefront.kernel.clock import now
from storefront.orders.events import OrderCancelled
from storefront.orders.services import SYSTEM


def unpack_cancelled(fact: OrderCancelled) -> None:
    """Nobody sends what was called off: what lies packed is taken apart."""
    services.unpack_all(order_id=fact.order_id, by=SYSTEM, at=now())
