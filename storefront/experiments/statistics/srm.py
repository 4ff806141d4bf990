"""Did visitors come as planned? If not, something broke (a redirect, a cache, a robot), and no figure can be
trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping

from storefront.experiments.statistics.distributions import chi_square_tail

LEVEL = 0.001
"""Below this p-value the readout is blocked (Fabijan et al., KDD 2019)."""
WATCHED_LEVEL = 0.005
"""The same for the test that is looked at every day."""
CONCENTRATION = 1_000.0
"""How close to the plan a fault is expected to leave the shares: at two equal arms, 1.6 points off (one sigma)."""


def expected_shares(shares: Mapping[str, int]) -> dict[str, float]:
    """Return the share of visitors that each arm should have, from its number of buckets."""
    total = sum(shares.values())
    return {arm: size / total for arm, size in shares.items()}


def chi_square(counts: Mapping[str, int], shares: Mapping[str, int]) -> float:
    """Return the p-value of Pearson's test that visitors fall into arms in proportion to `shares`; 1 for nobody.

    For one look, at the end. Visitors in an arm that has no share make it 0.
    """
    if _is_impossible(counts, shares):
        return 0.0
    total = sum(counts.values())
    if not total:
        return 1.0
    planned = {arm: total * share for arm, share in expected_shares(shares).items()}
    statistic = sum((counts.get(arm, 0) - wanted) ** 2 / wanted for arm, wanted in planned.items())
    return chi_square_tail(len(planned) - 1, statistic)


def watched(counts: Mapping[str, int], shares: Mapping[str, int], concentration: float = CONCENTRATION) -> float:
    """Return a p-value that may be looked at after every visitor (Lindon and Malek, NeurIPS 2022).

    It is 1 / the Bayes factor of "some other shares", Dirichlet around the plan, against the plan itself. Under the
    plan that factor is a martingale, so by Ville's inequality it ever reaches 1 / a with a probability of a at most.
    """
    if _is_impossible(counts, shares):
        return 0.0
    planned = expected_shares(shares)
    factor = math.lgamma(concentration) - math.lgamma(concentration + sum(counts.values()))
    for arm, share in planned.items():
        seen, prior = counts.get(arm, 0), concentration * share
        factor += math.lgamma(prior + seen) - math.lgamma(prior) - seen * math.log(share)
    return math.exp(-max(float(factor), 0.0))


def _is_impossible(counts: Mapping[str, int], shares: Mapping[str, int]) -> bool:
    return any(count and not shares.get(arm) for arm, count in counts.items())
