"""Pure: two rankings in one list, and what clicks on it say (Radlinski, Kurup and Joachims, CIKM 2008: team draft).

Every visitor sees both rankings at once, so that who buys much and who clicks on everything is on both sides of the
comparison. That takes a fraction of the visitors of an A/B test, but answers less: which ranking is clicked more, not
what it earns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from storefront.experiments.drafting import MARKS as MARKS
from storefront.experiments.drafting import Pick as Pick
from storefront.experiments.drafting import Team as Team
from storefront.experiments.drafting import credit as credit
from storefront.experiments.drafting import draft as draft
from storefront.experiments.statistics.distributions import binomial
from storefront.experiments.statistics.sequential import Once, Rule


@dataclass(frozen=True, slots=True)
class Tally:
    """Visitors who clicked on an item of either team: how many, Σ and Σ² of their scores, and how many prefer which.

    A visitor counts once, however many lists they saw. Tallies of different visitors add up.
    """

    visitors: int = 0
    score: float = 0.0
    squares: float = 0.0
    first: int = 0
    second: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.visitors + other.visitors,
            self.score + other.score,
            self.squares + other.squares,
            self.first + other.first,
            self.second + other.second,
        )


@dataclass(frozen=True, slots=True)
class Preference:
    """The mean score of visitors (above 0: the second ranking is preferred), its interval, and two p-values of none.

    `p_value` is that of Student's test over visitors' scores, `sign_p_value` of the sign test over whom they prefer.
    `second_share` counts a visitor who prefers neither as half (Chapelle, Joachims, Radlinski and Yue, TOIS 2012).
    """

    visitors: int
    score: float
    low: float
    high: float
    p_value: float
    sign_p_value: float
    second_share: float

    @property
    def winner(self) -> Team:
        return Team.SECOND if self.low > 0 else Team.FIRST if self.high < 0 else Team.NOBODY


def score(first: int, second: int) -> float:
    """Return whom a visitor prefers by all their credits: (second - first) / sqrt(second + first), 0 for no credits.

    Under no preference every visitor's score varies alike, however much they click: who clicks more says more, but a
    hundredth click of one says less than the first of another.
    """
    total = first + second
    return (second - first) / math.sqrt(total) if total else 0.0


def tally(credited: Iterable[tuple[int, int]]) -> Tally:
    """Return the tally of visitors, given the summed (first, second) credits of each. Who has none is left out."""
    counted = [(score(*one), one) for one in credited if sum(one)]
    return Tally(
        len(counted),
        sum(value for value, _ in counted),
        sum(value * value for value, _ in counted),
        sum(first > second for _, (first, second) in counted),
        sum(second > first for _, (first, second) in counted),
    )


def preference(counts: Tally, rule: Rule = Once()) -> Preference | None:
    """Return what the visitors prefer, None for fewer than two of them. `rule` says how often the figures are looked
    at.

    Student's test over visitors' scores: a visitor counts once, so that lists of one visitor may hang together.
    """
    n = counts.visitors
    if n < 2:
        return None
    mean = counts.score / n
    error = math.sqrt(max(counts.squares - n * mean * mean, 0.0) / (n - 1) / n)
    if not error:
        return _unanimous(counts, mean, rule.alpha)
    reach = rule.critical(n - 1)
    return Preference(
        visitors=n,
        score=mean,
        low=mean - reach * error,
        high=mean + reach * error,
        p_value=rule.p_value(mean / error, n - 1),
        sign_p_value=_sign(counts),
        second_share=_second_share(counts),
    )


def _unanimous(counts: Tally, mean: float, alpha: float) -> Preference:
    """Return the preference of visitors who all score the same: only their number says anything, by the sign test."""
    p_value = _sign(counts)
    low, high = (mean, mean) if p_value < alpha else (-abs(mean), abs(mean))
    return Preference(counts.visitors, mean, low, high, p_value, p_value, _second_share(counts))


def _second_share(counts: Tally) -> float:
    return (counts.second + (counts.visitors - counts.first - counts.second) / 2) / counts.visitors


def _sign(counts: Tally) -> float:
    """Return the two-sided p-value of the exact sign test: ties say nothing."""
    decided = counts.first + counts.second
    return min(1.0, 2 * binomial(min(counts.first, counts.second), decided)) if decided else 1.0
