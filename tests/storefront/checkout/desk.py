"""A shopper at the checkout desk."""

from __future__ import annotations

from typing import Any

from flask import Flask

from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.shop.services import change_settings
from tests import factories
from tests.browser import Page, Shopper

TYPED = {
    "email": "ada@example.com",
    "country": "US",
    "name": "Ada Shopper",
    "phone": "(212) 555-0123",
    "street": "1 Main Street",
    "city": "New York",
    "region": "NY",
    "postcode": "10001",
}
CHINESE = {
    "country": "CN",
    "name": "王小明",
    "phone": "13800138000",
    "region": "广东",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技园路1号",
}


def open_shop(app: Flask, *, price: int = 1000, stock: int = 5, sku: str = "LAMP", **settings: object) -> None:
    """A shop with a lamp, delivery for 5.00 everywhere."""
    with app.app_context(), transaction():
        factories.make_product("Lamp", price=price, stock=stock, sku=sku)
        factories.make_shipping(500)
        if settings:
            change_settings(values=settings, at=now())


def with_cart(app: Flask, quantity: int = 2, sku: str = "LAMP", **options: Any) -> Shopper:
    """A shopper with something in the cart."""
    shopper = Shopper(app, **options)
    added = shopper.post("/cart/lines", {"sku": sku, "quantity": str(quantity)})
    assert added.status == 303, added.said
    return shopper


def order(shopper: Shopper, page: Page | None = None, *, follow: bool = False, **typed: str) -> Page:
    """Fill in the form of the checkout page and press the button."""
    page = page or shopper.get("/checkout")
    return shopper.submit(page, "#checkout-form", follow=follow, **{**TYPED, **typed})


def buy(app: Flask, **typed: str) -> tuple[Shopper, str]:
    """Order what is in a new cart; return the shopper and the order's number."""
    shopper = with_cart(app)
    placed = order(shopper, **typed)
    assert placed.status == 303, placed.said
    if placed.location.startswith("/orders/"):
        return shopper, placed.location.removeprefix("/orders/")
    page = shopper.get(placed.location)
    return shopper, page.all(".sandbox dd")[0].get_text(strip=True)
