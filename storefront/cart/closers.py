"""Products that bring a saving nearer: in its scope, in stock, not in the cart, of a sensible price, sold well.

What the merchant wants offered nowhere beside a cart (tobacco, say) lies in a room above this one: it is bound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from storefront.cart.contents import Contents
from storefront.catalog import queries as catalog
from storefront.catalog.cards import Card
from storefront.catalog.models import Product, Variant
from storefront.catalog.tree import Tree
from storefront.database.base import db
from storefront.database.reading import read
from storefront.kernel.money import Money
from storefront.promotions.goods import IN_STOCK, IS_SOLD, in_scope
from storefront.promotions.rules import Near, NthItem, Scope, Together

SHOWN = 3
ANY_PRICE = 2**62
_PRICE = Variant.price_minor + 0
"""The price as no index knows it: goods are walked from the best sold on until there are enough, not all goods of a
price looked up and sorted."""
LOOKED_AT = 60
"""How many are looked at, the best sold of those that fit; the best of them are shown."""
FAR = (2, 5)
"""A gap above this share of what is in the cart is not closed by one product: then goods that people like are shown."""
NEARER = 8
"""Of a gap that is far, a product costs at least one part in so many."""

Unwanted = Callable[[], tuple[Collection[int], Collection[int]]]
"""Returns categories, meant with all below them, and products."""


def _none() -> tuple[Collection[int], Collection[int]]:
    return (), ()


_unwanted: Unwanted = _none


def bind(unwanted: Unwanted) -> None:
    """Say who knows what is not to be offered."""
    global _unwanted  # noqa: PLW0603
    _unwanted = unwanted


def list_closers(near: Near, contents: Contents, *, locale: str) -> list[Card]:
    """Return up to three products, the cheapest first.

    One of them is enough (or one piece of several missing) and costs at most about twice the gap; where the gap is far,
    or nothing fits, they bring it nearer. Where goods are missing whose price is not known, it is these goods. Where
    only more of the same product counts there is nothing to show: its line is on the page.
    """
    benefit = near.promotion.benefit
    if isinstance(benefit, NthItem) and benefit.together is not Together.SCOPE:
        return []
    ranges = [(0, ANY_PRICE)] if near.open else _ranges(near, contents)
    found = (_cards(_rows(near, contents, *prices), contents, locale, prices[0]) for prices in ranges)
    return next(filter(None, found), [])


def _ranges(near: Near, contents: Contents) -> list[tuple[int, int]]:
    """Return between which prices to look, in minor units: first for what fits best."""
    cost = near.cost.minor
    if not isinstance(near.shortfall.need, Money):
        floor = -(-cost // max(1, near.shortfall.size))
        return [(floor, 2 * floor), (floor, 4 * floor)]
    nearer = (-(-cost // NEARER), cost)
    is_far = cost * FAR[1] > contents.goods.minor * FAR[0]
    return [nearer, (cost, 2 * cost)] if is_far else [(cost, 2 * cost), nearer]


def _rows(near: Near, contents: Contents, floor: int, most: int) -> Sequence[Any]:
    mine = [line.product_id for line in contents.lines]
    values = {"floor": floor, "most": most, "mine": mine}
    return read(_statement(near.scope, catalog.category_tree(), db.engine.dialect.name), values).all()


@lru_cache(maxsize=200)
def _statement(scope: Scope, _tree: Tree, _dialect: str) -> Select[*tuple[Any, ...]]:
    """Return what finds goods of a scope; it names the categories below those of the scope, as the database says it."""
    return (
        select(
            *(Product.id, Product.category_id, Product.popularity, Variant.sku, Variant.price_minor),
        )
        .join(Variant, Variant.product_id == Product.id)
        .where(
            *IS_SOLD,
            IN_STOCK,
            _PRICE.between(bindparam("floor"), bindparam("most")),
            Product.id.not_in(bindparam("mine", expanding=True)),
            in_scope(scope),
        )
        .order_by(Product.popularity.desc(), Variant.price_minor, Product.id)
        .limit(LOOKED_AT)
    )


def _cards(rows: Sequence[Any], contents: Contents, locale: str, floor: int) -> list[Card]:
    """Choose from what was found: goods of the categories that are in the cart first, then of their departments, then
    what is sold most.

    What an offer takes below `floor` would not be enough.
    """
    liked, tree = frozenset[int]().union(*(line.category_ids for line in contents.lines)), catalog.category_tree()
    categories, products = _unwanted()
    lines = {number: tree.line(number) for number in {row.category_id for row in rows}}
    alike = {number: len(liked & line) for number, line in lines.items() if line.isdisjoint(categories)}
    wanted = [row for row in rows if row.category_id in alike and row.id not in products]
    best = sorted(wanted, key=lambda row: (-alike[row.category_id], -row.popularity, row.price_minor, row.id))
    skus = {row.sku for row in best}
    ids, cards = list(dict.fromkeys(row.id for row in best)), list[Card]()
    while ids and len(cards) < SHOWN:
        some, ids = ids[: 2 * SHOWN], ids[2 * SHOWN :]
        shown = catalog.cards_by_ids(some, locale, in_stock_only=True)
        cards += [card for card in shown if card.sku in skus and card.price_minor >= floor]
    return sorted(cards[:SHOWN], key=lambda card: card.price_minor)
