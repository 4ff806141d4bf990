"""A curated page as sections: slots resolved for a visitor, their goods read in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.catalog import queries as catalog
from storefront.catalog.card_lists import list_in_stock
from storefront.content.plans import GOODS
from storefront.content.rules import Entry, Slot
from storefront.kernel.errors import NotFound
from storefront.kernel.kept import Kept

SHELF_SIZE = 12
CANDIDATES = 2 * SHELF_SIZE

_named = Kept(lambda: catalog.list_front_ids(CANDIDATES), seconds=60.0)
_asked: dict[str, Kept[list[int]]] = {}
"""By source; there are as many as merchandisers have named."""


@dataclass(frozen=True, slots=True)
class Section:
    """One slot as the page shows it. `words` may hold title, text, label and link."""

    key: str
    kind: str
    entry_id: int
    words: Mapping[str, str]
    picture: str = ""
    source: str = ""
    cards: tuple[catalog.Card, ...] = ()


def build_sections(shown: Sequence[tuple[Slot, Entry]], locale: str) -> list[Section]:
    """Return the sections of a page that shows these entries.

    A shelf that fills itself leaves out what stands higher on the page; a shelf without goods is left out.
    """
    chosen = _choose(shown, locale)
    wanted = [number for ids in chosen.values() for number in ids]
    cards = {card.product_id: card for card in catalog.cards_by_ids(wanted, locale)}
    sections = []
    for slot, entry in shown:
        goods = tuple(cards[number] for number in chosen.get(slot.key, ()) if number in cards)
        if goods or slot.kind not in GOODS:
            sections.append(_section(slot, entry, locale, goods))
    return sections


def _choose(shown: Sequence[tuple[Slot, Entry]], locale: str) -> dict[str, list[int]]:
    """Return the products of each shelf by its slot's key."""
    goods = {slot.key: ids_of(entry.content) for slot, entry in shown if slot.kind in GOODS}
    in_stock = set(list_in_stock((number for ids in goods.values() for number in ids), locale))
    chosen, seen = {}, set[int]()
    for slot, entry in shown:
        if slot.key in goods:
            taken = set() if entry.content.get("product_ids") else seen
            ids = [number for number in goods[slot.key] if number in in_stock and number not in taken]
            chosen[slot.key] = ids[:SHELF_SIZE]
            seen.update(chosen[slot.key])
    return chosen


def ids_of(content: Mapping[str, Any]) -> list[int]:
    """Return the products that an entry names: `product_ids`, or a `source` that is looked up; unknown is nothing."""
    named = content.get("product_ids")
    if named:
        return [int(number) for number in named][:CANDIDATES]
    source = source_of(content)
    if ":" not in source:
        return _named.get().get(source, [])
    if source not in _asked:
        _asked[source] = Kept(lambda: _look_up(source), seconds=60.0)
    return _asked[source].get()


def source_of(content: Mapping[str, Any]) -> str:
    """Return where an entry's goods come from, as it is written now."""
    return str(content.get("source") or "").replace("_", "-")


def _look_up(source: str) -> list[int]:
    kind, _, name = source.partition(":")
    if kind == "collection" and name.isdecimal():
        return catalog.list_collection_ids(CANDIDATES, int(name))
    if kind != "category":
        return []
    try:
        return catalog.list_best_seller_ids(CANDIDATES, under=catalog.category_tree().get(name).path)
    except NotFound:
        return []


def _section(slot: Slot, entry: Entry, locale: str, cards: tuple[catalog.Card, ...]) -> Section:
    return Section(
        key=slot.key,
        kind=slot.kind,
        entry_id=entry.id,
        words=entry.words(locale),
        picture=str(entry.content.get("picture") or ""),
        source=source_of(entry.content),
        cards=cards,
    )
