"""What the rankers see and what they make of it, against slow and plain computations and planted structure."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from recommend import Asked, Interactions, Items, Recommender, Source, Tables
from recommend.columns import UNKNOWN, IdMap, instant
from recommend.features import NEVER_DAYS, Pairs, Past
from recommend.gate import train_and_publish
from recommend.reranking import FEATURES, cart_codes, reranked, shortlist
from recommend.training import train
from recommend.trees import no_trees
from tests.recommend.worlds import LEARNED, QUICK, TODAY, bought, goods, grocery, histories


@pytest.fixture(scope="module")
def learned(shop: tuple[Interactions, Items]) -> Tables:
    return train(*shop, TODAY, LEARNED)


@given(histories())
@settings(max_examples=50, deadline=None)
def test_a_pair_is_described_by_what_was_bought_and_when(history: Interactions) -> None:
    if not (history.user >= 0).any():
        return
    n, users = len(history.items), len(history.users)
    types = np.arange(n, dtype=np.int32) % 3
    user, item = (axis.ravel().astype(np.int32) for axis in np.meshgrid(np.arange(users), np.arange(n)))
    zeros = np.zeros(len(user))
    rows = Past(history, types, instant(TODAY)).columns(Pairs(user, item, zeros, zeros + 2))
    age = (instant(TODAY) - history.at).astype(float) / 86_400
    assert np.isfinite(rows).all()
    for row, person, thing in zip(rows, user, item, strict=True):
        mine = history.user == person
        if not mine.any():
            continue
        baskets = sorted(set(history.basket[mine].tolist()), key=lambda b: (age[mine & (history.basket == b)].max(), b))
        held = mine & (history.item == thing)
        assert row[1] == pytest.approx(float(np.exp2(-age[held] / 60).sum()), rel=1e-4)
        assert row[3] == held.sum()
        assert row[4] == sum(bool((held & (history.basket == basket)).any()) for basket in baskets[:3])
        assert row[5] == sum(bool((held & (history.basket == basket)).any()) for basket in baskets[:10])
        assert row[6] == pytest.approx(age[held].min() if held.any() else NEVER_DAYS, rel=1e-4)
        of_type = mine & (types[history.item] == types[thing])
        assert row[13] == pytest.approx(of_type.sum() / mine.sum())
        assert row[14] == len(baskets)
        assert row[-1] == 2


def test_a_cart_is_the_sum_of_its_items_rows_and_the_habits_of_its_customer(tables: Tables) -> None:
    sales = np.log1p(tables.popularity)
    items = IdMap(tables.item_ids)
    cart = cart_codes(items, ["p1", "w2"])
    for user in (UNKNOWN, 4):
        total, habit, reason = np.zeros(40), np.zeros(40), {}
        for code in cart:
            for found, score in zip(tables.cart_items[code], tables.cart_scores[code], strict=True):
                if found >= 0:
                    total[found] += score
                    reason[int(found)] = max(reason.get(int(found), (0.0, -1)), (float(score), int(code)))
        if user != UNKNOWN:
            span = slice(*tables.own_starts[user : user + 2])
            habit[tables.own_items[span]] = tables.own_scores[span]
        wanted = total / total.max() + 0.75 * habit / max(habit.max(), 1e-9)
        wanted[cart] = 0
        listed = shortlist(tables, cart, user, sales)
        assert listed.blend == pytest.approx(np.sort(wanted[wanted > 0])[::-1])
        assert listed.blend == pytest.approx(wanted[listed.items])
        assert [reason.get(int(code), (0, -1))[1] for code in listed.items] == listed.because.tolist()
        columns = dict(zip(FEATURES, listed.rows.T, strict=True))
        assert columns["sum"] == pytest.approx(total[listed.items])
        assert columns["habit"] == pytest.approx(habit[listed.items])
        assert columns["log sales"] == pytest.approx(sales[listed.items])
        of_type = tables.item_type[listed.items][:, None] == tables.item_type[cart][None, :]
        assert columns["items of its type in the cart"].tolist() == of_type.sum(axis=1).tolist()
        assert (columns["customer known"] == (user != UNKNOWN)).all()


def test_without_trees_the_blend_decides(tables: Tables) -> None:
    listed = shortlist(tables, np.array([1], np.int32), UNKNOWN, np.log1p(tables.popularity))
    same = reranked(listed, no_trees())
    assert same.items.tolist() == listed.items.tolist()
    tilted = reranked(listed, no_trees(), 5.0)
    assert sorted(tilted.items.tolist()) == sorted(listed.items.tolist())
    assert (np.diff(tilted.scores) <= 0).all()


def test_an_empty_cart_of_a_stranger_has_nothing_to_list(tables: Tables) -> None:
    listed = shortlist(tables, np.zeros(0, np.int32), UNKNOWN, np.log1p(tables.popularity))
    assert not len(listed.items)
    assert not len(reranked(listed, no_trees(), 1.0).items)


def test_rankers_learn_the_same_from_the_same_lines_and_nothing_from_later_ones(
    shop: tuple[Interactions, Items], learned: Tables
) -> None:
    history, items = shop
    cut = TODAY - timedelta(days=14)
    first = train(history, items, cut, LEARNED)
    second = train(history.between(None, cut), items, cut, LEARNED)
    for entry in dataclasses.fields(Tables):
        assert getattr(first, entry.name).tobytes() == getattr(second, entry.name).tobytes()
    assert first.home_scores.tobytes() != learned.home_scores.tobytes()


def test_learnt_lists_keep_what_the_surfaces_promise(learned: Tables) -> None:
    assert (learned.answers > 0).all()
    model = Recommender(learned)
    assert [model.cart([f"p{kind}"])[0].item for kind in range(5)] == [f"s{kind}" for kind in range(5)]
    for number in range(0, 60, 9):
        user = f"u{number:03}"
        shown = model.home(user, Asked(k=12, per_type=None))
        assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)
        mine = {one.item for one in model.buy_again(user, Asked(k=200, per_type=None))}
        assert all((one.because is None) == (one.item in mine) for one in shown if one.source is not Source.POPULAR)
        again = [one.score for one in model.buy_again(user, Asked(k=20, per_type=None))]
        assert again == sorted(again, reverse=True)


@pytest.mark.parametrize(
    "history",
    [
        bought(("ann", 3, ["a"])),
        bought(*[("ann", 9 + 30 * n, ["a", "b"]) for n in range(5)]),
        bought(*[(None, 5 * n, ["a", "b"]) for n in range(1, 30)]),
        bought(*[(f"u{n}", 5 + 28 * m, ["a"]) for n in range(80) for m in range(4)]),
    ],
    ids=["one line", "one customer", "nobody known", "all the same item"],
)
def test_a_shop_too_small_to_learn_from_gets_the_blend(history: Interactions) -> None:
    tables = train(history, goods(a="x", b="y"), TODAY, LEARNED)
    assert tables.answers.tolist()[1] == 0
    plain = train(history, goods(a="x", b="y"), TODAY, QUICK)
    if not tables.answers[0]:
        assert tables.home_items.tobytes() == plain.home_items.tobytes()


def test_due_habits_come_before_those_just_bought() -> None:
    """Everybody buys tea every four weeks and oil every eight; who bought tea four weeks ago needs it before oil."""
    draw = np.random.default_rng(1)
    baskets = []
    for number in range(150):
        start = int(draw.integers(1, 29))
        baskets += [(f"u{number:03}", start + 28 * n, ["tea"]) for n in range(8)]
        baskets += [(f"u{number:03}", start + 28 * n, ["oil"]) for n in range(0, 8, 2)]
        baskets += [(f"u{number:03}", start + 7 * n, [f"x{int(draw.integers(30))}"]) for n in range(30)]
    history = bought(*baskets)
    tables = train(history, goods(), TODAY, LEARNED)
    assert tables.answers[0] > 0
    model = Recommender(tables)
    again = [[one.item for one in model.buy_again(f"u{number:03}", Asked(k=200))] for number in range(150)]
    assert sum(row.index("tea") < row.index("oil") for row in again) > 145


def test_the_manifest_says_what_was_learnt_from(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    for name, history, least in (("big", shop[0], 200), ("small", bought(("ann", 3, ["a"]), ("ann", 33, ["a"])), 0)):
        outcome = train_and_publish(
            tmp_path / name, history, goods(), as_of=TODAY, trained_at=TODAY, settings=LEARNED, replacing=False
        )
        assert outcome.manifest is not None
        counts = outcome.manifest.counts
        assert counts["answers learnt by home"] >= least
        assert counts["answers learnt by the cart"] >= least
        assert least or not counts["answers learnt by the cart"] + counts["answers learnt by home"]


def test_learning_does_not_cost_the_structure(shop: tuple[Interactions, Items], learned: Tables) -> None:
    _, items = grocery()
    assert learned.item_ids.tolist() == items.ids.ids.tolist()
    assert all(one.source is Source.TOGETHER for one in Recommender(learned).together("p1", fallback=False))
