"""Pure: a month of the shop as columns of days, and what runs in it as bars."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from admin.days import day_of, end_of, start_of

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Month:
    """A month in a zone."""

    first: date
    zone: str

    @classmethod
    def read(cls, text: str, today: date, zone: str) -> Month:
        """Read "2026-12"; anything else is the month of `today`."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            first = today.replace(day=1)
        return cls(first if 2000 <= first.year < 2200 else today.replace(day=1), zone)

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> tuple[date, ...]:
        count = calendar.monthrange(self.first.year, self.first.month)[1]
        return tuple(self.first + timedelta(days=number) for number in range(count))

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.days[-1] + timedelta(days=1):%Y-%m}"

    @property
    def starts(self) -> datetime:
        return start_of(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        return end_of(self.days[-1], self.zone)


@dataclass(frozen=True, slots=True)
class Bar:
    """Days of a month, from 0: `lead` free ones, `length` taken ones, `rest` free ones."""

    lead: int
    length: int
    rest: int
    began_before: bool
    goes_on: bool


def bar_of(month: Month, starts_at: datetime | None, ends_at: datetime | None) -> Bar:
    """Return where a time lies within a month that it touches; a day begun is a day taken."""
    days = month.days
    first, last = days[0], days[-1]
    start = day_of(starts_at, month.zone) if starts_at else None
    end = day_of(ends_at - timedelta(microseconds=1), month.zone) if ends_at else None
    lead = max(0, (start - first).days) if start else 0
    until = min(len(days), (end - first).days + 1) if end else len(days)
    length = max(1, until - lead)
    return Bar(
        lead=lead,
        length=length,
        rest=len(days) - lead - length,
        began_before=start is None or start < first,
        goes_on=end is None or end > last,
    )


def is_weekend(day: date) -> bool:
    """Say whether a day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY
