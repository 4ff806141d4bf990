"""Reads of figures: from the sums where a day has them, from the rows where it has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Subquery, and_, func, literal, select, union_all

from storefront.analytics import visits
from storefront.database.base import db
from storefront.figures import counting
from storefront.figures.days import Days, Span, day_of, runs_of, span_of
from storefront.figures.models import DayRow, OfferDayRow, ProductDayRow
from storefront.figures.rules import Sums, total
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.orders.models import Order
from storefront.shop.queries import get_settings

_COUNTED = [column for column in DayRow.__table__.columns if column.name not in {"day", "basis", "is_stale"}]
_GOODS = ("variant_id", "product_id", "units", "goods", "known", "cost")
_OFFERS = ("kind", "promotion_key", "label", "orders", "amount")


@dataclass(frozen=True, slots=True)
class Day:
    """A day and what was counted of it."""

    day: date
    sums: Sums


def _read_first() -> datetime | None:
    return db.session.scalar(select(func.min(Order.placed_at)))


_first = Kept(_read_first, seconds=300.0)


def first_day() -> date | None:
    """Return the day of the shop's first order; None before it. It is read seldom, since it hardly ever changes."""
    moment = _first.get()
    if moment is None:
        _first.forget()
        return None
    return day_of(moment, get_settings().timezone)


def summed_days(days: Days) -> dict[date, Sums]:
    """Return the sums of those of the days whose sums are good."""
    rows = db.session.execute(select(DayRow.day, *_COUNTED).where(*_good(days)))
    return {row.day: Sums(**{column.name: int(row._mapping[column.name]) for column in _COUNTED}) for row in rows}


def list_days(days: Days) -> list[Day]:
    """Return every day with its sums and visitors, in order; days to come, and those before the first, are empty."""
    known, zone = summed_days(days), get_settings().timezone
    live = [day for day in _lived(days).each() if day not in known]
    known |= dict(zip(live, counting.sums_of([span_of(day, zone) for day in live]), strict=True)) if live else {}
    seen = visits.by_day(days.first, days.last)
    return [Day(day, _with_visits(known.get(day, Sums()), seen.get(day))) for day in days.each()]


def whole_of(days: Sequence[Day], *spans: Days) -> list[Sums]:
    """Return the sums over each of some spans of days, whose days are among `days`; customers are counted once."""
    zone = get_settings().timezone
    people = counting.sums_of([span.span(zone) for span in spans], parts=("buyers",))
    whole = []
    for span, who in zip(spans, people, strict=True):
        sums = total(each.sums for each in days if span.first <= each.day <= span.last)
        whole.append(replace(sums, buyers=who.buyers, newcomers=who.newcomers, repeaters=who.repeaters))
    return whole


def spans_and_days(spans: Sequence[Span], days: Days, parts: Sequence[str]) -> tuple[list[Sums], list[Day]]:
    """Return what was counted in some spans, visitors by when they first came, and every day without its visitors.

    Of what has to be counted from rows only `parts` are (`counting`); the other figures of it are zero.
    """
    known, zone = summed_days(days), get_settings().timezone
    live = {day: span_of(day, zone) for day in _lived(days).each() if day not in known}
    to_count = list(dict.fromkeys([*spans, *live.values()]))
    counted = dict(zip(to_count, counting.sums_of(to_count, parts=parts), strict=True))
    known |= {day: counted[span] for day, span in live.items()}
    seen = visits.in_spans([(span.starts, span.ends) for span in spans])
    found = [_with_visits(counted[span], people) for span, people in zip(spans, seen, strict=True)]
    return found, [Day(day, known.get(day, Sums())) for day in days.each()]


def goods_in(days: Days, parted: date | None = None) -> Subquery:
    """Return what was sold on some days: rows of day, variant_id, product_id, units, goods, known, cost.

    The day of a row is one of several that were counted together, none of them on the other side of `parted`.
    """
    return _rows(ProductDayRow, _GOODS, counting.goods_of, days, parted)


def offers_in(days: Days) -> Subquery:
    """Return what offers took off on some days: rows of day, kind, promotion_key, label, orders, amount."""
    return _rows(OfferDayRow, _OFFERS, counting.offers_of, days, None)


def _rows(model: Any, names: tuple[str, ...], count: Any, days: Days, parted: date | None) -> Subquery:
    """Rows of the days that are summed up, and together with them those counted of all other days."""
    known = set(db.session.scalars(select(DayRow.day).where(*_good(days))))
    zone, live = get_settings().timezone, [day for day in _lived(days).each() if day not in known]
    within = model.day >= days.first, model.day <= days.last, model.day.not_in(live)
    parts: list[Any] = [select(model.day, *(getattr(model, name) for name in names)).where(*within)]
    earlier = [day for day in live if parted and day < parted]
    for run in (*runs_of(earlier), *runs_of(live[len(earlier) :])):
        made = count(run.span(zone)).subquery()
        parts.append(select(literal(run.last, model.day.type).label("day"), *(made.c[name] for name in names)))
    return union_all(*parts).subquery()


def _lived(days: Days) -> Days:
    """Return those of the days on which there may be something to count: from the first order until today."""
    first, today = first_day(), day_of(now(), get_settings().timezone)
    return Days(max(days.first, first), min(days.last, today)) if first else Days(today, today - timedelta(days=1))


def _good(days: Days) -> tuple[Any, ...]:
    whose = and_(DayRow.day >= days.first, DayRow.day <= days.last)
    return whose, ~DayRow.is_stale, DayRow.basis == counting.basis()


def _with_visits(sums: Sums, seen: visits.Seen | None) -> Sums:
    return replace(sums, visitors=seen.visitors, converted=seen.converted) if seen else sums
