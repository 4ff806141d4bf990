from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from recommend import Interactions, Items, Recommender, Tables, TrainingBusy
from recommend.artifacts import current_version, exclusive
from recommend.evaluation import evaluate
from recommend.gate import refusals, train_and_publish, validate
from recommend.splitting import Case
from recommend.training import STEPS, Settings, train
from tests.recommend.worlds import QUICK, TODAY, bought, goods, grocery, histories


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


def test_published_hashes_repeat(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    hashes = []
    for name in "ab":
        outcome = train_and_publish(tmp_path / name, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
        assert outcome.manifest is not None
        hashes.append({name: stored.sha256 for name, stored in outcome.manifest.files.items()})
    assert hashes[0] == hashes[1]


def test_structure_that_was_planted_is_found(tables: Tables) -> None:
    recommender = Recommender(tables)
    assert [recommender.together(f"p{kind}")[0].item for kind in range(5)] == [f"s{kind}" for kind in range(5)]
    assert [recommender.cart([f"p{kind}"])[0].item for kind in range(5)] == [f"s{kind}" for kind in range(5)]
    assert all(str(one.item).startswith("w") for one in recommender.similar("w1")[:4])


def test_habits_beat_best_sellers_on_the_last_weeks(shop: tuple[Interactions, Items]) -> None:
    report = validate(*shop, TODAY, QUICK)
    assert set(report) == {"home", "cart"}
    for compared in report.values():
        assert compared.model.ndcg > compared.baseline.ndcg
        assert compared.difference.mean > compared.difference.margin > 0


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


@pytest.mark.parametrize(
    "history",
    [
        bought(("ann", 3, ["a"])),
        bought(("ann", 3, ["a"]), ("ann", 3, ["a"]), ("bob", 3, ["a"])),
        bought((None, 3, ["a", "b"]), (None, 3, ["a", "b"])),
        bought(*[("ann", 9, ["a", "b"])] * 50),
        bought(*[(f"u{number}", 5, ["a"]) for number in range(80)]),
    ],
    ids=["one line", "one item", "nobody known", "all at once", "all the same item"],
)
def test_a_poor_history_is_published_and_served(history: Interactions, tmp_path: Path) -> None:
    outcome = train_and_publish(tmp_path, history, goods(), as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert outcome.refusals == ()
    assert outcome.manifest is not None


def test_no_history_publishes_nothing_and_says_why(tmp_path: Path) -> None:
    outcome = train_and_publish(
        tmp_path, bought(("ann", -2, ["a"])), goods(a="x"), as_of=TODAY, trained_at=TODAY, settings=QUICK
    )
    assert outcome.manifest is None
    assert "no purchases before" in outcome.refusals[0]
    assert current_version(tmp_path) is None


def test_tables_with_a_value_that_is_no_number_are_refused(tables: Tables) -> None:
    scores = tables.cart_scores.copy()
    scores[3, 0] = np.nan
    assert refusals(dataclasses.replace(tables, cart_scores=scores), {}) == (
        "cart_scores holds a value that is no number",
    )


def test_tables_that_point_nowhere_are_refused(tables: Tables) -> None:
    items = tables.home_items.copy()
    items[0, 0] = len(tables.item_ids)
    assert refusals(dataclasses.replace(tables, home_items=items), {}) == (
        "home_items points at an item that does not exist",
    )


def test_sellers_without_neighbours_are_refused(tables: Tables) -> None:
    lonely = dataclasses.replace(tables, cart_items=np.full_like(tables.cart_items, -1))
    assert refusals(lonely, {}) == ("100.0% of the items that sell have no cart neighbours",)


def test_customers_with_an_empty_home_are_refused(tables: Tables) -> None:
    empty = tables.home_items.copy()
    empty[:2] = -1
    assert refusals(dataclasses.replace(tables, home_items=empty), {}) == ("2 customers have an empty home list",)


def test_a_model_clearly_below_best_sellers_is_refused_with_its_figures(
    shop: tuple[Interactions, Items], tables: Tables
) -> None:
    report = validate(*shop, TODAY, QUICK)
    home = report["home"]
    swapped = dataclasses.replace(
        home,
        model=home.baseline,
        baseline=home.model,
        difference=dataclasses.replace(home.difference, mean=-home.difference.mean),
    )
    (reason,) = refusals(tables, {"home": swapped})
    assert reason.startswith("home: nDCG@10")
    assert "clearly below the best sellers'" in reason


def test_a_refused_training_leaves_the_current_version_alone(
    shop: tuple[Interactions, Items], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    before = current_version(tmp_path)
    monkeypatch.setattr("recommend.gate.refusals", lambda _tables, _report: ("not today",))
    outcome = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert outcome.refusals == ("not today",)
    assert current_version(tmp_path) == before


def test_two_trainers_at_once_are_one_too_many(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(TrainingBusy, match="another training"):
        train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)


def test_progress_names_every_step_once_and_in_order(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    told: list[str] = []
    train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK, progress=told.append)
    assert tuple(told) == STEPS


def test_the_manifest_tells_where_the_tables_come_from(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    outcome = train_and_publish(tmp_path, *shop, as_of=date(2026, 3, 1), trained_at=TODAY, settings=QUICK)
    manifest = outcome.manifest
    assert manifest is not None
    assert manifest.as_of == "2026-03-01"
    assert manifest.counts["users"] == 60
    assert manifest.settings["factors"] == 8
    assert manifest.libraries["numpy"] == np.__version__
    assert manifest.metrics["home"]["ndcg"] > manifest.metrics["home best sellers"]["ndcg"]


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="factors must be above zero"):
        Settings(factors=0)


def test_a_ranking_of_the_future_would_be_perfect() -> None:
    history, items = grocery(users=10, weeks=4)
    tables = train(history, items, TODAY, QUICK)
    cases = [Case("u001", (), frozenset([Recommender(tables).home("u001")[0].item]))]
    asked = evaluate(cases, lambda case: [one.item for one in Recommender(tables).home(case.user)], catalogue=40)
    assert asked.metrics.ndcg == 1.0
