"""The room's blueprint, and the words that its templates need."""

from __future__ import annotations

from babel.numbers import format_percent
from flask import Blueprint

from admin.discovery.explaining import move_words, score_words
from storefront.web.locale import babel_locale

blueprint = Blueprint("steering", "admin.discovery", template_folder="templates")


def quality(value: float) -> str:
    """Return a figure from 0 to 1 as a percentage with one decimal."""
    return format_percent(value, "#,##0.0%", locale=babel_locale())


blueprint.add_app_template_filter(quality, "quality")
blueprint.add_app_template_filter(score_words, "score_words")
blueprint.add_app_template_filter(move_words, "move_words")
