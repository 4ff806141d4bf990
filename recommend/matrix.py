"""From lines to sparse matrices, weights that fade with time, and the best entries of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import UNKNOWN, Floats, Times
from recommend.interactions import Interactions
from recommend.neighbours import Neighbours

ROWS_AT_ONCE = 2048


def decay(at: Times, as_of: np.datetime64, half_life_days: float) -> NDArray[np.float64]:
    """Return 2^(-age / half-life) for every time, age in days before `as_of`, never above 1."""
    age = (as_of - at).astype("timedelta64[s]").astype(np.float64) / 86_400
    return np.exp2(-np.maximum(age, 0.0) / half_life_days)


def basket_item(history: Interactions) -> csr_matrix:
    """Return the (baskets x items) matrix of ones."""
    ones = np.ones(len(history), np.float64)
    shape = (history.baskets, len(history.items))
    return csr_matrix((ones, (history.basket, history.item)), shape=shape)


def user_item(history: Interactions, weights: NDArray[np.float64] | None = None) -> csr_matrix:
    """Return the (users x items) matrix of summed line weights, 1 each when not given; anonymous lines are left out."""
    known = history.user >= 0
    values = np.ones(len(history), np.float64) if weights is None else weights
    shape = (len(history.users), len(history.items))
    matrix = csr_matrix((values[known], (history.user[known], history.item[known])), shape=shape)
    matrix.sum_duplicates()
    return matrix


def basket_times(history: Interactions) -> Times:
    """Return when each basket began."""
    at = np.full(history.baskets, np.datetime64("9999-12-31T23:59:59", "s"))
    np.minimum.at(at, history.basket, history.at)
    return at


def row_of_entries(matrix: csr_matrix) -> NDArray[np.int64]:
    """Return the row number of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def product_in_slices(
    left: csr_matrix, right: csr_matrix, rows: int = ROWS_AT_ONCE
) -> Iterator[tuple[int, csr_matrix]]:
    """Yield (first row, left[first:first + rows] @ right): the whole product would not fit in memory."""
    for first in range(0, left.shape[0], rows):
        yield first, csr_matrix(left[first : first + rows] @ right)


def best_of_rows(matrix: csr_matrix, k: int) -> Neighbours:
    """Return the k greatest positive entries per row, ties by the smaller column."""
    items = np.full((matrix.shape[0], k), UNKNOWN, np.int32)
    scores = np.zeros((matrix.shape[0], k), np.float32)
    indptr, indices, data = matrix.indptr, matrix.indices, matrix.data.astype(np.float32)
    for row in range(matrix.shape[0]):
        columns, values = indices[indptr[row] : indptr[row + 1]], data[indptr[row] : indptr[row + 1]]
        chosen = best(values, columns, k)
        items[row, : len(chosen)] = columns[chosen]
        scores[row, : len(chosen)] = values[chosen]
    return Neighbours(items, scores)


def best(values: Floats, columns: NDArray[np.integer], k: int) -> NDArray[np.intp]:
    """Return positions of the k greatest positive values, best first, ties by the smaller column."""
    if len(values) > k:
        threshold = max(np.partition(values, len(values) - k)[len(values) - k], np.finfo(np.float32).tiny)
    else:
        threshold = np.finfo(np.float32).tiny
    at = np.flatnonzero(values >= threshold)
    return at[np.lexsort((columns[at], -values[at]))[:k]]


def neighbours(
    left: csr_matrix, right: csr_matrix, k: int, score: Callable[[int, csr_matrix], csr_matrix]
) -> Neighbours:
    """Return the k best columns per row of left @ right, after `score(first_row, slice)` has reweighed each slice.

    A row's own column never counts as its neighbour.
    """
    items = np.full((left.shape[0], k), UNKNOWN, np.int32)
    scores = np.zeros((left.shape[0], k), np.float32)
    for first, together in product_in_slices(left, right):
        scored = score(first, together)
        own = scored.indices == row_of_entries(scored) + first
        scored.data[own] = 0.0
        top = best_of_rows(scored, k)
        items[first : first + len(top.items)] = top.items
        scores[first : first + len(top.scores)] = top.scores
    return Neighbours(items, scores)
