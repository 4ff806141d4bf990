"""Reads of visits: how many browsers came on a day or in a part of it, from where and on what, and who ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select, union_all

from storefront.analytics.visit_models import VisitDayRow, VisitRow
from storefront.database.base import db
from storefront.kernel.kept import Kept


@dataclass(frozen=True, slots=True)
class Seen:
    """So many browsers came, and so many of them ordered that day."""

    visitors: int = 0
    converted: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How browsers came, and how many of them ordered."""

    source: str
    device: str
    visitors: int
    converted: int


def by_day(first: date, last: date) -> dict[date, Seen]:
    """Return who came on each day from `first` to `last` on which anybody did."""
    both = _both(first, last).subquery()
    rows = db.session.execute(
        select(both.c.day, func.sum(both.c.visitors), func.sum(both.c.converted)).group_by(both.c.day)
    )
    return {day: Seen(int(visitors), int(converted)) for day, visitors, converted in rows}


def in_spans(spans: Sequence[tuple[datetime, datetime]]) -> list[Seen]:
    """Return who first came, and who ordered, within each span; one that lies long back is summed up and has none."""
    parts = []
    for place, (starts, ends) in enumerate(spans):
        ordered = func.sum(case((and_(VisitRow.converted_at >= starts, VisitRow.converted_at < ends), 1), else_=0))
        columns = (literal(place).label("place"), func.count().label("visitors"), ordered.label("converted"))
        parts.append(select(*columns).select_from(VisitRow).where(VisitRow.at >= starts, VisitRow.at < ends))
    found = [Seen() for _ in spans]
    for row in db.session.execute(union_all(*parts)):
        found[row.place] = Seen(int(row.visitors), int(row.converted or 0))
    return found


def by_way(first: date, last: date) -> list[Way]:
    """Return from where and on what browsers came from `first` to `last`."""
    both = _both(first, last).subquery()
    rows = db.session.execute(
        select(both.c.source, both.c.device, func.sum(both.c.visitors), func.sum(both.c.converted))
        .group_by(both.c.source, both.c.device)
        .order_by(both.c.source, both.c.device)
    )
    return [Way(source, device, int(visitors), int(converted)) for source, device, visitors, converted in rows]


def _read_first() -> date | None:
    firsts = union_all(*(select(func.min(model.day).label("day")) for model in (VisitRow, VisitDayRow))).subquery()
    first: date | None = db.session.scalar(select(func.min(firsts.c.day)))
    return first


_first = Kept(_read_first, seconds=300.0)


def first_counted_day() -> date | None:
    """Return since when visits are counted; None where nobody has come yet."""
    day = _first.get()
    if day is None:
        _first.forget()
    return day


def counted_now(day: date) -> Select[*tuple[Any, ...]]:
    """Return a statement that counts the rows before a day: day, source, device, visitors, converted."""
    return _counted().where(VisitRow.day < day)


def _counted() -> Select[*tuple[Any, ...]]:
    ways = VisitRow.day, VisitRow.source, VisitRow.device
    counts = func.count().label("visitors"), func.count(VisitRow.converted_at).label("converted")
    return select(*ways, *counts).group_by(*ways)


def _both(first: date, last: date) -> Any:
    stored = select(
        *(VisitDayRow.day, VisitDayRow.source, VisitDayRow.device, VisitDayRow.visitors, VisitDayRow.converted)
    ).where(VisitDayRow.day >= first, VisitDayRow.day <= last)
    return union_all(stored, _counted().where(VisitRow.day >= first, VisitRow.day <= last))
