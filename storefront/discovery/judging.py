"""Judgement lists: people rate what a query finds, and the ranking is measured by their ratings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from search import Searcher
from search.evaluation import condensed, evaluate, ndcg
from storefront.audit import services as audit
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.discovery.asking import first_ids
from storefront.discovery.errors import EvaluatesAlready
from storefront.discovery.models import JudgedQuery, Judgement, SearchEvaluation
from storefront.discovery.rules import Asked, words_of
from storefront.discovery.steering import rule_book
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import fold

LONGEST_QUERY = 200
SHOWN = 20
"""How many results of a query are rated."""
DEPTH = 1000
"""How far down a ranking is read: condensed figures leave out what nobody judged."""
WORST = 20
FLAWLESS = 0.9995
LANGUAGES = ("en", "zh")
RATINGS = (0, 1, 2, 3)
WAITING, DONE, FAILED = "waiting", "done", "failed"
SILENT_AFTER = timedelta(minutes=15)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Weak:
    """A query that is answered badly; figures from 0 to 1."""

    query_id: int
    query: str
    language: str
    ndcg: float
    condensed_ndcg: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the ranking is by the judgements: means over queries with any rating above 0, each from 0 to 1.

    `judged` is the share of the first ten results that somebody rated, `empty` counts queries that find nothing.
    """

    generation: str
    queries: int
    ndcg: float
    condensed_ndcg: float
    judged: float
    empty: int
    worst: tuple[Weak, ...] = ()


@dataclass(frozen=True, slots=True)
class Rating:
    """One line of a judgement list."""

    query: str
    language: str
    product_id: int
    rating: int


def get_query(query_id: int) -> JudgedQuery:
    """Return a query that is judged, or NotFound."""
    found = db.session.get(JudgedQuery, query_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def ratings_of(query_id: int) -> dict[int, int]:
    """Return the ratings of a query by product id."""
    rows = db.session.execute(select(Judgement.product_id, Judgement.rating).where(Judgement.query_id == query_id))
    return {row.product_id: row.rating for row in rows}


def shown_ids(searcher: Searcher, query: str, language: str, at: datetime) -> tuple[int, ...]:
    """Return the products that a guest sees first for a query: those to be rated."""
    return first_ids(searcher, Asked(text=query, language=language, at=at), rule_book(), SHOWN)


def add_query(*, text: str, language: str, by: str, at: datetime) -> JudgedQuery:
    """Put a query on the list; one that is there stays as it is."""
    query = plain_query(text)
    _check_language(language)
    found = db.session.scalar(
        select(JudgedQuery).where(JudgedQuery.query == query, JudgedQuery.language == language).limit(1)
    )
    if found is not None:
        return found
    row = JudgedQuery(query=query, language=language, added_by=by, added_at=at)
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=by, action="judgement.add", about=("judged_query", str(row.id)), changes={"query": (None, query)}, at=at
    )
    return row


def rate(*, query_id: int, ratings: Mapping[int, int], by: str, at: datetime, shown: int = SHOWN) -> int:
    """Rate products for a query, over earlier ratings; return how many changed. Unknown products are left out.

    `shown` says how many results there are to rate, so that it is known when all are.
    """
    if any(rating not in RATINGS for rating in ratings.values()):
        raise Invalid(N_("A rating is 0, 1, 2 or 3."), field="rating")
    row = get_query(query_id)
    row.shown = max(1, min(shown, SHOWN))
    before = ratings_of(query_id)
    known = set(db.session.scalars(select(Product.id).where(Product.id.in_(list(ratings))))) if ratings else set()
    changed = {number: rating for number, rating in ratings.items() if number in known and before.get(number) != rating}
    _store(query_id, changed, before, by, at)
    changes = {f"#{number}": (before.get(number), rating) for number, rating in changed.items()}
    if changes:
        about = ("judged_query", str(row.id))
        audit.record(actor=by, action="judgement.rate", about=about, changes=changes, at=at)
    return len(changed)


def import_ratings(*, ratings: Sequence[Rating], by: str, at: datetime) -> int:
    """Take over a whole list with one entry in the ledger; queries are added, earlier ratings replaced.

    Return how many ratings are new or others than before.
    """
    wanted: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for each in ratings:
        wanted[plain_query(each.query), each.language][each.product_id] = each.rating
    ids = {(row.query, row.language): row.id for row in db.session.execute(_QUERIES)}
    new = [key for key in wanted if key not in ids]
    if new:
        db.session.execute(
            insert(JudgedQuery),
            [
                {"query": query, "language": language, "shown": SHOWN, "added_by": by, "added_at": at}
                for query, language in new
            ],
        )
        ids = {(row.query, row.language): row.id for row in db.session.execute(_QUERIES)}
    known = read_judgements()
    count = 0
    for key, rated in wanted.items():
        before = known.get(ids[key], {})
        changed = {number: rating for number, rating in rated.items() if before.get(number) != rating}
        _store(ids[key], changed, before, by, at)
        count += len(changed)
    if count or new:
        changes = {"queries": (None, len(new)), "ratings": (None, count)}
        audit.record(actor=by, action="judgement.import", about=("judged_query", "csv"), changes=changes, at=at)
    return count


