"""How much money one person sends back alone. Beyond that a second one has to approve.

What counts is all that staff have sent back for an order without approval, so that two halves are no two small refunds.
What the shop sends back by its own rules (a cancelled order, money that came too late) is not limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select

from storefront.approvals import queries as approvals
from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import STAFF, Seen, Wanted, acts_alone
from storefront.approvals.models import ApprovalRequest
from storefront.database.base import db
from storefront.kernel.errors import N_
from storefront.kernel.money import Money
from storefront.orders.models import Order
from storefront.payments.errors import NotRefundable
from storefront.payments.models import Payment, Refund
from storefront.payments.states import RefundState
from storefront.shop.queries import get_settings


def goes_too_far(*, orders: Iterable[Order], amount: Money, by: str) -> bool:
    """Say whether `by` may not send this much back alone, with what was sent back for these orders before."""
    limit = get_settings().refund_approval_above
    if not limit or not acts_alone(by):
        return False
    cap = Money.parse(str(limit), amount.currency).minor
    return amount.minor + _sent_alone([order.id for order in orders]) > cap


def refuse_alone(*, order: Order, amount: Money, left: Money, reference: str, by: str) -> None:
    """Raise NotRefundable where a person wants more sent back than is `left` beside what waits for an approval already,
    and NeedsApproval where one may not send so much.
    """
    if acts_alone(by) and amount > (free := left - waiting_sum(order)):
        raise NotRefundable(amount=max(free, Money.zero(free.currency)))
    if not goes_too_far(orders=[order], amount=amount, by=by):
        return
    payload = {
        "order": order.number,
        "minor": amount.minor,
        "currency": amount.currency,
        "reference": reference,
    }
    raise NeedsApproval(Wanted("refund", ("order", order.number), payload, seen_of(order, amount), amount))


def list_waiting(order: Order) -> Sequence[ApprovalRequest]:
    """Return what was asked to go back of an order's money, its returns' too, that nobody has decided yet."""
    about = or_(ApprovalRequest.object_key == order.number, ApprovalRequest.object_key.startswith(f"{order.number}-R"))
    return approvals.list_waiting(about, ApprovalRequest.amount_minor.is_not(None))


def waiting_sum(order: Order) -> Money:
    """Return how much of an order's money waits for an approval to go back."""
    return Money(sum(each.amount_minor or 0 for each in list_waiting(order)), order.currency)


def seen_of(order: Order, amount: Money) -> tuple[Seen, ...]:
    """Return what a second person needs to see of an order before money goes back."""
    before = (
        (N_("Went back before"), Money(order.refunded_minor, order.currency)),
        (N_("Waits for approval beside this"), waiting_sum(order)),
    )
    return (
        Seen(N_("Order"), order.number),
        Seen(N_("Customer"), order.email),
        Seen(N_("Total of the order"), amount=Money(order.total_minor, order.currency)),
        Seen(N_("Paid"), amount=Money(order.paid_minor, order.currency)),
        *(Seen(label, amount=gone) for label, gone in before if gone),
        Seen(N_("To be sent back"), amount=amount),
    )


def _sent_alone(order_ids: list[int]) -> int:
    statement = (
        select(func.coalesce(func.sum(Refund.amount_minor), 0))
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id.in_(order_ids), Refund.by.startswith(STAFF), Refund.state != RefundState.FAILED)
    )
    return int(db.session.scalar(statement) or 0)
