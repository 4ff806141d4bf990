"""What may be chosen for an entry: for whom it is, and where its goods come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import String, cast, literal, select

from admin.content.words import DEVICES, PERSONAL, SHELVES, VISITORS
from admin.promotions.choices import INDENT
from storefront.accounts.models import CustomerGroup
from storefront.catalog.collections import list_collections
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node
from storefront.content.plans import GOODS
from storefront.content.queries import category_page
from storefront.database.base import db
from storefront.loyalty.models import Tier
from storefront.web.locale import current_locale, localized

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


def entry_choices(kind: str) -> Choices:
    """Return everything that can be chosen for an entry of a kind of slot."""
    tiers, groups = audiences()
    goods: Options = ()
    if kind in GOODS:
        goods = (
            ("", _("By hand, or nothing")),
            *_told(SHELVES),
            *((f"collection:{row.id}", _("Collection: %(name)s", name=_name(row))) for row in list_collections()),
            *((f"category:{node.slug}", _indented(node)) for node in _nodes()),
        )
    return Choices(_told(VISITORS), _told(DEVICES), tiers, groups, goods, _told(PERSONAL))


def audiences() -> tuple[Options, Options]:
    """Return the tiers and the groups that an entry may be for, each after "whatever"; one query."""
    none = literal(0).label("place")
    rows = db.session.execute(
        select(
            literal("tier").label("kind"),
            Tier.key,
            Tier.name,
            cast(Tier.translations, String),
            Tier.spend_minor.label("place"),
        )
        .union_all(select(literal("group"), CustomerGroup.key, CustomerGroup.name, literal(None), none))
        .order_by("kind", "place", "name")
    ).all()
    known = {"tier": [("", _("Whatever their tier"))], "group": [("", _("In any group or none"))]}
    for kind, key, name, translations, _place in rows:
        known[kind].append((key, localized(name, json.loads(translations) if translations else None)))
    return tuple(known["tier"]), tuple(known["group"])


def category_pages() -> Options:
    """Return the categories of the shop as (name of their page, words), in the tree's order."""
    return tuple((category_page(node.id), _indented(node)) for node in _nodes())


def _nodes() -> list[Node]:
    tree = category_tree()

    def below(nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            yield node
            yield from below(tree.children(node))

    return list(below(tree.roots))


def _indented(node: Node) -> str:
    return INDENT * node.depth + node.title(current_locale())


def _name(row: Any) -> str:
    return localized(row.name, row.translations)


def _told(words: Mapping[str, str]) -> Options:
    return tuple((key, _(text)) for key, text in words.items())
