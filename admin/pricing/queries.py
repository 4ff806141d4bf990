"""Reads of price lists for their list and the page of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from admin.naming import has_sku, is_named
from admin.tables import PAGE_SIZE, Column, ListState, Source, Table
from storefront.accounts.groups import list_groups
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.kernel.errors import N_, NotFound
from storefront.kernel.paging import Page
from storefront.loyalty.models import Tier
from storefront.pricing.catalogue import WHOLE
from storefront.pricing.models import PriceEntry, PriceList
from storefront.web.locale import localized

STANDINGS: Mapping[str, tuple[str, str]] = {
    "runs": (N_("Holds now"), "positive"),
    "planned": (N_("Planned"), "new"),
    "ended": (N_("Ended"), ""),
    "off": (N_("Switched off"), "warning"),
}
SORTS: Mapping[str, Any] = {"sku": Variant.sku, "name": Product.name, "price": PriceEntry.price_minor}


@dataclass(frozen=True, slots=True)
class ListRow:
    """A price list among others; `standing` is a key of STANDINGS."""

    id: int
    name: str
    tiers: tuple[str, ...]
    groups: tuple[str, ...]
    basis_points: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    updated_at: datetime
    standing: str
    count: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A price in a list, beside what the variant costs otherwise."""

    id: int
    variant_id: int
    product_id: int
    sku: str
    name: str
    variant_name: str
    quantity: int
    price_minor: int
    base_minor: int
    is_below_cost: bool
    is_below_minimum: bool

    @property
    def is_idle(self) -> bool:
        """Whether nobody ever pays it: the base price is not higher."""
        return self.price_minor >= self.base_minor


@dataclass(frozen=True, slots=True)
class Warnings:
    """How many goods cost less in a list than they should."""

    below_cost: int
    below_minimum: int


def lists_of(state: ListState, at: datetime) -> Source:
    """Return the price lists that `state` asks for."""
    prices = (
        select(func.count(PriceEntry.id))
        .where(PriceEntry.price_list_id == PriceList.id)
        .correlate(PriceList)
        .scalar_subquery()
    )
    rows = select(PriceList, prices.label("prices"))
    if state.search:
        rows = rows.where(is_named(PriceList, state.search))
    sorts = {"name": func.lower(PriceList.name), "changed": PriceList.updated_at, "prices": prices}
    return Source(rows, PriceList.id, sorts, complete=lambda found: _list_rows(found, at))


