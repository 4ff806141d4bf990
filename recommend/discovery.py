"""What a customer may like of the new: every item explained by the few items that are bought by the same people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommend.columns import UNKNOWN, Codes, Floats
from recommend.interactions import Interactions
from recommend.matrix import best, decay, user_item
from recommend.neighbours import Neighbours
from recommend.popularity import popularity

ITEMS_AT_ONCE = 256
USERS_AT_ONCE = 256
HALF_LIFE = 90.0
LONG_WINDOW = 120.0
SHORT_WINDOW = 28.0


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """A score for `goods` (item codes, ascending) is `tastes` (users x goods) times `weights` (goods x goods)."""

    goods: Codes
    tastes: csr_matrix
    weights: csr_matrix

    def scores(self, first: int, last: int) -> Floats:
        """Return the (users first to last x goods) scores, of bought goods as well."""
        return np.asarray((self.tastes[first:last] @ self.weights).todense(), np.float32)


def learn_discovery(
    history: Interactions,
    as_of: np.datetime64,
    *,
    goods: int,
    features: int = 50,
    ridge: float = 50.0,
    trend: float = 0.7,
) -> Discovery:
    """Fit a sparse linear model of the `goods` items with most customers.

    SLIM (Ning and Karypis 2011) with feature selection: each item's column of log counts is regressed on the
    `features` items of the greatest cosine with it, by least squares with a ridge penalty. A customer's taste is
    the log count plus the log of the count that fades with a half-life of HALF_LIFE days. The score of an item is
    multiplied by (sales of the last four weeks against its usual ones)^`trend`, that is by its season.
    """
    counts = user_item(history)
    customers = np.bincount(counts.indices, minlength=counts.shape[1])
    order = np.lexsort((np.arange(len(customers)), -customers))[:goods]
    chosen = np.sort(order[customers[order] > 0]).astype(np.int32)
    logs = _logs(counts, chosen)
    gram = _gram(logs)
    faded = _logs(user_item(history, decay(history.at, as_of, HALF_LIFE)), chosen)
    season = np.log1p(popularity(history, as_of, SHORT_WINDOW)[chosen].astype(np.float64))
    season -= np.log1p(popularity(history, as_of, LONG_WINDOW)[chosen] * (SHORT_WINDOW / LONG_WINDOW))
    lift = np.exp(trend * np.clip(season, -1.5, 1.5))
    return Discovery(chosen, csr_matrix(logs + faded), _regressed(gram, min(features, len(chosen) - 1), ridge, lift))


def discover_lists(model: Discovery, personal: csr_matrix, *, k: int) -> tuple[Neighbours, Codes]:
    """Return every customer's k best goods that they never bought, and the bought item that spoke most for each."""
    users = personal.shape[0]
    found, scores = np.full((users, k), UNKNOWN, np.int32), np.zeros((users, k), np.float32)
    because = np.full((users, k), UNKNOWN, np.int32)
    place = np.full(personal.shape[1], UNKNOWN, np.int64)
    place[model.goods] = np.arange(len(model.goods))
    columns = np.arange(len(model.goods), dtype=np.int32)
    by_item = model.weights.tocsc()
    for first in range(0, users, USERS_AT_ONCE):
        liking = model.scores(first, min(first + USERS_AT_ONCE, users))
        for row in range(len(liking)):
            user = first + row
            mine = place[personal.indices[personal.indptr[user] : personal.indptr[user + 1]]]
            liking[row, mine[mine >= 0]] = 0.0
            chosen = best(liking[row], columns, k)
            found[user, : len(chosen)], scores[user, : len(chosen)] = model.goods[chosen], liking[row][chosen]
            because[user, : len(chosen)] = _strongest(model, by_item, user, chosen)
    return Neighbours(found, scores), because


def _strongest(model: Discovery, by_item: csr_matrix, user: int, chosen: NDArray[np.intp]) -> Codes:
    """Return for each chosen item the bought one with the greatest part in its score."""
    taste = np.zeros(len(model.goods))
    span = slice(model.tastes.indptr[user], model.tastes.indptr[user + 1])
    taste[model.tastes.indices[span]] = model.tastes.data[span]
    reasons = np.full(len(chosen), UNKNOWN, np.int32)
    for at, item in enumerate(chosen.tolist()):
        column = slice(by_item.indptr[item], by_item.indptr[item + 1])
        parts = by_item.data[column] * taste[by_item.indices[column]]
        if len(parts):
            reasons[at] = model.goods[by_item.indices[column][int(np.argmax(parts))]]
    return reasons


def _logs(counts: csr_matrix, chosen: Codes) -> csr_matrix:
    part = csr_matrix(counts[:, chosen], dtype=np.float32)
    part.data = np.log1p(part.data)
    return part


def _gram(logs: csr_matrix) -> Floats:
    """Return the dense inner products of all columns."""
    n = logs.shape[1]
    gram = np.empty((n, n), np.float32)
    turned = logs.T.tocsr()
    for first in range(0, n, ITEMS_AT_ONCE):
        gram[first : first + ITEMS_AT_ONCE] = (turned[first : first + ITEMS_AT_ONCE] @ logs).toarray()
    return gram


def _regressed(gram: Floats, features: int, ridge: float, lift: NDArray[np.float64]) -> csr_matrix:
    """Return the (goods x goods) weights; column j holds those of the items that explain j, times lift[j]."""
    n = len(gram)
    if features < 1:
        return csr_matrix((n, n), dtype=np.float32)
    length = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    rows, columns, values = [], [], []
    for first in range(0, n, ITEMS_AT_ONCE):
        block = np.arange(first, min(first + ITEMS_AT_ONCE, n))
        nearness = gram[block] / length[block][:, None] / length[None, :]
        nearness[np.arange(len(block)), block] = -1.0
        near = np.sort(np.argpartition(-nearness, features - 1, axis=1)[:, :features], axis=1)
        inner = gram[near[:, :, None], near[:, None, :]].astype(np.float64)
        inner[:, np.arange(features), np.arange(features)] += ridge
        right = gram[near, block[:, None]].astype(np.float64)
        solved = np.linalg.solve(inner, right[:, :, None])[:, :, 0] * lift[block][:, None]
        rows.append(near.reshape(-1))
        columns.append(np.repeat(block, features))
        values.append(solved.reshape(-1).astype(np.float32))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csr_matrix(entries, shape=(n, n))
