"""Reads of curated pages as merchandisers see them: everything that is there, not only what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin.content.health import Findings, worries_of
from admin.content.standing import standing_of
from storefront.analytics.entry_reports import EntryFigures, entry_figures
from storefront.content.entries import state_of
from storefront.content.models import Campaign, Slot, SlotEntry, SlotEntryVersion
from storefront.content.queries import HOME, campaign_page, entry_of
from storefront.content.rules import Audience, Entry, Visitor
from storefront.content.rules import Slot as PlainSlot
from storefront.content.states import OPEN, EntryStatus, Stage
from storefront.database.base import db
from storefront.kernel.errors import NotFound

FIGURE_DAYS = 30
WITH_ENTRIES = selectinload(Slot.entries)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in the list; `standing` is a key of `words.STANDINGS`, `worked_on` the stage of what is changed."""

    id: int
    name: str
    priority: int
    is_fallback: bool
    starts_at: datetime | None
    ends_at: datetime | None
    audience: Audience
    standing: str
    worked_on: str = ""
    worries: Findings = ()
    figures: EntryFigures = field(default_factory=EntryFigures)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot in the list, its entries by priority, the fallback last."""

    id: int
    page: str
    key: str
    name: str
    kind: str
    is_active: bool
    plain: PlainSlot
    entries: tuple[EntryRow, ...] = ()

    @property
    def has_fallback(self) -> bool:
        return any(entry.is_fallback and entry.standing in {"shown", "waiting"} for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Looking:
    """For whom and when the list says how entries stand."""

    at: datetime
    visitor: Visitor = field(default_factory=Visitor)


def list_slots(page: str, looking: Looking, today: date) -> Sequence[SlotRow]:
    """Return a page's slots in the page's order, with what came of their entries in the last 30 days."""
    worked_on = (SlotEntryVersion.entry_id == SlotEntry.id) & SlotEntryVersion.stage.in_(OPEN)
    rows = db.session.execute(
        select(Slot, SlotEntry, SlotEntryVersion.stage)
        .outerjoin(SlotEntry, SlotEntry.slot_id == Slot.id)
        .outerjoin(SlotEntryVersion, worked_on)
        .where(Slot.page == page)
        .order_by(Slot.position, Slot.id, SlotEntry.id)
    ).all()
    entries = [row.SlotEntry for row in rows if row.SlotEntry is not None]
    stages = {row.SlotEntry.id: row.stage for row in rows if row.stage}
    known = _Known(
        stages,
        worries_of([(entry.id, entry.content) for entry in entries]),
        entry_figures(today - timedelta(days=FIGURE_DAYS - 1), today) if entries else {},
    )
    slots = dict.fromkeys(row.Slot for row in rows)
    mine = {slot: [entry for entry in entries if entry.slot_id == slot.id] for slot in slots}
    return [_slot_row(slot, found, looking, known) for slot, found in mine.items()]


def get_slot(slot_id: int) -> Slot:
    """Return one slot, or NotFound."""
    slot = db.session.get(Slot, slot_id)
    if slot is None:
        raise NotFound
    return slot


def plain_slots(page: str) -> list[tuple[Slot, PlainSlot]]:
    """Return a page's slots, each with what rules know of it."""
    statement = select(Slot).where(Slot.page == page).order_by(Slot.position, Slot.id).options(WITH_ENTRIES)
    return [
        (slot, PlainSlot(slot.key, slot.kind, tuple(_plain(entry) for entry in slot.entries)))
        for slot in db.session.scalars(statement)
    ]


