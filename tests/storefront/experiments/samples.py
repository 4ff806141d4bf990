"""Visitors to measure: what they spent, ordered, were shown and clicked, and what they had spent before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storefront.experiments.statistics.moments import Moments


@dataclass(frozen=True)
class Sample:
    """One arm's visitors, a list per column."""

    spend: list[int]
    orders: list[int]
    before: list[int]

    @property
    def bought(self) -> list[int]:
        return [int(count > 0) for count in self.orders]

    @property
    def plain(self) -> Moments:
        return Moments.of(self.spend)

    @property
    def adjusted(self) -> Moments:
        return Moments.of(self.spend, x=self.before)

    @property
    def per_order(self) -> Moments:
        return Moments.of(self.spend, d=self.orders, x=self.before)

    @property
    def converted(self) -> Moments:
        return Moments.of(self.bought)


def sample(visitors: int, seed: int, lift: float = 0.0) -> Sample:
    """Return visitors of whom half buy, who go on much as before; amounts in minor units."""
    rng = np.random.default_rng(seed)
    habit, purse = rng.gamma(1.0, 1.0, visitors), rng.lognormal(7, 0.5, visitors)
    orders = rng.poisson(habit)
    spend = np.round(orders * purse * rng.lognormal(0, 0.4, visitors) * (1 + lift))
    before = np.round(rng.poisson(3 * habit) * purse)
    return Sample(*(column.astype(int).tolist() for column in (spend, orders, before)))
