from __future__ import annotations

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings

from recommend import Interactions, Items, Recommender, Tables
from recommend.evaluation import evaluate
from recommend.gate import refusals
from recommend.splitting import Case
from recommend.training import Settings, train
from tests.recommend.worlds import QUICK, TODAY, grocery, histories


def same(first: Tables, second: Tables) -> bool:
    return all(
        getattr(first, entry.name).tobytes() == getattr(second, entry.name).tobytes()
        for entry in dataclasses.fields(Tables)
    )


def shuffled(history: Interactions, seed: int) -> Interactions:
    order = np.random.default_rng(seed).permutation(len(history))
    return Interactions.of(
        user=history.users.ids[history.user[order]],
        item=history.items.ids[history.item[order]],
        basket=history.basket[order],
        timestamp=history.at[order],
    )


def test_the_same_lines_in_any_order_give_the_same_bytes(shop: tuple[Interactions, Items], tables: Tables) -> None:
    history, items = shop
    assert same(tables, train(shuffled(history, 1), items, TODAY, QUICK))


def test_lines_after_the_date_change_nothing(shop: tuple[Interactions, Items]) -> None:
    history, items = shop
    cut = TODAY - timedelta(days=30)
    assert same(train(history, items, cut, QUICK), train(history.between(None, cut), items, cut, QUICK))


def test_another_seed_gives_other_factors(shop: tuple[Interactions, Items], tables: Tables) -> None:
    other = train(*shop, TODAY, dataclasses.replace(QUICK, seed=7))
    assert tables.home_scores.tobytes() != other.home_scores.tobytes()


def test_structure_that_was_planted_is_found(tables: Tables) -> None:
    recommender = Recommender(tables)
    assert [recommender.together(f"p{kind}")[0].item for kind in range(5)] == [f"s{kind}" for kind in range(5)]
    assert [recommender.cart([f"p{kind}"])[0].item for kind in range(5)] == [f"s{kind}" for kind in range(5)]
    assert all(str(one.item).startswith("w") for one in recommender.similar("w1")[:4])


@given(histories())
@settings(max_examples=25, deadline=None)
def test_any_small_history_trains_into_sound_tables(history: Interactions) -> None:
    tables = train(history, Items.unknown(history.items), TODAY, dataclasses.replace(QUICK, iterations=1))
    reasons = refusals(tables, {})
    assert not reasons if len(history) else reasons == ("no item has sold at all",)
    recommender = Recommender(tables)
    for user in (None, 0, 1, "nobody"):
        shown = [one.item for one in recommender.home(user)]
        assert len(set(shown)) == len(shown) == min(10, len(history.items))


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="factors must be above zero"):
        Settings(factors=0)


def test_a_ranking_of_the_future_would_be_perfect() -> None:
    history, items = grocery(users=10, weeks=4)
    tables = train(history, items, TODAY, QUICK)
    cases = [Case("u001", (), frozenset([Recommender(tables).home("u001")[0].item]))]
    asked = evaluate(cases, lambda case: [one.item for one in Recommender(tables).home(case.user)], catalogue=40)
    assert asked.metrics.ndcg == 1.0
