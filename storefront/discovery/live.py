"""What changes often about a product, read from SQL in the order and shape that the index lays under its documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, func, literal, select, union_all

from search import LiveColumns, LiveRow
from storefront.catalog.cards import Piece, is_marked_down, shown_prices
from storefront.catalog.collections import Marks, marks_of, members_now
from storefront.catalog.memory import Write
from storefront.catalog.models import Product, Variant
from storefront.catalog.queries import category_tree
from storefront.database.base import db
from storefront.database.reading import read
from storefront.flash import queries as flash
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import sellable, sellable_units
from storefront.kernel.clock import now
from storefront.pricing import queries as pricing
from storefront.promotions.every_piece import every_piece_offers
from storefront.promotions.queries import open_offers
from storefront.promotions.rules import Scope

MOST_AT_ONCE = 2_000
"""So many products are read while a reader waits; more are read beside, and until then lists go by what is known."""
ROWS_AT_ONCE = 2_000
PRODUCTS_AT_ONCE = 1_000
NO_MARKS = Marks()
NOTHING = LiveColumns.of(())
OVERLAP = timedelta(seconds=10)
"""A transaction may commit a while after the moment that it wrote into its rows."""
EVERYTHING_AFTER = timedelta(minutes=10)
"""Bulk writes may leave `updated_at` alone, so everything is read again this often."""


def _rows_with(units: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the query of all active variants of published products, with what `units` says of their stock."""
    stock = units.subquery()
    return (
        select(
            Product.id,
            Product.category_id,
            Product.brand_id,
            Product.popularity,
            Product.published_at,
            Product.rating_sum,
            Product.rating_count,
            Variant.id.label("variant_id"),
            Variant.sku,
            Variant.price_minor,
            Variant.compare_at_minor,
            Variant.minimum_price_minor,
            func.coalesce(stock.c.units, 0).label("units"),
        )
        .join(Variant, Variant.product_id == Product.id)
        .outerjoin(stock, stock.c.variant_id == Variant.id)
        .where(Product.is_published, Variant.is_active)
        .order_by(Product.id, Variant.position)
    )


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_theirs = select(Variant.id).where(Variant.product_id.in_(_ids))
_ALL = _rows_with(sellable_units())
_SOME = _rows_with(sellable_units().where(StockLevel.variant_id.in_(_theirs))).where(Product.id.in_(_ids))
_WRITTEN: CompoundSelect[Any] = union_all(
    select(Product.id, Product.updated_at, literal(0), literal(0), Product.version).where(
        Product.updated_at >= bindparam("since")
    ),
    select(Variant.product_id, Variant.updated_at, Variant.id, literal(0), Variant.price_minor).where(
        Variant.updated_at >= bindparam("since")
    ),
    select(Variant.product_id, StockLevel.updated_at, StockLevel.variant_id, StockLevel.warehouse_id, sellable)
    .join(StockLevel, StockLevel.variant_id == Variant.id)
    .where(StockLevel.updated_at >= bindparam("since")),
)


@dataclass(frozen=True, slots=True)
class Whole:
    """The columns of all products at a moment, and what decided which of them are promoted."""

    columns: LiveColumns
    at: datetime
    promoted: tuple[object, ...]
    flash: Mapping[int, int]


class LiveTable:
    """The live columns of all published products, kept up to date by reading only what was touched since."""

    def __init__(self) -> None:
        self._columns = NOTHING
        self._complete_at: datetime | None = None
        self._read_at: datetime | None = None
        self._promoted: tuple[object, ...] = ()
        self._flash: Mapping[int, int] = {}

    @property
    def is_read(self) -> bool:
        """Say whether everything was read once."""
        return self._complete_at is not None

    def update(
        self, at: datetime, *, expected: int = 0, later: Callable[[], None] = lambda: None
    ) -> LiveColumns | None:
        """Read what changed up to the moment `at`; return all columns, or None when nothing did.

        Where everything is to be read, `later` is called for it, unless the shop is small; of one that was never read
        `expected` says how many products there may be.
        """
        offered = flash_prices()
        touched = self._touched(at, offered)
        if touched is None or len(touched) > MOST_AT_ONCE:
            if max(self._columns.ids.size, expected) <= MOST_AT_ONCE:
                return self.take(read_whole(at))
            later()
            return None
        fresh = read_live(touched) if touched else {}
        before = self._columns.rows(touched) if touched else {}
        changed = {number: fresh.get(number) for number in touched if before.get(number) != fresh.get(number)}
        self._read_at, self._flash = at, offered
        if not changed:
            return None
        self._columns = self._columns.changed(changed)
        return self._columns

    def take(self, whole: Whole) -> LiveColumns:
        """Go by what was read of everything; what was written meanwhile is read with the next update."""
        self._columns, self._complete_at, self._read_at = whole.columns, whole.at, whole.at
        self._promoted, self._flash = whole.promoted, whole.flash
        return self._columns

    def _touched(self, at: datetime, offered: Mapping[int, int]) -> set[int] | None:
        """Return the products to read again; None for all."""
        if self._complete_at is None or self._read_at is None or at - self._complete_at > EVERYTHING_AFTER:
            return None
        if promoted_now() != self._promoted:
            return None
        return {*list_touched(self._read_at - OVERLAP), *list_products_of(_changed(self._flash, offered))}


def read_whole(at: datetime) -> Whole:
    """Read everything, as it is at the moment `at`."""
    promoted, offered = promoted_now(), flash_prices()
    columns = LiveColumns.joined([LiveColumns.of(rows.values()) for rows in _read(_ALL)])
    return Whole(columns, at, promoted, offered)


