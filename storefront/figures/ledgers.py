"""Sums of days that agree with the rows they were counted from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, select

from storefront.database.base import db
from storefront.figures import counting
from storefront.figures.days import span_of
from storefront.figures.models import DayRow, ProductDayRow
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.shop.queries import get_settings

FIGURES, FIGURE_PRODUCTS = "figures", "product figures"
PROVEN = ("orders", "gmv", "discounts", "delivery", "tax", "goods", "units", "refunds", "refunded", "refunded_goods")
"""Who ordered may be forgotten, and costs change: those stand as they were when the day was summed up."""
_PARTS = ("orders", "goods", "refunds")
_AT_ONCE = 30


def discrepancies() -> Iterator[Discrepancy]:
    """Return every sum that does not agree with its rows."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _days() -> Iterator[Discrepancy]:
    """Count every day that is summed up anew."""
    zone = get_settings().timezone
    rows = db.session.scalars(select(DayRow).where(*_summed()).order_by(DayRow.day)).all()
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        anew = counting.sums_of([span_of(row.day, zone) for row in some], parts=_PARTS)
        for row, sums in zip(some, anew, strict=True):
            for name in PROVEN:
                if getattr(sums, name) != getattr(row, name):
                    yield Discrepancy(FIGURES, f"{row.day} {name}", getattr(sums, name), getattr(row, name))


def _products() -> Iterator[Discrepancy]:
    """Compare what was sold of each variant of a day with the day's own sums."""
    goods, units = (func.coalesce(func.sum(column), 0) for column in (ProductDayRow.goods, ProductDayRow.units))
    rows = db.session.execute(
        select(DayRow.day, DayRow.goods, DayRow.units, goods.label("sold"), units.label("pieces"))
        .outerjoin(ProductDayRow, ProductDayRow.day == DayRow.day)
        .where(*_summed())
        .group_by(DayRow.day, DayRow.goods, DayRow.units)
        .having((goods != DayRow.goods) | (units != DayRow.units))
        .order_by(DayRow.day)
    )
    for row in rows:
        should, does = f"{row.goods} for {row.units}", f"{int(row.sold)} for {int(row.pieces)}"
        yield Discrepancy(FIGURE_PRODUCTS, str(row.day), should, does)


def _summed() -> tuple[ColumnElement[bool], ...]:
    return ~DayRow.is_stale, DayRow.basis == counting.basis()


def _count() -> int:
    return int(db.session.scalar(select(func.count()).select_from(DayRow).where(*_summed())) or 0)


LEDGERS = (Ledger(FIGURES, _count, _days), Ledger(FIGURE_PRODUCTS, _count, _products))
