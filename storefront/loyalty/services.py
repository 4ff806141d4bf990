"""Writes of points. Each is a row of the ledger and the same change of the account, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from storefront.database.base import db
from storefront.kernel.money import Money
from storefront.loyalty import limits, rules
from storefront.loyalty.booking import Movement, customer_of, locked, note, note_next_expiry, post, standing_of
from storefront.loyalty.errors import BalanceMoved, NotEnoughPoints, NothingToAdjust, ReasonMissing, TooFewToTake
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.loyalty.queries import balance_of, lots_of
from storefront.loyalty.rules import Balance, Delta
from storefront.loyalty.states import EntryKind
from storefront.shop.queries import get_settings


def earn(*, customer_id: int, order_number: str, points: int, available_at: datetime | None, at: datetime) -> int:
    """Let an order's points wait until `available_at` (None: until it has been delivered); return how many.

    An order earns once: a second time it earns nothing.
    """
    balance, before = locked(customer_id), standing_of(order_number).points
    if points <= 0 or before.earned > before.reversed:
        return 0
    delta = Delta(pending=points)
    post(balance, Movement(customer_id, EntryKind.EARN, delta, at, order_number, available_at=available_at))
    return points


def start_waiting(*, order_number: str, available_at: datetime) -> None:
    """Say when the points of an order that has just been delivered can be spent."""
    db.session.execute(
        update(PointsEntry)
        .where(PointsEntry.order_number == order_number, PointsEntry.kind == EntryKind.EARN)
        .values(available_at=available_at)
        .execution_options(synchronize_session=False)
    )


def release(*, customer_id: int, order_number: str, at: datetime) -> int:
    """Let an order's pending points be spent, if their time has come; return how many."""
    balance, standing = locked(customer_id), standing_of(order_number)
    pending = standing.points.pending
    if pending <= 0 or standing.available_at is None or standing.available_at > at:
        return 0
    delta = rules.release(balance, pending)
    post(balance, Movement(customer_id, EntryKind.RELEASE, delta, at, order_number, expires_at=_expiry(at)))
    return pending


def redeem(*, customer_id: int, points: int, order_number: str, at: datetime) -> None:
    """Pay for a part of an order with points: all that are asked for, or NotEnoughPoints and none."""
    if points <= 0:
        raise ValueError("nothing is paid with no points")
    taken = db.session.execute(
        update(PointsAccount)
        .where(PointsAccount.customer_id == customer_id, PointsAccount.available >= points)
        .values(available=PointsAccount.available - points, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise NotEnoughPoints(available=balance_of(customer_id).available, points=points)
    note(Movement(customer_id, EntryKind.REDEEM, Delta(available=-points), at, order_number))


def give_back(*, order_number: str, at: datetime) -> tuple[int, int]:
    """Undo what a cancelled order did; return how many earned points went and how many used ones came back."""
    nothing = Money.zero(get_settings().currency)
    return reverse_for_refund(order_number=order_number, refunded=nothing, of=nothing, at=at)


def reverse_for_refund(*, order_number: str, refunded: Money, of: Money, at: datetime) -> tuple[int, int]:
    """Undo an order's points pro rata to what was refunded; return how many earned ones went and used ones came back.

    `refunded` is what has been given back of its goods so far, this refund included, and `of` what they had cost, both
    counted before points paid their part; of nothing, everything goes. So any number of refunds that add up to the
    whole undo exactly the whole, and the same refund told twice undoes nothing more.
    """
    customer_id = customer_of(order_number)
    if customer_id is None:
        return 0, 0
    balance, standing = locked(customer_id), standing_of(order_number).points
    back = rules.share_due(standing.redeemed, part=refunded, whole=of, done=standing.returned)
    if back:
        delta, until = rules.credit(balance, back), at + rules.RETURNED_LAST
        movement = Movement(customer_id, EntryKind.GIVE_BACK, delta, at, order_number, expires_at=until)
        balance = post(balance, movement)
    gone = rules.share_due(standing.earned, part=refunded, whole=of, done=standing.reversed)
    if gone:
        delta = rules.take_back(balance, gone, pending=standing.pending)
        post(balance, Movement(customer_id, EntryKind.REVERSE, delta, at, order_number))
    return gone, back


def rewrite(*, customer_id: int, order_number: str, spent: int, earned: int, at: datetime) -> None:
    """Let an order have spent and earned these points instead, which nobody has released yet; or NotEnoughPoints."""
    before = standing_of(order_number).points
    if (before.redeemed - before.returned, before.earned - before.reversed) == (spent, earned):
        return
    give_back(order_number=order_number, at=at)
    if spent:
        redeem(customer_id=customer_id, points=spent, order_number=order_number, at=at)
    earn(customer_id=customer_id, order_number=order_number, points=earned, available_at=None, at=at)


def expire(*, customer_id: int, at: datetime) -> int:
    """Let points go that are past their date; return how many. Until this has run they can still be spent."""
    balance = locked(customer_id)
    lots = lots_of(customer_id)
    points = rules.expired(lots, at)
    if points:
        post(balance, Movement(customer_id, EntryKind.EXPIRE, Delta(available=-points), at))
    note_next_expiry(customer_id, rules.next_expiry(lots, at))
    return points


def adjust(*, customer_id: int, points: int, reason: str, by: str, at: datetime, seen: int | None = None) -> Balance:
    """Give points (a positive number) or take them (a negative one, at most what can be spent), and say why.

    Raises NeedsApproval beyond what one person gives alone.
    Whoever has `seen` another number to spend than there is now is refused: the same form twice gives once.
    """
    reason = reason.strip()
    if not points:
        raise NothingToAdjust
    if not reason:
        raise ReasonMissing
    balance = locked(customer_id)
    if seen is not None and seen != balance.available:
        raise BalanceMoved(available=balance.available)
    if -points > balance.available:
        raise TooFewToTake(available=balance.available)
    limits.refuse_alone(customer_id=customer_id, balance=balance, points=points, reason=reason, by=by, at=at)
    delta = rules.credit(balance, points) if points > 0 else Delta(available=points)
    expires_at = _expiry(at) if points > 0 else None
    movement = Movement(customer_id, EntryKind.ADJUST, delta, at, "", reason[:255], by, expires_at=expires_at)
    return post(balance, movement)


def _expiry(at: datetime) -> datetime:
    return at + timedelta(days=get_settings().points_expire_days)
