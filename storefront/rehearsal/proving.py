"""The rehearsal itself: two experiments in a throwaway shop, read out and held against the shoppers' diaries."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from storefront.analytics.models import RecommendationClickRow, RecommendationPurchaseRow, RecommendationRow
from storefront.config import Config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.shelf_varying import MODEL
from storefront.discovery.shelves import Question, Visit, fill, get_anchor
from storefront.experiments import services
from storefront.experiments.assignment import assign
from storefront.experiments.checks import check_start, failed
from storefront.experiments.judging import judge
from storefront.experiments.live import running
from storefront.experiments.models import Experiment
from storefront.experiments.plans import ExperimentPlan, VariationPlan
from storefront.experiments.queries import get_experiment, list_running
from storefront.experiments.readings import Readings
from storefront.jobs import queue
from storefront.kernel.clock import told_by
from storefront.kernel.kept import Kept
from storefront.rehearsal.concluding import Proof, Scene
from storefront.rehearsal.diary import Diary, Sums, by_arm, compare
from storefront.rehearsal.rules import Nature, Shopper, deeds, shoppers, worth
from storefront.rehearsal.stage import Stage, build, config_in
from storefront.rehearsal.walking import Hands, Walk, Watch

SURFACE = "shelf:similar"
CONTROL, TREATMENT = "control", "treatment"
ARMS = (CONTROL, TREATMENT)
DAYS = 14
BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
BY = "rehearsal"
MakeApp = Callable[[Config], Flask]


SAME = Scene("A/A", "own", is_better=False)
BETTER = Scene("A/B", "bought-together", is_better=True)
SCENES = (SAME, BETTER)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who comes: how many, from which seed, and who watches their visits go by."""

    count: int
    seed: str
    watch: Watch


def rehearse(
    make_app: MakeApp, *, count: int, seed: int, watch: Callable[[str], Watch], scenes: Sequence[Scene] = SCENES
) -> list[Proof]:
    """Let `count` shoppers walk through each experiment in a shop that is made for it and gone afterwards."""
    hands = Hands(BEGINS)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as name, told_by(hands), _apart():
        app = make_app(config_in(Path(name)))
        try:
            with app.app_context():
                stage = build(seed, hands.at)
            crowds = ((scene, Crowd(count, f"{seed}:{scene.name}", watch(scene.name))) for scene in scenes)
            return [_perform(app, stage, hands, scene, crowd) for scene, crowd in crowds]
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@contextmanager
def _apart() -> Iterator[None]:
    """Let nothing that this process keeps of one shop be taken for another's."""
    bound = queue.bound()
    Kept.forget_all()
    try:
        yield
    finally:
        Kept.forget_all()
        if bound is not None:
            queue.bind(bound)


def _perform(app: Flask, stage: Stage, hands: Hands, scene: Scene, crowd: Crowd) -> Proof:
    start = hands.at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, minutes=1)
    hands.move(start)
    with app.app_context():
        number = _begin(scene, crowd.count, hands.at)
    walk = Walk(app, stage, hands, start, crowd.seed)
    people = shoppers(crowd.seed, crowd.count, DAYS)
    walk.go(people, crowd.watch)
    with app.app_context():
        diaries = [Diary(one.number, _arm(walk, one), tuple(walk.seen[one.number])) for one in people]
        hands.move(start + timedelta(days=DAYS, minutes=30))
        with transaction():
            services.stop_experiment(experiment_id=number, reason="The rehearsal is over", by=BY, at=hands.at)
        experiment = get_experiment(number)
        judged = judge(experiment, hands.at)
        shelves = {
            arm: _shelves(stage, filling, hands.at) for arm, filling in ((CONTROL, ""), (TREATMENT, scene.filling))
        }
        shop = _shop_says(experiment, judged.readings)
    return Proof(
        scene=scene,
        shoppers=crowd.count,
        lines=tuple(compare(ARMS, by_arm(diaries, stage.prices), shop)),
        verdict=judged.verdict,
        true_lift=_true_lift(crowd.seed, diaries, shelves),
        wrong_shelves=_wrong(diaries, shelves),
        strays=sum(judged.readings.exposed.values()) + judged.readings.crossed - sum(bool(one.arm) for one in diaries),
    )


