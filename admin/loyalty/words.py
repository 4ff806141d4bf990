"""Months as finance reads them."""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton

from storefront.web.locale import babel_locale


def month_words(month: date) -> str:
    """Return "May 2026", "2026年5月"."""
    return str(format_skeleton("yMMM", month, locale=babel_locale()))
