"""Collections by rules: what is in one is asked of the database as a whole, and only what differs is written.

Members are rows like those of collections put together by hand, so promotions, slots and the index need not know which
is which. They are brought up to date when the rules are saved, for the products of a change right after it (`jobs`),
and for all every ten minutes: stock, sales and the passing of days tell nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, delete, false, func, insert, or_, select

from storefront.catalog.events import CollectionChanged
from storefront.catalog.membership import Match, Membership, Sort
from storefront.catalog.models import Category, CollectionProduct, Product, Variant
from storefront.catalog.models import Collection as CollectionRow
from storefront.database.base import db
from storefront.kernel.events import publish

AT_ONCE = 500
Units = Callable[[], Select[*tuple[Any, ...]]]
"""Select variant_id and units: how many of each variant can still be sold. Stock lies in a room above this one."""


def _no_stock() -> Select[*tuple[Any, ...]]:
    return select(Variant.id.label("variant_id"), func.abs(0).label("units"))


_units: Units = _no_stock


def bind(units: Units) -> None:
    """Say who knows how much of a variant can be sold."""
    global _units  # noqa: PLW0603
    _units = units


@dataclass(frozen=True, slots=True)
class Found:
    """How many products a collection would hold, and the first of them in its order."""

    count: int
    first_ids: tuple[int, ...]


def preview(membership: Membership, sort: str, at: datetime, *, size: int) -> Found:
    """Return what rules would gather now, without keeping it."""
    statement = _members(membership, at)
    count = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    ids = db.session.scalars(statement.order_by(*order_of(sort)).limit(size))
    return Found(count, tuple(ids))


def order_of(sort: str) -> tuple[ColumnElement[Any], ...]:
    """Return the order of a collection's goods, for a query of products."""
    orders: Mapping[str, ColumnElement[Any]] = {
        Sort.NEWEST: func.coalesce(Product.published_at, Product.created_at).desc(),
        Sort.CHEAPEST: _lowest_price().asc(),
        Sort.DEAREST: _lowest_price().desc(),
    }
    return orders.get(sort, Product.popularity.desc()), Product.id.asc()


def list_due(at: datetime, product_ids: Collection[int] | None = None) -> list[int]:
    """Return the collections by rules that would change (for these products, or for all); nothing is written."""
    return [row.id for row in _ruled() if any(_difference(row.id, Membership.of(row.rules), at, product_ids))]


def refresh(*, collection_id: int, at: datetime, product_ids: Collection[int] | None = None) -> int:
    """Bring what is in a collection by rules up to date (for these products, or for all); return how many changed."""
    row = db.session.get(CollectionRow, collection_id, populate_existing=True)
    if row is None or row.rules is None:
        return 0
    new, gone = _difference(collection_id, Membership.of(row.rules), at, product_ids)
    for part in _parts(gone):
        mine = CollectionProduct.collection_id == collection_id, CollectionProduct.product_id.in_(part)
        db.session.execute(delete(CollectionProduct).where(*mine))
    if new:
        db.session.execute(
            insert(CollectionProduct), [{"collection_id": collection_id, "product_id": number} for number in new]
        )
    row.refreshed_at = at
    if new or gone:
        row.updated_at = at
        publish(CollectionChanged((*new, *gone), at))
    db.session.flush()
    return len(new) + len(gone)


def _ruled() -> Sequence[Any]:
    columns = CollectionRow.id, CollectionRow.rules
    rows = db.session.execute(select(*columns).order_by(CollectionRow.id)).all()
    return [row for row in rows if row.rules is not None]


def _difference(
    collection_id: int, membership: Membership, at: datetime, product_ids: Collection[int] | None
) -> tuple[list[int], list[int]]:
    """Return the products that belong in and are not there, and those that are there and do not belong."""
    wanted = _members(membership, at)
    known = select(CollectionProduct.product_id).where(CollectionProduct.collection_id == collection_id)
    if product_ids is not None:
        wanted = wanted.where(Product.id.in_(product_ids))
        known = known.where(CollectionProduct.product_id.in_(product_ids))
    belong, there = set(db.session.scalars(wanted)), set(db.session.scalars(known))
    return sorted(belong - there), sorted(there - belong)


def _members(membership: Membership, at: datetime) -> Select[int]:
    conditions = list(_conditions(membership, at))
    join = and_ if membership.match is Match.ALL else or_
    meant = join(*conditions) if conditions else false()
    return select(Product.id).where(Product.is_published, _active().exists(), meant)


def _conditions(asked: Membership, at: datetime) -> Iterator[ColumnElement[bool]]:
    if asked.category_ids:
        paths = db.session.scalars(select(Category.path).where(Category.id.in_(asked.category_ids))).all()
        below = or_(false(), *(Category.path.startswith(path, autoescape=True) for path in paths))
        yield Product.category_id.in_(select(Category.id).where(below))
    if asked.brand_ids:
        yield and_(Product.brand_id.is_not(None), Product.brand_id.in_(asked.brand_ids))
    if asked.types:
        yield Product.product_type.in_(asked.types)
    by_name: dict[str, list[str]] = defaultdict(list)
    for attribute in asked.attributes:
        name, _, value = attribute.partition("=")
        by_name[name.strip()].append(value.strip())
    if by_name:
        yield and_(*(has_attribute(name, values) for name, values in by_name.items()))
    if asked.price_from is not None or asked.price_to is not None:
        yield _between(_lowest_price(), asked.price_from, asked.price_to)
    if asked.is_reduced:
        yield _active().where(Variant.compare_at_minor > Variant.price_minor).exists()
    if asked.new_days is not None:
        yield Product.published_at >= at - timedelta(days=asked.new_days)
    if asked.stock_from is not None or asked.stock_to is not None:
        yield Product.id.in_(_stocked(asked.stock_from, asked.stock_to))
    if asked.sold_from is not None:
        yield Product.popularity >= asked.sold_from


def has_attribute(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    """Say whether a product's fact is one of some values. SQLite keeps names escaped, so paths would miss Chinese."""
    is_postgres = db.engine.dialect.name == "postgresql"
    each = func.jsonb_each_text if is_postgres else func.json_each
    facts = each(Product.attributes).table_valued("key", "value")
    found = select(1).select_from(facts).where(facts.c.key == name, cast(facts.c.value, String).in_(values))
    return found.correlate(Product).exists()


def _between(value: Any, least: int | None, most: int | None) -> ColumnElement[bool]:
    bounds = [value >= least] if least is not None else []
    return and_(*bounds, *([value <= most] if most is not None else []))


def _active() -> Select[int]:
    return select(Variant.id).where(Variant.product_id == Product.id, Variant.is_active).correlate(Product)


def _lowest_price() -> Any:
    own = Variant.product_id == Product.id, Variant.is_active
    return select(func.min(Variant.price_minor)).where(*own).correlate(Product).scalar_subquery()


def _stocked(least: int | None, most: int | None) -> Select[int]:
    units = _units().subquery()
    held = func.coalesce(func.sum(units.c.units), 0)
    statement = select(Variant.product_id).outerjoin(units, units.c.variant_id == Variant.id)
    return statement.where(Variant.is_active).group_by(Variant.product_id).having(_between(held, least, most))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
