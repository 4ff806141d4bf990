"""What the shop says of itself, as plain values; and whether it lets something happen, without letting it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from storefront.catalog.models import Variant
from storefront.database.base import Base, db
from storefront.database.transaction import transaction
from storefront.fulfilment import queries as parcels
from storefront.fulfilment import services as fulfilment
from storefront.fulfilment.models import Parcel
from storefront.fulfilment.rules import Label
from storefront.fulfilment.states import ParcelAction
from storefront.inventory import queries as inventory
from storefront.inventory.models import StockLevel, StockMovement, StockReservation
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.loyalty import queries as loyalty
from storefront.orders import queries as orders
from storefront.orders import sending
from storefront.orders import services as order_services
from storefront.orders.models import Order
from storefront.orders.states import CancelReason, OrderAction
from storefront.payments import services as payments
from storefront.payments.models import Payment, Refund
from storefront.payments.providers import get_provider
from storefront.promotions.models import CouponCode
from storefront.returns import queries as requests
from storefront.returns import services as returning
from storefront.returns.models import Return
from storefront.returns.offering import suggested_refund
from storefront.returns.services import Reception
from storefront.returns.states import Condition, ReturnAction
from storefront.shop import verifying

STAFF = "staff:1"
WATCHED = (
    *("order", "order_event", "payment", "payment_transaction", "payment_refund", "parcel", "parcel_line"),
    *("stock_level", "stock_movement", "stock_reservation", "points_entry", "points_account", "outbox_mail"),
    *("return_request", "return_line", "return_event", "promotion_use", "promotion", "coupon_code"),
)


ENDS = {"succeeded": "done", "failed": "failed"}


class Undone(Exception):
    """Thrown to take back what was only tried."""


def discrepancies() -> list[object]:
    """Return everything that `flask shop verify` would complain of."""
    return [each for finding in verifying.verify(verifying.list_ledgers()) for each in finding.discrepancies]


def digest() -> str:
    """Return a fingerprint of all that orders, payments, parcels and shelves are made of.

    What is noted for a person to look at is left out.
    """
    whole = sha256()
    for name in WATCHED:
        table = Base.metadata.tables[name]
        rows = db.session.execute(select(*(each for each in table.columns if each.name != "issue")))
        whole.update(repr(sorted(map(repr, rows))).encode())
    db.session.rollback()
    return whole.hexdigest()


def shelves() -> dict[str, tuple[int, int, int]]:
    """Return (on hand, allocated, reserved) of everything that is sold; no level may be below zero."""
    found: dict[str, tuple[int, int, int]] = {}
    rows = db.session.execute(
        select(Variant.sku, StockLevel.on_hand, StockLevel.allocated, StockLevel.reserved).join(
            StockLevel, StockLevel.variant_id == Variant.id
        )
    ).all()
    for row in rows:
        sku, level = row[0], row[1:]
        assert min(level) >= 0, f"{sku}: {level}"
        assert level[0] >= level[1] + level[2], f"{sku}: more is promised than is there: {level}"
        before = found.get(sku, (0, 0, 0))
        found[sku] = (before[0] + level[0], before[1] + level[1], before[2] + level[2])
    return found


def moved() -> dict[str, tuple[int, int, int]]:
    """Return the same from the movements, and the reserved pieces from the reservations."""
    deltas = (StockMovement.on_hand_delta, StockMovement.allocated_delta)
    sums = select(Variant.sku, *(func.sum(each) for each in deltas)).join(
        StockMovement, StockMovement.variant_id == Variant.id
    )
    held = select(Variant.sku, func.sum(StockReservation.quantity)).join(
        StockReservation, StockReservation.variant_id == Variant.id
    )
    reserved = {sku: int(units) for sku, units in db.session.execute(held.group_by(Variant.sku))}
    rows = db.session.execute(sums.group_by(Variant.sku))
    return {sku: (int(there), int(sold), reserved.get(sku, 0)) for sku, there, sold in rows}


def standing(order_id: int) -> dict[str, Any]:
    """Return where the shop says that an order stands."""
    order = orders.get_whole(order_id)
    db.session.refresh(order)
    tries = db.session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)).all()
    backs = db.session.execute(
        select(Refund.payment_id, Refund.amount_minor, Refund.state)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id)
    ).all()
    boxes = db.session.scalars(select(Parcel).where(Parcel.order_id == order_id).order_by(Parcel.id)).all()
    return {
        "status": order.status,
        "money": order.payment_status,
        "goods": order.fulfillment_status,
        "came": order.paid_minor,
        "went": order.refunded_minor,
        "held": order.authorized_minor,
        "tries": [(each.reference, each.state, each.captured_minor) for each in tries],
        "backs": sorted((each.amount_minor, ENDS.get(each.state, "under_way")) for each in backs),
        "boxes": [(each.number, each.state, each.resent_at is not None) for each in boxes],
    }


def actions_of(order_id: int) -> frozenset[OrderAction]:
    """Return what the shop says that may be done to an order."""
    return order_services.actions_of(orders.get_whole(order_id))


def boxes_of(order_id: int) -> list[tuple[str, frozenset[ParcelAction]]]:
    """Return what the shop says that may be done to each of an order's parcels."""
    mine = db.session.scalars(select(Parcel).where(Parcel.order_id == order_id).order_by(Parcel.id)).all()
    return [(parcel.number, fulfilment.actions_of(parcel)) for parcel in mine]


