"""Where "go to" leads: pages, orders, customers, products and promotions that a member of staff may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from admin.accounts.customers.queries import find_customers
from admin.catalog.queries import find_products
from admin.naming import is_named
from admin.navigation import Entry, find_pages
from admin.orders.queries import find_orders
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.kernel.text import code_key
from storefront.orders.models import Order
from storefront.orders.rules import read_number
from storefront.promotions.models import Promotion


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean."""

    pages: Sequence[Entry] = ()
    orders: Sequence[Any] = ()
    customers: Sequence[Any] = ()
    products: Sequence[Any] = ()
    promotions: Sequence[Any] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it means nothing."""
        return not any((self.pages, self.orders, self.customers, self.products, self.promotions))


def find(staff: CurrentStaff, text: str, limit: int) -> Found:
    """Return what a text may mean to somebody, at most `limit` of each kind."""
    if not text:
        return Found()
    return Found(
        pages=find_pages(staff, text)[:limit],
        orders=find_orders(text, limit) if staff.may(Permission.ORDERS_VIEW) else (),
        customers=find_customers(text, limit) if staff.may(Permission.CUSTOMERS_VIEW) else (),
        products=find_products(text, limit) if staff.may(Permission.PRODUCTS_VIEW) else (),
        promotions=_find_promotions(text, limit) if staff.may(Permission.PROMOTIONS_VIEW) else (),
    )


def exact_url(staff: CurrentStaff, text: str) -> str:
    """Return the address of the one order or product that has this very number or SKU; empty when none has."""
    if not text:
        return ""
    if staff.may(Permission.ORDERS_VIEW):
        number = db.session.scalar(select(Order.number).where(Order.number == read_number(text)))
        if number is not None:
            return f"/admin/orders/{number}"
    if staff.may(Permission.PRODUCTS_VIEW):
        product = db.session.scalar(select(Variant.product_id).where(Variant.sku == code_key(text)))
        if product is not None:
            return f"/admin/products/{product}"
    return ""


def _find_promotions(text: str, limit: int) -> Sequence[Any]:
    columns = select(Promotion.id, Promotion.name, Promotion.translations).where(is_named(Promotion, text))
    return db.session.execute(columns.order_by(Promotion.id.desc()).limit(limit)).all()
