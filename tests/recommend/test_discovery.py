from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from recommend import Asked, Interactions, Items, Recommender, Source, Tables
from recommend.affinity import chance, suitable
from recommend.columns import instant
from recommend.discovery import discover_lists, learn_discovery
from recommend.matrix import user_item
from recommend.popularity import personal_frequency
from recommend.training import train
from tests.recommend.worlds import QUICK, TODAY, bought, grocery, histories

NOW = instant(TODAY)


def test_weights_are_those_of_ridge_regression_on_the_nearest_items() -> None:
    history, _ = grocery(users=25, weeks=6)
    model = learn_discovery(history, NOW, goods=40, features=5, ridge=2.0, trend=0.0)
    logs = np.log1p(user_item(history).toarray())
    unit = logs / np.linalg.norm(logs, axis=0)
    weights = model.weights.toarray()
    for item in range(logs.shape[1]):
        nearness = unit.T @ unit[:, item]
        nearness[item] = -1
        near = np.sort(np.argsort(-nearness)[:5])
        part = logs[:, near]
        solved = np.linalg.solve(part.T @ part + 2 * np.eye(5), part.T @ logs[:, item])
        assert np.flatnonzero(weights[:, item]).tolist() == near.tolist()
        assert weights[near, item] == pytest.approx(solved, rel=1e-3, abs=1e-5)


def test_a_season_lifts_what_sells_better_than_usual() -> None:
    usual = [("ann", 100, ["ice"]), ("bob", 100, ["ice", "coal"]), ("cy", 90, ["coal"]), ("di", 95, ["ice", "coal"])]
    now = [(f"u{n}", 3, ["ice", "salt"]) for n in range(9)]
    history = bought(*usual, *now)
    plain, lifted = (learn_discovery(history, NOW, goods=9, trend=trend).weights.toarray() for trend in (0.0, 1.0))
    ice, coal = history.items.code("ice"), history.items.code("coal")
    assert lifted[:, ice].sum() > plain[:, ice].sum()
    assert lifted[:, coal].sum() < plain[:, coal].sum()


@given(histories())
@settings(max_examples=40, deadline=None)
def test_discoveries_are_new_to_the_customer_and_explained_by_what_is_not(history: Interactions) -> None:
    personal = personal_frequency(history, NOW)
    model = learn_discovery(history, NOW, goods=6, features=3)
    lists, because = discover_lists(model, personal, k=5)
    for user in range(len(history.users)):
        mine = set(history.item[history.user == user].tolist())
        shown = lists.items[user][lists.items[user] >= 0].tolist()
        assert not mine & set(shown)
        assert len(set(shown)) == len(shown)
        assert set(because[user][lists.items[user] >= 0].tolist()) <= mine | {-1}


def test_two_camps_discover_within_their_own() -> None:
    draw = np.random.default_rng(0)
    camps = [[f"a{n}" for n in range(6)], [f"b{n}" for n in range(6)]]
    history = bought(
        *[(f"u{n:02}", int(draw.integers(1, 80)), draw.choice(camps[n % 2], 4, False).tolist()) for n in range(40)]
    )
    model = Recommender(train(history, Items.unknown(history.items), TODAY, QUICK))
    for number in range(40):
        first = model.discover(f"u{number:02}")[0]
        assert str(first.item)[0] == "ab"[number % 2]
        assert str(first.because)[0] == "ab"[number % 2]


@pytest.fixture(scope="module")
def stocked() -> Tables:
    """Ann drinks dear tea; new are a tea at her price, a cheap one, other goods of the category and a stranger."""
    history = bought(
        *[("ann", 7 * n, ["tea", "cup"]) for n in range(1, 9)], *[("bob", n, ["nail"]) for n in range(1, 9)]
    )
    items = Items.of(
        item=["tea", "cup", "nail", "dear tea", "cheap tea", "kettle", "hammer", "riddle"],
        product_type=["tea", "cup", "nail", "tea", "tea", "kettle", "hammer", None],
        category=["kitchen", "kitchen", "tools", "kitchen", "kitchen", "kitchen", "tools", None],
        price=[20, 9, 1, 22, 2, 30, 8, 4],
    )
    return train(history, items, TODAY, QUICK)


def test_new_goods_suit_by_type_then_category_and_price(stocked: Tables) -> None:
    ann = slice(*stocked.own_starts[0:2])
    codes, scores = suitable(stocked, stocked.own_items[ann], stocked.own_scores[ann])
    assert stocked.item_ids[codes].tolist() == ["dear tea", "kettle", "cheap tea"]
    assert (np.diff(scores) < 0).all()


def test_nothing_is_tried_unless_asked_for(stocked: Tables) -> None:
    model = Recommender(stocked)
    plain = model.home("ann", Asked(k=3))
    assert model.home("ann", Asked(k=3, explore=1.0)) == plain
    assert model.home("ann", Asked(k=3, unit="ann:1")) == plain
    assert all(one.propensity == 1.0 and one.source is not Source.EXPLORED for one in plain)


def test_new_goods_are_tried_as_often_as_their_propensity_says(stocked: Tables) -> None:
    model = Recommender(stocked)
    seen: dict[object, list[float]] = {}
    for number in range(4000):
        shown = model.home("ann", Asked(k=2, explore=0.25, unit=f"ann:{number}"))
        assert len(shown) == 2
        if shown[-1].source is Source.EXPLORED:
            seen.setdefault(shown[-1].item, []).append(shown[-1].propensity)
    assert set(seen) == {"dear tea", "kettle", "cheap tea"}
    for propensities in seen.values():
        assert len(set(propensities)) == 1
        assert len(propensities) / 4000 == pytest.approx(propensities[0], abs=0.02)
    assert sum(propensities[0] for propensities in seen.values()) == pytest.approx(0.25)


def test_what_may_not_be_shown_is_not_tried_either(stocked: Tables) -> None:
    model = Recommender(stocked)
    asked = Asked(k=3, explore=1.0, unit="x", exclude={"kettle"}, keep=lambda ids: [i for i in ids if i != "dear tea"])
    tried = model.home("ann", asked)[-1]
    assert (tried.item, tried.source, tried.propensity) == ("cheap tea", Source.EXPLORED, 1.0)
    nothing = Asked(k=3, explore=1.0, unit="x", keep=lambda ids: [i for i in ids if i in ("tea", "cup")])
    assert [one.item for one in model.home("ann", nothing)] == [one.item for one in model.home("ann", Asked(k=2))][:2]


def test_a_stranger_with_a_visit_may_be_shown_something_new(stocked: Tables) -> None:
    model = Recommender(stocked)
    asked = Asked(k=3, explore=1.0, unit="y")
    assert model.home(None, asked, recent=["nail"])[-1].item == "hammer"
    assert all(one.source is not Source.EXPLORED for one in model.home(None, asked))


def test_chance_is_even() -> None:
    draws = np.array([chance(f"u{number}", "explore") for number in range(5000)])
    assert draws.mean() == pytest.approx(0.5, abs=0.02)
    assert np.histogram(draws, 10, (0, 1))[0].min() > 400