def can(do: Callable[[], object]) -> bool:
    """Say whether the shop would let something happen; nothing has happened afterwards."""
    try:
        with transaction():
            do()
            raise Undone
    except Undone:
        return True
    except ShopError:
        return False


def deed(order_id: int, action: OrderAction) -> Callable[[], object]:
    """Return the deed behind an action of an order."""
    return lambda: ORDER_DEEDS[action](orders.get_whole(order_id))


def parcel_deed(number: str, action: ParcelAction) -> Callable[[], object]:
    """Return the deed behind an action of a parcel."""
    return lambda: PARCEL_DEEDS[action](parcels.get_by_number(number))


def _send(order: Order) -> object:
    left = parcels.left_of(order.id, order.number)
    if not left.warehouses:
        return sending.lock_to_send(order.id)
    return fulfilment.pack_rest(order=order, warehouse_id=left.warehouses[0], by=STAFF, at=now())


def _pay(order: Order) -> object:
    return payments.pay_with(order=order, provider=get_provider("cod"), by="guest", at=now())


def _cancel(order: Order) -> object:
    return order_services.cancel_order(order=order, by="guest", at=now(), reason=CancelReason.CHANGED_MIND)


ORDER_DEEDS: dict[OrderAction, Callable[[Order], object]] = {
    OrderAction.PAY: _pay,
    OrderAction.SEND: _send,
    OrderAction.DELIVER: lambda order: fulfilment.deliver_order(order=order, by=STAFF, at=now()),
    OrderAction.CANCEL: _cancel,
}
"""What a person can do; orders are completed by the clock, and opened again by late money alone."""
PARCEL_DEEDS: dict[ParcelAction, Callable[[Parcel], object]] = {
    ParcelAction.UNPACK: lambda parcel: fulfilment.unpack(parcel=parcel, by=STAFF, at=now()),
    ParcelAction.SHIP: lambda parcel: fulfilment.ship(parcel=parcel, label=Label(), by=STAFF, at=now()),
    ParcelAction.CORRECT: lambda parcel: fulfilment.correct_label(parcel=parcel, label=Label(), by=STAFF, at=now()),
    ParcelAction.ARRIVE: lambda parcel: fulfilment.arrive(parcel=parcel, by=STAFF, at=now()),
    ParcelAction.LOSE: lambda parcel: fulfilment.lose(parcel=parcel, by=STAFF, at=now()),
    ParcelAction.COME_BACK: lambda parcel: fulfilment.come_back(parcel=parcel, restock=True, by=STAFF, at=now()),
    ParcelAction.SEND_AGAIN: lambda parcel: fulfilment.send_again(parcel=parcel, by=STAFF, at=now()),
}


