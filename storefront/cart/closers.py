"""Products that close a gap: in the promotion's scope, in stock, not in the cart, and just dear enough."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, not_, or_, select

from storefront.cart.contents import Contents
from storefront.catalog import queries as catalog
from storefront.catalog.cards import Card
from storefront.catalog.models import Product, Variant
from storefront.database.base import db
from storefront.inventory.models import StockLevel
from storefront.inventory.queries import sellable
from storefront.kernel.money import Money
from storefront.promotions.rules import Near, NthItem, Scope, Together

SHOWN = 3
LOOKED_AT = 24
"""How many of the cheapest that close the gap are looked at; the best sold of them are shown."""


def list_closers(near: Near, contents: Contents, *, locale: str) -> list[Card]:
    """Return up to three products, the cheapest first, one of which is enough (or one piece of several missing).

    Where only more of the same product counts there is nothing to show: its line is on the page.
    """
    benefit = near.promotion.benefit
    if isinstance(benefit, NthItem) and benefit.together is not Together.SCOPE:
        return []
    pieces = 1 if isinstance(near.shortfall.need, Money) else max(1, near.shortfall.size)
    floor = -(-near.cost.minor // pieces)
    statement = (
        select(Product.id, Variant.price_minor, Product.popularity)
        .join(Variant, Variant.product_id == Product.id)
        .where(
            Product.is_published,
            Variant.is_active,
            Variant.price_minor >= floor,
            Product.id.not_in([line.product_id for line in contents.lines]),
            select(StockLevel.variant_id).where(StockLevel.variant_id == Variant.id, sellable > 0).exists(),
            *_in_scope(near.scope),
        )
        .order_by(Variant.price_minor, Product.id)
        .limit(LOOKED_AT)
    )
    rows = db.session.execute(statement).all()
    affordable = [row for row in rows if row.price_minor <= 2 * rows[0].price_minor]
    best = sorted(affordable, key=lambda row: (-row.popularity, row.price_minor))
    ids = list(dict.fromkeys(row.id for row in best))[:SHOWN]
    cards = catalog.cards_by_ids(ids, locale, in_stock_only=True)
    return sorted((card for card in cards if card.price_minor >= floor), key=lambda card: card.price_minor)


def _in_scope(scope: Scope) -> list[Any]:
    if scope.is_everything:
        return []
    conditions: list[Any] = []
    named: list[Any] = [Product.id.in_(scope.product_ids)] if scope.product_ids else []
    named += [Variant.sku.in_(scope.skus)] if scope.skus else []
    described: list[Any] = []
    if scope.category_ids:
        described.append(Product.category_id.in_(_with_subtrees(scope.category_ids)))
    if scope.brand_ids:
        described += [Product.brand_id.is_not(None), Product.brand_id.in_(scope.brand_ids)]
    if described:
        named.append(and_(*described))
    if named:
        conditions.append(or_(*named))
    if scope.exclude is not None:
        conditions += [not_(and_(*_in_scope(scope.exclude)))]
    return conditions


def _with_subtrees(category_ids: frozenset[int]) -> list[int]:
    tree = catalog.category_tree()
    below = {node.id for node in tree if not category_ids.isdisjoint((*node.ancestor_ids, node.id))}
    return sorted(below | category_ids)
