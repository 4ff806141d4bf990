"""What a column can mean, and how it is recognised by its name in English and Chinese. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storefront.imports.naming import NAMES
from storefront.kernel.errors import N_
from storefront.kernel.text import fold

STOCK, ATTRIBUTE, OPTION = "stock:", "attribute:", "option:"
_PREFIXES = {
    STOCK: ("stock", "on hand", "inventory", "quantity", "库存", "现有库存", "数量"),
    ATTRIBUTE: ("attribute", "属性"),
    OPTION: ("option", "规格", "选项"),
}
_FRAMED = re.compile(r"(?P<what>[^:：(（\[]+)[\s:：(（\[]+(?P<name>[^)）\]]+)[)）\]]?")
_NOISE = re.compile(r"[\s_\-./*（）()]+")


class Part(StrEnum):
    """Which right a field needs."""

    PRODUCTS = "products"
    PRICES = "prices"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a row can say."""

    key: str
    words: str
    part: Part
    kind: str
    """How its cells are read: text, long, money, grams, yes, pairs, category, code, pieces, handle."""
    of_product: bool = False
    """It is the product's: the rows of its variants say the same."""
    longest: int = 255
    is_required: bool = False
    """It cannot be emptied."""


FIELDS: tuple[Field, ...] = (
    Field("sku", N_("SKU"), Part.PRODUCTS, "code", longest=64),
    Field("handle", N_("Address of the product"), Part.PRODUCTS, "handle", of_product=True, longest=120),
    Field("name", N_("Product name"), Part.PRODUCTS, "text", of_product=True, is_required=True),
    Field("name_zh", N_("Name in Chinese"), Part.PRODUCTS, "text", of_product=True),
    Field("description", N_("Description"), Part.PRODUCTS, "long", of_product=True, longest=20_000),
    Field("description_zh", N_("Description in Chinese"), Part.PRODUCTS, "long", of_product=True, longest=20_000),
    Field("category", N_("Category"), Part.PRODUCTS, "category", of_product=True, is_required=True),
    Field("brand", N_("Brand"), Part.PRODUCTS, "text", of_product=True),
    Field("product_type", N_("Product type"), Part.PRODUCTS, "text", of_product=True, longest=120),
    Field("attributes", N_("Attributes"), Part.PRODUCTS, "pairs", of_product=True, longest=20_000),
    Field("variant_name", N_("Variant name"), Part.PRODUCTS, "text", longest=120),
    Field("options", N_("Options"), Part.PRODUCTS, "pairs", longest=2_000),
    Field("barcode", N_("Barcode"), Part.PRODUCTS, "code", longest=64),
    Field("weight", N_("Weight in grams"), Part.PRODUCTS, "grams", is_required=True),
    Field("price", N_("Price"), Part.PRICES, "money", is_required=True),
    Field("compare_at", N_("Price before, struck through"), Part.PRICES, "money"),
    Field("cost", N_("Cost"), Part.PRICES, "money"),
    Field("minimum", N_("Lowest price"), Part.PRICES, "money"),
    Field("published", N_("Published"), Part.PRODUCTS, "yes", of_product=True, is_required=True),
    Field("active", N_("Variant on sale"), Part.PRODUCTS, "yes", is_required=True),
)
BY_KEY: Mapping[str, Field] = {field.key: field for field in FIELDS}


def field_of(key: str) -> Field | None:
    """Return what a key means; None for one that means nothing."""
    if key in BY_KEY:
        return BY_KEY[key]
    prefix, colon, name = key.partition(":")
    if not name or f"{prefix}{colon}" not in _PREFIXES or len(name) > 100:
        return None
    if f"{prefix}:" == STOCK:
        return Field(key, N_("Stock"), Part.STOCK, "pieces", is_required=True)
    if f"{prefix}:" == ATTRIBUTE:
        return Field(key, N_("Attribute"), Part.PRODUCTS, "text", of_product=True, longest=2_000)
    return Field(key, N_("Option"), Part.PRODUCTS, "text", longest=120)


def guess(
    headers: Sequence[str],
    *,
    habits: Mapping[str, str],
    warehouses: Mapping[str, str],
    said: Mapping[str, str],
) -> list[str]:
    """Return what each column probably means, no meaning twice.

    `habits` are meanings by folded name, `warehouses` names by code, `said` the fields' words in the reader's language.
    """
    names = {_plain(name): key for key, name in said.items()}
    for field in FIELDS:
        for name in (field.key, field.words, *NAMES[field.key]):
            names.setdefault(_plain(name), field.key)
    found: list[str] = []
    for header in headers:
        key = habits.get(fold(header)[:120]) or names.get(_plain(header)) or _prefixed(header, warehouses)
        found.append(key if key and key not in found and means_something(key, warehouses) else "")
    return found


def means_something(key: str, warehouses: Collection[str]) -> bool:
    """Say whether a key is a field, and of a warehouse that there is."""
    return field_of(key) is not None and (not key.startswith(STOCK) or key.removeprefix(STOCK) in warehouses)


def _prefixed(header: str, warehouses: Mapping[str, str]) -> str:
    plain = fold(header)
    codes = {fold(code): code for code in warehouses} | {fold(name): code for code, name in warehouses.items()}
    if plain in _PREFIXES[STOCK]:
        return f"{STOCK}{next(iter(warehouses))}" if len(warehouses) == 1 else ""
    found = _FRAMED.fullmatch(header.strip())
    for prefix, names in _PREFIXES.items():
        if found and fold(found["what"]) in names:
            name = found["name"].strip()
            return f"{prefix}{codes.get(fold(name), '')}" if prefix == STOCK else f"{prefix}{name}"
    return ""


def _plain(name: str) -> str:
    return _NOISE.sub("", fold(name))
