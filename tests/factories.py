"""Makes rows for tests. Each function adds to the session, flushes and returns the row; call inside `transaction()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from storefront.accounts.models import Customer, CustomerGroup
from storefront.catalog.models import Brand, Category, Product, Variant
from storefront.database.base import db
from storefront.flash.models import FlashItem, FlashSale, FlashSession
from storefront.inventory.models import StockLevel, StockMovement, Warehouse
from storefront.inventory.states import MovementKind
from storefront.kernel.clock import now
from storefront.kernel.text import slugify
from storefront.pricing.models import PriceEntry, PriceList
from storefront.promotions.models import CouponCode, Promotion
from storefront.shipping.models import ShippingMethod, ShippingZone

_numbers = count(1)


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_category(name: str = "", *, parent: Category | None = None, **values: Any) -> Category:
    name = name or f"Category {next(_numbers)}"
    category = _add(
        Category(
            **{
                "name": name,
                "slug": f"{slugify(name)}-{next(_numbers)}",
                "parent_id": parent.id if parent else None,
                "depth": parent.depth + 1 if parent else 0,
                "path": "",
                "picture": "generated:1f34e-120-1",
                "translations": {},
                **values,
            }
        )
    )
    category.path = f"{parent.path if parent else '/'}{category.id}/"
    db.session.flush()
    return category


def make_brand(name: str = "", *, slug: str = "") -> Brand:
    name = name or f"Brand {next(_numbers)}"
    return _add(Brand(name=name, slug=slug or f"{slugify(name)}-{next(_numbers)}"))


def make_product(
    name: str = "",
    *,
    price: int = 1000,
    stock: int = 10,
    category: Category | None = None,
    sku: str = "",
    **values: Any,
) -> Product:
    """A published product with one variant at `price` minor units and `stock` units in the main warehouse."""
    name = name or f"Product {next(_numbers)}"
    number = next(_numbers)
    product = _add(
        Product(
            **{
                "name": name,
                "slug": f"{slugify(name)}-{number}",
                "category_id": (category or make_category()).id,
                "picture": "generated:1f34e-120-1",
                "published_at": now(),
                "created_at": now(),
                "updated_at": now(),
                "translations": {},
                "attributes": {},
                **values,
            }
        )
    )
    make_variant(product, price=price, stock=stock, sku=sku or f"SKU{number}")
    return product


def make_variant(product: Product, *, price: int = 1000, stock: int = 10, sku: str = "", **values: Any) -> Variant:
    taken = db.session.scalar(db.select(db.func.count()).where(Variant.product_id == product.id)) or 0
    variant = _add(
        Variant(
            **{
                "product_id": product.id,
                "sku": sku or f"SKU{next(_numbers)}",
                "position": taken,
                "price_minor": price,
                "options": {},
                "weight_grams": 500,
                "updated_at": now(),
                **values,
            }
        )
    )
    set_stock(variant, stock)
    return variant


def variant_of(product: Product) -> Variant:
    """Return a product's first variant."""
    return db.session.scalars(
        db.select(Variant).where(Variant.product_id == product.id).order_by(Variant.position).limit(1)
    ).one()


def main_warehouse() -> Warehouse:
    found = db.session.scalar(db.select(Warehouse).where(Warehouse.code == "MAIN"))
    return found or _add(Warehouse(code="MAIN", name="Main warehouse"))


def set_stock(variant: Variant, quantity: int) -> StockLevel:
    """Receive `quantity` units of a variant that had none."""
    warehouse = main_warehouse()
    level = _add(StockLevel(variant_id=variant.id, warehouse_id=warehouse.id, on_hand=quantity, updated_at=now()))
    if quantity:
        _add(
            StockMovement(
                variant_id=variant.id,
                warehouse_id=warehouse.id,
                kind=MovementKind.RECEIVED,
                on_hand_delta=quantity,
                reference="test",
                at=now(),
            )
        )
    return level


def make_shipping(
    price: int = 500, *, free_from: int | None = None, countries: tuple[str, ...] = ("*",)
) -> ShippingMethod:
    zone = _add(ShippingZone(name="Zone", places=list(countries)))
    number = next(_numbers)
    return _add(
        ShippingMethod(
            zone_id=zone.id,
            code=f"standard-{number}",
            name="Standard delivery",
            translations={},
            price_minor=price,
            free_from_minor=free_from,
        )
    )


def make_customer(email: str = "", **values: Any) -> Customer:
    email = email or f"shopper{next(_numbers)}@example.com"
    return _add(Customer(**{"email": email, "name": "Ada Shopper", "traits": {}, "created_at": now(), **values}))


def make_promotion(*, conditions: list[dict[str, Any]], benefits: list[dict[str, Any]], **values: Any) -> Promotion:
    """A live promotion; see `promotions.rules` for what conditions and benefits look like."""
    number = next(_numbers)
    return _add(
        Promotion(
            **{
                "key": f"promotion-{number}",
                "name": f"Promotion {number}",
                "translations": {},
                "promotion_class": "order",
                "combines_with": ["item", "order", "shipping", "coupon"],
                "conditions": conditions,
                "benefits": benefits,
                "updated_at": now(),
                **values,
            }
        )
    )


def make_code(promotion: Promotion, code: str, **values: Any) -> CouponCode:
    return _add(CouponCode(promotion_id=promotion.id, code=code, **values))


def make_flash_session(
    items: Iterable[FlashItem], *, starts_at: datetime | None = None, ends_at: datetime | None = None, name: str = ""
) -> FlashSession:
    """A session of an activity of its own with these items, going on for an hour around now unless said otherwise."""
    number = next(_numbers)
    sale = _add(FlashSale(key=f"flash-{number}", name=name or f"Flash {number}", translations={}, updated_at=now()))
    session = _add(
        FlashSession(
            flash_sale_id=sale.id,
            starts_at=starts_at or now() - timedelta(minutes=30),
            ends_at=ends_at or now() + timedelta(minutes=30),
            updated_at=now(),
        )
    )
    for position, item in enumerate(items):
        item.flash_session_id, item.position = session.id, position
        _add(item)
    return session


def flash_item(variant: Variant, price: int = 500, *, quota: int = 5, per_customer: int | None = None) -> FlashItem:
    """An item that waits to be put into a session."""
    return FlashItem(variant_id=variant.id, price_minor=price, quota=quota, per_customer=per_customer)


def make_price_list(name: str = "", *, entries: Mapping[int, int] | None = None, **values: Any) -> PriceList:
    """A price list that holds now; `entries` are prices by variant id, for one piece."""
    number = next(_numbers)
    name = name or f"List {number}"
    row = _add(
        PriceList(
            **{
                "key": f"list-{number}",
                "name": name,
                "translations": {},
                "tiers": [],
                "groups": [],
                "updated_at": now(),
                **values,
            }
        )
    )
    for variant_id, price in (entries or {}).items():
        _add(PriceEntry(price_list_id=row.id, variant_id=variant_id, min_quantity=1, price_minor=price))
    return row


def make_group(key: str, name: str = "") -> CustomerGroup:
    return _add(CustomerGroup(key=key, name=name or key.title(), updated_at=now()))
