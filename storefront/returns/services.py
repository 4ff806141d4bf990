"""Writes of returns: asking, deciding, looking at what came, paying back, replacing.

Each locks the order first, as every write of orders does, so of two requests at once one is first, and the other is
told; that an order has one open request at most is the table's word too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storefront.database.base import db
from storefront.inventory import queries as shelves
from storefront.inventory import services as inventory
from storefront.inventory.errors import OutOfStock
from storefront.inventory.rules import Pick
from storefront.kernel.money import Money
from storefront.kernel.states import NotAllowed
from storefront.kernel.text import squeeze
from storefront.orders import following_up, sending
from storefront.orders import queries as orders
from storefront.orders.models import Order
from storefront.orders.sending import Told
from storefront.orders.states import EventKind
from storefront.payments import queries as payments
from storefront.payments import services as payment_services
from storefront.returns import limits, queries, reckoning
from storefront.returns.errors import (
    AlreadyOpen,
    AmountNeedsReason,
    AnswerMissing,
    CannotReplace,
    MoreThanAsked,
    NotAQuantity,
    NothingAccepted,
    NotInThisOrder,
    NotOnThatShelf,
    TooMuchBack,
)
from storefront.returns.exchanging import check_exchange, plan_of
from storefront.returns.gathering import as_asked, preview_of
from storefront.returns.models import Return, ReturnLine, ReturnPhoto
from storefront.returns.moving import move
from storefront.returns.rules import Asked, allowed_actions, check, refund_reference, return_number
from storefront.returns.states import Condition, Policy, Remedy, ReturnAction, ReturnKind, ReturnState
from storefront.shop.queries import get_settings

log = logging.getLogger(__name__)

LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class Reception:
    """What came of one line: in which condition, how many count, and whether they can be sold again."""

    condition: Condition
    accepted: int
    restock: bool = False


def ask(*, order: Order, asked: Asked, by: str, at: datetime) -> Return:
    """Write a request down, with what it would come to; refuse what the rules forbid, and a second one at a time."""
    order = orders.get_locked(order.id)
    under_way = queries.find_open(order.id)
    if under_way is not None:
        raise AlreadyOpen(number=under_way.number)
    settings, origin = get_settings(), queries.find_origin(order.number)
    lines = queries.list_claimable(order.id)
    check(asked, lines, days=settings.after_sale_days, at=at)
    check_exchange(asked, lines)
    found = Return(
        order_id=order.id,
        root_order_id=origin.root_order_id if origin else order.id,
        number=return_number(order.number, queries.count_returns(order.id)),
        kind=asked.kind,
        remedy=asked.remedy,
        state=ReturnState.REQUESTED,
        policy=Policy(settings.refund_policy),
        note=asked.note.strip(),
        answer="",
        requested_at=at,
    )
    db.session.add(found)
    db.session.flush()
    db.session.add_all(
        ReturnLine(
            return_id=found.id,
            order_line_id=line.line_id,
            quantity=line.quantity,
            reason=line.reason,
            wanted_variant_id=line.wanted_variant_id if asked.kind is ReturnKind.EXCHANGE else None,
        )
        for line in asked.lines
    )
    db.session.add_all(
        ReturnPhoto(return_id=found.id, position=position, picture=picture)
        for position, picture in enumerate(asked.photos)
    )
    db.session.flush()
    _count(found, order)
    move(found, None, by=by, at=at)
    _tell(order, EventKind.RETURN_ASKED, found, by, at)
    log.info("Return %s asked for", found.number)
    return found


def withdraw(*, found: Return, by: str, at: datetime) -> Return:
    """Take a request back, as long as nothing has been received."""
    order, found = _lock(found, ReturnAction.WITHDRAW)
    found.ended_at = at
    move(found, ReturnAction.WITHDRAW, by=by, at=at)
    _tell(order, EventKind.RETURN_WITHDRAWN, found, by, at)
    return found


def approve(*, found: Return, answer: str, by: str, at: datetime) -> Return:
    """Let goods come back; what is claimed counts as accepted at once, since nothing has to come."""
    order, found = _lock(found, ReturnAction.APPROVE)
    found.answer, found.decided_at = answer.strip()[:LONGEST_ANSWER], at
    if found.kind == ReturnKind.CLAIM:
        for row in queries.line_rows(found.id).values():
            row.accepted = row.quantity
        db.session.flush()
        _count(found, order)
    move(found, ReturnAction.APPROVE, by=by, at=at)
    _tell(order, EventKind.RETURN_APPROVED, found, by, at)
    return found


def reject(*, found: Return, answer: str, by: str, at: datetime) -> Return:
    """Say no, and why."""
    order, found = _lock(found, ReturnAction.REJECT)
    if not answer.strip():
        raise AnswerMissing(field="answer")
    found.answer, found.decided_at, found.ended_at = answer.strip()[:LONGEST_ANSWER], at, at
    move(found, ReturnAction.REJECT, by=by, at=at)
    _tell(order, EventKind.RETURN_REJECTED, found, by, at)
    return found


def receive(
    *, found: Return, receptions: Mapping[int, Reception], warehouse_id: int | None, by: str, at: datetime
) -> Return:
    """Write down what came, line by line; what can be sold again goes on a shelf of `warehouse_id`."""
    order, found = _lock(found, ReturnAction.RECEIVE)
    rows, names = queries.line_rows(found.id), {row.order_line_id: row for row in queries.lines_of(found.id)}
    if receptions.keys() - rows.keys():
        raise NotInThisOrder(field="lines")
    units: dict[int, int] = {}
    for line_id, row in rows.items():
        reception = receptions.get(line_id, Reception(Condition.MISSING, 0))
        if reception.accepted < 0:
            raise NotAQuantity(field=f"accepted-{line_id}")
        if reception.accepted > row.quantity:
            raise MoreThanAsked(field=f"accepted-{line_id}", name=names[line_id].name, most=row.quantity)
        row.condition, row.accepted = reception.condition, reception.accepted
        variant_id = names[line_id].variant_id
        if reception.restock and reception.accepted and variant_id is not None:
            row.restocked = reception.accepted
            units[variant_id] = units.get(variant_id, 0) + reception.accepted
    if not any(row.accepted for row in rows.values()):
        raise NothingAccepted(field="lines")
    _put_on_shelves(found, units, warehouse_id, by, at)
    found.received_at = at
    db.session.flush()
    _count(found, order)
    move(found, ReturnAction.RECEIVE, by=by, at=at)
    _tell(order, EventKind.RETURN_RECEIVED, found, by, at)
    return found


def refund(*, found: Return, amount: Money, reason: str, by: str, at: datetime) -> Return:
    """Send money back: what the rules suggest, or another amount with a reason; never more than came in."""
    order, found = _lock(found, ReturnAction.REFUND)
    if found.remedy != Remedy.REFUND:
        found.remedy = Remedy.REFUND
        _count(found, order)
    asked = reckoning.asked_back(found.number)
    if amount.minor < asked or amount.currency != order.currency:
        raise TooMuchBack(field="amount", amount=refundable(found))
    if amount.minor != found.suggested_minor and not reason.strip():
        raise AmountNeedsReason(field="reason")
    more = Money(amount.minor - found.refunded_minor, amount.currency)
    limits.refuse_alone("return_refund", found=found, order=order, amount=more, to=amount, by=by)
    found.actual_minor, found.actual_reason, found.ended_at = amount.minor, squeeze(reason)[:255], at
    _ask_back(found, amount.minor - asked, by, at)
    move(found, ReturnAction.REFUND, by=by, at=at)
    if amount.minor == found.refunded_minor:
        move(found, ReturnAction.PAID, by=by, at=at)
    log.info("Return %s: %s goes back", found.number, amount)
    return found


def replace(*, found: Return, by: str, at: datetime) -> Return:
    """Let other goods go out as an order of their own; a cheaper variant's difference goes back at once."""
    order, found = _lock(found, ReturnAction.REPLACE)
    order = orders.get_whole(order.id)
    plan = plan_of(order, ReturnKind(found.kind), as_asked(found), but=found.id)
    asked = reckoning.asked_back(found.number)
    found.actual_minor = max(plan.back, asked)
    more, to = (Money(minor, order.currency) for minor in (found.actual_minor - asked, found.actual_minor))
    limits.refuse_alone("return_replacement", found=found, order=order, amount=more, to=to, by=by)
    _ask_back(found, found.actual_minor - asked, by, at)
    reference = f"{found.number}-{queries.count_tries(found.id) + 1}"
    try:
        placed = following_up.place_follow_up(order=order, lines=plan.lines, reference=reference, by=by, at=at)
    except OutOfStock as refusal:
        raise CannotReplace(name=", ".join(short.name for short in refusal.shortages)) from None
    found.follow_up_number, found.ended_at = placed.number, at
    move(found, ReturnAction.REPLACE, by=by, at=at, follow_up=placed.number)
    _tell(order, EventKind.REPLACEMENT_PLACED, found, by, at, follow_up=placed.number)
    return found