def _begin(scene: Scene, count: int, at: datetime) -> int:
    """Write the experiment down, check it and let it run, as the back office does."""
    plan = ExperimentPlan(
        name=f"Rehearsal {scene.name}",
        surface=SURFACE,
        variations=(
            VariationPlan(key=CONTROL, name="As it is", weight=50),
            VariationPlan(key=TREATMENT, name=scene.name, weight=50, params={MODEL: scene.filling}),
        ),
        days=DAYS,
    )
    with transaction():
        experiment = services.add_experiment(plan=plan, by=BY, at=at)
        trouble = failed(check_start(experiment, list_running(), at))
        if trouble:
            raise RuntimeError(trouble[0].words)
        services.start_experiment(experiment_id=experiment.id, coverage=100, visitors=count, by=BY, at=at)
        return experiment.id


def _arm(walk: Walk, shopper: Shopper) -> str:
    """Return the arm that a shopper's number puts them into, reckoned anew from what runs."""
    unit = walk.unit(shopper) if shopper.nature is Nature.SOMEBODY else ""
    live = running()[SURFACE][0]
    found = assign(live.namespace, [live.assigned], unit)
    return found.arm if found else ""


def _shelves(stage: Stage, filling: str, at: datetime) -> dict[int, tuple[int, ...]]:
    """Return by ware what stands on the shelf of its page, filled like that."""
    found = {}
    for ware, product in stage.products.items():
        question = Question(Visit(), at, anchor=get_anchor(product, "en"))
        shelf = fill("similar", question, filling=filling)
        found[ware] = tuple(stage.wares[card.product_id] for card in shelf.cards)
    return found


def _shop_says(experiment: Experiment, readings: Readings) -> dict[str, Sums]:
    """Return what the shop read out, and what the report of shelves says of the same answers."""
    found = {}
    for arm in ARMS:
        orders, conversion = readings.of(arm, "order_value"), readings.of(arm, "conversion")
        blocks = readings.of(arm, "click_through")
        found[arm] = Sums(
            visitors=readings.exposed.get(arm, 0),
            buyers=int(conversion.y),
            orders=int(orders.d),
            units=int(readings.of(arm, "units_per_visitor").y),
            revenue=int(readings.of(arm, "revenue_per_visitor").y),
            seen=int(blocks.d),
            used=int(blocks.y),
            clicks=_sum(experiment, arm, RecommendationClickRow, func.count()),
            credited=_sum(
                experiment, arm, RecommendationPurchaseRow, func.sum(RecommendationPurchaseRow.revenue_minor)
            ),
        )
    return found


def _sum(experiment: Experiment, arm: str, table: Any, what: Any) -> int:
    rows = select(what).select_from(table).join(RecommendationRow, RecommendationRow.id == table.request_id)
    rows = rows.where(RecommendationRow.experiment == experiment.key, RecommendationRow.variation == arm)
    return int(db.session.scalar(rows) or 0)


def _true_lift(seed: str, diaries: Sequence[Diary], shelves: dict[str, dict[int, tuple[int, ...]]]) -> float:
    spent = dict.fromkeys(ARMS, 0)
    for arm in ARMS:
        for diary in (one for one in diaries if one.arm):
            for number, visit in enumerate(diary.visits, start=1):
                shelf = shelves[arm][visit.anchor]
                spent[arm] += worth(deeds(seed, diary.shopper, number, visit.anchor, shelf).bought)
    return spent[TREATMENT] / spent[CONTROL] - 1 if spent[CONTROL] else 0.0


def _wrong(diaries: Sequence[Diary], shelves: dict[str, dict[int, tuple[int, ...]]]) -> int:
    return sum(
        visit.shelf != shelves[diary.arm or CONTROL][visit.anchor] for diary in diaries for visit in diary.visits
    )
