"""The throwaway shop of a rehearsal: its tables, goods, stock, delivery, and a past to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from storefront.accounts.models import Customer
from storefront.catalog.models import Category, Product, Variant
from storefront.config import Config, read_config
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.training import train_recommender
from storefront.inventory.models import StockLevel, Warehouse
from storefront.kernel.text import slugify
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import FulfillmentStatus, OrderStatus, PaymentStatus
from storefront.rehearsal.rules import Ware, baskets, wares
from storefront.shipping.models import ShippingMethod, ShippingZone

CUSTOMERS, ORDERS = 60, 600
STOCK = 1_000_000
DELIVERY_MINOR = 500


@dataclass(frozen=True, slots=True)
class Stage:
    """The goods of the shop: product ids by ware and the other way round, and where their pages are."""

    products: Mapping[int, int]
    wares: Mapping[int, int]
    pages: Mapping[int, str]
    prices: Mapping[int, int]


def config_in(directory: Path) -> Config:
    """Return a configuration that keeps everything in a directory, whatever the environment says."""
    return read_config({"DATA_DIR": str(directory), "LOG_LEVEL": "WARNING", "SECRET_KEY": "rehearsal" * 4})


def build(seed: int, at: datetime) -> Stage:
    """Fill the empty database of the present application, and train its recommender from what was sold before `at`."""
    db.create_all()
    with transaction():
        _add_delivery()
        goods = {ware.number: product for ware, product in _add_goods(at)}
        db.session.flush()
        _add_past(seed, goods, at)
        products = {number: product.id for number, product in goods.items()}
        pages = {number: f"/products/{product.slug}" for number, product in goods.items()}
    train_recommender(as_of=at)
    return Stage(
        products=products,
        wares={product: number for number, product in products.items()},
        pages=pages,
        prices={ware.number: ware.price_minor for ware in wares()},
    )


def _add_delivery() -> None:
    zone = ShippingZone(name="Everywhere", places=["*"])
    db.session.add(zone)
    db.session.flush()
    method = {"code": "standard", "name": "Standard delivery", "translations": {}, "price_minor": DELIVERY_MINOR}
    db.session.add(ShippingMethod(zone_id=zone.id, **method))


def _add_goods(at: datetime) -> list[tuple[Ware, Product]]:
    warehouse = Warehouse(code="MAIN", name="Main warehouse")
    db.session.add(warehouse)
    db.session.flush()
    categories: dict[str, Category] = {}
    made = []
    for ware in wares():
        if ware.kind not in categories:
            categories[ware.kind] = _add_category(ware.kind)
        product = Product(
            name=ware.name,
            slug=slugify(ware.name, fallback="ware", longest=60),
            category_id=categories[ware.kind].id,
            product_type=ware.kind,
            picture="generated:1f34e-120-1",
            popularity=100 - ware.number,
            published_at=at - timedelta(days=100),
            created_at=at,
            updated_at=at,
            translations={},
            attributes={},
        )
        db.session.add(product)
        db.session.flush()
        _add_variant(product, ware, warehouse, at)
        made.append((ware, product))
    return made


def _add_category(name: str) -> Category:
    values: dict[str, Any] = {"depth": 0, "path": "", "picture": "generated:1f34e-120-1", "translations": {}}
    category = Category(name=name, slug=name.lower(), **values)
    db.session.add(category)
    db.session.flush()
    category.path = f"/{category.id}/"
    return category


def _add_variant(product: Product, ware: Ware, warehouse: Warehouse, at: datetime) -> None:
    variant = Variant(
        product_id=product.id,
        sku=f"W{ware.number}",
        position=0,
        price_minor=ware.price_minor,
        options={},
        weight_grams=500,
        updated_at=at,
    )
    db.session.add(variant)
    db.session.flush()
    db.session.add(StockLevel(variant_id=variant.id, warehouse_id=warehouse.id, on_hand=STOCK, updated_at=at))


def _add_past(seed: int, goods: Mapping[int, Product], at: datetime) -> None:
    customers = [
        Customer(email=f"customer{number}@example.com", name="A Customer", traits={}, created_at=at)
        for number in range(CUSTOMERS)
    ]
    db.session.add_all(customers)
    db.session.flush()
    numbers = count(1)
    for customer, days, basket in baskets(seed, CUSTOMERS, ORDERS):
        _add_order(next(numbers), customers[customer].id, [goods[ware] for ware in basket], at - timedelta(days=days))


def _add_order(number: int, customer_id: int, products: list[Product], at: datetime) -> None:
    order = Order(
        number=f"P{number:06}",
        access_token=f"past-{number}",
        idempotency_key=f"past-{number}",
        customer_id=customer_id,
        email="customer@example.com",
        status=OrderStatus.CLOSED,
        payment_status=PaymentStatus.PAID,
        fulfillment_status=FulfillmentStatus.DELIVERED,
        currency="USD",
        goods_minor=0,
        discount_minor=0,
        shipping_minor=0,
        total_minor=0,
        shipping_address={},
        placed_at=at,
    )
    db.session.add(order)
    db.session.flush()
    for position, product in enumerate(products):
        line = {"sku": f"W{product.id}", "name": product.name, "quantity": 1, "unit_price_minor": 0}
        db.session.add(OrderLine(order_id=order.id, position=position, product_id=product.id, **line))