def read_live(product_ids: Collection[int]) -> dict[int, LiveRow]:
    """Return the live row of each of these products that is published and has an active variant.

    A price is today's, as cards show it.
    """
    return {number: row for rows in _read(_SOME, {"ids": list(product_ids)}) for number, row in rows.items()}


def _read(statement: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None) -> Iterator[dict[int, LiveRow]]:
    """Yield the live rows of a good many products at a time, so that a large catalogue is never held as rows."""
    offered = _Offered(promoted_scopes())
    rows = read(statement.execution_options(yield_per=ROWS_AT_ONCE), values)
    for products in _batches(list(group) for _, group in groupby(rows, key=_id_of)):
        ids = () if offered.is_empty else [variants[0].id for variants in products]
        marks = marks_of(ids, with_attributes=bool(offered.attributes))
        found: dict[int, LiveRow] = {}
        shown: dict[int, Piece] = {}
        for variants in products:
            first = next((row for row in variants if row.units > 0), variants[0])
            found[first.id] = _live(first, variants, offered, marks.get(first.id, NO_MARKS))
            shown[first.variant_id] = Piece.of(first)
        for variant_id, promoted in shown_prices(list(shown.values())).items():
            number = shown[variant_id].product_id
            row = found[number]
            found[number] = (number, promoted.price_minor, row[2], True, *row[4:])
        yield found


def list_touched(since: datetime) -> Collection[int]:
    """Return ids of products of which the row, a variant or a stock level was written since then."""
    return {write.product_id for write in list_written(since)}


def list_written(since: datetime) -> Iterable[Write]:
    """Return the rows of products, variants and stock levels that were written since then."""
    return map(Write._make, read(_WRITTEN, {"since": since}))


def list_products_of(variant_ids: Collection[int]) -> Sequence[int]:
    """Return the ids of the products that these variants belong to."""
    if not variant_ids:
        return ()
    return db.session.scalars(select(Variant.product_id).where(Variant.id.in_(variant_ids)).distinct()).all()


def promoted_scopes() -> tuple[Scope, ...]:
    """Return what the running offers for everybody are about; an offer for the whole shop marks no product."""
    return tuple(scope for offer in open_offers() for scope in offer.scopes if not scope.is_everything)


def promoted_now() -> tuple[object, ...]:
    """Return what decides which goods are promoted: another value once an offer or a list begins or ends.

    Flash sales are not in it: they concern few goods, and sell out often.
    """
    return promoted_scopes(), every_piece_offers(), members_now(), pricing.live_state()


def flash_prices() -> Mapping[int, int]:
    """Return the flash prices that anybody is asked now, by variant id; what is sold out has none."""
    items = flash.live_items(now()).items()
    return {variant_id: item.price_minor for variant_id, (_session, item) in items if not item.is_sold_out}


def _changed(before: Mapping[int, int], after: Mapping[int, int]) -> set[int]:
    """Return the keys under which the one holds something else than the other."""
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


class _Offered:
    """Which goods the offers are about. Of goods that no offer names, and that are alike in all that offers ask for, it
    is found out once, so a whole catalogue costs little more than its kinds.
    """

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._scopes = scopes
        parts = [part for scope in scopes for part in scope.parts]
        self._named = frozenset[int | str]().union(*(part.product_ids | part.skus for part in parts))
        self._brands = frozenset[int]().union(*(part.brand_ids for part in parts))
        self._collections = frozenset[int]().union(*(part.collection_ids for part in parts))
        self.attributes = frozenset[str]().union(*(part.attributes for part in parts))
        self._known: dict[tuple[object, ...], bool] = {}

    @property
    def is_empty(self) -> bool:
        return not self._scopes

    def covers(self, row: Any, marks: Marks) -> bool:
        """Say whether an offer is about a variant."""
        if row.id in self._named or row.sku in self._named:
            return self._any(self._scopes, row, marks)
        brand = row.brand_id if row.brand_id in self._brands else None
        kind = (row.category_id, brand, marks.collection_ids & self._collections, marks.attributes & self.attributes)
        found = self._known.get(kind)
        if found is None:
            found = self._known[kind] = self._any(self._scopes, row, marks)
        return found

    @staticmethod
    def _any(scopes: Sequence[Scope], row: Any, marks: Marks) -> bool:
        if not scopes:
            return False
        above = category_tree().line(row.category_id)
        return any(
            scope.covers(
                product_id=row.id,
                sku=row.sku,
                category_ids=above,
                brand_id=row.brand_id,
                collection_ids=marks.collection_ids,
                attributes=marks.attributes,
            )
            for scope in scopes
        )


def _is_promoted(row: Any, offered: _Offered, marks: Marks) -> bool:
    """Say whether a variant stands below the price that it is compared with, or an offer is about it."""
    return is_marked_down(row) or offered.covers(row, marks)


def _live(shown: Any, rows: Sequence[Any], offered: _Offered, marks: Marks) -> LiveRow:
    """Join the variants of one product; `shown` is the one its card shows, the first in stock."""
    stars = shown.rating_sum / shown.rating_count if shown.rating_count else 0.0
    return (
        shown.id,
        shown.price_minor,
        shown.units > 0,
        any(_is_promoted(row, offered, marks) for row in rows),
        float(max(shown.popularity, 0)),
        shown.published_at.toordinal() if shown.published_at else 0,
        min(max(stars, 0.0), 5.0),
    )


def _batches(groups: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while batch := list(islice(groups, PRODUCTS_AT_ONCE)):
        yield batch


def _id_of(row: Any) -> int:
    return int(row.id)
