"""Writes of this room: an order becomes what was proposed, in one transaction, or nothing happens."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from storefront.amending import gathering
from storefront.amending.errors import NoReason, OrderMoved
from storefront.amending.previewing import Proposal, goes_elsewhere, is_reserved, propose
from storefront.amending.rules import Settling, Wish
from storefront.approvals.errors import NeedsApproval
from storefront.approvals.kinds import Wanted as Approval
from storefront.database.base import db
from storefront.flash import services as flash
from storefront.inventory import changing as stock
from storefront.inventory.levels import Cause
from storefront.inventory.rules import zone_of
from storefront.inventory.services import Wanted
from storefront.kernel.events import publish
from storefront.kernel.money import Money
from storefront.kernel.text import squeeze
from storefront.loyalty import services as points
from storefront.orders import history, queries
from storefront.orders import services as orders
from storefront.orders.bookkeeping import derive, tell
from storefront.orders.draft import Draft
from storefront.orders.events import OrderChanged
from storefront.orders.models import Order, OrderChange
from storefront.orders.rewards import earn_anew
from storefront.orders.rewriting import rewrite
from storefront.orders.rows import promotion_uses
from storefront.orders.states import EventKind
from storefront.payments import services as payment_services
from storefront.payments.providers import BankTransfer, find_provider
from storefront.pricing.snapshot import PriceSource
from storefront.promotions.changing import change_uses

log = logging.getLogger(__name__)
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What somebody wants, the digest of what they were shown, and why."""

    wish: Wish
    seen: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of it: the payment that is asked for next ("" for none), and what a second person has to approve."""

    order: Order
    change: OrderChange
    proposal: Proposal
    payment: str = ""
    approval: Approval | None = None


def change_order(*, order_id: int, confirmed: Confirmed, by: str, at: datetime) -> Changed:
    """Change an order exactly as it was shown, or refuse with OrderMoved or with what is in the way."""
    wish, said = confirmed.wish, squeeze(confirmed.reason)[:LONGEST_REASON]
    if not said:
        raise NoReason(field="reason")
    queries.get_locked(order_id)
    order = queries.get_whole(order_id)
    proposal = propose(order, wish, at=at)
    if proposal.seen != confirmed.seen:
        raise OrderMoved
    before, number = history.data_of(order), order.version
    if proposal.draft is None:
        order.shipping_address = wish.address.as_fields()
        db.session.flush()
    else:
        _hold(order, wish, proposal.draft, by, at)
        order = _rewrite(order, proposal.draft, at)
    order.version = number + 1
    change = history.write_change(order=order, before=before, number=number, reason=said, by=by, at=at)
    facts = {"change": number, "reason_given": said, "before": before["total_minor"], "after": order.total_minor}
    tell(order, EventKind.CHANGED, by, at, facts)
    found = Changed(order, change, proposal)
    if proposal.draft is not None and order.total_minor != before["total_minor"]:
        found = _settle(found, by, at)
    log.info("Order %s was changed", order.number)
    publish(OrderChanged(order.id, order.number, number))
    return found


def _hold(order: Order, wish: Wish, draft: Draft, by: str, at: datetime) -> None:
    """Let the order hold the goods, the promotions and the flash pieces of the draft, in the order of locks."""
    reserved = is_reserved(order)
    wanted = [
        Wanted(draft.goods[line.line_id].variant_id, line.quantity, draft.goods[line.line_id].full_name)
        for line in draft.quote.lines
    ]
    stock.change(
        wanted=wanted,
        reference=order.number,
        expires_at=draft.pay_before if reserved else None,
        cause=Cause(order.number, by, at),
        zone=zone_of(wish.address.country, wish.address.region),
        anew=goes_elsewhere(order, wish),
    )
    change_uses(
        uses=promotion_uses(draft), customer_key=gathering.customer_key(order), order_number=order.number, at=at
    )
    kept: dict[int, int] = {}
    for line in draft.quote.lines:
        if line.price_source is PriceSource.FLASH:
            variant_id = draft.goods[line.line_id].variant_id
            kept[variant_id] = kept.get(variant_id, 0) + line.quantity
    flash.keep_only(order_number=order.number, kept=kept, at=at)


def _rewrite(order: Order, draft: Draft, at: datetime) -> Order:
    """Write the draft down, and let the order's points follow it."""
    spent, was_waiting = order.points_spent, is_reserved(order)
    order = rewrite(order, draft)
    if was_waiting:
        order.pay_before = draft.pay_before
    if order.customer_id is not None:
        points.rewrite(
            customer_id=order.customer_id,
            order_number=order.number,
            spent=order.points_spent if spent else 0,
            earned=earn_anew(order),
            at=at,
        )
    return order


def _settle(found: Changed, by: str, at: datetime) -> Changed:
    """Let the money follow: ask for what is due, send back what is too much."""
    order, settling = found.order, found.proposal.settling
    provider = find_provider(order.payment_provider)
    payment_services.void_pending(order_id=order.id, at=at)
    was_due = order.balance_since is not None
    order.balance_since = (order.balance_since or at) if settling is Settling.DUE else None
    if settling is Settling.DUE:
        order.pay_before = None
    derive(order)
    payment = ""
    asks_again = isinstance(provider, BankTransfer) or settling is Settling.AT_THE_DOOR
    if found.proposal.due and provider is not None and asks_again:
        payment = payment_services.start_payment(order=order, provider=provider, at=at).reference
    if settling in {Settling.EVEN, Settling.BACK}:
        kept = Money(order.paid_minor, order.currency)
        if order.paid_at is None:
            orders.settle(order, kept, by, at)
        elif was_due:
            orders.settle_balance(order, by, at)
    approval = _send_back(found, by, at) if settling is Settling.BACK else None
    db.session.flush()
    return Changed(order, found.change, found.proposal, payment, approval)


def _send_back(found: Changed, by: str, at: datetime) -> Approval | None:
    """Send back what is too much; beyond what one person sends back alone, return what a second one is asked."""
    order, reference = found.order, f"change-{found.order.number}-{found.change.number}"
    try:
        payment_services.ask_refund(order=order, amount=found.proposal.back, reference=reference, by=by, at=at)
    except NeedsApproval as refusal:
        return refusal.wanted
    return None
