"""What may be chosen for an entry: for whom it is, and where its goods come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from admin.content.words import DEVICES, PERSONAL, SHELVES, VISITORS
from admin.promotions import choices as shop
from storefront.catalog.queries import category_tree
from storefront.content.plans import GOODS

Option = tuple[str, str]
Options = tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """Options as (value, words) in the reader's language; an empty value asks nothing."""

    visitors: Options
    devices: Options
    tiers: Options
    groups: Options
    goods: Options
    personal: Options

    def sources(self, kind: str) -> Options:
        """Return where the goods of a kind of slot may come from."""
        if kind in GOODS:
            return self.goods
        return self.personal if kind == "recommendation" else (("", "–"),)


def entry_choices() -> Choices:
    """Return everything that can be chosen."""
    known, tree = shop.choices(), category_tree()
    categories = [(node, words) for key, words in known.categories if (node := tree.find(int(key)))]
    nothing = ("", _("By hand, or nothing"))
    return Choices(
        visitors=_told(VISITORS),
        devices=_told(DEVICES),
        tiers=(("", _("Whatever their tier")), *known.tiers),
        groups=(("", _("In any group or none")), *known.groups),
        goods=(
            nothing,
            *_told(SHELVES),
            *((f"collection:{key}", _("Collection: %(name)s", name=words)) for key, words in known.collections),
            *((f"category:{node.slug}", words) for node, words in categories),
        ),
        personal=_told(PERSONAL),
    )


def _told(words: Mapping[str, str]) -> Options:
    return tuple((key, _(text)) for key, text in words.items())
