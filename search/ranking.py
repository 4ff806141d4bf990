"""How documents are weighed and ordered: BM25 per field, bounded business factors, deterministic top-k."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from search.pinyin import MARK

B = 0.4
K1 = 1.2
K1_OF_SCRIPT = 0.3
COVERAGE = 2.0
HALF = 0.5
CATEGORY_BONUS = 12.0
BRAND_BONUS = 6.0
ENOUGH_HITS = 10
POPULARITY_GAIN = 0.12
RATING_GAIN = 0.03
OUT_OF_STOCK = 0.85
Floats = NDArray[np.float64] | NDArray[np.float32]

_MANY, _FEW, _SAMPLED = 1024, 32, 16


def inverse_document_frequency(documents_with: int, documents: int) -> float:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.

    Source: Robertson and Zaragoza (2009), "The probabilistic relevance framework", equation 3.3, smoothed as in
    Lucene.
    """
    return math.log1p((max(documents - documents_with, 0) + 0.5) / (documents_with + 0.5))


def length_norms(lengths: NDArray[np.uint16], alive: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return `1 - B + B * length / mean length` for one field.

    Parameters
    ----------
    lengths : uint16 (documents,), tokens in the field; 0 where it is empty, and empty ones do not enter the mean.
    alive : bool (documents,), false for replaced documents, which do not enter the mean either.

    Returns
    -------
    float32 (documents,)
    """
    filled = lengths[alive & (lengths > 0)]
    mean = float(filled.mean()) if filled.size else 1.0
    return np.asarray(1 - B + B * lengths / mean, np.float32)


def saturation(token: str) -> float:
    """Return K1 for a token: repeating a word says more of it, repeating a character of a long title says little."""
    return K1 if token.isascii() and not token.startswith(MARK) else K1_OF_SCRIPT


def contributions(
    counts: NDArray[np.float32], norms: NDArray[np.float32], weight: float | NDArray[np.float64], k1: float = K1
) -> NDArray[np.float32]:
    """Return `weight * tf * (k1 + 1) / (tf + k1 * norm)`, elementwise; `norms` as `length_norms` gives them, one
    `weight` for all or one for each.
    """
    return np.asarray(np.asarray(weight * (k1 + 1), np.float32) * counts / (counts + k1 * norms), np.float32)


def coverage(tiers: NDArray[np.int64] | NDArray[np.uint8], groups: int) -> NDArray[np.float64]:
    """Return the factor (tiers / groups) ** 2 for documents that match `tiers` of the query's groups; one that
    satisfies none, as a long run of Chinese may leave it, counts half a group.
    """
    factors = (np.maximum(np.arange(groups + 1), HALF) / max(1, groups)) ** COVERAGE
    return np.asarray(factors.take(tiers), np.float64)


def in_levels(keys: NDArray[np.float64], *holds: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the keys (hits,) so that what fulfils more of the conditions (hits,) stands above the rest whatever its
    key, and the keys decide among equals: the cheapest of what was meant comes before what is cheaper and was not.
    """
    level = np.sum(holds, axis=0)
    if not level.size or (level == level[0]).all():
        return keys
    return np.asarray(keys + level * (float(keys.max()) - float(keys.min()) + 1.0), np.float64)


def popularity_scale(popularity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return popularity on a logarithmic scale from 0 to 1, the most popular document being 1."""
    logs = np.log1p(popularity)
    highest = float(logs.max(initial=0.0))
    return np.asarray(logs / highest if highest > 0 else logs, np.float64)


def business_factors(
    popularity: NDArray[np.float64], rating: NDArray[np.float64], in_stock: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Return the bounded multipliers by name, each (documents,).

    popularity 1 to 1.12, rating 1 to 1.03 (no rating counts as 1), availability 0.85 or 1: together they may reorder
    near-equals, and never lift a poor match over a good one.
    """
    return {
        "popularity": 1 + POPULARITY_GAIN * popularity_scale(popularity),
        "rating": 1 + RATING_GAIN * rating / 5,
        "availability": np.where(in_stock, 1.0, OUT_OF_STOCK),
    }


def best(keys: Floats, ids: NDArray[np.int64], wanted: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return the positions of the `wanted` largest keys, in order; equal keys go by the smaller id.

    Parameters
    ----------
    keys : float64 or float32 (hits,)
    ids : int64 (hits,), distinct, so that the order is total and pages never repeat or lose a document.
    rows : int64 (hits,), which of the `ids` belongs to each key, where these are not one for each in order: so that
        nobody has to pick out the ids of all hits for the sake of a few.

    Returns
    -------
    int64 (min(wanted, hits),)
    """
    size = keys.size
    if wanted <= 0:
        return np.empty(0, np.int64)
    if wanted >= size:
        return np.lexsort((ids if rows is None else ids[rows], -keys))
    if size > _MANY and wanted * _FEW < size:
        likely = _likely(keys, wanted)
        if wanted <= likely.size < size // 2:
            own = likely if rows is None else rows[likely]
            return np.asarray(likely[best(keys[likely], ids, wanted, own)], np.int64)
    threshold = np.partition(keys, size - wanted)[size - wanted]
    better = np.flatnonzero(keys > threshold)
    level = np.flatnonzero(keys == threshold)
    room = wanted - better.size
    if level.size > room:
        level = level[np.argpartition(ids[level if rows is None else rows[level]], room - 1)[:room]]
    chosen = np.concatenate((better, level))
    own = chosen if rows is None else rows[chosen]
    return np.asarray(chosen[np.lexsort((ids[own], -keys[chosen]))], np.int64)


def _likely(keys: Floats, wanted: int) -> NDArray[np.int64]:
    """Return the positions of all keys from some level on: probably some more than `wanted`, by every 16th key."""
    sample = keys[::_SAMPLED]
    place = sample.size - (2 * wanted // _SAMPLED + 8)
    return np.flatnonzero(keys >= np.partition(sample, place)[place])
