"""When a parcel arrives."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.shipping.schedule import DeliveryDays, Schedule, delivery_days

EVERY_DAY = frozenset(range(7))
OFFICE = frozenset(range(5))


@pytest.mark.parametrize(
    ("ordered", "schedule", "first", "last"),
    [
        ("2026-11-20 09:00", Schedule(1, 3), "2026-11-21", "2026-11-24"),
        ("2026-11-20 09:00", Schedule(0, 0), "2026-11-20", "2026-11-20"),
        ("2026-11-20 15:59", Schedule(1, 1, cutoff_hour=16), "2026-11-21", "2026-11-21"),
        ("2026-11-20 16:00", Schedule(1, 1, cutoff_hour=16), "2026-11-23", "2026-11-23"),
        ("2026-11-22 09:00", Schedule(1, 1), "2026-11-24", "2026-11-24"),
        ("2026-11-22 09:00", Schedule(1, 1, weekdays=EVERY_DAY), "2026-11-23", "2026-11-23"),
        ("2026-11-20 09:00", Schedule(1, 2, weekdays=OFFICE), "2026-11-23", "2026-11-24"),
        ("2026-11-20 09:00", Schedule(1, 2, lead_days=2), "2026-11-24", "2026-11-25"),
        ("2026-11-21 23:00", Schedule(1, 1, lead_days=1, cutoff_hour=0, weekdays=OFFICE), "2026-11-25", "2026-11-25"),
    ],
)
def test_days_off_and_hours_too_late_are_counted(ordered: str, schedule: Schedule, first: str, last: str) -> None:
    expected = DeliveryDays(date.fromisoformat(first), date.fromisoformat(last))
    assert delivery_days(datetime.fromisoformat(ordered), schedule) == expected


@pytest.mark.parametrize(
    "values",
    [
        {"min_days": 3, "max_days": 1},
        {"min_days": -1},
        {"lead_days": -1},
        {"cutoff_hour": 24},
        {"cutoff_hour": -1},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
    ],
)
def test_nonsense_schedules_cannot_exist(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"between|hours|some day"):
        Schedule(**{"min_days": 1, "max_days": 2, **values})  # type: ignore[arg-type]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.integers(0, 20),
    st.integers(0, 20),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.one_of(st.none(), st.integers(0, 23)),
)
def test_a_parcel_arrives_on_a_working_day_and_later_orders_never_sooner(
    ordered: datetime, lead: int, days: int, weekdays: frozenset[int], cutoff: int | None
) -> None:
    schedule = Schedule(days, days + 2, lead, cutoff, weekdays)
    found = delivery_days(ordered, schedule)
    assert {found.earliest.weekday(), found.latest.weekday()} <= weekdays
    assert ordered.date() <= found.earliest <= found.latest
    later = ordered.replace(hour=23, minute=59)
    assert delivery_days(later, schedule).earliest >= found.earliest
