"""What is on its way out and back on the day that the demo opens: orders to pack, to send and to follow, and returns in
every state. Unlike the year of baskets these go through the shop's own services, one step after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.accounts.models import Address, Customer, Staff
from storefront.accounts.permissions import Role
from storefront.accounts.rules import PostalAddress
from storefront.catalog.models import Product, Variant
from storefront.demo.front import CURRENCY
from storefront.demo.people import SHOPPER
from storefront.demo.sales import METHOD
from storefront.fulfilment import queries as parcels
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Box, Label
from storefront.inventory.models import StockLevel
from storefront.kernel.money import Money
from storefront.media.services import store_picture
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.draft import Buyer, Draft, Goods
from storefront.orders.draft import Parcel as Wrapping
from storefront.orders.models import Order
from storefront.payments import queries as payment_queries
from storefront.payments import services as payments
from storefront.payments.providers import Outcome, get_provider
from storefront.payments.states import RefundState, TransactionKind, TransactionResult
from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import Delivery, Snapshot, SnapshotLine
from storefront.returns import services as returning
from storefront.returns.models import Return
from storefront.returns.offering import suggested_refund
from storefront.returns.rules import Asked, AskedLine
from storefront.returns.services import Reception
from storefront.returns.states import Condition, Remedy, ReturnKind, ReturnReason

FREIGHT = 499
LEAST_IN_STOCK = 12
KINDS_OF_GOODS = 24
SIZES = 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sale:
    """An order: how long ago it was placed, how many of each of its goods, and how far its parcels have come."""

    ago: timedelta
    units: tuple[int, ...]
    came: str = ""
    """"" waits to be packed; else packed, partly (sent), sent, lost or delivered."""
    provider: str = "sandbox"
    is_shoppers: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """What comes back of the order before: how far it has come, why, and in whose words."""

    kind: ReturnKind
    reason: ReturnReason
    came: str
    """requested, approved, received, refunded or replaced."""
    note: str = ""
    has_photo: bool = False


SALES: tuple[tuple[Sale, Back | None], ...] = (
    (Sale(1 * HOUR, (1, 2)), None),
    (Sale(3 * HOUR, (2,), provider="cod"), None),
    (Sale(5 * HOUR, (1, 1, 3)), None),
    (Sale(20 * HOUR, (4,)), None),
    (Sale(26 * HOUR, (1, 2), "packed"), None),
    (Sale(30 * HOUR, (2, 1), "partly"), None),
    (Sale(2 * DAY, (1,), "sent", is_shoppers=True), None),
    (Sale(2 * DAY + 4 * HOUR, (3, 1), "sent"), None),
    (Sale(9 * DAY, (2,), "lost"), None),
    (Sale(4 * DAY, (1, 1), "delivered", is_shoppers=True), None),
    (
        Sale(6 * DAY, (2, 1), "delivered"),
        Back(ReturnKind.RETURN, ReturnReason.DAMAGED, "requested", "The box was crushed and one of them leaks.", True),
    ),
    (Sale(7 * DAY, (1,), "delivered"), Back(ReturnKind.CLAIM, ReturnReason.MISSING, "requested", "It was not inside.")),
    (
        Sale(8 * DAY, (2,), "delivered", is_shoppers=True),
        Back(ReturnKind.RETURN, ReturnReason.CHANGED_MIND, "approved", "Unopened, I have bought too many."),
    ),
    (Sale(9 * DAY, (3, 2), "delivered"), Back(ReturnKind.RETURN, ReturnReason.NOT_AS_DESCRIBED, "received")),
    (Sale(11 * DAY, (2,), "delivered"), Back(ReturnKind.RETURN, ReturnReason.BETTER_PRICE, "refunded")),
    (
        Sale(10 * DAY, (1,), "delivered"),
        Back(ReturnKind.EXCHANGE, ReturnReason.TOO_SMALL, "replaced", "The larger pack, please."),
    ),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A package size on the shelf, and another of the same product that it can be exchanged for."""

    variant_id: int
    product_id: int
    name: str
    size: str
    sku: str
    price: int
    picture: str
    other_id: int


@dataclass
class Day:
    """Who buys, who works, and what there is; time goes on with each step."""

    at: datetime
    packer: str
    service: str
    shopper: int
    households: Iterator[int]
    things: list[Thing]
    taken: int = 0
    boxes: int = field(default=0)

    def next_things(self, count: int) -> list[Thing]:
        """Return the goods of the next order; each of its own, so that nothing runs out."""
        start, self.taken = self.taken, self.taken + count
        return [self.things[place % len(self.things)] for place in range(start, start + count)]

    def next_label(self) -> Label:
        """Return who carries the next parcel, under which number."""
        self.boxes += 1
        return Label("ups", f"1Z999AA10{self.boxes:09d}")


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
            _take_back(order, back, day, placed_at + 3 * DAY)


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
        _said(payment.reference, TransactionKind.CAPTURE, Money(order.total_minor, CURRENCY), at + HOUR / 30)
    return orders.get_whole(order.id)