def close(*, found: Return, by: str, at: datetime) -> Return:
    """Put a request away."""
    _, found = _lock(found, ReturnAction.CLOSE)
    move(found, ReturnAction.CLOSE, by=by, at=at)
    return found


def actions_of(found: Return) -> frozenset[ReturnAction]:
    """Return what may be done to a request now; pages draw their buttons from this."""
    kind, remedy = ReturnKind(found.kind), Remedy(found.remedy)
    return allowed_actions(ReturnState(found.state), kind, remedy, was_promised=found.attempts > 0)


def refundable(found: Return) -> Money:
    """Return how much of a sale's money may go back for a request, with what has gone back for it or is on its way."""
    return reckoning.may_go_back(found.root_order_id, found.number)


def _count(found: Return, order: Order) -> None:
    """Write down what a request comes to, by what counts of it now."""
    order, kind, lines = orders.get_whole(order.id), ReturnKind(found.kind), as_asked(found)
    comes = preview_of(order, kind, lines, policy=Policy(found.policy), but=found.id)
    found.value_minor, found.gives_all_back = comes.value, comes.is_whole
    found.goods_minor = comes.goods
    rows = queries.line_rows(found.id)
    for line_id, row in rows.items():
        row.amount_minor = comes.amounts.get(line_id, 0)
    if found.remedy == Remedy.REPLACE:
        found.freight_minor = found.fee_minor = found.gift_minor = found.before_minor = 0
        found.kept_gifts, found.gives_all_back = {}, False
        found.suggested_minor = plan_of(order, kind, lines, but=found.id).back
    else:
        found.freight_minor, found.fee_minor, found.gift_minor = comes.freight, comes.fee, comes.gift
        found.before_minor = comes.before
        found.kept_gifts = {str(line_id): units for line_id, units in comes.kept_gifts.items()}
        found.suggested_minor = comes.total
    db.session.flush()


