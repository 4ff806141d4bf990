"""How good a ranking is, against human judgements. Pure functions of lists and dicts."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metrics:
    """Means over queries, each from 0 to 1; `queries` counts those judged, `empty` those without any result."""

    queries: int
    ndcg: float
    condensed_ndcg: float
    judged: float
    reciprocal_rank: float
    empty: int


def dcg(gains: Sequence[float]) -> float:
    """Return the discounted cumulative gain, sum of (2**g - 1) / log2(rank + 1). Source: Burges et al. (2005)."""
    return sum((math.pow(2, gain) - 1) / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def ndcg(ranking: Sequence[Hashable], ratings: Mapping[Hashable, float], k: int = 10) -> float:
    """Return normalised DCG at `k`: 1 for the best order of the rated documents, 0 for none of them.

    Documents without a rating count as 0. Without any rating above 0 the result is 0.
    Source: Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques".
    """
    ideal = dcg(sorted(ratings.values(), reverse=True)[:k])
    return dcg([ratings.get(document, 0.0) for document in ranking[:k]]) / ideal if ideal > 0 else 0.0


def condensed(ranking: Sequence[Hashable], judged: Collection[Hashable]) -> list[Hashable]:
    """Return the ranking without documents nobody judged. Source: Sakai (2007), "Alternatives to Bpref"."""
    return [document for document in ranking if document in judged]


def judged_at(ranking: Sequence[Hashable], judged: Collection[Hashable], k: int = 10) -> float:
    """Return the share of the first `k` results that someone judged; 0 for an empty ranking."""
    first = ranking[:k]
    return sum(document in judged for document in first) / len(first) if first else 0.0


def reciprocal_rank(ranking: Sequence[Hashable], ratings: Mapping[Hashable, float]) -> float:
    """Return 1 / the rank of the first document rated above 0, or 0."""
    return next((1 / rank for rank, document in enumerate(ranking, start=1) if ratings.get(document, 0) > 0), 0.0)


def evaluate(
    runs: Mapping[str, Sequence[Hashable]], judgements: Mapping[str, Mapping[Hashable, float]], k: int = 10
) -> Metrics:
    """Return the means over the queries with at least one rating above 0; a query without a run counts as empty."""
    asked = [query for query, ratings in judgements.items() if max(ratings.values(), default=0) > 0]
    pairs = [(runs.get(query, ()), judgements[query]) for query in asked]
    size = max(1, len(pairs))
    return Metrics(
        queries=len(pairs),
        ndcg=sum(ndcg(run, ratings, k) for run, ratings in pairs) / size,
        condensed_ndcg=sum(per_query(runs, judgements, k).values()) / size,
        judged=sum(judged_at(run, ratings, k) for run, ratings in pairs) / size,
        reciprocal_rank=sum(reciprocal_rank(run, ratings) for run, ratings in pairs) / size,
        empty=sum(not run for run, _ in pairs),
    )


def per_query(
    runs: Mapping[str, Sequence[Hashable]], judgements: Mapping[str, Mapping[Hashable, float]], k: int = 10
) -> dict[str, float]:
    """Return the condensed nDCG at `k` of every query with a rating above 0."""
    return {
        query: ndcg(condensed(runs.get(query, ()), ratings), ratings, k)
        for query, ratings in judgements.items()
        if max(ratings.values(), default=0) > 0
    }


def bootstrap_interval(
    values: Mapping[str, float], *, share: float = 0.95, rounds: int = 2_000, seed: int = 1
) -> tuple[float, float]:
    """Return the percentile interval of the mean over queries; (0, 0) without any.

    Source: Efron and Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
    """
    sample = list(values.values())
    if not sample:
        return 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(sample, k=len(sample))) / len(sample) for _ in range(rounds))
    tail = int(rounds * (1 - share) / 2)
    return means[tail], means[rounds - 1 - tail]


def paired_bootstrap(first: Sequence[float], second: Sequence[float], *, rounds: int = 10_000, seed: int = 1) -> float:
    """Return the one-sided p-value that `first` is not better than `second`, both by query in the same order.

    Source: Sakai (2006), "Evaluating evaluation metrics based on the bootstrap". Raises ValueError for unequal
    lengths.
    """
    differences = [a - b for a, b in zip(first, second, strict=True)]
    if not differences:
        return 1.0
    chance = random.Random(seed)
    not_better = sum(sum(chance.choices(differences, k=len(differences))) <= 0 for _ in range(rounds))
    return not_better / rounds
