"""The numbers in the tables, against slow and plain computations of the same."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from implicit.nearest_neighbours import normalize, tfidf_weight
from scipy.sparse import csr_matrix

from recommend.association import (
    DOUBTED_SWITCHES,
    cart_neighbours,
    similar_neighbours,
    switches,
    together_neighbours,
)
from recommend.columns import instant
from recommend.interactions import Interactions, Items
from recommend.matrix import best, neighbours, user_item
from recommend.models import als, tf_idf, unit_columns
from recommend.neighbours import Neighbours
from recommend.popularity import personal_frequency, popularity, ranked, ranked_by_label
from tests.recommend.worlds import TODAY, bought, goods, grocery, histories

NOW = instant(TODAY)


def as_dicts(table: Neighbours) -> list[dict[int, float]]:
    return [
        {int(item): float(score) for item, score in zip(items, scores, strict=True) if item >= 0}
        for items, scores in zip(table.items, table.scores, strict=True)
    ]


def baskets_of(history: Interactions) -> tuple[dict[int, set[int]], dict[int, float]]:
    """Return basket -> items and basket -> age in days."""
    items, age = defaultdict(set), dict[int, float]()
    for line in range(len(history)):
        number = int(history.basket[line])
        items[number].add(int(history.item[line]))
        days = (NOW - history.at[line]).astype(float) / 86_400
        age[number] = max(age.get(number, 0.0), days)
    return items, age


@given(
    st.lists(st.tuples(st.floats(-1, 1, width=32), st.integers(0, 50)), unique_by=lambda pair: pair[1]),
    st.integers(1, 6),
)
def test_the_best_are_those_that_a_full_sort_would_find(pairs: list[tuple[float, int]], k: int) -> None:
    values = np.array([value for value, _ in pairs], np.float32)
    columns = np.array([column for _, column in pairs], np.int32)
    expected = sorted((-value, column) for value, column in pairs if np.float32(value) >= np.finfo(np.float32).tiny)[:k]
    assert columns[best(values, columns, k)].tolist() == [column for _, column in expected]


@given(histories())
@settings(max_examples=60, deadline=None)
def test_bought_together_is_the_share_of_baskets_with_enough_support(history: Interactions) -> None:
    contents, _ = baskets_of(history)
    pairs = Counter(pair for items in contents.values() for pair in permutations(items, 2))
    held = Counter(item for items in contents.values() for item in items)
    expected = [
        {j: count / held[i] for (first, j), count in pairs.items() if first == i and count >= 2}
        for i in range(len(history.items))
    ]
    found = as_dicts(together_neighbours(history, k=8, support=2))
    assert [set(row) for row in found] == [set(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row == pytest.approx(wanted, rel=1e-5)


@given(histories())
@settings(max_examples=60, deadline=None)
def test_cart_neighbours_are_damped_co_occurrence_plus_cosine(history: Interactions) -> None:
    contents, age = baskets_of(history)
    weight = {number: 2 ** (-age[number] / 180) / math.log2(1 + len(items)) for number, items in contents.items()}
    pairs, held = defaultdict(float), defaultdict(float)
    for number, items in contents.items():
        for item in items:
            held[item] += weight[number]
        for pair in permutations(items, 2):
            pairs[pair] += weight[number]
    total = sum(weight.values())
    found = as_dicts(cart_neighbours(history, NOW, k=8, damping=0.2, shrink=5))
    for i, row in enumerate(found):
        damped = {j: c / (held[i] + 5) / (held[j] / total) ** 0.2 for (first, j), c in pairs.items() if first == i}
        cosine = {j: pairs[i, j] / math.sqrt(held[i] * held[j]) for j in damped}
        wanted = {j: damped[j] + 0.1 * cosine[j] for j in damped}
        assert row == pytest.approx(wanted, rel=1e-4)


@given(histories())
@settings(max_examples=40, deadline=None)
def test_personal_frequency_halves_every_half_life(history: Interactions) -> None:
    found = personal_frequency(history, NOW, half_life_days=30).toarray()
    expected = np.zeros_like(found)
    for line in range(len(history)):
        if history.user[line] >= 0:
            days = (NOW - history.at[line]).astype(float) / 86_400
            expected[history.user[line], history.item[line]] += 2 ** (-days / 30)
    assert found == pytest.approx(expected)


def test_popularity_counts_the_last_weeks_and_breaks_ties_by_the_past() -> None:
    history = bought((None, 2, ["a"]), (None, 3, ["b"]), (None, 200, ["b"]), *[(None, 100, ["c"])] * 50)
    scores = popularity(history, NOW)
    assert [history.items.id(code) for code in ranked(scores)] == ["b", "a", "c"]
    assert scores.astype(int).tolist() == [1, 1, 0]


def test_a_shop_that_was_quiet_for_a_month_still_knows_its_best_sellers() -> None:
    history = bought((None, 90, ["a"]), (None, 80, ["b"]), (None, 81, ["b"]))
    assert [history.items.id(code) for code in ranked(popularity(history, NOW))] == ["b", "a"]


def test_every_category_lists_its_own_goods_new_ones_last() -> None:
    starts, items = ranked_by_label(
        np.array([0, 5, 3, 9, 1], np.float32), np.array([0, 0, 1, -1, 0], np.int32), count=3, longest=2
    )
    assert [items[starts[label] : starts[label + 1]].tolist() for label in range(3)] == [[1, 4], [2], []]


def test_cosine_and_tf_idf_agree_with_the_library() -> None:
    counts = user_item(grocery(users=20, weeks=6)[0])
    for mine, theirs in ((counts, counts.T), (tf_idf(counts), tfidf_weight(counts.T))):
        vectors, expected = unit_columns(mine), normalize(theirs).tocsr()
        assert (vectors.T @ vectors).toarray() == pytest.approx((expected @ expected.T).toarray(), abs=1e-6)


def test_neighbours_do_not_depend_on_how_the_work_is_sliced() -> None:
    counts = user_item(grocery(users=30)[0])
    whole = neighbours(counts.T.tocsr(), counts, 5, lambda _first, part: part)
    dense = (counts.T @ counts).toarray().astype(np.float32)
    np.fill_diagonal(dense, 0)
    for row in range(len(dense)):
        order = np.lexsort((np.arange(len(dense)), -dense[row]))[:5]
        assert whole.items[row].tolist() == order.tolist()


def test_similar_goods_are_of_the_same_type_and_shared_customers_come_first() -> None:
    history = bought(
        ("ann", 5, ["cola", "lemonade"]),
        ("bob", 6, ["cola", "lemonade"]),
        ("cy", 7, ["cider", "bread"]),
        ("di", 8, ["rye"]),
    )
    items = goods(cola="drink", lemonade="drink", cider="drink", bread="loaf", rye="loaf")
    table = similar_neighbours(history, items, popularity(history, NOW), k=3)
    codes = {name: items.ids.code(name) for name in items.ids.ids.tolist()}
    assert table.items[codes["cola"]].tolist() == [codes["lemonade"], codes["cider"], -1]
    assert table.items[codes["bread"]].tolist() == [codes["rye"], -1, -1]


def test_switches_are_counted_from_one_purchase_of_a_type_to_the_next() -> None:
    history = bought(
        ("ann", 9, ["cola", "bread"]),
        ("ann", 7, ["cider"]),
        ("ann", 5, ["cider"]),
        ("bob", 8, ["cola", "lemonade"]),
        (None, 3, ["cider"]),
        (None, 2, ["cola"]),
    )
    items = goods(cola="drink", lemonade="drink", cider="drink", bread="loaf")
    found = switches(history.recoded(items.ids), items.product_type).toarray()
    cola, lemonade, cider, bread = (items.ids.code(name) for name in ("cola", "lemonade", "cider", "bread"))
    assert found[cola, cider] == pytest.approx(1 / (1.5 + DOUBTED_SWITCHES))
    assert found[cola, lemonade] == pytest.approx(0.5 / (1.5 + DOUBTED_SWITCHES))
    assert found[lemonade, cola] == pytest.approx(0.5 / (0.5 + DOUBTED_SWITCHES))
    assert found[cider, cider] == pytest.approx(1 / (1 + DOUBTED_SWITCHES))
    assert not found[cider, cola]
    assert not found[bread].any()
    assert not found[:, bread].any()


def test_who_turned_from_one_to_another_makes_them_similar_in_that_direction() -> None:
    there = [(f"c{n}", 9, ["cola"]) for n in range(20)] + [(f"c{n}", 5, ["cider"]) for n in range(20)]
    back = [(f"d{n}", 9, ["lemonade"]) for n in range(20)] + [(f"d{n}", 5, ["cola"]) for n in range(20)]
    history = bought(*there, *back)
    items = goods(cola="drink", lemonade="drink", cider="drink")
    without, with_them = (
        as_dicts(similar_neighbours(history, items, popularity(history, NOW), k=3, switch_share=share))
        for share in (1e-9, 1.0)
    )
    cola, lemonade, cider = (items.ids.code(name) for name in ("cola", "lemonade", "cider"))
    assert without[cola][cider] == pytest.approx(without[cola][lemonade], abs=1e-3)
    assert with_them[cola][cider] > with_them[cola][lemonade] + 0.5


def test_a_new_item_is_similar_to_what_costs_about_the_same() -> None:
    history = bought(("ann", 5, ["cheap"]), ("bob", 5, ["dear"]), ("cy", 5, ["near"]))
    items = Items.of(
        item=["cheap", "dear", "near", "new", "lonely"],
        product_type=["lamp", "lamp", "lamp", "lamp", "rug"],
        price=[5, 90, 40, 42, float("nan")],
    )
    history = history.recoded(items.ids)
    table = similar_neighbours(history, items, popularity(history, NOW), k=3)
    new, lonely = items.ids.code("new"), items.ids.code("lonely")
    assert [items.ids.id(code) for code in table.items[new]] == ["near", "dear", "cheap"]
    assert table.items[lonely].tolist() == [-1, -1, -1]


def test_goods_of_which_nothing_is_known_are_similar_by_their_customers() -> None:
    history = bought(("ann", 5, ["a", "b"]), ("bob", 6, ["a", "b"]), ("cy", 7, ["c", "d"]), ("di", 4, ["e"]))
    items = Items.unknown(history.items)
    table = similar_neighbours(history, items, popularity(history, NOW), k=2)
    assert [history.items.ids[row[row >= 0]].tolist() for row in table.items] == [["b"], ["a"], ["d"], ["c"], []]


def test_als_repeats_itself_and_puts_tastes_apart() -> None:
    rows = [[1, 1, 1, 0, 0, 0]] * 6 + [[0, 0, 0, 1, 1, 1]] * 6 + [[1, 1, 0, 0, 0, 0]]
    counts = csr_matrix(np.array(rows, np.float64))
    first, second = (als(counts, factors=4, regularization=0.1, seed=1) for _ in range(2))
    assert first.users.tobytes() == second.users.tobytes()
    assert first.items.tobytes() == second.items.tobytes()
    scores = first.users[-1] @ first.items.T
    assert scores[2] > max(scores[3:])
