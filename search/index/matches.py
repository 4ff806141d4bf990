"""What a query found, before filters and order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.ranking import Floats


@dataclass(frozen=True, slots=True)
class Matches:
    """Hits, ascending by document number: how many groups each matches, whether it bears them all in its name, its
    score; and whether words were let go.
    """

    docs: NDArray[np.int64]
    tiers: NDArray[np.uint8] | NDArray[np.int64]
    named: NDArray[np.bool_]
    scores: Floats
    relaxed: bool

    def holds_all(self, rows: NDArray[np.int64], wanted: int) -> bool:
        """Say whether all these documents match all of the `wanted` groups; what the merchant put among them, and did
        not match at all, counts as if it did.
        """
        if not self.docs.size:
            return True
        places = np.minimum(self.docs.searchsorted(rows), self.docs.size - 1)
        return bool(((self.docs[places] != rows) | (self.tiers[places] >= wanted)).all())