def parcels_of(order_id: int) -> list[tuple[str, int, dict[int, int]]]:
    """Return an order's parcels: number, warehouse, and pieces by line."""
    rows = parcels.list_parcels(order_id)
    inside = parcels.list_lines(rows)
    return [(row.number, int(row.warehouse_id or 0), {line.id: line.packed for line in inside[row.id]}) for row in rows]


def lines_of(order_id: int) -> list[tuple[int, str, int]]:
    """Return an order's lines: id, SKU, quantity."""
    return [(line.id, line.sku, line.quantity) for line in orders.get_whole(order_id).lines]


def coming_back(number: str) -> dict[str, Any]:
    """Return where the shop says that a request stands."""
    found = requests.get_return(number)
    db.session.refresh(found)
    rows = requests.line_rows(found.id)
    return {
        "state": found.state,
        "remedy": found.remedy,
        "pieces": {line: row.quantity if row.accepted is None else row.accepted for line, row in rows.items()},
        "goods": found.goods_minor,
        "freight": found.freight_minor,
        "value": found.value_minor,
        "suggested": found.suggested_minor,
        "actual": found.actual_minor,
        "refunded": found.refunded_minor,
        "follow_up": found.follow_up_number,
        "gives_all_back": found.gives_all_back,
    }


def points_of(order_number: str) -> tuple[int, int]:
    """Return how many used points are with an order, and how many it has earned, less what was undone."""
    did = loyalty.points_of_order(order_number)
    return did.redeemed - did.returned, did.earned - did.reversed


def points_had(customer_id: int) -> int:
    """Return all that a customer has, what waits and what is owed too."""
    has = loyalty.balance_of(customer_id)
    return has.available + has.pending - has.owed


def coupons_used() -> int:
    """Return how often the coupon counts as used."""
    return int(db.session.scalar(select(CouponCode.used_count)) or 0)


def return_deed(number: str, action: ReturnAction) -> Callable[[], object]:
    """Return the deed behind an action of a request."""
    return lambda: RETURN_DEEDS[action](requests.get_return(number))


def return_actions_of(number: str) -> frozenset[ReturnAction]:
    """Return what the shop says that may be done to a request."""
    return returning.actions_of(requests.get_return(number))


def _receive(found: Return) -> object:
    all_of_it = {line: Reception(Condition.OPENED, row.quantity) for line, row in requests.line_rows(found.id).items()}
    return returning.receive(found=found, receptions=all_of_it, warehouse_id=None, by=STAFF, at=now())


def _refund(found: Return) -> object:
    amount = suggested_refund(found, orders.get_whole(found.order_id))
    return returning.refund(found=found, amount=amount, reason="", by=STAFF, at=now())


RETURN_DEEDS: dict[ReturnAction, Callable[[Return], object]] = {
    ReturnAction.APPROVE: lambda found: returning.approve(found=found, answer="", by=STAFF, at=now()),
    ReturnAction.REJECT: lambda found: returning.reject(found=found, answer="No.", by=STAFF, at=now()),
    ReturnAction.WITHDRAW: lambda found: returning.withdraw(found=found, by="guest", at=now()),
    ReturnAction.RECEIVE: _receive,
    ReturnAction.REFUND: _refund,
    ReturnAction.REPLACE: lambda found: returning.replace(found=found, by=STAFF, at=now()),
    ReturnAction.CLOSE: lambda found: returning.close(found=found, by=STAFF, at=now()),
}
"""What a person can do; whether money has arrived is told by its refund."""


def list_held(number: str) -> dict[int, dict[int, int]]:
    """Return what is allocated to an order: units by variant, by warehouse."""
    found: dict[int, dict[int, int]] = {}
    for _, variant, warehouse, units in inventory.list_held([number]):
        found.setdefault(int(warehouse), {})[int(variant)] = int(units)
    return found
