"""Summing up days, and marking those of which something has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, false, insert, literal, or_, select, update

from storefront.database.base import db
from storefront.database.inserting import insert_into
from storefront.figures import counting
from storefront.figures.days import Days, day_of, span_of
from storefront.figures.models import CohortRow, DayRow, OfferDayRow, ProductDayRow
from storefront.figures.queries import first_day
from storefront.kernel.clock import now
from storefront.shop.queries import get_settings

SKEW = timedelta(minutes=10)
"""How far the clock of another machine may be ahead."""
_MARK = update(DayRow).where(DayRow.day == bindparam("of_day"), DayRow.is_stale == false()).values(is_stale=True)
_COUNTED = frozenset(DayRow.__table__.columns.keys()) - {"day", "basis", "is_stale"}


def mark_stale(*, moments: Iterable[datetime]) -> None:
    """Let the days of these moments be counted from the rows again, if they are summed up: today is on no machine."""
    zone = get_settings().timezone
    today = day_of(now() + SKEW, zone)
    for day in sorted({day_of(moment, zone) for moment in moments}):
        if day != today:
            db.session.connection().execute(_MARK, {"of_day": day})


def open_days(*, at: datetime) -> int:
    """Make a row for each day that is over and has none, to be summed up by a later run; return how many."""
    first = first_day()
    if first is None:
        return 0
    today = day_of(at, get_settings().timezone)
    known = set(db.session.scalars(select(DayRow.day)))
    missing = [day for day in Days(first, today).each()[:-1] if day not in known]
    for day in missing:
        statement = insert_into(DayRow, db.session.connection()).values(day=day, basis="", is_stale=True)
        db.session.execute(statement.on_conflict_do_nothing())
    return len(missing)


def days_to_sum_up(*, at: datetime) -> list[date]:
    """Return the days that are over and whose sums are stale, the latest first."""
    today = day_of(at, get_settings().timezone)
    stale = or_(DayRow.is_stale, DayRow.basis != counting.basis())
    return list(db.session.scalars(select(DayRow.day).where(stale, DayRow.day < today).order_by(DayRow.day.desc())))


def sum_up(*, day: date) -> None:
    """Count a day that has a row, and store its sums. Whoever changes something of it waits, and marks it then."""
    db.session.execute(select(DayRow.day).where(DayRow.day == day).with_for_update())
    span = span_of(day, get_settings().timezone)
    sums = asdict(counting.sums_of([span])[0])
    values = {name: sums[name] for name in _COUNTED}
    stored = update(DayRow).where(DayRow.day == day)
    db.session.execute(stored.values(**values, basis=counting.basis(), is_stale=False))
    _replace(
        ProductDayRow, day, counting.goods_of(span), ("variant_id", "product_id", "units", "goods", "known", "cost")
    )
    _replace(OfferDayRow, day, counting.offers_of(span), ("kind", "promotion_key", "label", "orders", "amount"))


def forget_sums(*, days: Collection[date] = ()) -> int:
    """Mark these days as stale, or every day; return how many."""
    some = (DayRow.day.in_(days),) if days else ()
    db.session.execute(delete(CohortRow))
    return int(db.session.execute(update(DayRow).where(*some).values(is_stale=True)).rowcount)  # type: ignore[attr-defined]


def _replace(model: Any, day: date, statement: Any, names: tuple[str, ...]) -> None:
    db.session.execute(delete(model).where(model.day == day))
    found = statement.subquery()
    rows = select(literal(day, model.day.type), *(found.c[name] for name in names))
    db.session.execute(insert(model).from_select(["day", *names], rows))
