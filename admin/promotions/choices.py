"""What may be chosen in the builder: the category tree, brands, collections, tiers, groups, and goods by search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from admin.catalog.queries import find_products
from storefront.accounts.models import CustomerGroup
from storefront.catalog.models import Brand, Category, Collection, Product
from storefront.catalog.queries import category_tree
from storefront.catalog.tree import Node, Tree
from storefront.database.base import db
from storefront.loyalty.models import Tier
from storefront.web.locale import current_locale, localized

Option = tuple[str, str]
MOST_FOUND = 12
INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Choices:
    """Options as (value, words), in reading order; categories are indented by their depth."""

    categories: tuple[Option, ...]
    brands: tuple[Option, ...]
    collections: tuple[Option, ...]
    tiers: tuple[Option, ...]
    groups: tuple[Option, ...]

    def of(self, kind: str) -> tuple[Option, ...]:
        """Return the options of a field of a scope."""
        return {"category": self.categories, "brand": self.brands, "collection": self.collections}[kind]

    def words(self, kind: str, value: str) -> str:
        """Return what a picked value is called."""
        return next((words.strip() for option, words in self.of(kind) if option == value), f"#{value}")


def choices() -> Choices:
    """Return everything that can be chosen, in the reader's language."""
    return Choices(
        categories=category_options(),
        brands=_rows(select(Brand.id, Brand.name).order_by(Brand.name)),
        collections=_rows(select(Collection.id, Collection.name, Collection.translations).order_by(Collection.name)),
        tiers=_rows(select(Tier.key, Tier.name, Tier.translations).order_by(Tier.spend_minor)),
        groups=_rows(select(CustomerGroup.key, CustomerGroup.name).order_by(CustomerGroup.name)),
    )


def category_options() -> tuple[Option, ...]:
    """Return the category tree as options, each indented by its depth; unpublished ones at the end."""
    tree = category_tree()
    known = tuple(_walk(tree, tree.roots, current_locale()))
    ids = {int(value) for value, _words in known}
    rest = db.session.execute(select(Category.id, Category.name, Category.translations).order_by(Category.path))
    return known + tuple((str(row.id), localized(row.name, row.translations)) for row in rest if row.id not in ids)


def tier_names() -> dict[str, str]:
    """Return the tiers' names by key."""
    return dict(_rows(select(Tier.key, Tier.name, Tier.translations)))


def product_names(ids: Sequence[str]) -> dict[str, str]:
    """Return products' names by id, both as text."""
    numbers = [int(text) for text in ids if text.isascii() and text.isdecimal() and len(text) < 10]
    if not numbers:
        return {}
    rows = db.session.execute(select(Product.id, Product.name, Product.translations).where(Product.id.in_(numbers)))
    return {str(row.id): localized(row.name, row.translations) for row in rows}


def find_goods(text: str) -> Sequence[Any]:
    """Return the most sold products whose name contains `text` or that have this SKU."""
    return find_products(text, MOST_FOUND) if text else []


def _walk(tree: Tree, nodes: Sequence[Node], locale: str) -> Sequence[Option]:
    found: list[Option] = []
    for node in nodes:
        found.append((str(node.id), INDENT * node.depth + node.title(locale)))
        found += _walk(tree, tree.children(node), locale)
    return found


def _rows(statement: Any) -> tuple[Option, ...]:
    rows = db.session.execute(statement)
    return tuple((str(row[0]), localized(row[1], row[2] if len(row) > 2 else None)) for row in rows)
