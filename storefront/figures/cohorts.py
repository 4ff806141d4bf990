"""Customers by the month of their first order, and how many of them ordered in each month since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, delete, func, insert, literal, or_, select

from storefront.database.base import db
from storefront.figures.counting import counted
from storefront.figures.days import day_of, start_of
from storefront.figures.models import CohortRow
from storefront.figures.queries import first_day
from storefront.orders.models import Order
from storefront.shop.queries import get_settings

MOST_MONTHS = 24
"""So many months are shown and counted; whoever first ordered before them is left out."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who first ordered in a month: how many, and how many of them in each month from it on, the first included."""

    first: str
    size: int
    months: tuple[int, ...]


def months_until(first: date, today: date) -> list[date]:
    """Return the first days of the months from that of `first` to that of `today`, the last MOST_MONTHS of them."""
    found, day = [], first.replace(day=1)
    while day <= today:
        found.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return found[-MOST_MONTHS:]


def count(*, at: datetime) -> int:
    """Count every month anew, and return how many there are."""
    db.session.execute(delete(CohortRow))
    first, zone = first_day(), get_settings().timezone
    if first is None:
        return 0
    months = months_until(first, day_of(at, zone))
    ends = [*months[1:], (months[-1] + timedelta(days=32)).replace(day=1)]
    cases = [(Order.placed_at < start_of(months[0], zone), literal(""))]
    cases += [
        (Order.placed_at < start_of(end, zone), literal(f"{month:%Y-%m}"))
        for month, end in zip(months, ends, strict=True)
    ]
    month = case(*cases, else_="9999-12")
    email = case((Order.customer_id.is_(None), Order.email), else_="")
    ordered = (
        select(Order.customer_id, email.label("email"), month.label("month"))
        .where(
            *counted(),
            or_(Order.customer_id.is_not(None), Order.email != ""),
        )
        .group_by(Order.customer_id, email, month)
        .subquery()
    )
    who = func.coalesce(ordered.c.customer_id, 0), ordered.c.email
    ranked = select(ordered.c.month, func.min(ordered.c.month).over(partition_by=who).label("first")).subquery()
    rows = db.session.execute(
        select(ranked.c.first, ranked.c.month, func.count().label("buyers")).group_by(ranked.c.first, ranked.c.month)
    ).all()
    known = {f"{month:%Y-%m}" for month in months}
    shown = [row for row in rows if row.first in known and row.month in known]
    if shown:
        values = [{**row._mapping, "counted_at": at} for row in shown]
        db.session.execute(insert(CohortRow), values)
    return len(months)


def list_cohorts() -> tuple[Sequence[Cohort], datetime | None]:
    """Return the months as they were last counted, and when that was; None where they never were."""
    rows = db.session.execute(select(CohortRow.first, CohortRow.month, CohortRow.buyers, CohortRow.counted_at)).all()
    if not rows:
        return [], None
    firsts, last = sorted({row.first for row in rows}), max(row.month for row in rows)
    buyers = {(row.first, row.month): row.buyers for row in rows}
    months = [f"{month:%Y-%m}" for month in months_until(_day(firsts[0]), _day(last))]
    found = [
        Cohort(
            first,
            buyers.get((first, first), 0),
            tuple(buyers.get((first, month), 0) for month in months if month >= first),
        )
        for first in months
    ]
    return found, max(row.counted_at for row in rows)


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
