"""Warehouses: opened, changed and closed, never deleted, since ledgers name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from storefront.accounts.rules import COUNTRIES, LONGEST, PROVINCES, normal_province
from storefront.audit import services as audit
from storefront.database.base import db
from storefront.inventory.errors import StaleWarehouse, WarehouseInUse
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import code_key, squeeze

LONGEST_NAME = 255
MOST_ZONES = 100
HIGHEST_PRIORITY = 999
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class WarehouseFacts:
    """What staff decide about a warehouse; `zones` are countries and regions, none is everywhere."""

    name: str
    priority: int = 0
    zones: tuple[str, ...] = ()
    is_backup: bool = False
    is_active: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_NAME:
            raise Invalid(N_("A warehouse needs a name, and not a very long one."), field="name")
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise Invalid(N_("Enter a whole number from 0 to 999."), field="priority")
        if len(self.zones) > MOST_ZONES:
            raise Invalid(N_("That are too many places."), field="zones")


def read_zones(text: str) -> tuple[str, ...]:
    """Read places as typed, one a line or between commas: "CN", "CN-上海", "US-NY"; refuses one that does not exist."""
    found: dict[str, None] = {}
    for typed in re.split(r"[\n,，、;；]", text):
        part = squeeze(typed)
        if not part:
            continue
        country, _, region = (half.strip() for half in part.replace("－", "-").partition("-"))
        country, region = code_key(country), squeeze(region)
        if country == "CN" and region:
            region = normal_province(region)
        known = country in COUNTRIES and len(region) <= LONGEST["region"]
        if not known or (country == "CN" and region and region not in PROVINCES):
            raise Invalid(
                N_("There is no place “%(zone)s”. Write a country such as CN, or a region such as CN-上海市."),
                field="zones",
                zone=part[:80],
            )
        found[f"{country}-{region}" if region else country] = None
    return tuple(found)


def open_warehouse(*, code: str, facts: WarehouseFacts, by: str, at: datetime) -> Warehouse:
    """Add a warehouse; its code cannot be changed later."""
    code = code_key(code)
    if not _CODE.fullmatch(code):
        raise Invalid(N_("A code is made of letters, digits and hyphens, such as SHANGHAI-1."), field="code")
    row = Warehouse(code=code, zones=list(facts.zones), **_columns(facts))
    savepoint = db.session.begin_nested()
    try:
        db.session.add(row)
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        raise Invalid(N_("There is a warehouse with this code already."), field="code") from None
    changes = {key: (None, value) for key, value in told(facts).items()}
    audit.record(actor=by, action="warehouse.open", about=("warehouse", code), changes=changes, at=at)
    return row


def change_warehouse(*, code: str, facts: WarehouseFacts, seen: str, by: str, at: datetime) -> Warehouse:
    """Change a warehouse whose reader saw what `mark_of` gave; one whose goods are promised cannot be closed.

    Its row is locked first: whoever is claiming goods of it has a shared lock on it until they have them, and who comes
    later finds it closed.
    """
    row = db.session.scalar(select(Warehouse).where(Warehouse.code == code_key(code)).with_for_update())
    if row is None:
        raise NotFound
    before = facts_of(row)
    if mark_of(before) != seen:
        raise StaleWarehouse
    if before.is_active and not facts.is_active:
        _refuse_promised(row.id)
    row.zones = list(facts.zones)
    for key, value in _columns(facts).items():
        setattr(row, key, value)
    db.session.flush()
    was, now_ = told(before), told(facts)
    changes = {key: (was[key], now_[key]) for key in was if was[key] != now_[key]}
    if changes:
        audit.record(actor=by, action="warehouse.change", about=("warehouse", row.code), changes=changes, at=at)
    return row


def facts_of(row: Warehouse) -> WarehouseFacts:
    """Return what was decided about a warehouse."""
    return WarehouseFacts(row.name, row.priority, _zones(row.zones), row.is_backup, row.is_active)


def mark_of(facts: WarehouseFacts) -> str:
    """Return a short mark that changes with the facts, for a form to carry."""
    return sha256(repr(facts).encode()).hexdigest()[:16]


def told(facts: WarehouseFacts) -> dict[str, object]:
    """Return the facts as the ledger of changes writes them."""
    return {**asdict(facts), "zones": ", ".join(facts.zones)}


def _refuse_promised(warehouse_id: int) -> None:
    claims = func.sum(StockLevel.allocated + StockLevel.reserved)
    claimed = int(db.session.scalar(select(claims).where(StockLevel.warehouse_id == warehouse_id)) or 0)
    if claimed:
        raise WarehouseInUse(claimed=claimed)


def _columns(facts: WarehouseFacts) -> dict[str, object]:
    return {key: value for key, value in asdict(facts).items() if key != "zones"}


def _zones(stored: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(zone) for zone in stored)
