"""A shop with a history drawn from a fixed seed, and its figures counted the slow way: order by order, in Python."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from storefront.database.base import db
from storefront.figures.rules import Sums
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.payments.models import Payment, Refund
from tests.admin.orders_made import make_order
from tests.factories import make_customer, make_product, variant_of


@dataclass
class Sale:
    """An order as the test knows it."""

    who: str
    email: str
    at: datetime
    cancelled: bool
    replaces: bool
    total: int
    discounts: int
    delivery: int
    tax: int
    lines: list[tuple[int, int, int, int | None, bool]]
    """(product, quantity, net, cost of a piece, whether it is a gift)"""
    gross: int = 0
    """What the lines cost with tax."""
    refunds: list[tuple[datetime, int, int]] = field(default_factory=list)
    """(when, how much went back, what of it is goods)"""
    order_id: int = 0

    @property
    def counts(self) -> bool:
        return not (self.cancelled or self.replaces)

    @property
    def net(self) -> int:
        return sum(net for _, _, net, _, _ in self.lines)


def fill(seed: int, first: datetime, days: int, orders: int = 60) -> list[Sale]:
    """Write down so many orders over so many days."""
    draw = random.Random(seed)
    variants = [
        (variant_of(make_product(price=draw.randrange(100, 5000))), draw.choice((None, 40, 700))) for _ in range(5)
    ]
    for variant, cost in variants:
        variant.cost_minor = cost
    customers = [make_customer(f"customer{number}-{seed}@example.com") for number in range(6)]
    sales = []
    for number in range(orders):
        at = first + timedelta(seconds=draw.randrange(days * 86_400))
        customer = draw.choice([*customers, None])
        guest = draw.choice([*(f"guest{each}-{seed}@example.com" for each in range(4)), customers[0].email])
        email = customer.email if customer else guest
        sales.append(_place(draw, f"{seed}-{number}", at, customer.id if customer else None, str(email), variants))
    db.session.flush()
    return sales


def _place(draw, key, at, customer_id, email, variants) -> Sale:  # type: ignore[no-untyped-def]
    lines, is_added = [], draw.random() < 0.3
    for place in range(draw.randrange(1, 4)):
        variant, cost = draw.choice(variants)
        quantity, price, is_gift = draw.randrange(1, 4), draw.randrange(0, 4000), draw.random() < 0.1
        gross = quantity * price
        discount = gross if is_gift else draw.randrange(0, gross // 2 + 1)
        tax = (gross - discount) // 11
        lines.append((variant, cost, place, quantity, price, discount, tax, is_gift))
    delivery = draw.choice((0, 500))
    goods, discounts = sum(line[3] * line[4] for line in lines), sum(line[5] for line in lines)
    tax = sum(line[6] for line in lines)
    total = goods - discounts + delivery + (tax if is_added else 0)
    status = draw.choice(("open", "open", "closed", "cancelled"))
    replaces = draw.random() < 0.1
    order = make_order(
        total,
        placed_at=at,
        customer_id=customer_id,
        email=email,
        status=status,
        goods_minor=goods,
        discount_minor=discounts,
        shipping_minor=delivery,
        tax_minor=tax,
        tax_added_minor=tax if is_added else 0,
        idempotency_key=f"follow-{key}" if replaces else f"key-{key}",
        payment_status="paid",
    )
    db.session.query(OrderLine).filter_by(order_id=order.id).delete()
    for variant, _, place, quantity, price, discount, line_tax, is_gift in lines:
        db.session.add(
            OrderLine(
                order_id=order.id,
                position=place,
                variant_id=variant.id,
                product_id=variant.product_id,
                sku=variant.sku,
                name="Thing",
                quantity=quantity,
                unit_price_minor=price,
                discount_minor=discount,
                tax_minor=line_tax,
                is_gift=is_gift,
            )
        )
        if discount:
            values = {"order_id": order.id, "kind": "promotion", "label": "Off", "amount_minor": -discount}
            db.session.add(OrderAdjustment(**values, promotion_key=str(place)))
    net = [
        (variant.product_id, quantity, quantity * price - discount - (0 if is_added else line_tax), cost, is_gift)
        for variant, cost, _, quantity, price, discount, line_tax, is_gift in lines
    ]
    sale = Sale(
        f"c{customer_id}" if customer_id else email,
        email,
        at,
        status == "cancelled",
        replaces,
        total,
        discounts,
        delivery,
        tax,
        net,
    )
    sale.order_id, sale.gross = order.id, sale.net + sum(line[6] for line in lines)
    _pay_back(draw, order, sale, key)
    return sale


def _pay_back(draw, order: Order, sale: Sale, key: str) -> None:  # type: ignore[no-untyped-def]
    payment = Payment(
        order_id=order.id,
        provider="card",
        reference=f"pay-{key}",
        state="captured",
        amount_minor=order.total_minor,
        captured_minor=order.total_minor,
        currency="USD",
        created_at=sale.at,
    )
    db.session.add(payment)
    db.session.flush()
    for number in range(draw.choice((0, 0, 1, 2))):
        amount = draw.randrange(0, order.total_minor // 3 + 1)
        if not amount:
            continue
        state = draw.choice(("succeeded", "succeeded", "pending", "failed"))
        ended = sale.at + timedelta(hours=draw.randrange(1, 200))
        refund = Refund(
            payment_id=payment.id,
            reference=f"r{number}",
            key=f"refund-{key}-{number}",
            amount_minor=amount,
            overpaid_minor=(over := draw.choice((0, 0, amount // 2))),
            freight_minor=(freight := draw.choice((None, 0, (amount - over) // 3))),
            state=state,
            asked_at=sale.at,
            ended_at=None if state == "pending" else ended,
        )
        db.session.add(refund)
        if state == "succeeded":
            sale.refunds.append((ended, amount, _goods_in(sale, amount - over, freight)))


def _goods_in(sale: Sale, back: int, freight: int | None) -> int:
    """What of money that made a sale smaller is goods without tax."""
    if freight is not None and sale.gross:
        return int(Fraction((back - freight) * sale.net, sale.gross))
    return int(Fraction(back * sale.net, sale.total)) if sale.total else 0


def brute(sales: Iterable[Sale], first: date, last: date, zone: str) -> Sums:
    """Count what lies on some days, both included, one order after the other."""
    sales = list(sales)

    def within(moment: datetime) -> bool:
        return first <= moment.astimezone(ZoneInfo(zone)).date() <= last

    here = [sale for sale in sales if sale.counts and within(sale.at)]
    lines = [line for sale in here for line in sale.lines]
    known = [line for line in lines if line[3] is not None]
    back = [
        (sale, amount, goods)
        for sale in sales
        if not sale.replaces
        for moment, amount, goods in sale.refunds
        if within(moment)
    ]
    buyers = {sale.who for sale in here}
    earlier = [sale for sale in sales if not sale.cancelled and sale.at.astimezone(ZoneInfo(zone)).date() < first]
    before = {sale.who for sale in earlier} | {sale.email for sale in earlier}
    twice = {who for who in buyers if sum(sale.who == who for sale in here) > 1}
    return Sums(
        orders=len(here),
        gmv=sum(sale.total for sale in here),
        discounts=sum(sale.discounts for sale in here),
        delivery=sum(sale.delivery for sale in here),
        tax=sum(sale.tax for sale in here),
        goods=sum(line[2] for line in lines),
        units=sum(line[1] for line in lines if not line[4]),
        known=sum(line[2] for line in known),
        cost=sum(line[1] * line[3] for line in known),
        refunds=len(back),
        refunded=sum(amount for _, amount, _ in back),
        refunded_goods=sum(goods for sale, _, goods in back if not sale.cancelled),
        buyers=len(buyers),
        newcomers=len(buyers - before),
        repeaters=len(buyers & (before | twice)),
    )
