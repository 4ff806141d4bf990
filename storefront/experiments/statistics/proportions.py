"""A share of visitors and where it may lie: Wilson's interval (Wilson 1927), which stays inside 0 to 1 for few
visitors."""

from __future__ import annotations

import math

from storefront.experiments.statistics.distributions import normal_quantile


def wilson(hits: int, visitors: int, alpha: float = 0.05) -> tuple[float, float]:
    """Return (low, high) of a share. Nobody says nothing: (0, 1). Raises ValueError for more hits than visitors."""
    if not 0 <= hits <= visitors:
        raise ValueError("there are no more hits than visitors")
    if visitors == 0:
        return 0.0, 1.0
    z = -normal_quantile(alpha / 2)
    share, weight = hits / visitors, 1 + z * z / visitors
    middle = (share + z * z / (2 * visitors)) / weight
    reach = z / weight * math.sqrt(share * (1 - share) / visitors + z * z / (4 * visitors**2))
    return (0.0 if hits == 0 else middle - reach), (1.0 if hits == visitors else middle + reach)
