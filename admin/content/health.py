"""What is wrong with an entry because the shop has changed since: goods that are gone, links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from admin.content.links import dead_links, known
from storefront.catalog.card_lists import cards_by_ids
from storefront.catalog.models import Collection
from storefront.catalog.queries import category_tree
from storefront.web.locale import current_locale

Findings = tuple[str, ...]
Told = tuple[int, Mapping[str, Any]]


def worries_of(entries: Iterable[Told]) -> dict[int, Findings]:
    """Return what is wrong with each entry's content, in the reader's language; a few queries for all of them."""
    told = list(entries)
    picked = {number for _id, content in told for number in content.get("product_ids") or ()}
    cards = cards_by_ids(list(picked), current_locale(), in_stock_only=True) if picked else ()
    sold = {card.product_id for card in cards}
    dead = dead_links({link for _id, content in told for link in _links(content)})
    gone = _gone_collections({_source(content) for _id, content in told})
    found: dict[int, Findings] = {}
    for entry_id, content in told:
        worries = [
            *_goods(content, sold),
            *_filling(content, gone),
            *(
                _("The link %(link)s leads to nothing that shoppers can see.", link=link)
                for link in sorted(_links(content) & dead)
            ),
        ]
        if worries:
            found[entry_id] = tuple(worries)
    return found


def _goods(content: Mapping[str, Any], sold: set[int]) -> list[str]:
    picked = content.get("product_ids") or []
    missing = [number for number in picked if number not in sold]
    if not missing:
        return []
    if len(missing) == len(picked):
        return [_("None of its products can be bought now: the shelf is not shown.")]
    count, all_of_them = len(missing), len(picked)
    return [_("%(count)d of its %(all)d products cannot be bought now and are left out.", count=count, all=all_of_them)]


def _filling(content: Mapping[str, Any], gone: set[str]) -> list[str]:
    source = _source(content)
    kind, _colon, name = source.partition(":")
    if kind == "category" and category_tree().find_slug(name) is None:
        return [_("Its category is not in the shop any more: the shelf is not shown.")]
    return [_("Its collection is not there any more: the shelf is not shown.")] if source in gone else []


def _source(content: Mapping[str, Any]) -> str:
    return str(content.get("source") or "")


def _links(content: Mapping[str, Any]) -> set[str]:
    return {link for language in ("en", "zh") if (link := (content.get(language) or {}).get("link"))}


def _gone_collections(sources: set[str]) -> set[str]:
    named = {source: source.partition(":")[2] for source in sources if source.startswith("collection:")}
    ids = [int(number) for number in named.values() if number.isdecimal()]
    there = known(Collection.id, ids)
    return {source for source, number in named.items() if number not in there}
