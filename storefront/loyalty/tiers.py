"""Which tier a customer stands in, decided on plain values: what was spent over the last `tier_days` says it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront.kernel.money import Money

USUAL_RATE = 10_000
"""A tier's earn rate is in 1/10,000 of the usual points."""


@dataclass(frozen=True, slots=True)
class TierStep:
    """One tier: who has spent `spend` stands in it and earns points at `earn_basis_points`."""

    key: str
    name: str
    translations: tuple[tuple[str, str], ...]
    """Its names in other languages: (language, name)."""
    spend: Money
    earn_basis_points: int = USUAL_RATE

    def called(self, locale: str) -> str:
        """Return its name in a language."""
        return dict(self.translations).get(locale) or self.name


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: the tier reached, the next one, and what is missing to it."""

    spent: Money
    tier: TierStep | None
    following: TierStep | None

    @property
    def gap(self) -> Money:
        """What has to be spent to reach the next tier; nothing where there is none."""
        return self.following.spend - self.spent if self.following else Money.zero(self.spent.currency)


@dataclass(frozen=True, slots=True)
class Spending:
    """What somebody spent in the time that counts, net of what was given back, and the first payment that counts."""

    amount: Money
    first_at: datetime | None = None


def standing_for(spent: Money, tiers: Sequence[TierStep]) -> Standing:
    """Return where `spent` leads: the highest tier whose spend is reached, and the lowest one that is not."""
    ordered = sorted(tiers, key=lambda tier: tier.spend)
    reached = [tier for tier in ordered if tier.spend <= spent]
    ahead = [tier for tier in ordered if tier.spend > spent]
    return Standing(spent, reached[-1] if reached else None, ahead[0] if ahead else None)


def rate_of(key: str, tiers: Sequence[TierStep]) -> int:
    """Return a tier's earn rate; without a tier, or with one that is gone, it is the usual."""
    return next((tier.earn_basis_points for tier in tiers if tier.key == key), USUAL_RATE)
