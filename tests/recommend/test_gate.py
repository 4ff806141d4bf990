from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from recommend import Artefact, Interactions, Items, Tables, TrainingBusy
from recommend.artifacts import current_version, exclusive
from recommend.evaluation import Evaluation, Interval, Metrics
from recommend.gate import Comparison, Judgement, judge, refusals, train_and_publish, validate
from recommend.soundness import lonely, shrunken
from recommend.training import STEPS, Settings
from tests.recommend.worlds import QUICK, TODAY, bought, goods, manifest

LOSING = Comparison(
    Metrics(100, 10, 0.1, 0.1, 0.1, 0.1), Metrics(100, 10, 0.2, 0.2, 0.2, 0.1), Interval(-0.1, -0.15, -0.05)
)


def losing(surface: str) -> Judgement:
    return Judgement(QUICK, {surface: LOSING})


def test_published_hashes_repeat(shop: tuple[Interactions, Items], tmp_path: Path) -> None:
    hashes = []
    for name in "ab":
        outcome = train_and_publish(tmp_path / name, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
        assert outcome.manifest is not None
        hashes.append({name: stored.sha256 for name, stored in outcome.manifest.files.items()})
    assert hashes[0] == hashes[1]


def test_habits_beat_best_sellers_on_the_last_weeks(shop: tuple[Interactions, Items]) -> None:
    report = validate(*shop, TODAY, QUICK)
    assert set(report) == {"home", "discover", "cart", "together", "similar"}
    for surface in ("home", "cart", "together", "similar"):
        compared = report[surface]
        assert compared.model.ndcg > compared.baseline.ndcg
        assert compared.difference.clearly_better


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


def test_sellers_without_neighbours_are_named_unless_they_only_ever_sold_alone(
    shop: tuple[Interactions, Items], tables: Tables
) -> None:
    assert lonely(tables, shop[0]) == ()
    empty = dataclasses.replace(tables, cart_items=np.full_like(tables.cart_items, -1))
    assert lonely(empty, shop[0]) == ("cart: 100.0% of the items that sell have no neighbours",)
    assert lonely(empty, bought(*[(f"u{number}", 5, ["a"]) for number in range(80)])) == ()


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
        difference=Interval(-home.difference.mean, -home.difference.high, -home.difference.low),
    )
    (reason,) = refusals(tables, {"home": swapped})
    assert reason.startswith("home: nDCG@10")
    assert "clearly below the best sellers'" in reason


def test_a_first_training_is_published_even_where_best_sellers_win_and_says_so(
    shop: tuple[Interactions, Items], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommend.gate.judge", lambda *_: losing("home"))
    outcome = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert outcome.manifest is not None
    (remark,) = outcome.remarks
    assert remark.startswith("home: nDCG@10 0.1000 is clearly below the best sellers' 0.2000")
    again = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert again.refusals == (remark,)
    assert current_version(tmp_path) == outcome.manifest.version
    other_shop = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK, replacing=False)
    assert other_shop.manifest is not None


