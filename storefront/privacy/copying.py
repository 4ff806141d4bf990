"""A copy of everything that is known of somebody, in their language."""

from __future__ import annotations

from datetime import datetime

from flask import g, render_template
from flask_babel import gettext

from storefront.kernel.personal import Person
from storefront.privacy.archive import Chapter, pack
from storefront.privacy.gathering import list_keepers
from storefront.shop.queries import get_settings
from storefront.web.locale import speaking


def copy_of(person: Person, *, locale: str, at: datetime) -> bytes:
    """Return the ZIP; a guest's has the chapters alone in which something stands."""
    if "shop" not in g:
        g.shop = get_settings()
    with speaking(locale):
        chapters = [
            Chapter(keeper.key, gettext(keeper.name), rows)
            for keeper in sorted(list_keepers(), key=lambda keeper: not keeper.is_last)
            if (rows := keeper.collect(person)) or person.id
        ]
        return pack(chapters=chapters, index=render_template("privacy/copy.html", chapters=chapters, made_at=at))
