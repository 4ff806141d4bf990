"""What the shop owes in points, for finance: now, by the month it expires, and how it moved month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from admin.days import start_of
from storefront.database.base import db
from storefront.kernel.clock import now
from storefront.kernel.kept import Kept
from storefront.kernel.money import Money
from storefront.kernel.sheets import sheet_line
from storefront.loyalty import rules
from storefront.loyalty.models import PointsAccount, PointsEntry
from storefront.loyalty.queries import LEDGER, entry_of
from storefront.loyalty.states import EntryKind
from storefront.promotions.rules.points import points_worth
from storefront.shop.queries import get_settings
from storefront.shop.rules import ShopSettings

MONTHS = 12
COLUMNS = ("earned", "redeemed", "given_back", "reversed", "expired", "adjusted")
BATCH = 5_000
KEPT_FOR = 600.0
"""Seconds for which the page shows one report: when points expire is known only by replaying the ledger."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points that can be spent now and expire in a month; `month` is None for those that never do."""

    month: date | None
    points: int
    worth: Money


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved in one month, each as a positive number where it says what it is, signed where it may be either."""

    month: date
    earned: int
    redeemed: int
    given_back: int
    reversed: int
    expired: int
    adjusted: int


@dataclass(frozen=True, slots=True)
class Liability:
    """Everything together, as of `at`. Pending points are counted: they become spendable unless goods come back."""

    at: datetime
    customers: int
    available: int
    pending: int
    owed: int
    worth: Money
    expiring: tuple[Expiring, ...]
    months: tuple[Moved, ...]

    @property
    def points(self) -> int:
        """What may still be spent, now or later."""
        return self.available + self.pending


def get_liability(at: datetime) -> Liability:
    """Return the report of this moment; `expiring` adds up to what is available, to the point."""
    settings = get_settings()
    account = PointsAccount
    row = db.session.execute(
        select(
            func.count(),
            *(func.coalesce(func.sum(column), 0) for column in (account.available, account.pending, account.owed)),
        ).where((account.available > 0) | (account.pending > 0) | (account.owed > 0))
    ).one()
    customers, available, pending, owed = (int(value) for value in row)
    return Liability(
        at=at,
        customers=customers,
        available=available,
        pending=pending,
        owed=owed,
        worth=_worth(available + pending, settings),
        expiring=_expiring(settings),
        months=_months(at, settings),
    )


def recent_liability() -> Liability:
    """Return the report for the page, up to KEPT_FOR old; it says of when it is."""
    return _recent.get()


def as_csv(report: Liability) -> str:
    """Return the report as rows of (part, month, points, worth), for a spreadsheet."""
    settings = get_settings()
    lines = [sheet_line(["part", "month", "points", f"worth_{settings.currency}"])]

    def put(part: str, month: date | None, points: int) -> None:
        stamp = f"{month:%Y-%m}" if month else ""
        lines.append(sheet_line([part, stamp, points, f"{_signed_worth(points, settings).decimal:f}"]))

    for part in ("available", "pending", "owed"):
        put(part, None, getattr(report, part))
    for each in report.expiring:
        put("expires" if each.month else "never_expires", each.month, each.points)
    for moved in report.months:
        for part in COLUMNS:
            put(part, moved.month, getattr(moved, part))
    return "".join(lines)


def months_until(at: datetime, zone: str, count: int = MONTHS) -> list[date]:
    """Return the first days of the last months, this one last."""
    day = at.astimezone(ZoneInfo(zone)).date()
    number = day.year * 12 + day.month - 1
    return [date(*_year_month(each)) for each in range(number - count + 1, number + 1)]


def _year_month(number: int) -> tuple[int, int, int]:
    return number // 12, number % 12 + 1, 1


def _expiring(settings: ShopSettings) -> tuple[Expiring, ...]:
    zone, found = ZoneInfo(settings.timezone), Counter[date | None]()
    for points, expires_at in chain(_untouched(), _replayed()):
        expires = expires_at.astimezone(zone).date() if expires_at else None
        found[expires.replace(day=1) if expires else None] += points
    ordered = sorted(found.items(), key=lambda item: item[0] or date.max)
    return tuple(Expiring(month, points, _worth(points, settings)) for month, points in ordered)


_TAKERS = select(PointsEntry.customer_id).where(
    (PointsEntry.available_delta < 0) | (PointsEntry.kind == EntryKind.GIVE_BACK)
)
"""Customers from whom points have gone; what all others have came in as it is."""


def _untouched() -> Iterable[tuple[int, datetime | None]]:
    """Return the lots of customers from whom nothing has gone, those of one moment together."""
    points = func.sum(PointsEntry.available_delta)
    rows = db.session.execute(
        select(points, PointsEntry.expires_at)
        .join(PointsAccount, PointsAccount.customer_id == PointsEntry.customer_id)
        .where(PointsAccount.available > 0, PointsEntry.available_delta > 0, PointsEntry.customer_id.not_in(_TAKERS))
        .group_by(PointsEntry.expires_at)
    )
    return ((int(points), expires_at) for points, expires_at in rows)


def _replayed() -> Iterator[tuple[int, datetime | None]]:
    """Replay the ledger of everybody else who has points to spend, one customer at a time."""
    rows = db.session.execute(
        select(PointsEntry.customer_id, *LEDGER)
        .join(PointsAccount, PointsAccount.customer_id == PointsEntry.customer_id)
        .where(PointsAccount.available > 0, PointsEntry.customer_id.in_(_TAKERS))
        .order_by(PointsEntry.customer_id, PointsEntry.id),
        execution_options={"yield_per": BATCH},
    )
    for _customer, entries in groupby(rows, key=lambda row: row.customer_id):
        for lot in rules.lots_of(entry_of(row) for row in entries):
            yield lot.points, lot.expires_at


def _months(at: datetime, settings: ShopSettings) -> tuple[Moved, ...]:
    firsts = months_until(at, settings.timezone)
    starts = [start_of(first, settings.timezone) for first in firsts]
    month = case(*((PointsEntry.at < later, index) for index, later in enumerate(starts[1:])), else_=len(starts) - 1)
    net = func.sum(PointsEntry.available_delta + PointsEntry.pending_delta - PointsEntry.owed_delta)
    rows = db.session.execute(
        select(month, PointsEntry.kind, net).where(PointsEntry.at >= starts[0]).group_by(month, PointsEntry.kind)
    )
    sums = {(index, kind): int(points) for index, kind, points in rows}

    def of(index: int, kind: EntryKind) -> int:
        return sums.get((index, kind.value), 0)

    return tuple(
        Moved(
            month=first,
            earned=of(index, EntryKind.EARN),
            redeemed=-of(index, EntryKind.REDEEM),
            given_back=of(index, EntryKind.GIVE_BACK),
            reversed=-of(index, EntryKind.REVERSE),
            expired=-of(index, EntryKind.EXPIRE),
            adjusted=of(index, EntryKind.ADJUST),
        )
        for index, first in enumerate(firsts)
    )


def _worth(points: int, settings: ShopSettings) -> Money:
    return points_worth(points, settings.points_worth, settings.currency)


def _signed_worth(points: int, settings: ShopSettings) -> Money:
    return _worth(points, settings) if points >= 0 else -_worth(-points, settings)


_recent = Kept(lambda: get_liability(now()), seconds=KEPT_FOR)
