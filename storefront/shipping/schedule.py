"""When a parcel arrives: cut-off hour, days in the warehouse, days on the road, days off. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

WORKING_DAYS = frozenset(range(6))
"""Monday to Saturday, as `date.weekday` counts."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a method takes, in working days; `weekdays` are those, Monday 0.

    `lead_days` pass in the warehouse before the parcel travels `min_days` to `max_days`. What is ordered at or after
    `cutoff_hour` (local, 0 to 23) or on a day off counts as ordered on the next working day.
    """

    min_days: int
    max_days: int
    lead_days: int = 0
    cutoff_hour: int | None = None
    weekdays: frozenset[int] = WORKING_DAYS

    def __post_init__(self) -> None:
        if not 0 <= self.min_days <= self.max_days or self.lead_days < 0:
            raise ValueError("a delivery takes between min_days and max_days")
        if self.cutoff_hour is not None and not 0 <= self.cutoff_hour <= 23:
            raise ValueError("a day has hours 0 to 23")
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("somebody works on some day of the week")


@dataclass(frozen=True, slots=True)
class DeliveryDays:
    """The first and the last day on which a parcel may arrive."""

    earliest: date
    latest: date


def delivery_days(ordered: datetime, schedule: Schedule) -> DeliveryDays:
    """Return when something arrives that is ordered at a moment of the shop's local time."""
    day = ordered.date()
    if schedule.cutoff_hour is not None and ordered.hour >= schedule.cutoff_hour:
        day += timedelta(days=1)
    while day.weekday() not in schedule.weekdays:
        day += timedelta(days=1)
    ready = _after(day, schedule.lead_days, schedule.weekdays)
    return DeliveryDays(*(_after(ready, days, schedule.weekdays) for days in (schedule.min_days, schedule.max_days)))


def _after(day: date, working_days: int, weekdays: frozenset[int]) -> date:
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= day.weekday() in weekdays
    return day
