"""Reads of taxes: every class and rate, kept by the process, as what holds at a place on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storefront.database.reading import read
from storefront.kernel.kept import Kept
from storefront.pricing.taxes.models import TaxClass, TaxRate
from storefront.pricing.taxes.rules import DEFAULT_CLASS, DatedRate, Place, Rate, Taxing, TaxMode, rates_at
from storefront.shop.queries import get_settings

SEEN_AFTER = 2.0
"""Seconds until an edit made by another process is seen."""


@dataclass(frozen=True, slots=True)
class TaxTable:
    """All that the merchant said about taxes."""

    classes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default: str = ""
    delivery: str = ""
    rates: tuple[DatedRate, ...] = ()


def get_table() -> TaxTable:
    """Return every class and every rate."""
    return _table.get()


def taxing_at(place: Place | None, at: datetime) -> Taxing | None:
    """Return how an order to a place is taxed at a moment; None where nothing is.

    While the place is not known, prices that contain tax are taken to stay in the shop's own country; where tax is
    added to prices, nobody can tell yet.
    """
    table, settings = get_table(), get_settings()
    mode = TaxMode(settings.tax_mode)
    if not table.rates or (place is None and mode is TaxMode.EXCLUSIVE):
        return None
    place = place or Place(settings.country)
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    found = {code: rates_at(table.rates, tax_class=code, place=place, day=day) for code in table.classes}
    found[DEFAULT_CLASS] = found.get(table.default, ())
    return Taxing(mode, found, table.delivery)


def is_added() -> bool:
    """Say whether tax is added to prices at checkout."""
    return bool(get_table().rates) and get_settings().tax_mode == TaxMode.EXCLUSIVE


def is_taxed() -> bool:
    """Say whether there is any tax at all."""
    return bool(get_table().rates)


def forget_taxes() -> None:
    """Drop what this process keeps of taxes: something was written."""
    _table.forget()


_ROWS = (
    select(
        TaxClass.code,
        TaxClass.name.label("class_name"),
        TaxClass.translations.label("class_translations"),
        TaxClass.is_default,
        TaxClass.is_for_delivery,
        TaxRate.id.label("rate_id"),
        TaxRate.country,
        TaxRate.region,
        TaxRate.part,
        TaxRate.name,
        TaxRate.translations,
        TaxRate.millionths,
        TaxRate.valid_from,
        TaxRate.valid_to,
    )
    .outerjoin(TaxRate, TaxRate.tax_class_id == TaxClass.id)
    .order_by(TaxClass.is_default.desc(), TaxClass.name, TaxClass.id, TaxRate.id)
)


def _read() -> TaxTable:
    rows = read(_ROWS).all()
    return TaxTable(
        classes=tuple(dict.fromkeys(row.code for row in rows)),
        names={row.code: row.class_name for row in rows},
        translations={row.code: row.class_translations or {} for row in rows},
        default=next((row.code for row in rows if row.is_default), ""),
        delivery=next((row.code for row in rows if row.is_for_delivery), ""),
        rates=tuple(_dated(row) for row in rows if row.rate_id is not None),
    )


def _dated(row: Any) -> DatedRate:
    names = tuple(
        sorted((locale, str(words["name"])) for locale, words in (row.translations or {}).items() if words.get("name"))
    )
    rate = Rate(row.country, row.region, row.name, row.millionths, names)
    return DatedRate(rate, row.code, row.part, row.valid_from, row.valid_to)


_table = Kept(_read, seconds=SEEN_AFTER)
