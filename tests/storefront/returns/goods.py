"""Delivered orders for tests of returns, and the steps of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storefront.database.base import db
from storefront.database.transaction import transaction
from storefront.fulfilment import ledgers as parcel_ledgers
from storefront.fulfilment import services as fulfilment
from storefront.inventory import ledgers as stock_ledgers
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import ledgers as points_ledgers
from storefront.orders import ledgers as order_ledgers
from storefront.orders import queries as orders
from storefront.orders import services as order_services
from storefront.orders.models import Order
from storefront.payments import ledgers as money_ledgers
from storefront.payments import services as payments
from storefront.payments.models import Refund
from storefront.payments.providers import KNOWN, Outcome
from storefront.payments.services import refunds
from storefront.payments.states import RefundState, TransactionKind, TransactionResult
from storefront.promotions import ledgers as promotion_ledgers
from storefront.returns import ledgers, queries, services
from storefront.returns.models import Return
from storefront.returns.offering import suggested_refund
from storefront.returns.rules import Asked, AskedLine
from storefront.returns.services import Reception
from storefront.returns.states import Condition, Remedy, ReturnKind, ReturnReason, ReturnState
from storefront.shop import services as shop
from tests import factories
from tests.storefront.orders.drafts import draft_of

STAFF, SHOPPER = "staff:1", "guest"


def decide(**settings: object) -> None:
    """Let the merchant decide."""
    with transaction():
        shop.change_settings(values=settings, at=now())


def buy(wanted: Mapping[str, tuple[int, int]], *, deliver: bool = True, **options: Any) -> str:
    """Buy, pay and receive goods: {name: (price, units)}; return the order's number."""
    with transaction():
        variants = {
            factories.variant_of(factories.make_product(name, price=price, stock=20)).id: units
            for name, (price, units) in wanted.items()
        }
        number = place(variants, **options)
    return delivered(number) if deliver else number


def place(variants: dict[int, int], **options: Any) -> str:
    """Place and pay an order of these variants inside an open transaction."""
    order = order_services.place_order(draft=draft_of(variants, **options), at=now())
    if options.get("pays_at_the_door"):
        payments.start_payment(order=order, provider=KNOWN["cod"], at=now())
    elif order.total_minor:
        pay(order)
    return order.number


def pay(order: Order) -> None:
    """Let an order's money come in."""
    payment = payments.start_payment(order=order, provider=KNOWN["sandbox"], at=now())
    amount = Money(order.total_minor - order.paid_minor, order.currency)
    key = f"psp-{payment.reference}"
    payments.book_outcome(
        outcome=Outcome(payment.reference, TransactionKind.CAPTURE, TransactionResult.SUCCESS, amount, key, key, {}),
        by="sandbox",
        at=now(),
    )


def delivered(number: str) -> str:
    with transaction():
        fulfilment.deliver_order(order=order_of(number), by=STAFF, at=now())
    return number


def order_of(number: str) -> Order:
    return orders.get_whole(db.session.scalars(db.select(Order.id).where(Order.number == number)).one())


def lines_at(number: str, *prices: int) -> list[int]:
    """Return the order's lines with these prices; they stand in the order of their SKUs."""
    found = {line.unit_price_minor: line.id for line in order_of(number).lines}
    return [found[price] for price in prices]


def ask(
    number: str,
    units: Mapping[int, int],
    *,
    kind: ReturnKind = ReturnKind.RETURN,
    reason: ReturnReason = ReturnReason.CHANGED_MIND,
    remedy: Remedy | None = None,
    wants: Mapping[int, int] | None = None,
) -> Return:
    """Ask for pieces of lines (by id) to go back."""
    usual = Remedy.REPLACE if kind is ReturnKind.EXCHANGE else Remedy.REFUND
    lines = tuple(AskedLine(line, count, reason, (wants or {}).get(line)) for line, count in units.items())
    asked = Asked(kind, remedy or usual, lines)
    with transaction():
        return services.ask(order=order_of(number), asked=asked, by=SHOPPER, at=now())


def approve(found: Return) -> Return:
    with transaction():
        return services.approve(found=found, answer="", by=STAFF, at=now())


def receive(found: Return, accepted: Mapping[int, int] | None = None, *, restock: bool = True) -> Return:
    """Look at what came: all of it, as new, unless said otherwise."""
    counts = accepted or {line.order_line_id: line.quantity for line in queries.lines_of(found.id)}
    receptions = {line: Reception(Condition.AS_NEW, count, restock) for line, count in counts.items()}
    with transaction():
        warehouse = factories.main_warehouse().id
        return services.receive(found=found, receptions=receptions, warehouse_id=warehouse, by=STAFF, at=now())


def refund(found: Return, minor: int | None = None, reason: str = "") -> Return:
    found = queries.get_by_id(found.id)
    suggested = suggested_refund(found, order_of_return(found))
    amount = suggested if minor is None else Money(minor, suggested.currency)
    with transaction():
        return services.refund(found=found, amount=amount, reason=reason, by=STAFF, at=now())


def order_of_return(found: Return) -> Order:
    return orders.get_whole(found.order_id)


def pay_back(*, succeeded: bool = True) -> None:
    """Let every refund under way end; the sandbox pays back at once, money from the door waits for a person."""
    db.session.rollback()
    waiting = db.session.scalars(
        db.select(Refund.id).where(Refund.state.in_((RefundState.ASKED, RefundState.PENDING)))
    ).all()
    for refund_id in waiting:
        with transaction():
            found = db.session.get_one(Refund, refund_id)
            found.state = RefundState.PENDING
            db.session.flush()
            refunds.settle_by_hand(refund_id=refund_id, succeeded=succeeded, by=STAFF, at=now())


def give_back(number: str, units: Mapping[int, int], **options: Any) -> Return:
    """A whole return: asked, approved, received, paid back."""
    found = refund(receive(approve(ask(number, units, **options))))
    pay_back()
    db.session.rollback()
    found = queries.get_by_id(found.id)
    assert found.state == ReturnState.REFUNDED
    return found


def refunded(number: str) -> int:
    db.session.rollback()
    return order_of(number).refunded_minor


def wrongs() -> list[Any]:
    """Everything that does not add up anywhere."""
    db.session.rollback()
    rooms = (
        *(ledgers, order_ledgers, money_ledgers, stock_ledgers, parcel_ledgers),
        *(points_ledgers, promotion_ledgers),
    )
    return [each for room in rooms for each in room.discrepancies()]
