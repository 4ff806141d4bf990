"""Gradient boosting where it is fitted: from rows and answers to plain trees. Only training imports this."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from recommend.trees import Trees, no_trees

ENOUGH_ANSWERS = 200
"""So many rows that were right, and so many that were wrong, are needed before anything can be learnt."""


def boosted(
    rows: NDArray[np.float32],
    right: NDArray[np.bool_],
    *,
    seed: int,
    iterations: int,
    leaves: int,
    rate: float,
    share_of_wrong: float = 1.0,
) -> Trees:
    """Fit boosted trees to whether a row was right; without enough answers there are no trees.

    Only `share_of_wrong` of the wrong rows, drawn with `seed`, are learnt from: it shifts all log-odds by
    one constant and no ranking. One thread and one seed: the same rows give the same bits.
    """
    if int(right.sum()) < ENOUGH_ANSWERS or int((~right).sum()) < ENOUGH_ANSWERS:
        return no_trees()
    kept = right | (np.random.default_rng(seed).random(len(right)) < share_of_wrong)
    model = HistGradientBoostingClassifier(
        learning_rate=rate,
        max_iter=iterations,
        max_leaf_nodes=leaves,
        max_depth=max(2, int(np.ceil(np.log2(leaves))) + 1),
        min_samples_leaf=50,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(limits=1):
        model.fit(rows[kept], right[kept])
    return exported(model)


def exported(model: HistGradientBoostingClassifier) -> Trees:
    """Return the trees of a fitted two-class model; their sum is its log-odds without the baseline."""
    trees = [stage[0].nodes for stage in model._predictors]
    size = max(len(nodes) for nodes in trees)
    feature = np.zeros((len(trees), size), np.intp)
    threshold = np.full((len(trees), size), np.finfo(np.float64).max)
    value = np.zeros((len(trees), size))
    own = np.arange(len(trees) * size, dtype=np.intp).reshape(len(trees), size)
    child = np.repeat(own[:, :, None], 2, axis=2)
    for row, nodes in enumerate(trees):
        inner = ~nodes["is_leaf"].astype(bool)
        place = np.flatnonzero(inner)
        feature[row, place] = nodes["feature_idx"][inner]
        threshold[row, place] = nodes["num_threshold"][inner]
        child[row, place, 0] = nodes["left"][inner] + row * size
        child[row, place, 1] = nodes["right"][inner] + row * size
        value[row, : len(nodes)] = np.where(inner, 0.0, nodes["value"])
    return Trees(
        feature=feature.reshape(-1),
        threshold=threshold.reshape(-1),
        child=child.reshape(-1),
        value=value.reshape(-1),
        roots=(np.arange(len(trees)) * size).astype(np.intp),
        depth=max(int(nodes["depth"].max()) for nodes in trees),
    )
