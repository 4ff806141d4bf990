"""Facts about the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storefront.kernel.events import Fact


@dataclass(frozen=True, slots=True)
class ProductChanged(Fact):
    """What a product says, costs, or whether it may be seen has changed."""

    product_id: int
    at: datetime
