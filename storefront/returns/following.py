"""What returns make of what happens elsewhere: money went back or did not, a replacement was called off or arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from storefront.database.base import db
from storefront.fulfilment.events import ParcelSentAgain
from storefront.kernel.clock import now
from storefront.kernel.money import Money
from storefront.loyalty import services as loyalty
from storefront.orders import queries as orders
from storefront.orders import rewards, sending
from storefront.orders import services as order_services
from storefront.orders.events import OrderCancelled, OrderDelivered, OrderPaid
from storefront.orders.models import Order
from storefront.orders.sending import Told
from storefront.orders.services import SYSTEM
from storefront.orders.states import CancelReason, EventKind, OrderAction
from storefront.payments.events import RefundFailed, RefundSucceeded
from storefront.payments.models import Refund
from storefront.payments.states import REFUNDS_UNDER_WAY, RefundState
from storefront.promotions import services as promotions
from storefront.returns import queries, reckoning
from storefront.returns.errors import ClaimedAlready
from storefront.returns.events import ReturnMoved
from storefront.returns.gathering import basis_of
from storefront.returns.moving import move
from storefront.returns.rules import number_of_reference, refund_reference
from storefront.returns.states import COUNTS_NOT, Policy, ReturnAction, ReturnState


def money_moved(fact: RefundSucceeded | RefundFailed) -> None:
    """Add up what has gone back for a request; once no part of a try is under way, it has ended well or has failed."""
    found = queries.find_return(number_of_reference(fact.reference))
    if found is None:
        return
    orders.get_locked(found.order_id)
    found = queries.get_by_id(found.id)
    pattern = refund_reference(found.number, 0)[:-1]
    mine = Refund.reference.startswith(pattern, autoescape=True)
    succeeded = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        mine, Refund.state == RefundState.SUCCEEDED
    )
    found.refunded_minor = int(db.session.scalar(succeeded) or 0)
    under_way = db.session.scalar(select(func.count()).where(mine, Refund.state.in_(REFUNDS_UNDER_WAY)))
    db.session.flush()
    if under_way or found.state != ReturnState.REFUNDING:
        return
    paid = found.refunded_minor >= found.actual_minor
    move(found, ReturnAction.PAID if paid else ReturnAction.FAIL, by=SYSTEM, at=now())


def give_back(fact: ReturnMoved) -> None:
    """When the money has gone: points pro rata, coupons with the last of the goods, and the tier that remains."""
    if fact.state != ReturnState.REFUNDED:
        return
    found, at = queries.get_by_id(fact.return_id), now()
    order, root = orders.get_whole(found.order_id), orders.get_whole(found.root_order_id)
    if found.gives_all_back and order.id == root.id and promotions.give_back_uses(order_number=root.number, at=at):
        told = Told({"return": found.number}, SYSTEM, at)
        sending.record(order=order, kind=EventKind.OFFERS_BACK, told=told)
    whole = basis_of(root, policy=Policy.SHARE).value
    if whole and root.customer_id is not None:
        part = Money(reckoning.value_refunded(root.id), root.currency)
        loyalty.reverse_for_refund(order_number=root.number, refunded=part, of=Money(whole, root.currency), at=at)
        _undo_follow_up(order, root, at)
    if root.customer_id is not None:
        rewards.evaluate_tier(root.customer_id, at)


def _undo_follow_up(order: Order, root: Order, at: datetime) -> None:
    """Undo what was earned by paying the difference to a dearer variant, pro rata to what came back of it."""
    whole = basis_of(order, policy=Policy.SHARE).value
    if order.id != root.id and whole:
        part, of = (Money(each, order.currency) for each in (reckoning.value_refunded_of(order.id), whole))
        loyalty.reverse_for_refund(order_number=order.number, refunded=part, of=of, at=at)


def refuse_claimed(fact: ParcelSentAgain) -> None:
    """What was claimed is not sent as well: what is sent again no longer counts as lost."""
    claims = [each for each in queries.list_returns(fact.order_id) if each.state not in COUNTS_NOT]
    if claims and any(line.is_overdrawn for line in queries.list_claimable(fact.order_id)):
        raise ClaimedAlready(number=claims[-1].number)


def follow_up_cancelled(fact: OrderCancelled) -> None:
    """Goods that were to go out do not: the request waits for another decision."""
    found = queries.find_origin(fact.number)
    if found is not None and found.state == ReturnState.REPLACED:
        found.follow_up_number, found.ended_at = "", None
        move(found, ReturnAction.FAIL, by=SYSTEM, at=now(), follow_up=fact.number)


def follow_up_paid(fact: OrderPaid) -> None:
    """A follow-up that was called off lives again, since its money came late; unless something else was decided."""
    if not fact.reopened:
        return
    order = orders.get_whole(fact.order_id)
    found = queries.find_by_follow_up(order)
    if found is None:
        return
    if found.state == ReturnState.RECEIVED and not found.follow_up_number:
        found.follow_up_number, found.ended_at = order.number, now()
        move(found, ReturnAction.REPLACE, by=SYSTEM, at=now(), follow_up=order.number)
    elif found.follow_up_number != order.number and OrderAction.CANCEL in order_services.actions_of(order):
        order_services.cancel_order(order=order, by=SYSTEM, at=now(), reason=CancelReason.BY_SHOP)


def follow_up_delivered(fact: OrderDelivered) -> None:
    """With the arrival of what replaces it, a request is closed."""
    found = queries.find_origin(fact.number)
    if found is not None and found.state == ReturnState.REPLACED:
        move(found, ReturnAction.CLOSE, by=SYSTEM, at=now())
