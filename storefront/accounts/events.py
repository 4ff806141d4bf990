"""Facts about people."""

from __future__ import annotations

from dataclasses import dataclass

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class CustomerRegistered(Fact):
    """Somebody opened an account."""

    customer_id: int
