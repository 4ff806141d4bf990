"""Names of what promotions speak of: categories, brands, collections, goods, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from storefront.accounts.models import CustomerGroup
from storefront.catalog.models import Brand, Category, Collection, Product, Variant
from storefront.database.base import db
from storefront.promotions.rules import Promotion, Scope
from storefront.web.locale import localized
from storefront.web.naming import names_by_id


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id or key, in the reader's language; what is not known stands for itself."""

    categories: Mapping[int, str] = field(default_factory=dict)
    brands: Mapping[int, str] = field(default_factory=dict)
    collections: Mapping[int, str] = field(default_factory=dict)
    products: Mapping[int, str] = field(default_factory=dict)
    skus: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)


def names_for(promotions: Iterable[Promotion], *, tiers: Mapping[str, str] | None = None) -> Names:
    """Return the names that the words about these promotions need; `tiers` are known on a higher floor only."""
    found = list(promotions)
    scopes = [scope for promotion in found for scope in scopes_of(promotion)]
    return names_of(scopes, {key for promotion in found for key in promotion.audience.groups}, tiers=tiers)


def names_of(scopes: Iterable[Scope], groups: Iterable[str] = (), *, tiers: Mapping[str, str] | None = None) -> Names:
    """Return the names of everything that `scopes` mention."""
    every = [each for scope in scopes for each in _with_exclusions(scope)]
    return Names(
        categories=names_by_id(Category, {id_ for scope in every for id_ in scope.category_ids}),
        brands=_plain(Brand, {id_ for scope in every for id_ in scope.brand_ids}),
        collections=names_by_id(Collection, {id_ for scope in every for id_ in scope.collection_ids}),
        products=names_by_id(Product, {id_ for scope in every for id_ in scope.product_ids}),
        skus=sku_names({sku for scope in every for sku in scope.skus}),
        groups=_groups(set(groups)),
        tiers=tiers or {},
    )


def scopes_of(promotion: Promotion) -> Iterator[Scope]:
    """Return every scope that a promotion mentions: its own, and those of its conditions and its benefit."""
    yield promotion.scope
    for condition in promotion.conditions:
        if condition.scope is not None:
            yield condition.scope
    get_scope = getattr(promotion.benefit, "get_scope", None)
    if isinstance(get_scope, Scope):
        yield get_scope
    for part in getattr(promotion.benefit, "parts", ()):
        yield part.scope


def sku_names(skus: Iterable[str]) -> dict[str, str]:
    """Return the products' names of those of `skus` that exist."""
    wanted = sorted(set(skus))
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Variant.sku, Product.name, Product.translations, Variant.name.label("variant"))
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(wanted))
    )
    return {row.sku: " ".join(filter(None, (localized(row.name, row.translations), row.variant))) for row in rows}


def _with_exclusions(scope: Scope) -> Iterator[Scope]:
    yield scope
    if scope.exclude is not None:
        yield from _with_exclusions(scope.exclude)


def _plain(table: Any, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(select(table.id, table.name).where(table.id.in_(sorted(ids))))
    return {row.id: row.name for row in rows}


def _groups(keys: set[str]) -> dict[str, str]:
    if not keys:
        return {}
    rows = db.session.execute(select(CustomerGroup.key, CustomerGroup.name).where(CustomerGroup.key.in_(sorted(keys))))
    return {row.key: row.name for row in rows}
