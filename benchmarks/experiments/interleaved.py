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
DESIGN = Design("a", {"a": 5_000, "b": 5_000}, Watching.ONCE)


@dataclass(frozen=True)
class Shoppers:
    """What simulated visitors did: clicks and places shown under each ranking, and credits in the merged list.

    `lift` is by how much the second ranking is clicked more, as it follows from the attractions.
    """

    lift: float
    clicks: Numbers
    shown: Numbers
    credits: list[tuple[int, int]]

    def tally_of(self, who: NDArray[np.int64]) -> Tally:
        return tally(self.credits[place] for place in who.tolist())


def shoppers(visitors: int, noise: float, seed: int, *, is_alike: bool = False) -> Shoppers:
    """Walk visitors through both rankings, each alone and merged.

    There are 40 things to ask for, each with 60 items. Both rankings order these by how attractive they are, but see
    that only through noise: the first through `noise`, the second through half of it. A visitor comes once to four
    times, looks at each place less likely the lower it is, and clicks on what they see by its attraction and by how
    gladly they click at all. With `is_alike` all items attract alike, so that no ranking is better.
    """
    rng = np.random.default_rng(seed)
    shape = (QUESTIONS, ITEMS)
    attraction = np.full(shape, 0.2) if is_alike else rng.beta(1, 5, shape)
    first = np.argsort(-(attraction + rng.normal(0, noise, shape)), axis=1)[:, :DEEP].tolist()
    second = np.argsort(-(attraction + rng.normal(0, noise / 2, shape)), axis=1)[:, :DEEP].tolist()
    eager = rng.beta(1.5, 1.5, visitors)
    requests = 1 + rng.binomial(3, 0.3, visitors)
    looks_at = 0.85 ** np.arange(SHOWN)
    clicks, shown, merged_credits = np.zeros((2, visitors)), np.zeros((2, visitors)), []
    for visitor in range(visitors):
        total = [0, 0]
        for request in range(requests[visitor]):
            asked = int(rng.integers(QUESTIONS))
            pull = attraction[asked]
            sees = rng.random((3, SHOWN)) < looks_at * eager[visitor]
            wants = rng.random((3, SHOWN))
            for ranking, order in enumerate((first, second)):
                clicks[ranking, visitor] += (sees[ranking] & (wants[ranking] < pull[order[asked][:SHOWN]])).sum()
                shown[ranking, visitor] += SHOWN
            picks = draft(first[asked], second[asked], SHOWN, salt="bench", unit=str(visitor), request=str(request))
            clicked = {
                pick.item
                for pick, seen, want in zip(picks, sees[2], wants[2], strict=True)
                if seen and want < pull[pick.item]
            }
            total = [sum(pair) for pair in zip(total, credit(picks, clicked), strict=True)]
        merged_credits.append((total[0], total[1]))
    expected = [
        sum(float(looks_at @ attraction[asked, order[asked][:SHOWN]]) for asked in range(QUESTIONS))
        for order in (first, second)
    ]
    return Shoppers(expected[1] / expected[0] - 1, clicks, shown, merged_credits)


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
    """Return what each way needs, by effects and variances of these shoppers (who all saw both rankings)."""
    first = Moments.of(made.clicks[0].tolist(), d=made.shown[0].tolist())
    counted = tally(made.credits)
    mean = counted.score / counted.visitors
    spread = (counted.squares / counted.visitors - mean**2) ** 0.5
    clicking = counted.visitors / len(made.credits)
    return Needs(
        made.lift,
        visitors_needed(DESIGN, baseline(CLICK_THROUGH, first), made.lift),
        round(visitors_for_preference(mean, spread) / clicking),
    )


def found(made: Shoppers, asked: Needs, experiments: int, seed: int = 9) -> tuple[float, float]:
    """Return how often (an A/B test, interleaving) sees which ranking is better with what it is said to need."""
    rng, people = np.random.default_rng(seed), len(made.credits)
    split = merged = 0
    lines = [
        np.stack([np.ones(people), y, y * y, d, d * d, y * d], axis=1)
        for y, d in zip(made.clicks, made.shown, strict=True)
    ]
    for _ in range(experiments):
        sums = [lines[arm][rng.integers(people, size=asked.split // 2)].sum(axis=0) for arm in range(2)]
        moments = {str(arm): Moments(int(row[0]), *(float(value) for value in row[1:])) for arm, row in enumerate(sums)}
        measured = figures(CLICK_THROUGH, moments).arms
        split += compare(measured["0"], measured["1"]).low > 0
        read = preference(made.tally_of(rng.integers(people, size=asked.merged)))
        merged += read is not None and read.low > 0
    return split / experiments, merged / experiments


def alarms(visitors: int, experiments: int, seed: int = 10) -> float:
    """Return how often interleaving prefers one of two different rankings of items that attract alike."""
    made = shoppers(visitors * experiments, 0.1, seed, is_alike=True)
    groups = np.arange(visitors * experiments).reshape(experiments, visitors)
    read = [preference(made.tally_of(group)) for group in groups]
    return sum(one is not None and one.p_value < 0.05 for one in read) / experiments
