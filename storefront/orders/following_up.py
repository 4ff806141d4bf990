"""An order that goes out in place of goods that came back: it costs nothing, or the difference."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from storefront.accounts import services as accounts
from storefront.database.adding import add_new
from storefront.inventory import services as inventory
from storefront.inventory.rules import zone_of
from storefront.inventory.services import Wanted
from storefront.kernel.money import Money
from storefront.orders.bookkeeping import add_parts, event_of
from storefront.orders.models import Order, OrderAdjustment, OrderLine
from storefront.orders.rules import NUMBERS, number_of, payment_status
from storefront.orders.states import AdjustmentKind, EventKind, FulfillmentStatus, OrderStatus
from storefront.shop.queries import get_settings
from storefront.web.locale import speaking

log = logging.getLogger(__name__)

_FOLLOWS = "follow-"
WAS_CHOSEN = Order.idempotency_key.not_like(f"{_FOLLOWS}%")
"""An order that somebody chose, not one that goes out in place of what came back."""


@dataclass(frozen=True, slots=True)
class FollowLine:
    """Pieces of a variant that go out; of the `unit_price` of each, `points` and `credit` are paid for already."""

    variant_id: int
    product_id: int | None
    sku: str
    name: str
    variant_name: str
    picture: str
    quantity: int
    unit_price: int
    points: int
    credit: int
    is_returnable: bool = True

    def __post_init__(self) -> None:
        if min(self.points, self.credit) < 0 or self.points + self.credit > self.unit_price or self.quantity < 1:
            raise ValueError("no more is paid for than it costs")

    @property
    def due(self) -> int:
        """What is to be paid for all of them."""
        return (self.unit_price - self.points - self.credit) * self.quantity


def place_follow_up(*, order: Order, lines: Sequence[FollowLine], reference: str, by: str, at: datetime) -> Order:
    """Write down an order to the same address that takes these goods, or refuse with OutOfStock.

    `reference` names what it follows from, and makes it one order. What is due is paid before it leaves; goods are
    held until then.
    """
    number, due = number_of(secrets.randbelow(NUMBERS)), sum(line.due for line in lines)
    pay_before = at + timedelta(days=get_settings().bank_transfer_days) if due else None
    address = order.shipping_address or {}
    wanted = [Wanted(line.variant_id, line.quantity, line.name) for line in lines]
    zone = zone_of(str(address.get("country", "")), str(address.get("region", "")))
    if pay_before is None:
        choice = inventory.allocate(wanted=wanted, reference=number, by=by, at=at, zone=zone)
    else:
        choice = inventory.reserve(wanted=wanted, reference=number, expires_at=pay_before, by=by, at=at, zone=zone)
    follow_up = _order_row(order, number, lines, reference, at)
    follow_up.pay_before, follow_up.paid_at = pay_before, None if due else at
    add_new([follow_up])
    add_parts(follow_up, "lines", [_line_row(line, position) for position, line in enumerate(lines)])
    with speaking(order.locale):
        label = _("Exchange")
    pairs = zip(lines, follow_up.lines, strict=True)
    reasons = [reason for line, stored in pairs for reason in _reasons(line, stored, label)]
    delivery = OrderAdjustment(kind=AdjustmentKind.SHIPPING, label=order.shipping_method_name, amount_minor=0)
    add_parts(follow_up, "adjustments", [*reasons, delivery])
    facts = {"total": due, "replaces": reference, "why": choice.reason.value, "warehouses": list(choice.warehouses)}
    add_parts(follow_up, "events", [event_of(EventKind.PLACED, by, at, facts)])
    if follow_up.customer_id is not None:
        accounts.count_order(customer_id=follow_up.customer_id, by=1)
    log.info("Order %s follows %s", number, reference)
    return follow_up


def _order_row(order: Order, number: str, lines: Sequence[FollowLine], reference: str, at: datetime) -> Order:
    goods = sum(line.unit_price * line.quantity for line in lines)
    due = sum(line.due for line in lines)
    nothing = Money.zero(order.currency)
    return Order(
        number=number,
        access_token=secrets.token_urlsafe(24),
        idempotency_key=f"{_FOLLOWS}{reference}"[:64],
        customer_id=order.customer_id,
        email=order.email,
        phone=order.phone,
        locale=order.locale,
        status=OrderStatus.OPEN,
        payment_status=payment_status(total=Money(due, order.currency), paid=nothing, refunded=nothing),
        fulfillment_status=FulfillmentStatus.UNFULFILLED,
        currency=order.currency,
        goods_minor=goods,
        discount_minor=goods - due,
        shipping_minor=0,
        tax_minor=0,
        total_minor=due,
        paid_minor=0,
        authorized_minor=0,
        refunded_minor=0,
        shipping_address=dict(order.shipping_address or {}),
        shipping_method_code=order.shipping_method_code,
        shipping_method_name=order.shipping_method_name,
        payment_provider=order.payment_provider if due else "",
        quote_hash="",
        trace=[],
        points_spent=0,
        placed_at=at,
        adjustments=[],
        events=[],
    )


def _line_row(line: FollowLine, position: int) -> OrderLine:
    return OrderLine(
        position=position,
        variant_id=line.variant_id,
        product_id=line.product_id,
        sku=line.sku,
        line_key=f"{line.sku}@{position}",
        price_source="base",
        base_price_minor=None,
        is_gift=False,
        name=line.name,
        variant_name=line.variant_name,
        picture=line.picture,
        is_returnable=line.is_returnable,
        quantity=line.quantity,
        unit_price_minor=line.unit_price,
        discount_minor=(line.points + line.credit) * line.quantity,
    )


def _reasons(line: FollowLine, stored: OrderLine, label: str) -> list[OrderAdjustment]:
    """Return what paid for a line: points of the first order stay points."""
    parts = ((AdjustmentKind.POINTS, line.points), (AdjustmentKind.EXCHANGE, line.credit))
    return [
        OrderAdjustment(
            order_line_id=stored.id,
            kind=kind,
            label=label,
            amount_minor=-each * line.quantity,
            units=[each] * line.quantity,
        )
        for kind, each in parts
        if each
    ]
