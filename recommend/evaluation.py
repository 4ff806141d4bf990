"""How good a ranking is: figures at k over cases that the future answered, and intervals that respect who was asked.

Sources: nDCG after Jarvelin and Kekalainen (2002) with binary gain; Gini of exposure and novelty as mean
self-information after Castells, Hurley and Vargas (Recommender Systems Handbook, 2022); intervals by resampling
whole customers (Field and Welsh 2007), because the cases of one customer are no independent evidence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommend.columns import Id
from recommend.splitting import Case

RESAMPLES = 1000
AT_ONCE = 100
INTERVAL = (2.5, 97.5)
"""The percentiles between which 95 % of the resampled means lie."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Means over `cases` questions at cut-off `k`, and how the shown items spread over the catalogue.

    `coverage` is the share of the catalogue that was ever shown; `gini` is 0 when all of it is shown equally often
    and near 1 when one item takes all; `novelty` is the mean of -log2(share of sales) over what was shown, in bits.
    """

    cases: int
    k: int
    recall: float
    ndcg: float
    hit_rate: float
    coverage: float
    precision: float = 0.0
    gini: float = 0.0
    novelty: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The means, and the nDCG of every case in order with its customer, so that rankers compare case by case."""

    metrics: Metrics
    gains: tuple[float, ...]
    askers: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the 95 % interval around it; infinite where too little was asked to know."""

    mean: float
    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half the width."""
        return (self.high - self.low) / 2

    @property
    def clearly_worse(self) -> bool:
        """Whether even the upper end is below zero."""
        return self.high < 0

    @property
    def clearly_better(self) -> bool:
        """Whether even the lower end is above zero."""
        return self.low > 0


def recall_at(ranking: Sequence[Id], targets: Collection[Id], k: int) -> float:
    """Return the share of all targets among the first k, also of those that no model could know."""
    return sum(item in targets for item in ranking[:k]) / len(targets)


def ndcg_at(ranking: Sequence[Id], targets: Collection[Id], k: int) -> float:
    """Return the discounted gain (1 / log2(place + 1) per hit) over that of a perfect ranking."""
    gain = sum(1.0 / math.log2(place + 2) for place, item in enumerate(ranking[:k]) if item in targets)
    return gain / sum(1.0 / math.log2(place + 2) for place in range(min(k, len(targets))))


def gini(shown: Collection[int], catalogue: int) -> float:
    """Return the Gini coefficient of exposure: `shown` holds how often each shown item was, the rest was never.

    G = sum((2 i - n - 1) x_i) / (n sum(x)) over the n counts in ascending order, i from 1. Without any it is 0.
    """
    counts = np.sort(np.array(list(shown), np.float64))
    n = max(catalogue, len(counts))
    total = float(counts.sum())
    if not total:
        return 0.0
    places = np.arange(n - len(counts) + 1, n + 1)
    return float(((2 * places - n - 1) * counts).sum() / (n * total))


def novelty(shown: Mapping[Id, int], sold: Mapping[Id, float], catalogue: int) -> float:
    """Return the mean of -log2(share of sales) over everything shown, in bits.

    One sale is added to every item of the catalogue, so that what never sold is very new instead of infinitely.
    """
    times = sum(shown.values())
    if not times:
        return 0.0
    whole = sum(sold.values()) + max(catalogue, 1)
    return sum(-math.log2((sold.get(item, 0.0) + 1.0) / whole) * count for item, count in shown.items()) / times


def evaluate(
    cases: Iterable[Case],
    recommend: Callable[[Case], Sequence[Id]],
    *,
    catalogue: int,
    k: int = 10,
    sold: Mapping[Id, float] | None = None,
) -> Evaluation:
    """Ask `recommend` every case; without a case every figure is 0. A repeated item in an answer is refused.

    `catalogue` is the number of items that could be shown, `sold` what each sold (without it novelty is 0).
    """
    recalls: list[float] = []
    gains: list[float] = []
    askers: list[Hashable] = []
    hits = found = 0
    shown = Counter[Id]()
    for number, case in enumerate(cases):
        answer = list(recommend(case))[:k]
        if len(set(answer)) != len(answer):
            raise ValueError("a ranking names an item twice")
        shown.update(answer)
        recalls.append(recall_at(answer, case.targets, k))
        gains.append(ndcg_at(answer, case.targets, k))
        askers.append(("case", number) if case.user is None else case.user)
        hits += recalls[-1] > 0
        found += sum(item in case.targets for item in answer)
    n = len(recalls)
    metrics = Metrics(
        cases=n,
        k=k,
        recall=sum(recalls) / n if n else 0.0,
        ndcg=sum(gains) / n if n else 0.0,
        hit_rate=hits / n if n else 0.0,
        coverage=len(shown) / catalogue if catalogue else 0.0,
        precision=found / (n * k) if n else 0.0,
        gini=gini(shown.values(), catalogue),
        novelty=novelty(shown, sold, catalogue) if sold else 0.0,
    )
    return Evaluation(metrics, tuple(gains), tuple(askers))


def interval(values: ArrayLike, askers: Sequence[Hashable], *, seed: int = 0) -> Interval:
    """Return the mean of `values` and its 95 % interval: customers are drawn with replacement, each with all cases.

    Of fewer than two customers nothing can be said. The same values and seed give the same interval.
    """
    measured = np.asarray(values, np.float64)
    if len(measured) != len(askers):
        raise ValueError("every value needs its customer")
    sums, sizes = _by_asker(measured, askers)
    groups = len(sums)
    if groups < 2:
        return Interval(0.0, -math.inf, math.inf)
    draw = np.random.default_rng(seed)
    means = []
    for _ in range(RESAMPLES // AT_ONCE):
        drawn = draw.integers(groups, size=(AT_ONCE, groups))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.percentile(np.concatenate(means), INTERVAL)
    return Interval(float(measured.mean()), float(low), float(high))


def difference(model: Evaluation, baseline: Evaluation, *, seed: int = 0) -> Interval:
    """Compare two evaluations of the same cases, case by case, in nDCG: above zero the model is better."""
    if len(model.gains) != len(baseline.gains) or model.askers != baseline.askers:
        raise ValueError("the two rankers answered different cases")
    return interval(np.subtract(model.gains, baseline.gains), model.askers, seed=seed)


def _by_asker(
    values: NDArray[np.float64], askers: Sequence[Hashable]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum of values and the number of cases of every customer, in order of first appearance."""
    place: dict[Hashable, int] = {}
    group = np.array([place.setdefault(asker, len(place)) for asker in askers], np.int64)
    sums, sizes = np.bincount(group, weights=values), np.bincount(group)
    return sums.astype(np.float64), sizes.astype(np.float64)