def _put_on_shelves(found: Return, units: Mapping[int, int], warehouse_id: int | None, by: str, at: datetime) -> None:
    if not units:
        return
    there = {(row.variant_id, row.warehouse_id) for row in shelves.list_levels(units)}
    names = {row.variant_id: row.name for row in queries.lines_of(found.id)}
    for variant_id in sorted(units):
        if warehouse_id is None or (variant_id, warehouse_id) not in there:
            raise NotOnThatShelf(field="warehouse", name=names[variant_id])
    picks = [Pick(variant_id, int(warehouse_id or 0), units[variant_id]) for variant_id in sorted(units)]
    inventory.take_back(picks=picks, reference=found.number, by=by, at=at)


def _ask_back(found: Return, amount: int, by: str, at: datetime) -> None:
    """Ask for money along the payments of the sale's orders: the returned one first, then those it came from."""
    family = [orders.get_locked(order.id) for order in queries.list_family(found.root_order_id)]
    if amount > sum(payments.refundable(order).minor for order in family):
        raise TooMuchBack(field="amount", amount=refundable(found))
    found.attempts += 1
    reference, freight = refund_reference(found.number, found.attempts), _freight_in(found, amount)
    whole = amount
    for order in sorted(family, key=lambda each: (each.id != found.order_id, each.id)):
        part = min(amount, payments.refundable(order).minor)
        if part:
            money = Money(part, order.currency)
            payment_services.ask_refund(
                order=order, amount=money, reference=reference, by=by, at=at, freight=freight * part // whole
            )
            amount -= part


def _freight_in(found: Return, amount: int) -> int:
    """Return how much of what goes back is for delivery: its share of what the rules come to, and no more than that."""
    return found.freight_minor * min(amount, found.suggested_minor) // max(found.suggested_minor, 1)


def _lock(found: Return, action: ReturnAction) -> tuple[Order, Return]:
    """Lock a request's order, then see whether the request still permits what is wanted."""
    order = orders.get_locked(found.order_id)
    found = queries.get_by_id(found.id)
    if action not in actions_of(found):
        raise NotAllowed(state=found.state, action=action.value)
    return order, found


def _tell(order: Order, kind: EventKind, found: Return, by: str, at: datetime, **more: object) -> None:
    sending.record(order=order, kind=kind, told=Told({"return": found.number, **more}, by, at))