def remove_query(*, query_id: int, by: str, at: datetime) -> str:
    """Take a query off the list, with its ratings; return it."""
    row = get_query(query_id)
    changes: dict[str, tuple[object, object]] = {"query": (row.query, None), "ratings": (len(ratings_of(query_id)), 0)}
    audit.record(actor=by, action="judgement.remove", about=("judged_query", str(query_id)), changes=changes, at=at)
    db.session.execute(delete(Judgement).where(Judgement.query_id == query_id))
    db.session.delete(row)
    db.session.flush()
    return row.query


def read_judgements() -> dict[int, dict[int, int]]:
    """Return all ratings by query id and product id."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.session.execute(select(Judgement.query_id, Judgement.product_id, Judgement.rating)):
        found[row.query_id][row.product_id] = row.rating
    return dict(found)


def evaluate_judgements(searcher: Searcher, at: datetime) -> Evaluation:
    """Ask every judged query as a guest would, rules included, and measure the answers by the ratings."""
    judgements, rows, runs = read_judgements(), db.session.execute(_QUERIES).all(), {}
    asked = {str(row.id): row for row in rows if max(judgements.get(row.id, {}).values(), default=0) > 0}
    for key, row in asked.items():
        one = Asked(text=row.query, language=row.language, at=at)
        runs[key] = first_ids(searcher, one, rule_book(), DEPTH)
    rated: dict[str, Mapping[Hashable, float]] = {
        key: {number: float(rating) for number, rating in judgements[int(key)].items()} for key in asked
    }
    means = evaluate(runs, rated)
    weak = [each for key in asked if (each := _weak(asked[key], runs[key], rated[key])).ndcg < FLAWLESS]
    weak.sort(key=lambda each: (each.condensed_ndcg, each.ndcg, each.query_id))
    return Evaluation(
        generation=searcher.health().generation,
        queries=means.queries,
        ndcg=means.ndcg,
        condensed_ndcg=means.condensed_ndcg,
        judged=means.judged,
        empty=means.empty,
        worst=tuple(weak[:WORST]),
    )


def ask_for_evaluation(*, by: str, at: datetime) -> SearchEvaluation:
    """Write down that the ranking is to be evaluated; refuses while another evaluation is under way."""
    under_way = select(SearchEvaluation.id).where(
        SearchEvaluation.status == WAITING, SearchEvaluation.asked_at > at - SILENT_AFTER
    )
    if db.session.scalar(under_way.limit(1)) is not None:
        raise EvaluatesAlready
    silent = update(SearchEvaluation).where(SearchEvaluation.status == WAITING)
    db.session.execute(silent.values(status=FAILED, ended_at=at, error="nothing was heard of it"))
    row = SearchEvaluation(status=WAITING, asked_by=by, asked_at=at)
    db.session.add(row)
    db.session.flush()
    return row


def store_evaluation(*, evaluation_id: int, found: Evaluation, at: datetime) -> None:
    """Keep what an evaluation found."""
    worst = [
        {
            "id": each.query_id,
            "query": each.query,
            "language": each.language,
            "ndcg": round(each.ndcg, 4),
            "condensed": round(each.condensed_ndcg, 4),
        }
        for each in found.worst
    ]
    row = db.session.get_one(SearchEvaluation, evaluation_id, populate_existing=True)
    row.status, row.ended_at, row.generation, row.queries = DONE, at, found.generation, found.queries
    row.ndcg, row.condensed_ndcg, row.judged = found.ndcg, found.condensed_ndcg, found.judged
    row.empty, row.worst = found.empty, worst
    db.session.flush()


def fail_evaluation(*, evaluation_id: int, error: str, at: datetime) -> None:
    """Keep why an evaluation came to nothing."""
    row = db.session.get_one(SearchEvaluation, evaluation_id, populate_existing=True)
    row.status, row.ended_at, row.error = FAILED, at, error[:2000]
    db.session.flush()


def plain_query(text: str) -> str:
    """Return a query as it is compared; raises Invalid for one without a word."""
    query = fold(text)
    if not words_of(query):
        raise Invalid(N_("Write a search with at least one word."), field="query")
    if len(query) > LONGEST_QUERY:
        raise Invalid(N_("Use at most %(count)d characters."), field="query", count=LONGEST_QUERY)
    return query


_QUERIES = select(JudgedQuery.id, JudgedQuery.query, JudgedQuery.language).order_by(JudgedQuery.id)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid(N_("Choose one of the languages."), field="language")


def _store(query_id: int, changed: Mapping[int, int], before: Iterable[int], by: str, at: datetime) -> None:
    ids = [number for number in changed if number in set(before)]
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        db.session.execute(delete(Judgement).where(Judgement.query_id == query_id, Judgement.product_id.in_(part)))
    rows: list[dict[str, Any]] = [
        {"query_id": query_id, "product_id": number, "rating": rating, "rated_by": by, "rated_at": at}
        for number, rating in changed.items()
    ]
    if rows:
        db.session.execute(insert(Judgement), rows)


def _weak(row: Any, run: Sequence[int], ratings: Mapping[Hashable, float]) -> Weak:
    short = condensed(run, ratings)
    return Weak(row.id, row.query, row.language, ndcg(run, ratings), ndcg(short, ratings))
