"""Reads of synonyms, rules, judgements and evaluations for their lists and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from admin.tables import ListState, Source
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.discovery.models import JudgedQuery, Judgement, SearchEvaluation, SearchRule, SearchSynonym

AT_ONCE = 1_000
EVALUATIONS_SHOWN = 30
_RATED = (
    select(func.count(Judgement.id)).where(Judgement.query_id == JudgedQuery.id).correlate(JudgedQuery)
).scalar_subquery()
_SYNONYM_SORTS: Mapping[str, Any] = {"words": func.lower(SearchSynonym.text), "changed": SearchSynonym.updated_at}
_RULE_SORTS: Mapping[str, Any] = {
    "name": func.lower(SearchRule.name),
    "priority": SearchRule.priority,
    "changed": SearchRule.updated_at,
}
_QUERY_SORTS: Mapping[str, Any] = {"query": JudgedQuery.query, "rated": _RATED, "added": JudgedQuery.added_at}


@dataclass(frozen=True, slots=True)
class Goods:
    """A product in a form of search; one that is not published, or sold out of existence, is shown as such."""

    id: int
    name: str
    translations: Mapping[str, Any]
    picture: str
    is_published: bool
    price_minor: int | None


def synonyms_of(state: ListState) -> Source:
    """Return the synonyms that `state` asks for."""
    conditions = _synonym_conditions(state)
    return Source(select(SearchSynonym.__table__).where(*conditions), SearchSynonym.id, _SYNONYM_SORTS)


def each_synonym() -> Iterator[Any]:
    """Yield all synonyms, for their export."""
    yield from db.session.execute(select(SearchSynonym.__table__).order_by(SearchSynonym.id)).yield_per(AT_ONCE)


def rules_of(state: ListState, at: datetime) -> Source:
    """Return the rules that `state` asks for."""
    conditions: list[ColumnElement[bool]] = []
    if state.search:
        conditions.append(SearchRule.name.icontains(state.search, autoescape=True))
    if standing := state.value("standing"):
        conditions += stands(SearchRule, standing, at)
    return Source(select(SearchRule.__table__).where(*conditions), SearchRule.id, _RULE_SORTS)


def queries_of(state: ListState) -> Source:
    """Return the judged queries that `state` asks for: id, query, language, shown, added_at, rated."""
    statement = select(
        JudgedQuery.id,
        JudgedQuery.query,
        JudgedQuery.language,
        JudgedQuery.shown,
        JudgedQuery.added_at,
        _RATED.label("rated"),
    )
    if state.search:
        statement = statement.where(JudgedQuery.query.icontains(state.search, autoescape=True))
    if language := state.value("language"):
        statement = statement.where(JudgedQuery.language == language)
    if wanted := state.value("state"):
        statement = statement.where(JudgedQuery.shown <= _RATED if wanted == "done" else JudgedQuery.shown > _RATED)
    return Source(statement, JudgedQuery.id, _QUERY_SORTS)


def count_judgements() -> tuple[int, int]:
    """Return how many queries are on the list, and how many ratings there are."""
    queries = db.session.scalar(select(func.count(JudgedQuery.id))) or 0
    return queries, db.session.scalar(select(func.count(Judgement.id))) or 0


def next_query(after: int) -> int | None:
    """Return the next query that is not rated yet, or None."""
    statement = select(JudgedQuery.id).where(JudgedQuery.shown > _RATED, JudgedQuery.id != after)
    ordered = statement.order_by(JudgedQuery.id < after, JudgedQuery.id)
    return db.session.scalar(ordered.limit(1))


def each_rating() -> Iterator[Any]:
    """Yield all ratings with the SKU of the product's first variant: query, language, sku, rating."""
    first = (
        select(Variant.sku)
        .where(Variant.product_id == Judgement.product_id)
        .order_by(Variant.position, Variant.id)
        .limit(1)
        .correlate(Judgement)
        .scalar_subquery()
    )
    statement = (
        select(JudgedQuery.query, JudgedQuery.language, first.label("sku"), Judgement.rating)
        .join(Judgement, Judgement.query_id == JudgedQuery.id)
        .order_by(JudgedQuery.query, JudgedQuery.language, Judgement.rating.desc(), Judgement.id)
    )
    yield from db.session.execute(statement).yield_per(AT_ONCE)


def products_by_sku(skus: Sequence[str]) -> dict[str, int]:
    """Return product ids by SKU."""
    found: dict[str, int] = {}
    for start in range(0, len(skus), AT_ONCE):
        statement = select(Variant.sku, Variant.product_id).where(Variant.sku.in_(skus[start : start + AT_ONCE]))
        found |= {row.sku: row.product_id for row in db.session.execute(statement)}
    return found


def list_evaluations() -> Sequence[SearchEvaluation]:
    """Return the last evaluations, the newest first."""
    statement = select(SearchEvaluation).order_by(SearchEvaluation.id.desc()).limit(EVALUATIONS_SHOWN)
    return db.session.scalars(statement).all()


def goods_by_ids(ids: Sequence[int]) -> dict[int, Goods]:
    """Return products by id, published or not."""
    lowest = (
        select(func.min(Variant.price_minor))
        .where(Variant.product_id == Product.id, Variant.is_active)
        .correlate(Product)
        .scalar_subquery()
    )
    columns = (Product.id, Product.name, Product.translations, Product.picture, Product.is_published)
    rows = db.session.execute(select(*columns, lowest.label("price_minor")).where(Product.id.in_(ids))) if ids else ()
    return {row.id: Goods(**row._mapping) for row in rows}


def _synonym_conditions(state: ListState) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if state.search:
        columns = (SearchSynonym.text, SearchSynonym.note)
        found.append(or_(*(column.icontains(state.search, autoescape=True) for column in columns)))
    if way := state.value("way"):
        one_way = SearchSynonym.text.contains("→")
        found.append(one_way if way == "one" else ~one_way)
    if language := state.value("language"):
        found.append(SearchSynonym.language == ("" if language == "all" else language))
    if active := state.value("active"):
        found.append(SearchSynonym.is_active.is_(active == "yes"))
    return found


def stands(rules: Any, standing: str, at: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions by which rules (a table with a switch and dates) stand so at a moment."""
    begun = or_(rules.starts_at.is_(None), rules.starts_at <= at)
    over = (rules.ends_at.is_not(None)) & (rules.ends_at <= at)
    active = rules.is_active.is_(True)
    if standing == "off":
        return [~active]
    if standing == "ended":
        return [active, over]
    return [active, ~over, begun if standing == "live" else ~begun]
