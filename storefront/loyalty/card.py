"""Everything that a customer's page of points shows, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storefront.loyalty.queries import Waiting
from storefront.loyalty.rules import Balance, Lot
from storefront.loyalty.tiers import USUAL_RATE, Standing, TierStep

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Card:
    """Points and tier of one customer. `counts_until` is when the oldest payment stops counting towards a tier."""

    balance: Balance
    waiting: tuple[Waiting, ...]
    lots: tuple[Lot, ...]
    tiers: tuple[TierStep, ...]
    standing: Standing
    counts_until: datetime | None
    priced: frozenset[str]
    """Keys of the tiers whose members have prices of their own."""
    at: datetime

    @property
    def expiring(self) -> tuple[Lot, ...]:
        """What expires before long, the first first."""
        return tuple(lot for lot in self.lots if lot.expires_at is not None and lot.expires_at <= self.at + SOON)

    def times(self, tier: TierStep) -> str:
        """Return how many times the usual points a tier earns: "1.5"."""
        whole, part = divmod(tier.earn_basis_points, USUAL_RATE)
        return f"{whole}.{part:04d}".rstrip("0").rstrip(".")
