"""What a list tells of a product beside its card: the beginning of its description, and a few of its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from storefront.catalog.memory import remembered
from storefront.catalog.models import Product
from storefront.catalog.product_types import facts_in_order
from storefront.database.reading import read
from storefront.kernel.text import squeeze

LONGEST_SUMMARY = 180
MOST_FACTS = 4


@dataclass(frozen=True, slots=True)
class Details:
    """A snippet of the description, and attributes by name, in the reader's language."""

    summary: str
    facts: tuple[tuple[str, str], ...]


def details_by_ids(product_ids: Iterable[int], locale: str) -> dict[int, Details]:
    """Return the details of these products by id, in one query for those that are not remembered."""
    store, key = remembered(), ("details", locale)
    found = {number: store.get(number, key) for number in product_ids}
    missing = [number for number, known in found.items() if known is None]
    for row in read(_ROWS, {"ids": missing}) if missing else ():
        found[row.id] = _details(row, (row.translations or {}).get(locale) or {}, locale)
        store.put(row.id, key, found[row.id])
    return {number: details for number, details in found.items() if isinstance(details, Details)}


def shortened(text: str, longest: int = LONGEST_SUMMARY) -> str:
    """Return the beginning of a text, cut between words where there are spaces."""
    text = squeeze(text)
    if len(text) <= longest:
        return text
    cut = text[:longest]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > longest // 2 else cut).rstrip(" ,.;，。；、") + "…"


def _details(row: Any, words: Mapping[str, Any], locale: str) -> Details:
    attributes = facts_in_order(row.product_type, words.get("attributes") or row.attributes or {}, locale)
    facts = tuple((str(name), str(value)) for name, value in attributes.items() if value)
    return Details(shortened(words.get("description") or row.description or ""), facts[:MOST_FACTS])


_ROWS = select(Product.id, Product.description, Product.translations, Product.attributes, Product.product_type).where(
    Product.id.in_(bindparam("ids", expanding=True))
)
