"""The shop's front as sections: slots resolved for a visitor, their goods read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storefront.catalog import queries as catalog
from storefront.content.queries import home_slots
from storefront.content.rules import Entry, Slot, Visitor, resolve_all
from storefront.content.varying import varied
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept

SHELF_SIZE = 12
CANDIDATES = 2 * SHELF_SIZE
GOODS = frozenset({"product_grid", "collection"})

_named = Kept(lambda: catalog.list_front_ids(CANDIDATES), seconds=60.0)
_under: dict[str, Kept[list[int]]] = {}


@dataclass(frozen=True, slots=True)
class Section:
    """One slot as the page shows it. `words` may hold title, text, label and link."""

    key: str
    kind: str
    words: Mapping[str, str]
    picture: str = ""
    source: str = ""
    cards: tuple[catalog.Card, ...] = ()


def build_front(visitor: Visitor, at: datetime, locale: str) -> list[Section]:
    """Return the sections of the home page for this visitor at this time.

    A shelf that fills itself leaves out what stands higher on the page; a shelf without goods is left out.
    """
    shown = varied(resolve_all(home_slots(), at, visitor))
    goods = {slot.key: ids_of(entry.content) for slot, entry in shown if slot.kind in GOODS}
    wanted = [number for ids in goods.values() for number in ids]
    cards = {card.product_id: card for card in catalog.cards_by_ids(wanted, locale, in_stock_only=True)}
    sections, seen = [], set[int]()
    for slot, entry in shown:
        by_hand = bool(entry.content.get("product_ids"))
        ids = [number for number in goods.get(slot.key, ()) if number in cards and (by_hand or number not in seen)]
        ids = ids[:SHELF_SIZE]
        seen.update(ids)
        if ids or slot.kind not in GOODS:
            sections.append(_section(slot, entry, locale, tuple(cards[number] for number in ids)))
    return sections


def ids_of(content: Mapping[str, Any]) -> list[int]:
    """Return the products that an entry names: `product_ids`, or a `source` that is looked up; unknown is nothing."""
    named = content.get("product_ids")
    if named:
        return [int(number) for number in named][:CANDIDATES]
    source = str(content.get("source") or "").replace("_", "-")
    kind, _, slug = source.partition(":")
    if kind == "category":
        return _ids_under(slug)
    return _named.get().get(source, [])


def _ids_under(slug: str) -> list[int]:
    try:
        path = catalog.category_tree().get(slug).path
    except NotFound:
        return []
    if path not in _under:
        _under[path] = Kept(lambda: catalog.list_best_seller_ids(CANDIDATES, under=path), seconds=60.0)
    return _under[path].get()


def _section(slot: Slot, entry: Entry, locale: str, cards: tuple[catalog.Card, ...]) -> Section:
    return Section(
        key=slot.key,
        kind=slot.kind,
        words=entry.words(locale),
        picture=str(entry.content.get("picture") or ""),
        source=str(entry.content.get("source") or "").replace("_", "-"),
        cards=cards,
    )
