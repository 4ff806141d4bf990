"""Work of finding: learning from the day's orders, and keeping the index at what the catalogue says."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from recommend import ArtefactError, TrainingBusy
from search import IndexProblem
from storefront.catalog.events import CategoryChanged, CollectionChanged, ProductChanged, TypeChanged
from storefront.database.transaction import transaction
from storefront.discovery import indexing, judging
from storefront.discovery.errors import EvaluatesAlready
from storefront.discovery.searching import find_searcher
from storefront.jobs.queue import enqueue_after_commit, job, periodic
from storefront.kernel.clock import now

log = logging.getLogger(__name__)

MOST_CHANGES = 500


@periodic(hour="2", minute="20")
def train_nightly() -> None:
    """Train the recommender; what must not be served is not published, and the log says why.

    Training is imported where it happens: whoever only queues jobs carries none of its libraries.
    """
    training = import_module("storefront.discovery.training")
    try:
        outcome = training.train_recommender(as_of=now())
    except TrainingBusy as busy:
        log.info("Tonight's training was left out: %s", busy)
        return
    _tell(outcome)


@job(retries=0)
def train_soon(run_id: int, by: str) -> None:
    """Train the recommender, as somebody asked; its record says what came of it."""
    training = import_module("storefront.discovery.training")
    try:
        _tell(training.train_recommender(as_of=now(), by=by, run_id=run_id))
    except ArtefactError as problem:
        log.warning("The training %s came to nothing: %s", run_id, problem)


def index_soon(fact: ProductChanged) -> None:
    """Write down which products changed, in the transaction of the change, and index them right after it."""
    indexing.note_changes(product_ids=[fact.product_id], at=fact.at)
    enqueue_after_commit(index_changes)


def index_members_soon(fact: CollectionChanged | CategoryChanged | TypeChanged) -> None:
    """Do the same for the products of a collection, a category or a type that is another one now."""
    indexing.note_changes(product_ids=fact.product_ids, at=fact.at)
    enqueue_after_commit(index_changes)


@job()
def index_changes() -> None:
    """Take the oldest changes into the index. Without an index they wait: the sweep builds one."""
    take_in_changes()


@periodic()
def sweep_changes() -> None:
    """Take in what is still waiting, and build the index where there is none that can be used."""
    if not take_in_changes():
        rebuild_index()


@periodic(hour="3", minute="20")
def rebuild_nightly() -> None:
    """Build the index anew: one segment, no leftovers."""
    rebuild_index()


@periodic(hour="3", minute="50")
def evaluate_nightly() -> None:
    """Measure tonight's index by the judgements, if there are any."""
    if not judging.read_judgements():
        return
    try:
        with transaction():
            number = judging.ask_for_evaluation(by="system", at=now()).id
    except EvaluatesAlready as busy:
        log.info("Tonight's evaluation was left out: %s", busy)
        return
    evaluate_ranking(number)


@job(retries=0)
def evaluate_soon(evaluation_id: int) -> None:
    """Measure the ranking, as somebody asked."""
    evaluate_ranking(evaluation_id)


def evaluate_ranking(evaluation_id: int) -> None:
    """Measure the ranking and keep the figures, or why there are none."""
    searcher = find_searcher()
    try:
        found = judging.evaluate_judgements(searcher, now()) if searcher else None
        error = "there is no search index"
    except Exception as problem:
        log.exception("The evaluation %s failed", evaluation_id)
        found, error = None, repr(problem)
    with transaction():
        if found is None:
            judging.fail_evaluation(evaluation_id=evaluation_id, error=error, at=now())
        else:
            judging.store_evaluation(evaluation_id=evaluation_id, found=found, at=now())


def take_in_changes() -> bool:
    """Index the products that changed, oldest first; return whether there is an index that can be used."""
    while waiting := indexing.list_changes(MOST_CHANGES):
        try:
            indexing.index_products(list(dict.fromkeys(product_id for _, product_id in waiting)))
        except IndexProblem as problem:
            log.warning("%d product changes wait: %s", indexing.count_changes(), problem)
            return find_searcher() is not None
        with transaction():
            indexing.forget_changes([change_id for change_id, _ in waiting])
    return find_searcher() is not None


def rebuild_index() -> None:
    """Build the index anew; while another process writes, leave it to that one."""
    waiting = indexing.list_waiting()
    try:
        indexing.rebuild()
    except IndexProblem as problem:
        log.warning("The index was not rebuilt: %s", problem)
        return
    with transaction():
        indexing.forget_changes(waiting)


def _tell(outcome: Any) -> None:
    if outcome.manifest is None:
        log.warning("The recommender was not published: %s", "; ".join(outcome.refusals))
    else:
        log.info("The recommender %s was published", outcome.manifest.version)
