"""Days of the shop as moments: where a day begins depends on the shop's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of(day: date, zone: str) -> datetime:
    """Return the first moment of a day in `zone`, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """Return the first moment after a day in `zone`, in UTC; days of 23 and 25 hours included."""
    return start_of(day + timedelta(days=1), zone)


def day_of(moment: datetime, zone: str) -> date:
    """Return the day that `moment` belongs to in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def to_utc(local: datetime | None, zone: str) -> datetime | None:
    """Return a moment that was typed as the clock of `zone` shows it."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if local else None


def to_local(moment: datetime | None, zone: str) -> datetime | None:
    """Return a moment as the clock of `zone` shows it, for a field in which it is typed."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if moment else None


def shifted(moment: datetime, days: timedelta, zone: str) -> datetime:
    """Return the moment at which the clock of `zone` shows the same time, some days later or earlier."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + days
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