def _snapshot(units: Mapping[Thing, int], at: datetime) -> Snapshot:
    lines = tuple(
        SnapshotLine(str(thing.variant_id), thing.sku, count, Money(thing.price, CURRENCY))
        for thing, count in units.items()
    )
    return Snapshot(at, CURRENCY, lines, delivery=Delivery(METHOD[0], Money(FREIGHT, CURRENCY)))


def _said(reference: str, kind: TransactionKind, amount: Money, at: datetime, refund: str = "") -> None:
    """Let the test payment say that money has come or gone."""
    name = f"sandbox-{refund or reference}"
    outcome = Outcome(reference, kind, TransactionResult.SUCCESS, amount, name, name, {}, refund=refund)
    payments.book_outcome(outcome=outcome, by="sandbox", at=at)


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
    for box in boxes if came != "packed" else ():
        _leave(box, day, at)
    for box in boxes:
        if came == "lost":
            fulfilment.lose(parcel=box, by=day.service, at=at + 7 * DAY)
        elif came == "delivered":
            fulfilment.arrive(parcel=box, by="carrier", at=at + 40 * HOUR)


def _leave(parcel: Parcel, day: Day, at: datetime) -> None:
    fulfilment.ship(parcel=parcel, label=day.next_label(), by=day.packer, at=at + HOUR)


def _take_back(order: Order, back: Back, day: Day, at: datetime) -> None:
    order, line = orders.get_whole(order.id), min(orders.get_whole(order.id).lines, key=lambda each: each.position)
    wanted = next((each.other_id for each in day.things if each.variant_id == line.variant_id), None)
    exchanged = wanted if back.kind is ReturnKind.EXCHANGE else None
    asked = AskedLine(line.id, 1 if back.kind is ReturnKind.CLAIM else line.quantity, back.reason, exchanged)
    remedy = Remedy.REPLACE if exchanged else Remedy.REFUND
    photos = (store_picture(data=crushed_box()),) if back.has_photo else ()
    customer = f"customer:{order.customer_id}"
    found = returning.ask(order=order, asked=Asked(back.kind, remedy, (asked,), back.note, photos), by=customer, at=at)
    by, later = day.service, at + 5 * HOUR
    if back.came == "requested":
        return
    found = returning.approve(found=found, answer="", by=by, at=later)
    if back.came == "approved":
        return
    came = {line.id: Reception(Condition.AS_NEW, asked.quantity, restock=True)}
    where = _shelf_of(order)
    found = returning.receive(found=found, receptions=came, warehouse_id=where, by=day.packer, at=later + 2 * DAY)
    if back.came == "replaced":
        returning.replace(found=found, by=by, at=later + 2 * DAY + HOUR)
    elif back.came == "refunded":
        _pay_back(found, by, later + 2 * DAY + HOUR)


def _shelf_of(order: Order) -> int | None:
    return parcels.list_parcels(order.id)[0].warehouse_id


def _pay_back(found: Return, by: str, at: datetime) -> None:
    order = orders.get_whole(found.order_id)
    returning.refund(found=found, amount=suggested_refund(found, order), reason="", by=by, at=at)
    for refund_id in _asked_refunds(order.id):
        request = payment_queries.get_refund_request(refund_id)
        _said(request.payment.reference, TransactionKind.REFUND, request.amount, at, request.key)


def _asked_refunds(order_id: int) -> Sequence[int]:
    asked = [refund for refund in payment_queries.list_refunds(order_id) if refund.state == RefundState.ASKED]
    return [refund.id for refund in asked]


def crushed_box() -> bytes:
    """Draw what a shopper photographs: a box whose corner is dented, and a stain under it."""
    side = 640
    image = Image.new("RGB", (side, side), (196, 190, 182))
    draw = ImageDraw.Draw(image)
    draw.ellipse((120, 470, 560, 600), fill=(150, 140, 128))
    draw.polygon([(120, 220), (330, 140), (540, 220), (330, 310)], fill=(205, 164, 110))
    draw.polygon([(120, 220), (330, 310), (330, 540), (120, 440)], fill=(178, 136, 84))
    draw.polygon([(330, 310), (540, 220), (500, 330), (540, 440), (330, 540)], fill=(160, 120, 72))
    draw.polygon([(540, 220), (500, 330), (470, 280)], fill=(110, 80, 46))
    draw.line([(330, 140), (330, 310), (330, 540)], fill=(226, 208, 170), width=18)
    draw.line([(470, 280), (440, 330), (480, 360), (450, 410)], fill=(70, 50, 30), width=6)
    data = BytesIO()
    image.save(data, "JPEG", quality=85)
    return data.getvalue()
