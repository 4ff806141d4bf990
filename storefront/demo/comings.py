"""What comes back of the demo's last orders, through the shop's own services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw

from storefront.demo.scenes import DAY, HOUR, Back, Day
from storefront.fulfilment import queries as parcels
from storefront.kernel.money import Money
from storefront.media.services import store_picture
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.payments import queries as payment_queries
from storefront.payments import services as payments
from storefront.payments.providers import Outcome
from storefront.payments.states import RefundState, TransactionKind, TransactionResult
from storefront.returns import services as returning
from storefront.returns.models import Return
from storefront.returns.offering import suggested_refund
from storefront.returns.rules import Asked, AskedLine
from storefront.returns.services import Reception
from storefront.returns.states import Condition, Remedy, ReturnKind


def take_back(order: Order, back: Back, day: Day, at: datetime) -> None:
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
        said(request.payment.reference, TransactionKind.REFUND, request.amount, at, request.key)


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


def said(reference: str, kind: TransactionKind, amount: Money, at: datetime, refund: str = "") -> None:
    """Let the test payment say that money has come or gone."""
    name = f"sandbox-{refund or reference}"
    outcome = Outcome(reference, kind, TransactionResult.SUCCESS, amount, name, name, {}, refund=refund)
    payments.book_outcome(outcome=outcome, by="sandbox", at=at)
