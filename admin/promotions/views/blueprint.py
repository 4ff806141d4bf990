"""The room's blueprint, and the words that its templates need."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date, format_skeleton
from flask import Blueprint

from admin.months import is_weekend
from admin.promotions.merging import label_of
from storefront.promotions.lint_words import finding_words
from storefront.web.locale import babel_locale

blueprint = Blueprint("promotions", "admin.promotions", template_folder="templates")


def day_words(day: date) -> str:
    """Return a day with its weekday in the reader's language."""
    return format_date(day, "full", locale=babel_locale())


def short_day(day: date) -> str:
    """Return a day without its year: "Dec 1"."""
    return format_skeleton("MMMd", day, locale=babel_locale())


blueprint.add_app_template_filter(short_day, "short_day")
blueprint.add_app_template_filter(finding_words, "finding_words")
blueprint.add_app_template_filter(label_of, "field_label")
blueprint.add_app_template_filter(day_words, "day_words")
blueprint.add_app_template_filter(is_weekend, "is_weekend")
