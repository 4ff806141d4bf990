"""Taxes in the reader's words."""

from __future__ import annotations

from babel.numbers import format_percent
from flask_babel import gettext as _

from storefront.pricing.label import Label
from storefront.pricing.taxes.rules import Rate
from storefront.web.locale import babel_locale, current_locale


def percent_words(rate: Rate) -> str:
    """Return a rate as a percentage: "8.875%"."""
    return str(format_percent(rate.percent / 100, format="#,##0.####%", locale=babel_locale()))


def label_words(label: Label) -> str:
    """Return the tax that an amount beside the goods is for."""
    named = label.get(f"name_{current_locale()}") or label.name
    millionths = label.get("millionths")
    rate = Rate("", "", str(named), millionths if isinstance(millionths, int) else 0)
    return rate_words(rate)


def rate_words(rate: Rate) -> str:
    """Return a tax as receipts name it: "VAT 19%"."""
    return str(_("%(name)s %(percent)s", name=rate.title(current_locale()), percent=percent_words(rate)))
