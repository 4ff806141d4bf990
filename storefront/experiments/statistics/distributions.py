"""Distributions and roots, from scipy, which is loaded when the first of them is asked for.

A process that shows pages assigns visitors all day and may never read an experiment: it need not carry 46 MB for that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def normal(x: float) -> float:
    """Return Φ(x)."""
    return float(_special().ndtr(x))


def normals(x: Numbers) -> Numbers:
    """Return Φ of each."""
    return np.asarray(_special().ndtr(x), dtype=np.float64)


def normal_quantile(share: float) -> float:
    """Return the x whose Φ is `share`; far out it is most exact for small shares."""
    return float(_special().ndtri(share))


def student(freedom: float, t: float) -> float:
    """Return the probability of at most t in Student's distribution."""
    return float(_special().stdtr(freedom, t))


def student_quantile(freedom: float, share: float) -> float:
    """Return the t whose probability is `share`."""
    return float(_special().stdtrit(freedom, share))


def noncentral_student(freedom: float, drift: float, t: float) -> float:
    """Return the same as `student` where the mean of the numerator is `drift`."""
    return float(_special().nctdtr(freedom, drift, t))


def chi_square_tail(freedom: int, x: float) -> float:
    """Return the probability of more than x."""
    return float(_special().chdtrc(freedom, x))


def binomial(hits: int, trials: int) -> float:
    """Return the probability of at most so many heads of a fair coin."""
    return float(_special().bdtr(hits, trials, 0.5))


def lambert(x: float) -> float:
    """Return the lower real branch of Lambert's W, for -1/e <= x < 0."""
    return float(_special().lambertw(x, -1).real)


def root(function: Callable[[float], float], low: float, high: float, exactness: float) -> float:
    """Return where `function`, which has different signs at both ends, is 0 (Brent 1973)."""
    return float(import_module("scipy.optimize").brentq(function, low, high, xtol=exactness))


@cache
def _special() -> Any:
    return import_module("scipy.special")
