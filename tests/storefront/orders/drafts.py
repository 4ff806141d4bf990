"""Drafts and orders for tests, without a cart: priced goods, a promotion's share, an address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask

from storefront.accounts.rules import PostalAddress
from storefront.catalog.models import Variant
from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.orders import services
from storefront.orders.draft import Buyer, Draft, Goods, Parcel
from storefront.pricing.allocation import DELIVERY, Allocation
from storefront.pricing.label import Label
from storefront.pricing.quote import Adjustment, AdjustmentKind, make_quote
from storefront.pricing.snapshot import Delivery, PriceSource, Snapshot, SnapshotLine, Stage
from storefront.promotions.models import Promotion
from tests import factories

POINTS = AdjustmentKind.POINTS
ADDRESS = PostalAddress(
    name="Ada Shopper",
    phone="+12125550123",
    country="US",
    region="NY",
    city="New York",
    street="1 Main Street",
    postcode="10001",
)


def draft_of(
    wanted: dict[int, int],
    *,
    off: int = 0,
    delivery: int = 500,
    delivery_off: int = 0,
    currency: str = "USD",
    promotion_id: int = 0,
    code: str = "",
    points: int = 0,
    flash_items: Mapping[int, int] | None = None,
    pays_at_the_door: bool = False,
    named: str = "",
    **buyer: object,
) -> Draft:
    """A draft of `wanted` (variant id -> units); `off` falls on the first line as one promotion, `points` beside it.

    `flash_items` (variant id -> item) are bought at the price of a flash sale.
    """
    items = flash_items or {}
    variants = {variant.id: variant for variant in db.session.scalars(db.select(Variant)) if variant.id in wanted}
    lines = tuple(
        SnapshotLine(
            str(id_),
            variants[id_].sku,
            units,
            Money(variants[id_].price_minor, currency),
            price_source=PriceSource.FLASH if id_ in items else PriceSource.BASE,
        )
        for id_, units in wanted.items()
    )
    snapshot = Snapshot(now(), currency, lines, delivery=Delivery("standard", Money(delivery, currency)))
    first = snapshot.lines[0]
    reductions = []
    for part, kind in ((off, AdjustmentKind.COUPON if code else AdjustmentKind.PROMOTION), (points, POINTS)):
        if part:
            units = Money(part, currency).split([1] * first.quantity)
            shares = tuple(Allocation(first.line_id, index, share) for index, share in enumerate(units) if share)
            told = {} if kind is POINTS else {"source_id": promotion_id, "code": code}
            reductions.append(_reduction("Spend more, save", -Money(part, currency), shares, kind, **told))
    if delivery_off:
        share = Allocation(DELIVERY, 0, Money(delivery_off, currency))
        reductions.append(_reduction("Delivery on us", -share.amount, (share,)))
    return Draft(
        idempotency_key=secrets.token_hex(16),
        buyer=Buyer(**{"email": "ada@example.com", "phone": "+12125550123", "locale": "en", **buyer}),  # type: ignore[arg-type]
        quote=make_quote(snapshot, reductions),
        goods={
            str(id_): Goods(
                id_,
                variants[id_].product_id,
                named or f"Thing {id_}",
                variants[id_].name,
                "",
                flash_item_id=items.get(id_, 0),
            )
            for id_ in wanted
        },
        parcel=Parcel(ADDRESS, "standard", "Standard delivery"),
        payment_provider="cod" if pays_at_the_door else "sandbox",
        pay_before=None if pays_at_the_door else now() + timedelta(minutes=30),
        points_spent=points,
        promotion_keys=_keys(promotion_id),
    )


def _reduction(
    name: str,
    amount: Money,
    shares: tuple[Allocation, ...],
    kind: AdjustmentKind = AdjustmentKind.PROMOTION,
    **told: object,
) -> Adjustment:
    label = Label.of("spend_ladder", name)
    stage = Stage.POINTS if kind is POINTS else Stage.ORDER
    return Adjustment(kind, stage, label, amount, allocations=shares, **told)  # type: ignore[arg-type]


def _keys(promotion_id: int) -> dict[int, str]:
    rows = db.session.execute(db.select(Promotion.id, Promotion.key).where(Promotion.id == promotion_id))
    return {row.id: row.key for row in rows}


def place(app: Flask, **options: object) -> tuple[int, str, str]:
    """Place an order of two lamps at 10.00 and return its id, number and key."""
    with app.app_context(), transaction():
        lamp = factories.variant_of(factories.make_product("Lamp", price=1000, stock=5)).id
        order = services.place_order(draft=draft_of({lamp: 2}, **options), at=now())  # type: ignore[arg-type]
        return order.id, order.number, order.access_token
