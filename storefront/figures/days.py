"""Days of the shop as spans of moments, of 23 and 25 hours where the clock is turned. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts` up to but not including `ends`."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the shop, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    def before(self) -> Days:
        """Return as many days just before these."""
        return Days(self.first - timedelta(days=self.count), self.first - timedelta(days=1))

    def each(self) -> list[date]:
        """Return every day, in order."""
        return [self.first + timedelta(days=number) for number in range(self.count)]

    def span(self, zone: str) -> Span:
        """Return from when until when they last."""
        return Span(start_of(self.first, zone), start_of(self.last + timedelta(days=1), zone))


def start_of(day: date, zone: str) -> datetime:
    """Return the first moment of a day in `zone`, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """Return the day that a moment belongs to in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def span_of(day: date, zone: str) -> Span:
    """Return from when until when a day lasts."""
    return Days(day, day).span(zone)


def until(day: date, clock: time, zone: str) -> Span:
    """Return a day up to what the clock shows, never less than nothing."""
    starts = start_of(day, zone)
    return Span(starts, max(starts, datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)))


def runs_of(days: list[date]) -> list[Days]:
    """Return days, which are in order, as runs without a gap."""
    runs: list[Days] = []
    for day in days:
        if runs and day == runs[-1].last + timedelta(days=1):
            runs[-1] = Days(runs[-1].first, day)
        else:
            runs.append(Days(day, day))
    return runs
