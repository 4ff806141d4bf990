"""An offer: one method for one load, here and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from storefront.kernel.money import Money
from storefront.shipping.rules import Charge
from storefront.shipping.schedule import DeliveryDays, Schedule, delivery_days
from storefront.shop.queries import get_settings


@dataclass(frozen=True, slots=True)
class Offer:
    """A method for one load: what it is called and what it costs here and now."""

    code: str
    name: str
    translations: dict[str, Any]
    charge: Charge
    free_from: Money | None
    free_from_pieces: int | None
    schedule: Schedule

    @property
    def price(self) -> Money:
        return self.charge.total

    def arrives(self, at: datetime) -> DeliveryDays:
        """Return when it arrives if it is ordered at `at`."""
        return delivery_days(at.astimezone(ZoneInfo(get_settings().timezone)), self.schedule)