def get_list(list_id: int) -> PriceList:
    """Return a list's row, or NotFound."""
    found = db.session.get(PriceList, list_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def standing_of(row: Any, at: datetime) -> str:
    """Return how a list stands at a moment, as a key of STANDINGS."""
    if not row.is_active:
        return "off"
    if row.ends_at is not None and row.ends_at <= at:
        return "ended"
    return "planned" if row.starts_at is not None and row.starts_at > at else "runs"


def tier_choices() -> list[tuple[str, str]]:
    """Return the tiers by key, the first to be reached first."""
    rows = db.session.execute(select(Tier.key, Tier.name, Tier.translations).order_by(Tier.spend_minor))
    return [(row.key, localized(row.name, row.translations)) for row in rows]


def group_choices() -> list[tuple[str, str]]:
    """Return the customer groups by key."""
    return [(row.key, row.name) for row in list_groups()]


def entries_table(list_id: int) -> Table:
    """Return what the prices of a list are shown as."""
    return Table(
        url=f"/admin/price-lists/{list_id}",
        columns=(
            Column(N_("Article"), sort="sku"),
            Column(N_("From pieces"), is_number=True),
            Column(N_("Base price"), is_number=True),
            Column(N_("Price"), sort="price", is_number=True),
            Column(N_("Remove"), is_hidden_label=True),
        ),
        default_sort="sku",
        search_label=N_("Search by name or SKU"),
    )


def page_of_entries(list_id: int, state: ListState) -> Page[EntryRow]:
    """Return the page of a list's prices that `state` asks for."""
    conditions: list[ColumnElement[bool]] = [PriceEntry.price_list_id == list_id]
    if state.search:
        named = is_named(Product, state.search)
        conditions.append(or_(named, has_sku(state.search)))
    found = (
        select(
            PriceEntry.id,
            PriceEntry.variant_id,
            Variant.product_id,
            Variant.sku,
            Product.name,
            Product.translations,
            Variant.name.label("variant_name"),
            PriceEntry.min_quantity,
            PriceEntry.price_minor,
            Variant.price_minor.label("base_minor"),
            Variant.cost_minor,
            Variant.minimum_price_minor,
        )
        .join(Variant, Variant.id == PriceEntry.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(*conditions)
    )
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    column = SORTS[state.sort_key]
    order = column.desc() if state.descending else column
    rows = db.session.execute(
        found.order_by(order, PriceEntry.variant_id, PriceEntry.min_quantity)
        .limit(PAGE_SIZE)
        .offset((state.page - 1) * PAGE_SIZE)
    )
    return Page([_entry_row(row) for row in rows], total, state.page, PAGE_SIZE)


def warnings_of(row: PriceList) -> Warnings:
    """Count what costs less in a list than it cost the shop, or than the merchant ever meant it to."""
    price = PriceEntry.price_minor
    own = select(PriceEntry.variant_id).where(PriceEntry.price_list_id == row.id)
    counts = [_count(own, price < column) for column in (Variant.cost_minor, Variant.minimum_price_minor)]
    if row.basis_points is not None:
        left = Variant.price_minor * row.basis_points
        for place, column in enumerate((Variant.cost_minor, Variant.minimum_price_minor)):
            below = select(func.count()).where(
                Variant.is_active, left < column * WHOLE, Variant.id.not_in(own.scalar_subquery())
            )
            counts[place] += int(db.session.scalar(below) or 0)
    return Warnings(*counts)


def variants_by_sku(skus: Collection[str]) -> dict[str, int]:
    """Return ids of variants by SKU; an unknown one is left out."""
    rows = db.session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(list(skus))))
    return {row.sku: row.id for row in rows}


def list_entries(list_id: int, entry_ids: Collection[int]) -> Sequence[Any]:
    """Return those entries of a list: id, variant_id, min_quantity."""
    return db.session.execute(
        select(PriceEntry.id, PriceEntry.variant_id, PriceEntry.min_quantity).where(
            PriceEntry.price_list_id == list_id, PriceEntry.id.in_(entry_ids)
        )
    ).all()


def _count(own: Any, condition: ColumnElement[bool]) -> int:
    below = own.join(Variant, Variant.id == PriceEntry.variant_id).where(condition).distinct()
    return int(db.session.scalar(select(func.count()).select_from(below.subquery())) or 0)


def _list_rows(rows: Sequence[Any], at: datetime) -> list[ListRow]:
    tiers, groups = dict(tier_choices()), dict(group_choices())
    return [_list_row(row, count, tiers, groups, at) for row, count in rows]


def _list_row(row: PriceList, count: int, tiers: Mapping[str, str], groups: Mapping[str, str], at: datetime) -> ListRow:
    return ListRow(
        id=row.id,
        name=localized(row.name, row.translations),
        tiers=tuple(tiers.get(key, key) for key in row.tiers or ()),
        groups=tuple(groups.get(key, key) for key in row.groups or ()),
        basis_points=row.basis_points,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        updated_at=row.updated_at,
        standing=standing_of(row, at),
        count=count,
    )


def _entry_row(row: Any) -> EntryRow:
    return EntryRow(
        id=row.id,
        variant_id=row.variant_id,
        product_id=row.product_id,
        sku=row.sku,
        name=localized(row.name, row.translations),
        variant_name=row.variant_name,
        quantity=row.min_quantity,
        price_minor=row.price_minor,
        base_minor=row.base_minor,
        is_below_cost=row.cost_minor is not None and row.price_minor < row.cost_minor,
        is_below_minimum=row.minimum_price_minor is not None and row.price_minor < row.minimum_price_minor,
    )
