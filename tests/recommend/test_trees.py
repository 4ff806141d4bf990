from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from recommend.learning import ENOUGH_ANSWERS, boosted, exported
from recommend.trees import SmallTrees, Trees, no_trees, swift


def world(seed: int, rows: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(rows, 6)).astype(np.float32)
    return features, features[:, 0] * features[:, 1] + features[:, 2] > draw.normal(size=rows)


@pytest.mark.parametrize(("iterations", "leaves", "depth"), [(1, 2, None), (12, 8, 4), (20, 31, None)])
def test_exported_trees_say_what_the_library_says(iterations: int, leaves: int, depth: int | None) -> None:
    features, right = world(1)
    model = HistGradientBoostingClassifier(
        max_iter=iterations, max_leaf_nodes=leaves, max_depth=depth, early_stopping=False
    )
    with threadpool_limits(limits=1):
        model.fit(features, right)
    trees = exported(model)
    fresh, _ = world(2)
    for rows in (features, fresh, fresh.astype(np.float64) * 100):
        expected = model.decision_function(rows)
        assert trees.scores(rows) + model._baseline_prediction.ravel() == pytest.approx(expected, abs=1e-12)


def test_trees_survive_being_stored() -> None:
    features, right = world(3)
    trees = boosted(features, right, seed=1, iterations=5, leaves=8, rate=0.2)
    again = Trees.read(*trees.stored())
    assert again.scores(features).tobytes() == trees.scores(features).tobytes()
    assert all(np.isfinite(numbers).all() for numbers in trees.stored())


@pytest.mark.parametrize(("leaves", "kind"), [(2, SmallTrees), (3, SmallTrees), (8, SmallTrees), (9, Trees)])
def test_swift_trees_say_the_same_to_the_bit_also_on_the_thresholds(leaves: int, kind: type) -> None:
    features, right = world(5)
    trees = boosted(features, right, seed=1, iterations=9, leaves=leaves, rate=0.2)
    soon = swift(trees)
    assert isinstance(soon, kind)
    split = trees.threshold[trees.child[::2] != np.arange(len(trees.feature))].astype(np.float32)
    edges = np.repeat(
        np.concatenate([split, np.nextafter(split, np.float32(9)), np.nextafter(split, np.float32(-9))]), 6
    )
    for rows in (features, edges.reshape(-1, 6), features[:1], features[:0]):
        assert soon.scores(rows).tobytes() == trees.scores(rows).tobytes()


def test_a_tree_that_is_one_leaf_and_no_trees_at_all_may_be_swift_too() -> None:
    whole = np.array([0.5, 0.0])
    leaf = Trees.read(np.array([[0, 0, 0], [1, 0, 0]], np.int32), whole[None, ::-1].copy())
    rows = np.zeros((3, 2), np.float32)
    assert swift(leaf).scores(rows).tolist() == leaf.scores(rows).tolist() == [0.5] * 3
    assert not swift(no_trees())


def test_the_same_rows_and_seed_give_the_same_trees() -> None:
    first, second = (boosted(*world(4), seed=5, iterations=6, leaves=8, rate=0.2, share_of_wrong=0.5) for _ in range(2))
    for mine, theirs in zip(first.stored(), second.stored(), strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_too_few_answers_teach_nothing() -> None:
    features, right = world(6)
    right[np.flatnonzero(right)[ENOUGH_ANSWERS - 1 :]] = False
    assert not boosted(features, right, seed=1, iterations=5, leaves=8, rate=0.2)
    assert not boosted(features, ~right, seed=1, iterations=5, leaves=8, rate=0.2)


def test_no_trees_judge_everything_alike_and_can_be_stored() -> None:
    nothing = Trees.read(*no_trees().stored())
    assert not nothing
    assert nothing.scores(np.ones((4, 3))).tolist() == [0.0] * 4


@given(st.integers(0, 60), st.integers(0, 2), st.sampled_from([-7, 10_000]))
@settings(max_examples=40, deadline=None)
def test_links_that_lead_nowhere_are_refused(row: int, column: int, value: int) -> None:
    links, numbers = boosted(*world(7, 1500), seed=1, iterations=4, leaves=8, rate=0.2).stored()
    if column == 0 and value > 0:
        return
    damaged = links.copy()
    damaged[min(row, len(links) - 2), column] = value
    with pytest.raises(ValueError, match="leads nowhere"):
        Trees.read(damaged, numbers)
    with pytest.raises(ValueError, match="do not fit"):
        Trees.read(links[1:], numbers)


def test_a_process_that_serves_carries_no_training_libraries() -> None:
    heavy = "{'sklearn', 'scipy', 'implicit', 'pandas', 'pyarrow', 'statsmodels'}"
    asked = f"import sys, recommend, recommend.affinity; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
