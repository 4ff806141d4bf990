"""Days as people type them, and those that a run looks at unless somebody says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import gettext as _

from admin.promotions.values import narrow
from storefront.simulation.queries import Window

_APART = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YEAR = timedelta(days=365)
FIELDS = ("first_day", "last_day")


def read_day(text: str) -> date:
    """Read a day, the year first: "2026-05-03", "2026/5/3", "20260503", "2026年5月3日"; raises ValueError."""
    plain = narrow(text)
    found = _APART.fullmatch(plain) or _TOGETHER.fullmatch(plain)
    if found is None:
        raise ValueError(f"not a day: {text!r}")
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if not 2000 <= day.year < 2200:
        raise ValueError(f"not a day of our time: {text!r}")
    return day


def usual_window(known: Window) -> Window:
    """Return the last twelve months in which there are orders."""
    return Window(max(known.first_day, known.last_day - YEAR + timedelta(days=1)), known.last_day)


@dataclass(slots=True)
class Asked:
    """The two days as they were typed, and what is wrong with them."""

    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, window: Window) -> Asked:
        return cls({"first_day": window.first_day.isoformat(), "last_day": window.last_day.isoformat()})

    @classmethod
    def typed(cls, form: Mapping[str, str]) -> Asked:
        return cls({name: form.get(name, "").strip()[:40] for name in FIELDS})

    def window(self) -> Window | None:
        """Return the days, or None after noting what is wrong."""
        days = {}
        for name in FIELDS:
            try:
                days[name] = read_day(self.texts[name])
            except ValueError:
                self.errors[name] = _("Enter a day such as 2026-05-03.")
        if self.errors:
            return None
        return Window(days["first_day"], days["last_day"])

    def is_plain(self, name: str) -> bool:
        """Say whether a calendar field can show what was typed."""
        try:
            date.fromisoformat(self.texts[name] or "2000-01-01")
        except ValueError:
            return False
        return not self.texts[name] or len(self.texts[name]) == 10
