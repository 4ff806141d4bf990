"""Reads of activities and sessions with their figures, and what to look at before a session begins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from admin.naming import is_named
from admin.tables import ListState, Source, within
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.flash.models import FlashItem, FlashSale, FlashSession, FlashTake
from storefront.flash.rules import percent_saved, percent_sold, phase_of
from storefront.flash.states import Phase
from storefront.inventory.queries import available
from storefront.kernel.errors import N_, NotFound

ABOVE_BASE = N_("Not below the usual price")
BELOW_MINIMUM = N_("Below the minimum price")
BELOW_COST = N_("Below cost")
SHORT_OF_STOCK = N_("Stock is less than the pieces left")
WITHDRAWN = N_("Shoppers cannot see it")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in the list."""

    id: int
    sale_id: int
    name: str
    is_active: bool
    starts_at: datetime
    ends_at: datetime
    phase: Phase
    items: int
    quota: int
    sold: int
    revenue_minor: int

    @property
    def percent_sold(self) -> int:
        return percent_sold(self.quota, self.sold)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a session with its figures; `warnings` are untranslated."""

    id: int
    sku: str
    name: str
    url: str
    base_minor: int
    price_minor: int
    quota: int
    sold: int
    per_customer: int | None
    stock: int
    warnings: tuple[str, ...]

    @property
    def percent_saved(self) -> int:
        return percent_saved(self.base_minor, self.price_minor)

    @property
    def percent_sold(self) -> int:
        return percent_sold(self.quota, self.sold)

    @property
    def revenue_minor(self) -> int:
        return self.price_minor * self.sold


@dataclass(frozen=True, slots=True)
class SaleRow:
    """An activity in the list."""

    id: int
    name: str
    is_active: bool
    sessions: int
    next_at: datetime | None


def sessions_of(state: ListState, at: datetime) -> Source:
    """Return the sessions that `state` asks for, with their sums."""
    mine = FlashItem.flash_session_id == FlashSession.id

    def summed(value: Any) -> Any:
        whole = select(func.coalesce(func.sum(value), 0)).where(mine)
        return whole.correlate(FlashSession).scalar_subquery()

    sold, revenue = summed(FlashItem.sold), summed(FlashItem.sold * FlashItem.price_minor)
    rows = (
        select(
            *_COLUMNS,
            summed(1).label("items"),
            summed(FlashItem.quota).label("quota"),
            sold.label("sold"),
            revenue.label("revenue_minor"),
        )
        .join(FlashSale, FlashSale.id == FlashSession.flash_sale_id)
        .where(*within(state, "starts", FlashSession.starts_at))
    )
    phases = {
        Phase.COMING.value: FlashSession.starts_at > at,
        Phase.LIVE.value: (FlashSession.starts_at <= at) & (FlashSession.ends_at > at),
        Phase.OVER.value: FlashSession.ends_at <= at,
    }
    if (phase := state.value("state")) in phases:
        rows = rows.where(phases[phase])
    if state.search:
        rows = rows.where(is_named(FlashSale, state.search))
    sorts = {"starts": FlashSession.starts_at, "name": func.lower(FlashSale.name), "sold": sold, "revenue": revenue}
    return Source(rows, FlashSession.id, sorts, complete=lambda found: [_session(row, at) for row in found])


def get_session(session_id: int, at: datetime) -> SessionRow:
    """Return a session with its sums, or NotFound."""
    row = db.session.execute(_sessions().where(FlashSession.id == session_id)).one_or_none()
    if row is None:
        raise NotFound
    return _session(row, at)


def updated_at(session_id: int) -> datetime:
    """Return when a session was last changed, or NotFound."""
    found = db.session.scalar(select(FlashSession.updated_at).where(FlashSession.id == session_id))
    if found is None:
        raise NotFound
    return found


def list_items(session_id: int, locale: str) -> Sequence[ItemRow]:
    """Return a session's items with their figures and what to look at."""
    rows = db.session.execute(
        select(
            FlashItem.id,
            FlashItem.price_minor,
            FlashItem.quota,
            FlashItem.sold,
            FlashItem.per_customer,
            Variant.id.label("variant_id"),
            Variant.sku,
            Variant.name.label("variant_name"),
            Variant.price_minor.label("base_minor"),
            Variant.cost_minor,
            Variant.minimum_price_minor,
            Variant.is_active,
            Product.id.label("product_id"),
            Product.name,
            Product.translations,
            Product.is_published,
        )
        .join(Variant, Variant.id == FlashItem.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(FlashItem.flash_session_id == session_id)
        .order_by(FlashItem.position, FlashItem.id)
    ).all()
    stock = available([row.variant_id for row in rows])
    return [_item(row, stock, locale) for row in rows]


def list_sales(at: datetime) -> Sequence[SaleRow]:
    """Return the activities, the newest first, each with when its next session begins."""
    coming = func.min(FlashSession.starts_at).filter(FlashSession.ends_at > at)
    rows = db.session.execute(
        select(FlashSale.id, FlashSale.name, FlashSale.is_active, func.count(FlashSession.id), coming)
        .outerjoin(FlashSession, FlashSession.flash_sale_id == FlashSale.id)
        .group_by(FlashSale.id)
        .order_by(FlashSale.id.desc())
    )
    return [SaleRow(*row) for row in rows]


def get_sale(sale_id: int) -> FlashSale:
    """Return an activity, or NotFound."""
    statement = select(FlashSale).where(FlashSale.id == sale_id).execution_options(populate_existing=True)
    sale = db.session.scalar(statement)
    if sale is None:
        raise NotFound
    return sale


def variants_by_sku(skus: Collection[str]) -> Mapping[str, int]:
    """Return the ids of the variants that have these SKUs, whatever the case they are stored in."""
    if not skus:
        return {}
    rows = db.session.execute(select(Variant.sku, Variant.id).where(func.upper(Variant.sku).in_(list(skus))))
    return {row.sku.upper(): row.id for row in rows}


_COLUMNS = (
    FlashSession.id,
    FlashSession.starts_at,
    FlashSession.ends_at,
    FlashSale.id.label("sale_id"),
    FlashSale.name,
    FlashSale.is_active,
)


def _sessions() -> Any:
    return (
        select(
            *_COLUMNS,
            func.count(FlashItem.id).label("items"),
            func.coalesce(func.sum(FlashItem.quota), 0).label("quota"),
            func.coalesce(func.sum(FlashItem.sold), 0).label("sold"),
            func.coalesce(func.sum(FlashItem.sold * FlashItem.price_minor), 0).label("revenue_minor"),
        )
        .join(FlashSale, FlashSale.id == FlashSession.flash_sale_id)
        .outerjoin(FlashItem, FlashItem.flash_session_id == FlashSession.id)
        .group_by(FlashSession.id, FlashSale.id)
    )


def _session(row: Any, at: datetime) -> SessionRow:
    return SessionRow(
        id=row.id,
        sale_id=row.sale_id,
        name=row.name,
        is_active=row.is_active,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        phase=phase_of(row.starts_at, row.ends_at, at),
        items=row.items,
        quota=int(row.quota),
        sold=int(row.sold),
        revenue_minor=int(row.revenue_minor),
    )


def _item(row: Any, stock: Mapping[int, int], locale: str) -> ItemRow:
    words = (row.translations or {}).get(locale) or {}
    name = words.get("name") or row.name
    left = stock.get(row.variant_id, 0)
    return ItemRow(
        id=row.id,
        sku=row.sku,
        name=f"{name} · {row.variant_name}" if row.variant_name else name,
        url=f"/admin/products/{row.product_id}",
        base_minor=row.base_minor,
        price_minor=row.price_minor,
        quota=row.quota,
        sold=row.sold,
        per_customer=row.per_customer,
        stock=left,
        warnings=tuple(_warnings(row, left)),
    )


def _warnings(row: Any, stock: int) -> Iterable[str]:
    if row.price_minor >= row.base_minor:
        yield ABOVE_BASE
    if row.minimum_price_minor is not None and row.price_minor < row.minimum_price_minor:
        yield BELOW_MINIMUM
    if row.cost_minor is not None and row.price_minor < row.cost_minor:
        yield BELOW_COST
    if stock < row.quota - row.sold:
        yield SHORT_OF_STOCK
    if not (row.is_active and row.is_published):
        yield WITHDRAWN


def count_buyers(session_id: int) -> int:
    """Return how many customers have something of a session."""
    each = (
        select(FlashTake.customer_key)
        .join(FlashItem, FlashItem.id == FlashTake.flash_item_id)
        .where(FlashItem.flash_session_id == session_id)
        .group_by(FlashTake.customer_key)
        .having(func.sum(FlashTake.pieces) > 0)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(each)) or 0
