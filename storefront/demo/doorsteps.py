"""What is on its way out and back on the day that the demo opens: orders to pack, to send and to follow, and returns in
every state. Unlike the year of baskets these go through the shop's own services, one step after the other."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.accounts.models import Address, Customer, Staff
from storefront.accounts.permissions import Role
from storefront.accounts.rules import PostalAddress
from storefront.catalog.models import Product, Variant
from storefront.demo.comings import said, take_back
from storefront.demo.front import CURRENCY
from storefront.demo.people import SHOPPER
from storefront.demo.sales import METHOD
from storefront.demo.scenes import DAY, HOUR, SALES, Day, Sale, Thing
from storefront.fulfilment import queries as parcels
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Box
from storefront.inventory.models import StockLevel
from storefront.kernel.money import Money
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.draft import Buyer, Draft, Goods
from storefront.orders.draft import Parcel as Wrapping
from storefront.orders.models import Order
from storefront.payments import services as payments
from storefront.payments.providers import get_provider
from storefront.payments.states import TransactionKind
from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import Delivery, Snapshot, SnapshotLine

FREIGHT = 499
LEAST_IN_STOCK = 12
KINDS_OF_GOODS = 24
SIZES = 2


def insert_doorsteps(session: Session, at: datetime) -> None:
    """Sell, pack, send and take back what stands in SALES; the log of the load is not told of each step."""
    log = logging.getLogger("storefront")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        _live(session, at)
    finally:
        log.setLevel(before)


def _live(session: Session, at: datetime) -> None:
    day = _open(session, at)
    for sale, back in SALES if day.things else ():
        placed_at = at - sale.ago
        order = _sell(session, day, sale, placed_at)
        _send(order, sale.came, day, placed_at + 4 * HOUR)
        if back is not None:
            take_back(order, back, day, placed_at + 3 * DAY)


def _open(session: Session, at: datetime) -> Day:
    actors = {
        role: f"staff:{session.scalars(select(Staff.id).where(Staff.role == role.value).limit(1)).one()}"
        for role in (Role.OPERATIONS, Role.CUSTOMER_SERVICE)
    }
    shopper = session.scalars(select(Customer.id).where(Customer.email == SHOPPER)).one()
    others = session.scalars(
        select(Customer.id).where(Customer.id != shopper).order_by(Customer.order_count.desc(), Customer.id).limit(40)
    ).all()
    return Day(at, actors[Role.OPERATIONS], actors[Role.CUSTOMER_SERVICE], shopper, iter(others), _things(session))


def _things(session: Session) -> list[Thing]:
    """Return goods in two sizes at least of which there are plenty, the products with the lowest ids first."""
    here = func.sum(StockLevel.on_hand - StockLevel.allocated - StockLevel.reserved - StockLevel.safety_stock)
    rows = session.execute(
        select(
            Variant.id,
            Variant.product_id,
            Variant.sku,
            Variant.name.label("size"),
            Variant.price_minor,
            Product.name,
            Product.picture,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.is_active, Product.is_published)
        .group_by(Variant.id, Product.name, Product.picture)
        .having(here >= LEAST_IN_STOCK)
        .order_by(Variant.product_id, Variant.position, Variant.id)
    ).all()
    sizes: dict[int, list[object]] = {}
    found = []
    for row in rows:
        mine = sizes.setdefault(row.product_id, [])
        mine.append(row)
        if len(mine) == SIZES:
            first = mine[0]
            facts = (first.product_id, first.name, first.size, first.sku, first.price_minor, first.picture)  # type: ignore[attr-defined]
            found.append(Thing(first.id, *facts, row.id))  # type: ignore[attr-defined]
    return found[:KINDS_OF_GOODS]


def _sell(session: Session, day: Day, sale: Sale, at: datetime) -> Order:
    customer = session.get_one(Customer, day.shopper if sale.is_shoppers else next(day.households))
    fields = session.scalars(select(Address.fields).where(Address.customer_id == customer.id).limit(1)).one()
    things = day.next_things(len(sale.units))
    provider = get_provider(sale.provider)
    order = order_services.place_order(
        draft=Draft(
            idempotency_key=f"doorstep-{day.taken}",
            buyer=Buyer(customer.email or "", customer.phone, customer.locale, customer.id),
            quote=make_quote(_snapshot(dict(zip(things, sale.units, strict=True)), at)),
            goods={
                str(thing.variant_id): Goods(thing.variant_id, thing.product_id, thing.name, thing.size, thing.picture)
                for thing in things
            },
            parcel=Wrapping(PostalAddress.from_fields(fields), *METHOD),
            payment_provider=provider.code,
            pay_before=payments.pay_before(provider, at),
        ),
        at=at,
    )
    payment = payments.start_payment(order=order, provider=provider, at=at)
    if sale.provider == "sandbox":
        said(payment.reference, TransactionKind.CAPTURE, Money(order.total_minor, CURRENCY), at + HOUR / 30)
    return orders.get_whole(order.id)


def _snapshot(units: Mapping[Thing, int], at: datetime) -> Snapshot:
    lines = tuple(
        SnapshotLine(str(thing.variant_id), thing.sku, count, Money(thing.price, CURRENCY))
        for thing, count in units.items()
    )
    return Snapshot(at, CURRENCY, lines, delivery=Delivery(METHOD[0], Money(FREIGHT, CURRENCY)))


def _send(order: Order, came: str, day: Day, at: datetime) -> None:
    if not came:
        return
    if came == "partly":
        left = parcels.left_of(order.id, order.number)
        first = next(line for line in left.lines if line.variant_id is not None)
        place = next(where for (variant, where), units in left.held.items() if variant == first.variant_id and units)
        box = Box(place, {first.line_id: 1})
        _leave(fulfilment.pack(order=order, box=box, by=day.packer, at=at), day, at)
        return
    while warehouses := parcels.left_of(order.id, order.number).warehouses:
        fulfilment.pack_rest(order=order, warehouse_id=warehouses[0], by=day.packer, at=at)
    boxes = parcels.list_parcels(order.id)
    for parcel in boxes if came != "packed" else ():
        _leave(parcel, day, at)
    for parcel in boxes:
        if came == "lost":
            fulfilment.lose(parcel=parcel, by=day.service, at=at + 7 * DAY)
        elif came == "delivered":
            fulfilment.arrive(parcel=parcel, by="carrier", at=at + 40 * HOUR)


def _leave(parcel: Parcel, day: Day, at: datetime) -> None:
    fulfilment.ship(parcel=parcel, label=day.next_label(), by=day.packer, at=at + HOUR)
