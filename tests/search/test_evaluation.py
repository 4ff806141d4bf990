"""Metrics against sums done by hand."""

from __future__ import annotations

import math

import pytest

from search import evaluation


def test_gain_is_discounted_by_rank() -> None:
    assert evaluation.dcg([3, 2, 0, 1]) == pytest.approx(7 + 3 / math.log2(3) + 0 + 1 / math.log2(5))


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        (["a", "b", "c"], 1.0),
        (["c", "b", "a"], (0 + 1 / math.log2(3) + 3 / 2) / (3 + 1 / math.log2(3))),
        (["x", "y"], 0.0),
        ([], 0.0),
    ],
)
def test_ndcg_is_one_for_the_best_order(ranking: list[str], expected: float) -> None:
    assert evaluation.ndcg(ranking, {"a": 2, "b": 1, "c": 0}) == pytest.approx(expected)


def test_ndcg_without_any_relevant_document_is_zero() -> None:
    assert evaluation.ndcg(["a"], {"a": 0}) == 0.0


def test_condensing_drops_what_nobody_judged() -> None:
    assert evaluation.condensed(["x", "a", "y", "b"], {"a", "b"}) == ["a", "b"]
    assert evaluation.judged_at(["x", "a", "y", "b"], {"a", "b"}, 3) == pytest.approx(1 / 3)
    assert evaluation.judged_at([], {"a"}) == 0.0


def test_reciprocal_rank_looks_at_the_first_good_one() -> None:
    assert evaluation.reciprocal_rank(["x", "a"], {"a": 1}) == 0.5
    assert evaluation.reciprocal_rank(["x"], {"a": 1}) == 0.0


def test_queries_without_a_good_document_are_not_averaged() -> None:
    found = evaluation.evaluate({"one": ["a"]}, {"one": {"a": 1}, "two": {"b": 2}, "three": {"c": 0}})
    assert (found.queries, found.empty) == (2, 1)
    assert found.ndcg == found.condensed_ndcg == found.reciprocal_rank == 0.5


def test_the_bootstrap_tells_better_from_equal() -> None:
    better, worse = [0.9, 0.8, 0.7, 0.9, 0.8], [0.5, 0.4, 0.6, 0.5, 0.3]
    assert evaluation.paired_bootstrap(better, worse, rounds=500) == 0.0
    assert evaluation.paired_bootstrap(worse, better, rounds=500) == 1.0
    assert evaluation.paired_bootstrap([], []) == 1.0
    with pytest.raises(ValueError, match="zip"):
        evaluation.paired_bootstrap([1.0], [])
