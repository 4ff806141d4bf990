"""The sums that an arm's visitors are read from: rows never travel.

Moments of disjoint groups of visitors (days of first exposure, say) add up. Those of different days of the same
visitors do not, since the square of a sum is not the sum of squares: add a visitor's days up first, then take the
moments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = ("n", "y", "yy", "d", "dd", "yd", "x", "xx", "yx", "dx")


@dataclass(frozen=True, slots=True)
class Moments:
    """Number of visitors `n`, and Σ over them of y, d (denominator of a ratio), x (before), and of their products.

    Whole numbers (minor units) stay exact to any size; what a database or numpy gives (Decimal, int64) becomes one of
    Python's. Raises ValueError for what no visitors can have: a negative
    number of them, sums that are not finite, squares that are too small.
    """

    n: int = 0
    y: float = 0
    yy: float = 0
    d: float = 0
    dd: float = 0
    yd: float = 0
    x: float = 0
    xx: float = 0
    yx: float = 0
    dx: float = 0

    def __post_init__(self) -> None:
        for name, value in zip(NAMES, self.values(), strict=True):
            if type(value) is not int and type(value) is not float:
                object.__setattr__(self, name, _plain(value))
        if not all(math.isfinite(value) for value in self.values()):
            raise ValueError("a sum is a finite number")
        if self.n < 0:
            raise ValueError("a number of visitors is not negative")
        for total, squares in ((self.y, self.yy), (self.d, self.dd), (self.x, self.xx)):
            if squares < 0 or total * total > self.n * squares * (1 + 1e-9) + 1e-9:
                raise ValueError("no visitors have such a sum with such squares")

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(mine + theirs for mine, theirs in zip(self.values(), other.values(), strict=True)))  # type: ignore[arg-type]

    @classmethod
    def of(cls, y: Sequence[float], *, d: Sequence[float] | None = None, x: Sequence[float] | None = None) -> Moments:
        """Return the moments of visitors, one value each. Lengths must agree."""
        downs, befores = d if d is not None else [0] * len(y), x if x is not None else [0] * len(y)
        return cls(
            len(y),
            sum(y),
            _dot(y, y),
            sum(downs),
            _dot(downs, downs),
            _dot(y, downs),
            sum(befores),
            _dot(befores, befores),
            _dot(y, befores),
            _dot(downs, befores),
        )

    def values(self) -> tuple[float, ...]:
        """Return the sums in the order in which the constructor takes them."""
        return (self.n, self.y, self.yy, self.d, self.dd, self.yd, self.x, self.xx, self.yx, self.dx)

    def covariance(self, one: str, other: str) -> float:
        """Return the sample covariance (n - 1) of two of y, d, x, such as ("y", "x"); 0 for fewer than two visitors."""
        if self.n < 2:
            return 0.0
        product = getattr(self, "".join(sorted((one, other), key="ydx".index)))
        centred = self.n * product - getattr(self, one) * getattr(self, other)
        return float(centred / (self.n * (self.n - 1)))

    @property
    def carriers(self) -> float:
        """How many visitors carry the sum: (Σy)² / Σy² (Kish 1965). One who spends like all others together makes it 4
        or less; for a conversion it is the number who converted."""
        return float(self.y * self.y / self.yy) if self.yy else 0.0


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _plain(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    return int(value) if math.isfinite(number) and number.is_integer() else number  # type: ignore[call-overload]
