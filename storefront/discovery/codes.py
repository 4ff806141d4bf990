"""A SKU or a barcode that was typed or scanned leads straight to its variant, however it is spaced and hyphenated."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import bindparam, select

from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.discovery import fallback
from storefront.discovery.searching import find_searcher, or_else

LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Scanned:
    """The product that a code leads to, and the address of its variant."""

    product_id: int
    url: str


def find(text: str) -> Scanned | None:
    """Return what this code leads to, or None; words without a digit are never one."""
    if not text or len(text) > LONGEST_CODE or not any(map(str.isdigit, text)):
        return None
    number = _find_product(text)
    if number is None:
        return None
    rows = read(_VARIANTS, {"number": number}).all()
    wanted = bare(text)
    sku = next((row.sku for row in rows if wanted in {bare(row.sku), bare(row.barcode or "")}), "")
    if not rows:
        return None
    return Scanned(number, f"/products/{rows[0].slug}" + (f"?sku={quote(sku)}" if sku and len(rows) > 1 else ""))


def bare(code: str) -> str:
    """Return letters and digits of a code alone, narrow and lower."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", code).lower()))


def spellings(text: str) -> list[str]:
    """Return how a code may stand in the database: as typed, narrow, without spaces, without hyphens."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    joined = "".join(narrow.split())
    forms = (text.strip(), narrow, joined, "-".join(narrow.split()), bare(text))
    return list(dict.fromkeys(form for word in forms for form in (word, word.upper())))


def _in_database(text: str) -> int | None:
    return fallback.find_code(spellings(text))


@or_else(_in_database)
def _find_product(text: str) -> int | None:
    searcher = find_searcher()
    return searcher.find_code(text) if searcher else _in_database(text)


_VARIANTS = (
    select(Product.slug, Variant.sku, Variant.barcode)
    .join(Variant, Variant.product_id == Product.id)
    .where(Product.id == bindparam("number"), Product.is_published, Variant.is_active)
    .order_by(Variant.position)
)
