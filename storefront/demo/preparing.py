"""All that a demo needs before it opens, each part skipped when it is done and still good."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask_migrate import upgrade

from storefront.config import Config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.demo.loading import load_demo, mark_done
from storefront.demo.marks import Mark
from storefront.demo.steps import Watch
from storefront.discovery import documents, indexing, recommending, searching, training
from storefront.figures import cohorts
from storefront.figures import services as figures

INDEXED, TRAINED = "indexed", "trained"
TRAINING_STEPS = 8
"""About how many steps a training tells of; only the progress bar counts on it."""


def prepare(*, size: str, config: Config, at: datetime, watch: Watch, tell: Callable[[str], None]) -> list[str]:
    """Bring tables, goods, index and recommender up to date; return what the reader should know.

    Raises DemoRefused for a shop that is not the demo's, IndexProblem or ArtefactError when a library refuses.
    """
    build_tables()
    mark = load_demo(size=size, data_dir=config.data_dir, at=at, watch=watch)
    _index(mark, at, watch)
    notes = _train(mark, at, watch)
    _sum_up(at, watch)
    db.session.remove()
    tell(f"Goods, orders and people: the {mark.size} demo as of {mark.day}.")
    return [*mark.notes, *notes]


def build_tables() -> None:
    """Bring the database's tables up to date."""
    upgrade()
    db.session.remove()


def _index(mark: Mark, at: datetime, watch: Watch) -> None:
    total = documents.count_documents()
    known = searching.health()
    if INDEXED in mark.done and known.usable and known.documents == total and not indexing.count_changes():
        return
    waiting = indexing.list_waiting()

    def watched(stream: Iterable[Any]) -> Iterable[Any]:
        return watch(stream, "Indexing", total)

    indexing.rebuild(watched)
    with transaction():
        indexing.forget_changes(waiting)
    if INDEXED not in mark.done:
        mark_done(mark, INDEXED, at)


def _sum_up(at: datetime, watch: Watch) -> None:
    """Sum up the days that are over, so that the first report is as fast as all others."""
    with transaction():
        figures.open_days(at=at)
    days = figures.days_to_sum_up(at=at)
    for day in watch(days, "Summing up", len(days)):
        with transaction():
            figures.sum_up(day=day)
    if days:
        with transaction():
            cohorts.count(at=at)


def _train(mark: Mark, at: datetime, watch: Watch) -> list[str]:
    if TRAINED in mark.done and recommending.health().version:
        return []
    steps = iter(watch(range(TRAINING_STEPS), "Training", None))

    def progress(_step: str) -> None:
        next(steps, None)

    outcome = training.train_recommender(as_of=at, progress=progress)
    for _ in steps:
        continue
    if outcome.manifest is None:
        return ["The recommender was trained but not published: " + "; ".join(outcome.refusals)]
    if TRAINED not in mark.done:
        mark_done(mark, TRAINED, at)
    return []
