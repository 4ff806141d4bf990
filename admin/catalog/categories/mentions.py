"""What names a category: promotions, rules, slots and collections that would be about less without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Collection
from storefront.content.models import Slot, SlotEntry, SlotEntryVersion
from storefront.content.queries import category_page
from storefront.content.states import Stage
from storefront.database.base import db
from storefront.discovery.models import SearchRule, ShelfRule
from storefront.kernel.errors import N_
from storefront.promotions.models import Promotion

PROMOTION, SEARCH_RULE, SHELF_RULE = N_("Promotion"), N_("Search rule"), N_("Shelf rule")
COLLECTION = N_("Collection by rules")
OWN_SLOT, ENTRY = N_("Slot on its page"), N_("Slot entry")


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that names a category, and where it is changed."""

    kind: str
    name: str
    url: str


def list_mentions(category_id: int, slug: str) -> list[Mention]:
    """Return everything that names a category, promotions first."""
    return [
        *_promotions(category_id),
        *_rules(SearchRule, SEARCH_RULE, "/admin/search/rules/", category_id),
        *_rules(ShelfRule, SHELF_RULE, "/admin/recommendations/rules/", category_id),
        *_collections(category_id),
        *_slots(category_id, slug),
    ]


def list_own_slots(category_id: int) -> Sequence[int]:
    """Return the slots that stand on a category's own page: they have no place without it."""
    return db.session.scalars(select(Slot.id).where(Slot.page == category_page(category_id)).order_by(Slot.id)).all()


def names_category(data: object, category_id: int) -> bool:
    """Say whether stored conditions, benefits or actions name a category, however deep."""
    return category_id in set(_named(data))


def _promotions(category_id: int) -> list[Mention]:
    columns = Promotion.id, Promotion.name, Promotion.conditions, Promotion.benefits
    rows = db.session.execute(select(*columns).order_by(Promotion.name, Promotion.id))
    return [
        Mention(PROMOTION, row.name, f"/admin/promotions/{row.id}")
        for row in rows
        if names_category([row.conditions, row.benefits], category_id)
    ]


def _rules(table: Any, kind: str, url: str, category_id: int) -> list[Mention]:
    return [
        Mention(kind, row.name, f"{url}{row.id}")
        for row in db.session.execute(select(table.__table__).order_by(table.name, table.id))
        if names_category([getattr(row, "conditions", {}), row.actions], category_id)
    ]


def _collections(category_id: int) -> list[Mention]:
    rows = db.session.execute(select(Collection.id, Collection.name, Collection.rules).order_by(Collection.name))
    return [
        Mention(COLLECTION, row.name, f"/admin/collections/{row.id}")
        for row in rows
        if names_category(row.rules, category_id)
    ]


def _slots(category_id: int, slug: str) -> list[Mention]:
    page, source = category_page(category_id), f"category:{slug}"
    columns = Slot.id, Slot.page, Slot.key, Slot.name, SlotEntry.id.label("entry"), SlotEntry.name.label("entry_name")
    rows = db.session.execute(
        select(*columns, SlotEntry.content, SlotEntryVersion.plan)
        .join(SlotEntry, SlotEntry.slot_id == Slot.id)
        .outerjoin(
            SlotEntryVersion,
            (SlotEntryVersion.entry_id == SlotEntry.id) & SlotEntryVersion.stage.in_((Stage.DRAFT, Stage.IN_REVIEW)),
        )
        .order_by(Slot.page, Slot.position, Slot.id, SlotEntry.id)
    ).all()
    found = {
        row.id: Mention(OWN_SLOT, row.name or row.key, f"/admin/home-slots?page={page}")
        for row in rows
        if row.page == page
    }
    entries = {
        row.entry: Mention(ENTRY, row.entry_name, f"/admin/home-slots/{row.id}/entries/{row.entry}")
        for row in rows
        if row.page != page
        and source in {(row.content or {}).get("source"), ((row.plan or {}).get("content") or {}).get("source")}
    }
    return [*found.values(), *entries.values()]


def _named(data: object) -> Iterator[object]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "category_ids" and isinstance(value, list):
                yield from value
            elif key == "boosts" and isinstance(value, list):
                yield from (int(each[1]) for each in value if each[0] == "category" and str(each[1]).isdecimal())
            else:
                yield from _named(value)
    elif isinstance(data, list):
        for value in data:
            yield from _named(value)
