"""What may stand on a shelf, and what is known of it: few queries of columns, however long the shelf."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, bindparam, cast, func, literal, select, union_all

from recommend import Id
from storefront.cart.models import Cart, CartLine
from storefront.cart.rules import Owner
from storefront.catalog.models import Category, Product, Variant
from storefront.catalog.queries import category_tree
from storefront.database.reading import read
from storefront.discovery.models import ShelfDismissal
from storefront.discovery.shelves.rules import Candidate
from storefront.discovery.shelves.shown import Anchor, Visit
from storefront.inventory.models import StockLevel, Warehouse
from storefront.inventory.queries import sellable
from storefront.kernel.errors import NotFound
from storefront.orders.following_up import WAS_CHOSEN
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import OrderStatus
from storefront.web.locale import localized

DAY_SECONDS = 86_400.0
LATELY = timedelta(days=60)
"""How far back orders are looked at that the trained tables may not know."""
UNWANTED, IN_CART, ORDERED = range(3)


def get_anchor(product_id: int, locale: str) -> Anchor:
    """Return a published product; NotFound if there is none."""
    row = read(_NAMED, {"product_id": product_id}).one_or_none()
    if row is None:
        raise NotFound
    return Anchor(row.id, localized(row.name, row.translations, locale=locale), row.category_id)


def list_sellable(product_ids: Iterable[Id]) -> set[Id]:
    """Return which of these products are published and have a variant in stock."""
    ids = list(product_ids)
    return set(read(_SELLABLE, {"product_ids": ids}).scalars()) if ids else set()


def sellable_under(path: str) -> Callable[[Sequence[Id]], Collection[Id]]:
    """Return a `list_sellable` that knows only the goods of the category at `path` and of those below it."""

    def keep(product_ids: Sequence[Id]) -> Collection[Id]:
        return set(read(_SELLABLE_UNDER, {"product_ids": list(product_ids), "path": f"{path}%"}).scalars())

    return keep


def list_products_in_cart(owner: Owner) -> tuple[int, ...]:
    """Return the products in somebody's cart, in the order they were put in."""
    if not owner.is_known:
        return ()
    statement = _IN_CART_OF_GUEST if owner.customer_id is None else _IN_CART_OF_CUSTOMER
    return tuple(dict.fromkeys(read(statement, {"owner": owner.customer_id or owner.token}).scalars()))


def visit_of_customer(customer_id: int, at: datetime) -> Visit:
    """Return, in one query, what is in a customer's cart, what they do not want, and what they ordered lately."""
    rows = read(_OF_CUSTOMER, {"owner": customer_id, "since": at - LATELY}).all()
    return Visit(
        customer_id,
        tuple(dict.fromkeys(row.product_id for row in rows if row.kind == IN_CART)),
        frozenset(row.product_id for row in rows if row.kind == UNWANTED),
        tuple((row.product_id, row.at) for row in rows if row.kind == ORDERED),
    )


def list_products_of_order(order_id: int) -> tuple[int, ...]:
    """Return the products that an order was placed for, gifts left out."""
    return tuple(dict.fromkeys(read(_OF_ORDER, {"order_id": order_id}).scalars()))


def count_purchases(customer_id: int | None, product_ids: Sequence[int]) -> dict[int, int]:
    """Return by product id in how many orders a customer bought it, cancelled ones left out."""
    if customer_id is None or not product_ids:
        return {}
    rows = read(_TIMES, {"customer_id": customer_id, "product_ids": list(product_ids)})
    return {row.product_id: row.times for row in rows}


def list_candidates(product_ids: Sequence[int], at: datetime) -> list[Candidate]:
    """Return what rules want to know of products, in the order given; unpublished ones are left out."""
    if not product_ids:
        return []
    rows = {row.id: row for row in read(_FACTS, {"product_ids": list(product_ids)})}
    tree = category_tree()
    found = []
    for number in product_ids:
        row = rows.get(number)
        if row is None:
            continue
        age = (at - row.published_at).total_seconds() / DAY_SECONDS if row.published_at else None
        found.append(Candidate(number, tree.line(row.category_id), row.margin, age))
    return found


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
_SELLABLE_UNDER = _SELLABLE.join(Category, Category.id == Product.category_id).where(
    Category.path.like(bindparam("path"))
)
_MARGIN = cast(func.sum(Variant.price_minor - Variant.cost_minor), Float) / func.nullif(
    cast(func.sum(Variant.price_minor), Float), 0.0
)
_FACTS = (
    select(
        Product.id,
        Product.category_id,
        Product.published_at,
        _MARGIN.label("margin"),
    )
    .outerjoin(Variant, (Variant.product_id == Product.id) & Variant.is_active & Variant.cost_minor.is_not(None))
    .where(Product.id.in_(bindparam("product_ids", expanding=True)), Product.is_published)
    .group_by(Product.id, Product.category_id, Product.published_at)
)
_IN_CARTS = (
    select(Variant.product_id)
    .join(CartLine, CartLine.variant_id == Variant.id)
    .join(Cart, Cart.id == CartLine.cart_id)
    .order_by(CartLine.added_at, CartLine.id)
)
_IN_CART_OF_GUEST = _IN_CARTS.where(Cart.token == bindparam("owner"))
_IN_CART_OF_CUSTOMER = _IN_CARTS.where(Cart.customer_id == bindparam("owner"))
_PARTS: Sequence[Any] = (
    select(
        Variant.product_id, literal(IN_CART).label("kind"), CartLine.added_at.label("at"), CartLine.id.label("number")
    )
    .join(CartLine, CartLine.variant_id == Variant.id)
    .join(Cart, Cart.id == CartLine.cart_id)
    .where(Cart.customer_id == bindparam("owner")),
    select(ShelfDismissal.product_id, literal(UNWANTED), ShelfDismissal.at, literal(0)).where(
        ShelfDismissal.customer_id == bindparam("owner")
    ),
    select(OrderLine.product_id, literal(ORDERED), func.max(Order.placed_at), literal(0))
    .join(Order, Order.id == OrderLine.order_id)
    .where(Order.customer_id == bindparam("owner"), Order.placed_at >= bindparam("since"))
    .where(Order.status != OrderStatus.CANCELLED, OrderLine.product_id.is_not(None), ~OrderLine.is_gift, WAS_CHOSEN)
    .group_by(OrderLine.product_id),
)
_OF_CUSTOMER = union_all(*_PARTS).order_by("at", "number")
_TIMES = (
    select(OrderLine.product_id, func.count(OrderLine.order_id.distinct()).label("times"))
    .join(Order, Order.id == OrderLine.order_id)
    .where(Order.customer_id == bindparam("customer_id"), Order.status != OrderStatus.CANCELLED, ~OrderLine.is_gift)
    .where(WAS_CHOSEN, OrderLine.product_id.in_(bindparam("product_ids", expanding=True)))
    .group_by(OrderLine.product_id)
)
_OF_ORDER = (
    select(OrderLine.product_id)
    .where(OrderLine.order_id == bindparam("order_id"), OrderLine.product_id.is_not(None), ~OrderLine.is_gift)
    .order_by(OrderLine.position, OrderLine.id)
)
