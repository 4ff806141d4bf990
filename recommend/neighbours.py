"""For everything its nearest: a table of columns and scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """For every row the best columns, best first: `items` and `scores` of shape (rows, k), padded with -1 and 0."""

    items: Codes
    scores: Floats

    def __post_init__(self) -> None:
        if self.items.shape != self.scores.shape or self.items.ndim != 2:
            raise ValueError("items and scores must have the same two-dimensional shape")

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many neighbours every row has."""
        return np.asarray((self.items >= 0).sum(axis=1), np.int64)
