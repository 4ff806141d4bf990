"""What curated pages are called."""

from __future__ import annotations

from flask_babel import gettext as _

from storefront.catalog import queries as catalog
from storefront.content.models import Campaign
from storefront.content.queries import HOME
from storefront.database.base import db
from storefront.web.locale import current_locale

LONGEST_NUMBER = 9


def title_of(page: str) -> str:
    """Return a page's name in the reader's language; "" for what is none, or gone."""
    if page == HOME:
        return str(_("Home page"))
    kind, _colon, number = page.partition(":")
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return ""
    if kind == "category":
        node = catalog.category_tree().find(int(number))
        return node.title(current_locale()) if node else ""
    row = db.session.get(Campaign, int(number)) if kind == "campaign" else None
    words = (row.texts.get(current_locale()) or {}) if row else {}
    return str(words.get("title") or (row.texts.get("en") or {}).get("title", "")) if row else ""
