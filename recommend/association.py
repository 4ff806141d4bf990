"""What goes with what: by shared baskets (cart, bought together), by shared customers within a type (similar)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import UNKNOWN, Codes, Floats
from recommend.interactions import Interactions, Items
from recommend.matrix import (
    basket_item,
    basket_times,
    best,
    decay,
    neighbours,
    row_of_entries,
    user_item,
)
from recommend.models import tf_idf, unit_columns
from recommend.neighbours import Neighbours

DENSE_ROWS = 512
PRICE_SHARE = 0.25
DOUBTED_SWITCHES = 15.0
TINY = 1e-30


def basket_weights(history: Interactions, as_of: np.datetime64, half_life_days: float) -> Floats:
    """Return the weight of every basket: it fades with age, and a huge one says little about any pair in it."""
    sizes = np.bincount(history.basket, minlength=history.baskets)
    faded = decay(basket_times(history), as_of, half_life_days)
    return np.asarray(faded / np.log2(1.0 + np.maximum(sizes, 1)), np.float32)


def cart_neighbours(
    history: Interactions,
    as_of: np.datetime64,
    *,
    k: int,
    half_life_days: float = 180.0,
    damping: float = 0.2,
    shrink: float = 5.0,
    cosine_share: float = 0.1,
) -> Neighbours:
    """Return what completes a cart: damped co-occurrence plus `cosine_share` times the cosine.

    Damped co-occurrence ("S1") is P(j | i) / P(j)^damping over weighted baskets, P(j | i) shrunk by `shrink` weighted
    baskets without j; a damping of 0 is confidence, of 1 lift. The cosine is that of the items' weighted basket
    vectors. Rows are not brought to one scale: an item that says little about its company should weigh little in
    the sum over a cart.
    """
    ones = basket_item(history)
    weights = basket_weights(history, as_of, half_life_days).astype(np.float64)
    weighted = csr_matrix((weights[row_of_entries(ones)], ones.indices, ones.indptr), shape=ones.shape)
    held = np.asarray(weighted.sum(axis=0)).ravel()
    share = held / max(float(weights.sum()), TINY)
    held = np.where(held > 0, held, 1.0)
    damped = np.where(share > 0, share, 1.0) ** -damping
    length = held**-0.5

    def score(first: int, together: csr_matrix) -> csr_matrix:
        row = row_of_entries(together)
        conditional = together.data / (held[row + first] + shrink) * damped[together.indices]
        cosine = together.data * length[row + first] * length[together.indices]
        scored = conditional + cosine_share * cosine
        return csr_matrix((scored, together.indices, together.indptr), shape=together.shape)

    return neighbours(ones.T.tocsr(), weighted, k, score)


def together_neighbours(history: Interactions, *, k: int, support: int = 3) -> Neighbours:
    """Return P(j in the basket | i in the basket) for pairs that share at least `support` baskets."""
    ones = basket_item(history)
    held = np.bincount(history.item, minlength=len(history.items)).astype(np.float64)

    def score(first: int, together: csr_matrix) -> csr_matrix:
        row = row_of_entries(together)
        confidence = np.where(together.data >= support, together.data / held[row + first], 0.0)
        return csr_matrix((confidence, together.indices, together.indptr), shape=together.shape)

    return neighbours(ones.T.tocsr(), ones, k, score)


def similar_neighbours(
    history: Interactions,
    items: Items,
    popularity: Floats,
    *,
    k: int,
    popularity_share: float = 0.2,
    switch_share: float = 0.5,
) -> Neighbours:
    """Return what may stand in for an item: the same product type, ranked by customers, price and popularity.

    The score is the square root of the cosine of TF-IDF customer vectors, plus `switch_share` times the square root
    of the chance that the item is the next bought of the type (see `switches`), plus PRICE_SHARE times the nearness
    of the price, exp(-|log of the ratio|), plus `popularity_share` times log(1 + popularity). New goods have no
    customers: for them the nearness of the price takes the place of the first root as well. Goods without a type are
    compared within their category; with neither, by shared customers among each other.
    """
    found = np.full((len(items), k), UNKNOWN, np.int32)
    scores = np.zeros((len(items), k), np.float32)
    vectors = unit_columns(tf_idf(user_item(history))).T.tocsr()
    typed = np.where(items.product_type >= 0, items.product_type, UNKNOWN)
    by_category = np.where((typed < 0) & (items.category >= 0), items.category + len(items.types), typed)
    turned = switches(history, by_category)
    turned.data = switch_share * np.sqrt(turned.data)
    for members in _groups(by_category):
        sales = np.log1p(popularity[members].astype(np.float64))
        for first in range(0, len(members), DENSE_ROWS):
            rows = members[first : first + DENSE_ROWS]
            closeness = _closeness(vectors, items.price, rows, members) + popularity_share * sales
            closeness += np.asarray(turned[rows][:, members].todense())
            closeness[np.arange(len(rows)), first + np.arange(len(rows))] = 0.0
            for item, values in zip(rows, closeness.astype(np.float32), strict=True):
                chosen = best(values, members, k)
                found[item, : len(chosen)], scores[item, : len(chosen)] = members[chosen], values[chosen]
    unlabelled = np.flatnonzero(by_category < 0)
    if len(unlabelled):
        among = vectors[unlabelled]
        top = neighbours(among, among.T.tocsr(), k, lambda _first, cosine: cosine)
        found[unlabelled] = np.where(top.items >= 0, unlabelled[top.items], UNKNOWN)
        scores[unlabelled] = top.scores
    return Neighbours(found, scores)


def switches(history: Interactions, labels: Codes) -> csr_matrix:
    """Return (items x items): the chance that who bought the row's item buys the column's next of that label.

    Counted are a customer's purchases of one label in turn; the order within a basket means nothing, so what stands in
    one counts half in each direction. DOUBTED_SWITCHES more are taken to have led elsewhere.
    """
    n = len(labels)
    line = np.flatnonzero((history.user >= 0) & (labels[history.item] >= 0))
    item = history.item[line].astype(np.int64)
    track = history.user[line].astype(np.int64) * (int(labels.max(initial=0)) + 1) + labels[item]
    order = np.argsort(track, kind="stable")
    track, item, basket = track[order], item[order], history.basket[line][order]
    follows = np.flatnonzero(track[1:] == track[:-1])
    before, after = item[follows], item[follows + 1]
    beside = basket[follows] == basket[follows + 1]
    counts = csr_matrix(
        (
            np.concatenate([np.where(beside, 0.5, 1.0), np.full(int(beside.sum()), 0.5)]),
            (np.concatenate([before, after[beside]]), np.concatenate([after, before[beside]])),
        ),
        shape=(n, n),
    )
    left = np.asarray(counts.sum(axis=1)).ravel()
    counts.data /= left[row_of_entries(counts)] + DOUBTED_SWITCHES
    return counts


def _closeness(vectors: csr_matrix, price: Floats, rows: Codes, members: Codes) -> NDArray[np.float64]:
    """Return (rows x members): what shared customers and the price say; an unknown price is half near."""
    dense = np.sqrt(np.maximum(np.asarray((vectors[rows] @ vectors[members].T).todense(), np.float64), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(price.astype(np.float64))
        ratio = logs[rows][:, None] - logs[members][None, :]
    near = np.where(np.isfinite(ratio), np.exp(-np.abs(ratio)), 0.5)
    new = np.diff(vectors.indptr)[rows] == 0
    dense[new] = near[new]
    return dense + PRICE_SHARE * near


def _groups(labels: Codes) -> Iterator[Codes]:
    """Yield the members of every label, in order; a label of -1 is no group."""
    order = np.argsort(labels, kind="stable").astype(np.int32)
    order = order[labels[order] >= 0]
    borders = np.flatnonzero(np.diff(labels[order])) + 1
    yield from (group for group in np.split(order, borders) if len(group))
