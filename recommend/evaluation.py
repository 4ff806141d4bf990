"""How good a ranking is: recall, nDCG, hit rate and coverage at k, over cases that the future answered."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from recommend.columns import Id
from recommend.splitting import Case


@dataclass(frozen=True, slots=True)
class Metrics:
    """Means over `cases` questions at cut-off `k`, and the share of the catalogue that was ever shown."""

    cases: int
    k: int
    recall: float
    ndcg: float
    hit_rate: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The means, and the nDCG of every case in order, so that two rankers can be compared case by case."""

    metrics: Metrics
    gains: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one ranker is than another, in mean nDCG, and half the width of its 95 % interval."""

    mean: float
    margin: float

    @property
    def clearly_worse(self) -> bool:
        """Whether even the upper end of the interval is below zero."""
        return self.mean + self.margin < 0


def recall_at(ranking: Sequence[Id], targets: Collection[Id], k: int) -> float:
    """Return the share of all targets among the first k, also of those that no model could know."""
    return sum(item in targets for item in ranking[:k]) / len(targets)


def ndcg_at(ranking: Sequence[Id], targets: Collection[Id], k: int) -> float:
    """Return the discounted gain (1 / log2(place + 1) per hit) over that of a perfect ranking."""
    gain = sum(1.0 / math.log2(place + 2) for place, item in enumerate(ranking[:k]) if item in targets)
    return gain / sum(1.0 / math.log2(place + 2) for place in range(min(k, len(targets))))


def evaluate(
    cases: Iterable[Case], recommend: Callable[[Case], Sequence[Id]], *, catalogue: int, k: int = 10
) -> Evaluation:
    """Ask `recommend` every case; without a case every figure is 0. A repeated item in an answer is refused."""
    recalls, gains, hits, shown = [], [], 0, set[Id]()
    for case in cases:
        answer = list(recommend(case))[:k]
        if len(set(answer)) != len(answer):
            raise ValueError("a ranking names an item twice")
        shown.update(answer)
        recalls.append(recall_at(answer, case.targets, k))
        gains.append(ndcg_at(answer, case.targets, k))
        hits += recalls[-1] > 0
    n = len(recalls)
    metrics = Metrics(
        cases=n,
        k=k,
        recall=sum(recalls) / n if n else 0.0,
        ndcg=sum(gains) / n if n else 0.0,
        hit_rate=hits / n if n else 0.0,
        coverage=len(shown) / catalogue if catalogue else 0.0,
    )
    return Evaluation(metrics, tuple(gains))


def difference(model: Evaluation, baseline: Evaluation) -> Difference:
    """Compare two evaluations of the same cases, case by case; of fewer than two nothing can be said."""
    if len(model.gains) != len(baseline.gains):
        raise ValueError("the two rankers answered different cases")
    pairs = [mine - theirs for mine, theirs in zip(model.gains, baseline.gains, strict=True)]
    n = len(pairs)
    if n < 2:
        return Difference(0.0, math.inf)
    mean = sum(pairs) / n
    variance = sum((value - mean) ** 2 for value in pairs) / (n - 1)
    return Difference(mean, 1.96 * math.sqrt(variance / n))
