"""What stands on a recommended shelf, and why: candidates from the model, cut down to what can be bought.

Every shelf falls back: from the trained tables to the best sellers that they know, and where there is no model, to the
best sellers that the catalogue knows. A shelf is never the reason that a page fails.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, select

from recommend import Asked, Id, Recommendation, Source
from storefront.cart.models import Cart, CartLine
from storefront.cart.rules import Owner
from storefront.catalog import queries as catalog
from storefront.catalog.models import Product, Variant
from storefront.database.reading import read
from storefront.discovery.recommending import health, recommender
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.errors import NotFound
from storefront.web.locale import localized

SHELF_SIZE = 12
FEWEST = 3
"""A row with fewer goods of its own kind than this is filled up with the next best."""
FALLBACK_DEPTH = 96


class Reason(StrEnum):
    """Why the goods of a shelf are on it."""

    HABIT = "habit"
    BECAUSE_BOUGHT = "because-bought"
    BOUGHT_WITH = "bought-with"
    SIMILAR = "similar"
    SAME_CATEGORY = "same-category"
    BEST_SELLERS = "best-sellers"


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, and the products in their cart, the latest last."""

    customer_id: int | None = None
    in_cart: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The product that a shelf is about."""

    id: int
    name: str
    category_id: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Goods and the reason for them; `because` is the name of the product that the reason speaks of, or empty.

    `request` is this answer's public id, `sources` say for each card where it came from.
    """

    key: str
    reason: Reason
    because: str
    cards: tuple[catalog.Card, ...]
    sources: tuple[str, ...] = ()
    request: str = ""
    model_version: str = ""
    context: str = ""


def get_anchor(product_id: int, locale: str) -> Anchor:
    """Return a published product; NotFound if there is none."""
    row = read(_NAMED, {"product_id": product_id}).one_or_none()
    if row is None:
        raise NotFound
    return Anchor(row.id, localized(row.name, row.translations, locale=locale), row.category_id)


def home_shelf(visit: Visit, locale: str) -> Shelf:
    """Return what this customer will want next; for a stranger what goes with the cart, else best sellers."""
    asked = _asked(visit.in_cart)
    model = recommender()
    found = model.home(visit.customer_id, asked, recent=visit.in_cart) if model else _best_sellers(asked)
    return _shelf("home", found, locale)


def cart_shelf(visit: Visit, locale: str) -> Shelf:
    """Return what completes the cart."""
    asked = _asked(visit.in_cart)
    model = recommender()
    found = model.cart(visit.in_cart, visit.customer_id, asked) if model else _best_sellers(asked)
    return _shelf("cart", found, locale)


def together_shelf(anchor: Anchor, visit: Visit, locale: str) -> Shelf:
    """Return what is bought with a product; where too little was, what its kind of basket holds."""
    asked = _asked((*visit.in_cart, anchor.id))
    model = recommender()
    found = model.together(anchor.id, asked, fallback=False) if model else _best_sellers(asked)
    if model and len(found) < FEWEST:
        found = model.cart((anchor.id,), None, asked)
    return _shelf("bought-together", found, locale, about=anchor)


def similar_shelf(anchor: Anchor, visit: Visit, locale: str) -> Shelf:
    """Return what may stand in for a product."""
    unwanted = (*visit.in_cart, anchor.id)
    asked = _asked(unwanted, per_type=None)
    model = recommender()
    found = model.similar(anchor.id, asked, category=anchor.category_id) if model else []
    near = [one for one in found if one.source is not Source.POPULAR]
    if len(near) < FEWEST:
        shown = [int(one.item) for one in near]
        near += _best_sellers(_asked((*unwanted, *shown)), near=anchor.category_id)
    return _shelf("similar", near[:SHELF_SIZE], locale, about=anchor)


def list_sellable(product_ids: Iterable[Id]) -> set[Id]:
    """Return which of these products are published and have a variant in stock."""
    return set(read(_SELLABLE, {"product_ids": list(product_ids)}).scalars())