def test_a_training_on_half_the_lines_does_not_replace_one_on_all(
    shop: tuple[Interactions, Items], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommend.soundness.LEAST_LINES", 100)
    history, items = shop
    whole = train_and_publish(tmp_path, history, items, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    half = history.where(history.user % 2 == 0)
    outcome = train_and_publish(tmp_path, half, items, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert outcome.refusals == (f"{len(half)} lines where the incumbent learnt from {len(history)}",)
    assert whole.manifest is not None
    assert current_version(tmp_path) == whole.manifest.version
    earlier = TODAY - timedelta(days=80)
    assert train_and_publish(tmp_path, history, items, as_of=earlier, trained_at=TODAY, settings=QUICK).manifest


def test_lines_may_grow_with_the_window_and_a_small_shop_as_it_likes(tables: Tables, shop: tuple) -> None:
    history = shop[0]
    now = manifest(TODAY)

    def found(lines: int, window: tuple[str, str]) -> tuple[str, ...]:
        before = dataclasses.replace(now, counts={"lines": lines}, window=window)
        return shrunken(tables, history, TODAY, Artefact(before, tables))

    year = ("2025-03-01", "2026-03-01")
    assert found(len(history) // 3, year) == ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommend.soundness.LEAST_LINES", 100)
        assert found(len(history) // 3, year) != ()
        assert found(len(history) // 3, ("2026-02-01", "2026-03-01")) == ()
        assert found(len(history) // 2 * 3, year) != ()


def test_tables_that_show_half_of_what_the_incumbent_shows_are_refused_by_shelf(
    shop: tuple[Interactions, Items], tables: Tables
) -> None:
    narrow = dataclasses.replace(tables, similar_items=np.where(tables.similar_items >= 0, 3, -1).astype(np.int32))
    reasons = shrunken(narrow, shop[0], TODAY, Artefact(manifest(TODAY), tables))
    assert reasons == ("similar: 1 different items where the incumbent has 40",)


@pytest.mark.parametrize(
    ("mean", "low", "short"),
    [(0.0, -0.004, False), (-0.003, -0.004, False), (-0.005, -0.006, True), (0.001, -0.011, True), (0.1, 0.05, False)],
)
def test_two_per_cent_below_the_incumbent_or_perhaps_five_is_too_much(mean: float, low: float, short: bool) -> None:
    compared = dataclasses.replace(
        LOSING, incumbent=dataclasses.replace(LOSING.model, ndcg=0.2), against=Interval(mean, low, 0.2)
    )
    assert compared.falls_short is short
    assert not LOSING.falls_short


class Play:
    """Stands in for training and asking: the nDCG of each setting is what `worth` says, the same for every case."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, worth: Callable[[Settings, int], float]) -> None:
        monkeypatch.setattr("recommend.gate.CANDIDATES", {"cart": ({"cart_damping": 0.02}, {"cart_damping": 0.5})})
        monkeypatch.setattr("recommend.gate.origins", lambda *_args, **_named: [0, 1])
        monkeypatch.setattr("recommend.gate.trained_at", lambda origin, settings: (origin, settings))
        monkeypatch.setattr("recommend.gate.best_sellers", lambda *_: {"cart": self.evaluation(0.0)})
        monkeypatch.setattr(
            "recommend.gate.asked", lambda _origin, pair: {"cart": self.evaluation(worth(pair[1], pair[0]))}
        )

    @staticmethod
    def evaluation(gain: float) -> Evaluation:
        wave = tuple(gain + 0.001 * (number % 3) for number in range(60))
        return Evaluation(dataclasses.replace(LOSING.model, ndcg=gain), wave, tuple(range(60)))


def test_rankers_that_are_clearly_worse_are_left_out_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    Play(monkeypatch, lambda settings, _origin: 0.1 if settings.learned else 0.2)
    eager = dataclasses.replace(QUICK, learned=True)
    judged = judge(Interactions.none(), goods(), TODAY, eager)
    assert judged.settings == QUICK
    assert judged.remarks == ("the learned rankers were clearly worse on the last weeks: left out",)
    Play(monkeypatch, lambda settings, _origin: 0.2)
    assert judge(Interactions.none(), goods(), TODAY, eager, judged.settings).settings == eager


def test_the_best_challenger_takes_its_surface_over(monkeypatch: pytest.MonkeyPatch) -> None:
    Play(monkeypatch, lambda settings, _origin: 0.2 + settings.cart_damping)
    judged = judge(Interactions.none(), goods(), TODAY, QUICK)
    assert judged.settings == dataclasses.replace(QUICK, cart_damping=0.5)
    assert judged.report["cart"].incumbent is None
    assert judged.remarks == ("cart: cart_damping 0.5 won by 0.3000 in nDCG@10",)


def test_a_challenger_that_only_won_before_the_last_weeks_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    Play(monkeypatch, lambda settings, origin: 0.2 + (1 if origin == 1 else -0.1) * settings.cart_damping)
    standing = dataclasses.replace(QUICK, cart_damping=0.3)
    judged = judge(Interactions.none(), goods(), TODAY, QUICK, standing)
    assert judged.settings.cart_damping == 0.3
    assert judged.remarks[-1] == "cart: the challenger did not hold on the last weeks; the settings stay"
    compared = judged.report["cart"]
    assert compared.model == compared.incumbent
    assert not compared.falls_short


def test_what_the_incumbent_chose_stands_until_it_is_beaten(monkeypatch: pytest.MonkeyPatch) -> None:
    Play(monkeypatch, lambda _settings, _origin: 0.2)
    judged = judge(Interactions.none(), goods(), TODAY, QUICK, dataclasses.replace(QUICK, cart_damping=0.31, factors=3))
    assert judged.settings == dataclasses.replace(QUICK, cart_damping=0.31)


def test_an_incumbent_that_cannot_be_opened_competes_with_nobody(
    shop: tuple[Interactions, Items], tmp_path: Path
) -> None:
    first = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert first.manifest is not None
    (tmp_path / first.manifest.version / "cart_items.npy").write_bytes(b"")
    second = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert second.manifest is not None
    assert "home incumbent" not in second.manifest.metrics
    third = train_and_publish(tmp_path, *shop, as_of=TODAY, trained_at=TODAY, settings=QUICK)
    assert third.manifest is not None
    assert third.manifest.metrics["home incumbent"] == third.manifest.metrics["home"]


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