def get_entry(slot_id: int, entry_id: int) -> SlotEntry:
    """Return an entry through its slot, or NotFound."""
    entry = db.session.scalar(
        select(SlotEntry)
        .where(SlotEntry.id == entry_id, SlotEntry.slot_id == slot_id)
        .options(selectinload(SlotEntry.versions))
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound
    return entry


def worked_plan(entry: SlotEntry) -> tuple[SlotEntryVersion | None, Mapping[str, Any]]:
    """Return the version of an entry that is worked on, if any, and what the form is to show."""
    worked = next((row for row in entry.versions if row.stage in OPEN), None)
    return worked, worked.plan if worked else state_of(entry)


def standing_here(entry: SlotEntry, slot: PlainSlot, at: datetime) -> str:
    """Return how an entry of a slot stands now for a visitor of whom nothing is known."""
    return standing_of(_plain(entry), slot, at)


def figures_of(entry_id: int, today: date) -> EntryFigures:
    """Return what came of one entry in the last 30 days."""
    return entry_figures(today - timedelta(days=FIGURE_DAYS - 1), today).get(entry_id, EntryFigures())


def list_pages_with_slots() -> list[str]:
    """Return the pages that have slots of their own, the home page left out."""
    statement = select(Slot.page).where(Slot.page != HOME).distinct().order_by(Slot.page)
    return list(db.session.scalars(statement))


def waiting_entries() -> Sequence[Any]:
    """Return what waits to be looked at, the oldest first: entry_id, slot_id, page, name, made_by, made_at."""
    return db.session.execute(
        select(
            SlotEntry.id.label("entry_id"),
            SlotEntry.slot_id,
            Slot.page,
            Slot.key,
            Slot.name.label("slot_name"),
            SlotEntry.name,
            SlotEntryVersion.made_by,
            SlotEntryVersion.made_at,
        )
        .join(SlotEntry, SlotEntry.id == SlotEntryVersion.entry_id)
        .join(Slot, Slot.id == SlotEntry.slot_id)
        .where(SlotEntryVersion.stage == Stage.IN_REVIEW)
        .order_by(SlotEntryVersion.made_at)
    ).all()


def campaign_figures(rows: Sequence[Campaign], today: date) -> dict[int, EntryFigures]:
    """Return what came of each campaign's entries in the last 30 days, summed up by campaign."""
    pages = {campaign_page(row.id): row.id for row in rows}
    figures = entry_figures(today - timedelta(days=FIGURE_DAYS - 1), today)
    found: dict[int, EntryFigures] = {}
    entries = select(SlotEntry.id, Slot.page).join(Slot, Slot.id == SlotEntry.slot_id).where(Slot.page.in_(pages))
    for entry_id, page in db.session.execute(entries):
        one, sums = figures.get(entry_id, EntryFigures()), found.get(pages[page], EntryFigures())
        found[pages[page]] = EntryFigures(
            sums.viewed + one.viewed,
            sums.clicks + one.clicks,
            sums.orders + one.orders,
            sums.revenue_minor + one.revenue_minor,
        )
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of entries beside themselves, by their numbers."""

    stages: Mapping[int, str]
    worries: Mapping[int, Findings]
    figures: Mapping[int, EntryFigures]


def _slot_row(slot: Slot, found: Sequence[SlotEntry], looking: Looking, known: _Known) -> SlotRow:
    plain = PlainSlot(slot.key, slot.kind, tuple(_plain(entry) for entry in found))
    rows = [
        EntryRow(
            id=entry.id,
            name=entry.name,
            priority=entry.priority,
            is_fallback=entry.is_fallback,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            audience=entry.audience,
            standing=standing_of(entry, plain, looking.at, looking.visitor),
            worked_on=known.stages.get(entry.id, ""),
            worries=known.worries.get(entry.id, ()),
            figures=known.figures.get(entry.id, EntryFigures()),
        )
        for entry in plain.entries
    ]
    rows.sort(key=lambda row: (row.standing == EntryStatus.ARCHIVED, row.is_fallback, -row.priority, row.id))
    return SlotRow(slot.id, slot.page, slot.key, slot.name, slot.kind, slot.is_active, plain, tuple(rows))


def _plain(row: SlotEntry) -> Entry:
    return replace(entry_of(row.id, state_of(row), is_fallback=row.is_fallback), status=row.status)
