"""A shop with a past: products, customers and orders from which a recommender can be trained."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from flask import Flask

from recommend.gate import Outcome, train_and_publish
from recommend.training import Settings
from storefront.catalog.models import Product
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.discovery.recommending import holder
from storefront.discovery.training import read_goods, read_history
from storefront.kernel.clock import now
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import FulfillmentStatus, OrderStatus, PaymentStatus
from tests.factories import make_category, make_customer, make_product

_numbers = count(1)


def make_order(
    products: list[Product], *, customer_id: int | None, at: datetime, status: str = OrderStatus.CLOSED
) -> Order:
    """A paid and delivered order of one unit each."""
    number = next(_numbers)
    total = 1000 * len(products)
    order = Order(
        number=f"T{number:06}",
        access_token=f"token-{number}",
        idempotency_key=f"key-{number}",
        customer_id=customer_id,
        email="shopper@example.com",
        status=status,
        payment_status=PaymentStatus.PAID,
        fulfillment_status=FulfillmentStatus.DELIVERED,
        currency="USD",
        goods_minor=total,
        discount_minor=0,
        shipping_minor=0,
        total_minor=total,
        shipping_address={},
        placed_at=at,
    )
    db.session.add(order)
    db.session.flush()
    for position, product in enumerate(products):
        db.session.add(
            OrderLine(
                order_id=order.id,
                position=position,
                product_id=product.id,
                sku=f"S{product.id}",
                name=product.name,
                quantity=1,
                unit_price_minor=1000,
            )
        )
    db.session.flush()
    return order


def open_trade(app: Flask) -> dict[str, int]:
    """Sell for six weeks: pasta with sauce, everybody their tea, now and then anything; return ids by name.

    Customers 0 to 5 are "customer0" and so on. Everything is in stock.
    """
    names = {
        "pasta": ("Pasta", "Penne", "Rigatoni", "Fusilli"),
        "sauce": ("Pesto", "Marinara", "Arrabbiata"),
        "tea": ("Assam", "Darjeeling", "Sencha", "Rooibos"),
        "rice": ("Basmati", "Jasmine"),
    }
    ids: dict[str, int] = {}
    with app.app_context(), transaction():
        goods = {}
        for kind, members in names.items():
            category = make_category(kind.title())
            for place, name in enumerate(members):
                goods[name] = make_product(name, category=category, product_type=kind, popularity=90 - place)
        customers = [make_customer() for _ in range(6)]
        teas = [goods[name] for name in names["tea"]]
        rest = list(goods.values())
        for week in range(6):
            for number, customer in enumerate(customers):
                at = now() - timedelta(days=7 * week + number + 1)
                basket = [teas[number % 4], rest[(week * 7 + number * 3) % len(rest)]]
                if (week + number) % 2:
                    basket += [goods["Penne"], goods["Pesto"]]
                make_order(list(dict.fromkeys(basket)), customer_id=customer.id, at=at)
        ids = {name: product.id for name, product in goods.items()}
        ids |= {f"customer{number}": customer.id for number, customer in enumerate(customers)}
    return ids


QUICK = Settings(learned=False, factors=4, iterations=3)


def train(app: Flask) -> Outcome:
    """Publish tables from what has been sold."""
    with app.app_context():
        at = now()
        return train_and_publish(
            holder().directory, read_history(at), read_goods(), as_of=at, trained_at=at, settings=QUICK
        )
