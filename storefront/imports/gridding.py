"""Prices and stock typed into a grid: each row wholly or not at all, and what is wrong in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from storefront.accounts.identity import CurrentStaff
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.imports import facts
from storefront.imports.changing import Task, change_row
from storefront.imports.errors import ChangedMeanwhile, GoneMeanwhile
from storefront.imports.facts import Surroundings
from storefront.imports.fields import STOCK, field_of
from storefront.imports.planning import Current, Frame, plan
from storefront.imports.rights import rights_of
from storefront.imports.telling import sentence_of, words_of
from storefront.imports.values import EMPTY
from storefront.kernel.errors import ShopError
from storefront.kernel.paging import Page
from storefront.shop.queries import get_settings
from storefront.web.locale import localized

PRICES = ("price", "compare_at", "cost", "minimum")


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as it came back: what each cell showed, and what was typed over it."""

    sku: str
    seen: Mapping[str, str]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a cell, by its field; "" for the row as a whole."""

    field: str
    sentence: str


def columns(around: Surroundings) -> list[str]:
    """Return the fields of the grid."""
    return [*PRICES, *(f"{STOCK}{code}" for code in around.warehouses)]


def page_of_variants(products: Select[tuple[int]] | None, *, number: int, size: int) -> Page[tuple[int, str, str, str]]:
    """Return a page of variants (id, SKU, product in the reader's language, variant) of these products, or of all."""
    wanted: list[ColumnElement[bool]] = [] if products is None else [Variant.product_id.in_(products)]
    total = db.session.scalar(select(func.count(Variant.id)).where(*wanted)) or 0
    number = min(number, max(1, -(-total // size)))
    rows = db.session.execute(
        select(Variant.id, Variant.sku, Product.name, Product.translations, Variant.name)
        .join(Product, Product.id == Variant.product_id)
        .where(*wanted)
        .order_by(Product.name, Product.id, Variant.position)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    named = [(id_, sku, localized(name, translations), variant) for id_, sku, name, translations, variant in rows]
    return Page(named, total, number, size)


def store_rows(
    *, rows: Sequence[Typed], reason: str, by: CurrentStaff, at: datetime
) -> tuple[list[str], dict[str, list[Wrong]]]:
    """Store each row that is right; return the SKUs of these, and what is wrong with the others."""
    around = facts.look_around()
    current = facts.current_of([row.sku for row in rows], around)
    frame = Frame(
        (field_of("sku"), *(field_of(key) for key in columns(around))),
        around.known,
        rights_of(by.permissions),
        get_settings().below_cost_approval,
    )
    stored: list[str] = []
    wrong: dict[str, list[Wrong]] = {}
    for row in rows:
        found, changes = _planned(frame, columns(around), row, current.get(row.sku))
        if changes and not found:
            task = Task(row.sku, changes, frame.rights, around, reason, by.actor, at)
            found = _store(task, current.get(row.sku))
        if found:
            wrong[row.sku] = found
        elif changes:
            stored.append(row.sku)
    return stored, wrong


def _planned(
    frame: Frame, keys: Sequence[str], row: Typed, current: Current | None
) -> tuple[list[Wrong], dict[str, tuple[str, str]]]:
    touched = {key for key in keys if key in row.typed and row.typed[key] != row.seen.get(key, "")}
    if not touched:
        return [], {}
    if current is None:
        return [Wrong("", sentence_of(GoneMeanwhile(sku=row.sku)))], {}
    cells = [row.sku, *((row.typed[key].strip() or EMPTY) if key in touched else "" for key in keys)]
    planned = plan(frame, cells, current, None)
    found = [Wrong(error.field, sentence_of(error.refusal)) for error in planned.errors]
    for key, (now_, _text) in planned.changes.items():
        seen = row.seen.get(key, "")
        if now_ != seen:
            moved = ChangedMeanwhile(what=words_of(key), now=now_, was=seen)
            found.append(Wrong(key, sentence_of(moved)))
    return found, planned.changes


def _store(task: Task, current: Current | None) -> list[Wrong]:
    savepoint = db.session.begin_nested()
    try:
        change_row(task, current)
        savepoint.commit()
    except ShopError as refusal:
        savepoint.rollback()
        return [Wrong("", sentence_of(refusal))]
    return []
