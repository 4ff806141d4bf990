"""What must add up: each account is the sum of its movements, and everybody stands in a tier that there is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import String, cast, func, select

from storefront.accounts.models import Customer
from storefront.database.base import db
from storefront.kernel.ledgers import Discrepancy, Ledger
from storefront.loyalty.models import PointsAccount, PointsEntry, Tier

_WHO = func.coalesce(Customer.email, Customer.verified_phone, "customer " + cast(Customer.id, String))
_SUMS = (
    select(
        PointsEntry.customer_id,
        func.sum(PointsEntry.available_delta).label("available"),
        func.sum(PointsEntry.pending_delta).label("pending"),
        func.sum(PointsEntry.owed_delta).label("owed"),
    )
    .group_by(PointsEntry.customer_id)
    .subquery()
)


def discrepancies() -> Iterator[Discrepancy]:
    """Yield everything in loyalty that does not add up; there should be nothing."""
    for ledger in LEDGERS:
        yield from ledger.find()


def _points() -> Iterator[Discrepancy]:
    rows = db.session.execute(
        select(
            _WHO,
            *(func.coalesce(_SUMS.c[name], 0) for name in ("available", "pending", "owed")),
            *(func.coalesce(getattr(PointsAccount, name), 0) for name in ("available", "pending", "owed")),
        )
        .outerjoin(PointsAccount, PointsAccount.customer_id == Customer.id)
        .outerjoin(_SUMS, _SUMS.c.customer_id == Customer.id)
        .where((PointsAccount.customer_id.is_not(None)) | (_SUMS.c.customer_id.is_not(None)))
        .order_by(Customer.id)
    )
    for email, *figures in rows:
        expected, actual = tuple(map(int, figures[:3])), tuple(map(int, figures[3:]))
        if expected != actual or min(actual) < 0:
            yield Discrepancy("points", email, expected, actual)


def _pending_of_orders() -> Iterator[Discrepancy]:
    pending = func.sum(PointsEntry.pending_delta)
    rows = db.session.execute(
        select(PointsEntry.order_number, pending)
        .group_by(PointsEntry.order_number)
        .having(pending < 0)
        .order_by(PointsEntry.order_number)
    )
    for order_number, points in rows:
        yield Discrepancy("pending points of an order", order_number, 0, int(points))


def _tiers() -> Iterator[Discrepancy]:
    known = select(Tier.key)
    rows = db.session.execute(
        select(_WHO, Customer.tier).where(Customer.tier != "", Customer.tier.not_in(known)).order_by(Customer.id)
    )
    for email, tier in rows:
        yield Discrepancy("tiers", email, "a tier that there is", tier)


def _count(column: object) -> int:
    return db.session.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]


LEDGERS = (
    Ledger("points", lambda: _count(PointsAccount.customer_id), _points),
    Ledger("pending points of an order", lambda: _count(func.distinct(PointsEntry.order_number)), _pending_of_orders),
    Ledger("tiers", lambda: _count(Customer.id), _tiers),
)
