"""Days as people read them on charts and in tables."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, format_skeleton

from admin.figures.plots import Point
from storefront.web.locale import babel_locale


def short_words(day: date) -> str:
    """Return a day for the axis of a chart: "Nov 3"."""
    return str(format_skeleton("MMMd", day, locale=babel_locale()))


def long_words(day: date) -> str:
    """Return a day in full, with its weekday: "Tue, Nov 3, 2026"."""
    return f"{format_skeleton('E', day, locale=babel_locale())}, {format_date(day, 'medium', locale=babel_locale())}"


def point_words(point: Point) -> str:
    """Return the days of a point: "Nov 3 – Nov 9"."""
    first, last = short_words(point.first), short_words(point.last)
    return first if first == last else f"{first} – {last}"
