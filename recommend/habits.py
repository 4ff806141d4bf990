"""What customers buy again, and their taste of the new: the lists that training writes for each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import UNKNOWN, Codes, Floats
from recommend.matrix import best
from recommend.models import Factors
from recommend.neighbours import Neighbours

USERS_AT_ONCE = 256
HABITS_COMPARED = 30


def home_lists(personal: csr_matrix, taste: Factors, *, k: int, taste_share: float = 0.7) -> tuple[Neighbours, Codes]:
    """Return every customer's k best of (personal frequency + taste_share * ALS score), and what led to each.

    The reason of an item that the customer never bought is the habit nearest to it in the factor space; a
    habit needs none (-1).
    """
    users, n = personal.shape
    found, scores = np.full((users, k), UNKNOWN, np.int32), np.zeros((users, k), np.float32)
    because = np.full((users, k), UNKNOWN, np.int32)
    columns = np.arange(n, dtype=np.int32)
    directions = taste.items / np.maximum(np.linalg.norm(taste.items, axis=1, keepdims=True), 1e-12)
    for first in range(0, users, USERS_AT_ONCE):
        habits = personal[first : first + USERS_AT_ONCE]
        blended = taste_share * (taste.users[first : first + USERS_AT_ONCE] @ taste.items.T)
        blended += np.asarray(habits.todense(), np.float32)
        for row in range(blended.shape[0]):
            chosen = best(blended[row], columns, k).astype(np.int32)
            user = first + row
            found[user, : len(chosen)], scores[user, : len(chosen)] = chosen, blended[row][chosen]
            bought, weight = _row(habits, row)
            because[user, : len(chosen)] = _nearest_habits(chosen, bought, weight, directions)
    return Neighbours(found, scores), because


def own_lists(personal: csr_matrix, longest: int) -> tuple[NDArray[np.int64], Codes, Floats]:
    """Return (starts, items, scores): customers' own items, best first, in one ragged table."""
    items, scores, starts = [], [], [0]
    for row in range(personal.shape[0]):
        bought, weight = _row(personal, row)
        chosen = best(weight, bought, longest)
        items.append(bought[chosen])
        scores.append(weight[chosen])
        starts.append(starts[-1] + len(chosen))
    return (
        np.array(starts, np.int64),
        np.concatenate(items) if items else np.zeros(0, np.int32),
        np.concatenate(scores) if scores else np.zeros(0, np.float32),
    )


def _row(matrix: csr_matrix, row: int) -> tuple[Codes, Floats]:
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[span].astype(np.int32), matrix.data[span].astype(np.float32)


def _nearest_habits(chosen: Codes, bought: Codes, weight: Floats, directions: Floats) -> Codes:
    """Return for each chosen item that is no habit the nearest of the strongest habits; -1 for habits."""
    reason = np.full(len(chosen), UNKNOWN, np.int32)
    new = ~np.isin(chosen, bought)
    if len(bought) and new.any():
        strongest = bought[best(weight, bought, HABITS_COMPARED)]
        reason[new] = strongest[np.argmax(directions[chosen[new]] @ directions[strongest].T, axis=1)]
    return reason
