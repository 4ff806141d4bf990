"""Reads of promotions for their list and their page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from admin.naming import is_named
from admin.promotions.choices import tier_names
from admin.promotions.reach import goods_now
from admin.promotions.standing import Standing, standing_of, stands
from admin.tables import ListState, Source
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.kernel.text import code_key
from storefront.promotions.models import CouponCode, Promotion
from storefront.promotions.naming import names_for
from storefront.promotions.reading import find_promotion
from storefront.promotions.rules import Promotion as Value
from storefront.promotions.rules import Scope
from storefront.promotions.summary import condition_words, gives_words, scope_words
from storefront.shop.queries import get_settings
from storefront.web.locale import localized

SORTS: Mapping[str, Any] = {
    "name": func.lower(Promotion.name),
    "starts": Promotion.starts_at,
    "used": Promotion.used_count,
    "spent": Promotion.spent_minor,
    "changed": Promotion.updated_at,
}


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion in a list; `value` is None when nobody can read it."""

    row: Any
    value: Value | None
    standing: Standing
    name: str
    gives: str
    goods: str


def promotions_of(state: ListState, at: datetime) -> Source:
    """Return the promotions that `state` asks for."""
    conditions = _conditions(state, at)
    if category := state.value("category"):
        conditions.append(Promotion.id.in_(_concerned_with(int(category), conditions)))
    rows = select(Promotion.__table__).where(*conditions)
    return Source(rows, Promotion.id, SORTS, complete=lambda found: rows_of(found, at), nulls_last=True)


def rows_of(rows: Sequence[Any], at: datetime) -> list[PromotionRow]:
    """Return rows with their words."""
    currency = get_settings().currency
    values = {row.id: find_promotion(row, currency) for row in rows}
    names = names_for([value for value in values.values() if value is not None], tiers=tier_names())
    found = []
    for row in rows:
        value = values[row.id]
        asked = [condition_words(each, names) for each in value.conditions] if value else []
        gives = " ".join([gives_words(value, names), *asked]) if value else ""
        goods = scope_words(value.scope, names) if value else ""
        name = localized(row.name, row.translations)
        found.append(PromotionRow(row, value, standing_of(row, at), name, gives, goods))
    return found


def get_promotion(promotion_id: int) -> Promotion:
    """Return a promotion as it is stored now, or NotFound."""
    found = db.session.scalar(
        select(Promotion).where(Promotion.id == promotion_id).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def list_between(starts: datetime, ends: datetime, kinds: Sequence[str] = ()) -> Sequence[Any]:
    """Return rows of promotions, drafts too but not the archive, that are about within a span; in order of start."""
    conditions = [
        Promotion.archived_at.is_(None),
        or_(Promotion.starts_at.is_(None), Promotion.starts_at < ends),
        or_(Promotion.ends_at.is_(None), Promotion.ends_at > starts),
    ]
    if kinds:
        conditions.append(_kind().in_(list(kinds)))
    statement = select(Promotion.__table__).where(*conditions)
    return db.session.execute(statement.order_by(Promotion.starts_at.nulls_first(), Promotion.id)).all()


def list_names() -> Sequence[tuple[int, str]]:
    """Return the promotions that are not in the archive, by name."""
    statement = select(Promotion.id, Promotion.name, Promotion.translations).where(Promotion.archived_at.is_(None))
    rows = db.session.execute(statement.order_by(func.lower(Promotion.name), Promotion.id))
    return [(row.id, localized(row.name, row.translations)) for row in rows]


def _conditions(state: ListState, at: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [stands(state.value("state"), at)]
    if kind := state.value("kind"):
        found.append(_kind() == kind)
    if code := state.value("code"):
        found.append(Promotion.requires_code.is_(code == "yes"))
    if state.search:
        coded = select(CouponCode.promotion_id).where(CouponCode.code == code_key(state.search))
        found.append(or_(is_named(Promotion, state.search), Promotion.id.in_(coded)))
    return found


def _kind() -> ColumnElement[str]:
    kind: ColumnElement[str] = Promotion.benefits[(0, "kind")].as_string()
    return kind


def _concerned_with(category_id: int, conditions: Sequence[ColumnElement[bool]]) -> list[int]:
    """Return the promotions among those that meet `conditions` that reach goods of a category."""
    goods = goods_now()
    wanted = goods.meant_by(Scope(category_ids=frozenset({category_id})))
    rows = db.session.execute(select(Promotion.__table__).where(and_(*conditions))).all()
    currency = get_settings().currency
    values = [(row.id, find_promotion(row, currency)) for row in rows]
    return [id_ for id_, value in values if value and (wanted & goods.meant_by(*value.scopes)).any()]