def list_products_in_cart(owner: Owner) -> tuple[int, ...]:
    """Return the products in somebody's cart, in the order they were put in."""
    if not owner.is_known:
        return ()
    statement = _IN_CART_OF_GUEST if owner.customer_id is None else _IN_CART_OF_CUSTOMER
    return tuple(dict.fromkeys(read(statement, {"owner": owner.customer_id or owner.token}).scalars()))


def _asked(unwanted: Collection[int], per_type: int | None = 2) -> Asked:
    return Asked(k=SHELF_SIZE, exclude=unwanted, keep=list_sellable, per_type=per_type)


def _best_sellers(asked: Asked, near: int | None = None) -> list[Recommendation]:
    """Return what the catalogue itself knows to sell: of everything, or of the category `near` and the one above it."""
    tree = catalog.category_tree()
    node = tree.find(near)
    paths = [one.path for one in (node, *tree.trail(node)[-1:])] if node else [""]
    source = Source.CATEGORY if node else Source.POPULAR
    ranked = [number for path in paths for number in catalog.list_best_seller_ids(FALLBACK_DEPTH, under=path)]
    wanted = [number for number in dict.fromkeys(ranked) if number not in asked.exclude]
    allowed = list_sellable(wanted)
    return [Recommendation(number, 0.0, source) for number in wanted if number in allowed][: asked.k]


def _shelf(key: str, found: Sequence[Recommendation], locale: str, about: Anchor | None = None) -> Shelf:
    cards = tuple(catalog.cards_by_ids([int(one.item) for one in found], locale, in_stock_only=True))
    sources = {int(one.item): one.source.value for one in found}
    reason, because = _reason(found)
    name = ""
    if because is not None:
        name = about.name if about and about.id == because else _name_of(because, locale)
    return Shelf(
        key,
        reason if name or because is None else Reason.BEST_SELLERS,
        name,
        cards,
        sources=tuple(sources[card.product_id] for card in cards),
        request=secrets.token_urlsafe(12),
        model_version=health().version,
        context=f"product:{about.id}" if about else "",
    )


def _reason(found: Sequence[Recommendation]) -> tuple[Reason, Id | None]:
    """Return what speaks for the whole row, from its first goods on, and the product that it speaks of."""
    sources = [one.source for one in found]
    led = {one.source: one.because for one in reversed(found) if one.because is not None}
    if Source.TASTE in led:
        return Reason.BECAUSE_BOUGHT, led[Source.TASTE]
    for source, reason in _BY_SOURCE.items():
        if source in led:
            return reason, led[source]
    if Source.HABIT in sources or Source.CART in sources:
        return Reason.HABIT, None
    return (Reason.SAME_CATEGORY, None) if sources[:1] == [Source.CATEGORY] else (Reason.BEST_SELLERS, None)


_BY_SOURCE = {
    Source.TOGETHER: Reason.BOUGHT_WITH,
    Source.CART: Reason.BOUGHT_WITH,
    Source.SIMILAR: Reason.SIMILAR,
}


def _name_of(product_id: Id, locale: str) -> str:
    """Return a product's name in a language; empty when it is no longer there."""
    row = read(_NAMED, {"product_id": product_id}).one_or_none()
    return localized(row.name, row.translations, locale=locale) if row else ""


_NAMED = select(Product.id, Product.name, Product.translations, Product.category_id).where(
    Product.id == bindparam("product_id"), Product.is_published
)
_SELLABLE = (
    select(Product.id)
    .join(Variant, Variant.product_id == Product.id)
    .join(StockLevel, StockLevel.variant_id == Variant.id)
    .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    .where(Product.id.in_(bindparam("product_ids", expanding=True)), Product.is_published)
    .where(Variant.is_active, Warehouse.is_active, sellable > 0)
    .distinct()
)
_IN_CARTS = (
    select(Variant.product_id)
    .join(CartLine, CartLine.variant_id == Variant.id)
    .join(Cart, Cart.id == CartLine.cart_id)
    .order_by(CartLine.added_at, CartLine.id)
)
_IN_CART_OF_GUEST = _IN_CARTS.where(Cart.token == bindparam("owner"))
_IN_CART_OF_CUSTOMER = _IN_CARTS.where(Cart.customer_id == bindparam("owner"))
