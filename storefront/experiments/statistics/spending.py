"""Boundaries of a group-sequential test, by alpha spending (Lan and DeMets, Biometrika 1983), computed, not tabulated.

At look k the statistic S = z * sqrt(information) is normal with independent increments. The recursion of Armitage,
McPherson and Rowe (1969) carries its density, as far as no boundary was crossed, from look to look by numerical
integration; each boundary is where the probability of crossing it first is just what may be spent there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from storefront.experiments.statistics.distributions import Numbers, normal, normal_quantile, normals, root

FARTHEST = 8.0
"""Boundaries lie within this: what is beyond has a probability of 1e-15."""
REACH = 7.0
"""Farther than so many standard deviations the statistic does not get."""
FINEST = 800
"""Nodes of an integration at most; their number is a multiple of STEP, so that few sets of them are computed."""
STEP = 16
CLOSEST = 0.0005
"""Looks whose information differs by less than this share of the last one's count as one."""


def obrien_fleming(alpha: float, time: float) -> float:
    """Return how much of a two-sided α may be spent until `time` (0 to 1): 4 - 4 Φ(z(α/4) / sqrt(time)).

    This is α/2 to each side, as O'Brien and Fleming's (1979) boundaries spend it: nearly nothing early.
    """
    if time <= 0:
        return 0.0
    return alpha if time >= 1 else min(alpha, 4 * normal(normal_quantile(alpha / 4) / math.sqrt(time)))


@lru_cache(maxsize=2_048)
def boundary(alpha: float, information: tuple[float, ...], times: tuple[float, ...]) -> float:
    """Return how many standard errors the last look's statistic must reach; see `boundaries`."""
    return boundaries(alpha, information, times)[-1]


def boundaries(alpha: float, information: Sequence[float], times: Sequence[float]) -> list[float]:
    """Return the boundary of each look that counts, the last one always among them.

    `information` (visitors, say; any unit) and `times` (share of the plan, on which spending depends) rise with the
    looks. Looks that brought next to nothing new are left out. Raises ValueError for no look at all.
    """
    kept = _distinct(information)
    if not kept:
        raise ValueError("there is no look")
    levels = [information[place] / information[kept[-1]] for place in kept]
    spent = [obrien_fleming(alpha, times[place]) for place in kept]
    found: list[float] = []
    walk = _Walk(levels)
    for place, level in enumerate(levels):
        allowed = spent[place] - (spent[place - 1] if place else 0.0)
        found.append(_solve(walk, allowed, level))
        walk.step(found[-1] * math.sqrt(level))
    return found


def crossing(limits: Sequence[float], information: Sequence[float], drift: float) -> float:
    """Return the probability that the statistic ever leaves its boundaries (both sides), its last mean being `drift`.

    `limits` are the boundaries, one per entry of `information`.
    """
    levels = [value / information[-1] for value in information]
    walk, total = _Walk(levels, drift), 0.0
    for limit, level in zip(limits, levels, strict=True):
        total += walk.beyond(limit * math.sqrt(level))
        walk.step(limit * math.sqrt(level))
    return total


@dataclass(slots=True)
class _Walk:
    """The density of S at the look before, on nodes with weights, where no boundary was crossed."""

    levels: list[float]
    drift: float = 0.0
    place: int = 0
    nodes: Numbers | None = None
    mass: Numbers | None = None

    @property
    def _gap(self) -> float:
        return self.levels[self.place] - (self.levels[self.place - 1] if self.place else 0.0)

    def beyond(self, limit: float) -> float:
        """Return the probability of crossing ±limit at the present look and not before."""
        if self.nodes is None or self.mass is None:
            centre, spread = self.drift * self._gap, math.sqrt(self._gap)
            return normal((-limit - centre) / spread) + normal((centre - limit) / spread)
        centres, spread = self.nodes + self.drift * self._gap, math.sqrt(self._gap)
        return float(self.mass @ (normals((-limit - centres) / spread) + normals((centres - limit) / spread)))

    def step(self, limit: float) -> None:
        """Go on to the next look, having stayed within ±limit."""
        following = self.levels[self.place + 1] - self.levels[self.place] if self.place + 1 < len(self.levels) else 1.0
        spread = math.sqrt(self._gap)
        reached = abs(self.drift) * self.levels[self.place] + REACH * math.sqrt(self.levels[self.place])
        nodes, weights = _nodes(min(limit, reached), min(spread, math.sqrt(following)))
        if self.nodes is None or self.mass is None:
            density = np.exp(-0.5 * ((nodes - self.drift * self._gap) / spread) ** 2)
        else:
            distance = (nodes[:, None] - self.nodes[None, :] - self.drift * self._gap) / spread
            density = np.exp(-0.5 * distance**2) @ self.mass
        self.nodes, self.mass = nodes, weights * density / (spread * math.sqrt(2 * math.pi))
        self.place += 1


def _solve(walk: _Walk, allowed: float, level: float) -> float:
    scale = math.sqrt(level)
    if allowed <= walk.beyond(FARTHEST * scale):
        return FARTHEST
    return root(lambda limit: walk.beyond(limit * scale) - allowed, 0.0, FARTHEST, 1e-9)


def _nodes(limit: float, spread: float) -> tuple[Numbers, Numbers]:
    """Return nodes from -limit to limit, close enough for what is as narrow as `spread`, and their weights (Gauss)."""
    wanted = math.ceil((4 * limit / spread + 16) / STEP) * STEP
    nodes, weights = _gauss(min(wanted, FINEST))
    return nodes * limit, weights * limit


@lru_cache(maxsize=64)
def _gauss(count: int) -> tuple[Numbers, Numbers]:
    return np.polynomial.legendre.leggauss(count)


def _distinct(information: Sequence[float]) -> list[int]:
    """Return the places of looks that brought something new, seen from the last one backwards."""
    kept: list[int] = []
    for place in reversed(range(len(information))):
        following = information[kept[-1]] if kept else math.inf
        if 0 < information[place] < following and following - information[place] > CLOSEST * information[-1]:
            kept.append(place)
    return kept[::-1]
