"""Pure: which days a report looks at, whatever was typed, and days, weeks or months as points of a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from storefront.figures.days import Days
from storefront.kernel.errors import N_

CHOICES = (7, 30, 90, 365)
USUAL = 30
LONGEST = 1096
"""Three years."""
MOST_DAYS, MOST_WEEKS = 92, 400
"""Beyond so many days a point of a chart is a week, and then thirty days."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """The days of a report, what was typed, and what had to be changed about it, in words."""

    days: Days
    choice: int = 0
    """Which of CHOICES it is; 0 for days of one's own."""
    typed: tuple[str, str] = ("", "")
    notes: tuple[tuple[str, Mapping[str, object]], ...] = ()
    is_refused: bool = False
    """Something was typed that is no day."""

    @property
    def query(self) -> str:
        """Return what asks for the same days, as a query string."""
        return f"days={self.choice}" if self.choice else f"from={self.days.first}&to={self.days.last}"


def read_days(args: Mapping[str, str], today: date) -> Asked:
    """Read which days are asked for; what makes no sense is put right, and said."""
    typed = args.get("from", "").strip(), args.get("to", "").strip()
    if not any(typed):
        days = args.get("days", "")
        choice = int(days) if days in {str(each) for each in CHOICES} else USUAL
        return Asked(Days(today - timedelta(days=choice - 1), today), choice)
    read = [_read(each) for each in typed]
    wrong = [text[:40] for text, day in zip(typed, read, strict=True) if text and day is None]
    if wrong:
        note = (N_("“%(text)s” is no day. The last 30 days are shown."), {"text": wrong[0]})
        return Asked(Days(today - timedelta(days=USUAL - 1), today), 0, typed, (note,), is_refused=True)
    return _put_right(read[0], read[1], typed, today)


def _put_right(first: date | None, last: date | None, typed: tuple[str, str], today: date) -> Asked:
    notes: list[tuple[str, Mapping[str, object]]] = []
    end = last or today
    start = first or end - timedelta(days=USUAL - 1)
    if start > end:
        start, end = end, start
        notes.append((N_("“From” lies after “To”, so they were exchanged."), {}))
    if end > today:
        notes.append((N_("Days to come have no figures yet, so the report ends with today."), {}))
        start, end = min(start, today), today
    if (end - start).days >= LONGEST:
        start = end - timedelta(days=LONGEST - 1)
        notes.append((N_("A report covers three years at most, so it begins later than you asked for."), {}))
    return Asked(Days(start, end), 0, typed, tuple(notes))


def _read(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 2200 else None


def size_of(count: int) -> int:
    """Return how many days one point of a chart over `count` days stands for."""
    if count <= MOST_DAYS:
        return 1
    return 7 if count <= MOST_WEEKS else 30


def grouped(days: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return each `size` days together, the last ones whole."""
    odd = len(days) % size
    groups = [days[:odd]] if odd else []
    return groups + [days[place : place + size] for place in range(odd, len(days), size)]
