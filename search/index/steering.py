"""What the merchant asks of an answer, as arrays over its documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.documents import LEAST_BOOST, MOST_BOOST, Boost
from search.facets import FacetColumn
from search.index.matches import Matches
from search.ranking import POPULARITY_GAIN


def with_pins(matches: Matches, rows: NDArray[np.int64]) -> Matches:
    """Return the matches with the documents `rows` among them; those that did not match have score and tier 0."""
    if not rows.size:
        return matches
    docs = np.union1d(matches.docs, rows).astype(np.int64)
    if docs.size == matches.docs.size:
        return matches
    places = np.searchsorted(docs, matches.docs)
    tiers, named, scores = np.zeros(docs.size, np.int64), np.zeros(docs.size, np.bool_), np.zeros(docs.size)
    tiers[places], named[places], scores[places] = matches.tiers, matches.named, matches.scores
    return Matches(docs, tiers, named, scores, matches.relaxed)


def boost_factors(boosts: Sequence[Boost], columns: Mapping[str, FacetColumn], documents: int) -> NDArray[np.float64]:
    """Return (documents,) the product of the boosts that concern each, clipped; 1 where none does."""
    factors = np.ones(documents)
    for boost in boosts:
        if column := columns.get(boost.facet):
            factors[column.docs_with(boost.value)] *= boost.factor
    return np.clip(factors, LEAST_BOOST, MOST_BOOST)


def popularity_factors(usual: NDArray[np.float64], gain: float) -> NDArray[np.float64]:
    """Return (documents,) what turns the usual factor of popularity (documents,) into one with another gain."""
    return np.asarray((1 + gain * (usual - 1) / POPULARITY_GAIN) / usual, np.float64)


def place(
    keys: NDArray[np.float64], docs: NDArray[np.int64], pins: NDArray[np.int64], buries: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the keys (hits,) with those of `pins` above all others in their order, and those of `buries` below.

    A document that is both stays pinned. `docs` (hits,) are the documents of the keys, ascending.
    """
    if not (pins.size or buries.size):
        return keys
    keys = keys.copy()
    lowest, highest = float(keys.min(initial=0.0)), float(keys.max(initial=0.0))
    buried = np.isin(docs, buries)
    keys[buried] -= highest - lowest + 1.0
    places = np.searchsorted(docs, pins)
    present = (places < docs.size) & (docs[np.minimum(places, docs.size - 1)] == pins) if docs.size else places < 0
    keys[places[present]] = highest + np.arange(int(present.sum()), 0, -1)
    return keys
