"""Two rankings, one a little better: how many visitors does an A/B test need to see that, and how many interleaving?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storefront.experiments.interleaving import Tally, credit, draft, preference, tally
from storefront.experiments.metrics import CLICK_THROUGH
from storefront.experiments.planning import Design, Watching, baseline, visitors_for_preference, visitors_needed
from storefront.experiments.statistics.cuped import figures
from storefront.experiments.statistics.means import compare
from storefront.experiments.statistics.moments import Moments

Numbers = NDArray[np.float64]
QUESTIONS = 40
ITEMS = 60
DEEP = 25
"""How far down the rankings are handed over."""
SHOWN = 10
LOOKS = 0.85 ** np.arange(SHOWN)
"""How likely a place is looked at."""
DESIGN = Design("a", {"a": 5_000, "b": 5_000}, Watching.ONCE)


@dataclass(frozen=True)
class World:
    """What there is to ask for, how attractive the items of each answer are, and both rankings of them."""

    attraction: Numbers
    first: list[list[int]]
    second: list[list[int]]

    def pulls(self, ranking: int) -> Numbers:
        """Return how likely each shown place is to be clicked by somebody who sees it: (questions, places)."""
        order = np.array((self.first, self.second)[ranking])[:, :SHOWN]
        return np.take_along_axis(self.attraction, order, axis=1)

    @property
    def lift(self) -> float:
        """By how much the second ranking is clicked more."""
        first, second = ((self.pulls(ranking) @ LOOKS).sum() for ranking in range(2))
        return float(second / first - 1)


@dataclass(frozen=True)
class Shoppers:
    """What visitors did: clicks under the first ranking, places they were shown, credits in the merged list."""

    world: World
    clicks: Numbers
    shown: Numbers
    credits: list[tuple[int, int]]

    def tally_of(self, who: NDArray[np.int64]) -> Tally:
        return tally(self.credits[place] for place in who.tolist())


def world(noise: float, seed: int, *, is_alike: bool = False) -> World:
    """Return a world of 40 things to ask for, each with 60 items.

    Both rankings order these by how attractive they are, but see that only through noise: the first through `noise`,
    the second through half of it. With `is_alike` all items attract alike, so that no ranking is better.
    """
    rng = np.random.default_rng(seed)
    shape = (QUESTIONS, ITEMS)
    attraction = np.full(shape, 0.2) if is_alike else rng.beta(1, 5, shape)
    first = np.argsort(-(attraction + rng.normal(0, noise, shape)), axis=1)[:, :DEEP].tolist()
    second = np.argsort(-(attraction + rng.normal(0, noise / 2, shape)), axis=1)[:, :DEEP].tolist()
    return World(attraction, first, second)


def visits(rng: np.random.Generator, visitors: int) -> tuple[Numbers, NDArray[np.int64], NDArray[np.bool_]]:
    """Return how gladly each visitor clicks, what they ask for each time, and which of four times they come at all."""
    comes = np.arange(4) < 1 + rng.binomial(3, 0.3, visitors)[:, None]
    return rng.beta(1.5, 1.5, visitors), rng.integers(QUESTIONS, size=(visitors, 4)), comes


def split(there: World, ranking: int, visitors: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return (clicks, places shown) of visitors who see one ranking. Lower places are looked at less."""
    eager, asked, comes = visits(rng, visitors)
    likely = eager[:, None, None] * LOOKS * there.pulls(ranking)[asked] * comes[:, :, None]
    return (rng.random(likely.shape) < likely).sum(axis=(1, 2)).astype(float), SHOWN * comes.sum(axis=1).astype(float)


def shoppers(there: World, visitors: int, seed: int) -> Shoppers:
    """Walk visitors through the merged list, and others like them through the first ranking."""
    rng = np.random.default_rng(seed)
    eager, asked, comes = visits(rng, visitors)
    lucky = rng.random((visitors, 4, SHOWN))
    credited = []
    for visitor in range(visitors):
        total = (0, 0)
        for time in np.flatnonzero(comes[visitor]).tolist():
            question = int(asked[visitor, time])
            picks = draft(
                there.first[question], there.second[question], SHOWN, salt="bench", unit=str(visitor), request=str(time)
            )
            likely = eager[visitor] * LOOKS * there.attraction[question, [pick.item for pick in picks]]
            clicked = {picks[place].item for place in np.flatnonzero(lucky[visitor, time] < likely).tolist()}
            first, second = credit(picks, clicked)
            total = (total[0] + first, total[1] + second)
        credited.append(total)
    return Shoppers(there, *split(there, 0, visitors, rng), credited)


@dataclass(frozen=True)
class Needs:
    """Visitors for 80 % power at a lift in clicks per impression: of an A/B test (both arms) and of interleaving."""

    lift: float
    split: int
    merged: int

    @property
    def times(self) -> float:
        return self.split / self.merged


def needs(made: Shoppers) -> Needs:
    """Return what each way needs, by effects and variances of these shoppers."""
    first = Moments.of(made.clicks.tolist(), d=made.shown.tolist())
    counted = tally(made.credits)
    mean = counted.score / counted.visitors
    spread = (counted.squares / counted.visitors - mean**2) ** 0.5
    clicking = counted.visitors / len(made.credits)
    return Needs(
        made.world.lift,
        visitors_needed(DESIGN, baseline(CLICK_THROUGH, first), made.world.lift),
        round(visitors_for_preference(mean, spread) / clicking),
    )


def found(made: Shoppers, asked: Needs, experiments: int, seed: int = 9) -> tuple[float, float]:
    """Return how often (an A/B test, interleaving) sees which ranking is better with what it is said to need."""
    rng, people, apart, merged = np.random.default_rng(seed), len(made.credits), 0, 0
    for _ in range(experiments):
        arms = {str(ranking): _moments(*split(made.world, ranking, asked.split // 2, rng)) for ranking in range(2)}
        measured = figures(CLICK_THROUGH, arms).arms
        apart += compare(measured["0"], measured["1"]).low > 0
        read = preference(made.tally_of(rng.integers(people, size=asked.merged)))
        merged += read is not None and read.low > 0
    return apart / experiments, merged / experiments


def _moments(y: Numbers, d: Numbers) -> Moments:
    sums = [float(value) for value in (y.sum(), y @ y, d.sum(), d @ d, y @ d)]
    return Moments(len(y), *sums)


def alarms(visitors: int, experiments: int, seed: int = 10) -> float:
    """Return how often interleaving prefers one of two different rankings of items that attract alike."""
    made = shoppers(world(0.1, seed, is_alike=True), visitors * experiments, seed)
    groups = np.arange(visitors * experiments).reshape(experiments, visitors)
    read = [preference(made.tally_of(group)) for group in groups]
    return sum(one is not None and one.p_value < 0.05 for one in read) / experiments
