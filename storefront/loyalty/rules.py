"""How points move, decided on plain values: earning, pending, owing, expiring, and exact shares of what is refunded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storefront.kernel.money import Money, digits_of
from storefront.loyalty.errors import NegativePoints, NotANumberOfPoints, TooManyAtOnce
from storefront.loyalty.states import EntryKind

MOST_POINTS = 10**9
"""More than anybody has; a longer number is a slip of the hand."""
_WHOLE = re.compile(r"(?P<sign>[+-]?)(?P<digits>\d{1,3}(,\d{3})+|\d+)", re.ASCII)
RETURNED_LAST = timedelta(days=30)
"""Points that an order gave back can be used at least this long, even where they would have expired meanwhile."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delta:
    """One movement: what changes of the three sums."""

    available: int = 0
    pending: int = 0
    owed: int = 0

    @property
    def net(self) -> int:
        """What the customer has more or less of in all."""
        return self.available + self.pending - self.owed


@dataclass(frozen=True, slots=True)
class Balance:
    """A customer's points: to spend, waiting, and owed to the shop. None is ever negative; raises ValueError if so."""

    available: int = 0
    pending: int = 0
    owed: int = 0

    def __post_init__(self) -> None:
        if min(self.available, self.pending, self.owed) < 0:
            raise ValueError(f"points are never negative: {self}")

    def __add__(self, delta: Delta) -> Balance:
        return Balance(self.available + delta.available, self.pending + delta.pending, self.owed + delta.owed)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger as the rules see it."""

    kind: EntryKind
    delta: Delta
    order_number: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderPoints:
    """What one order has done so far: `pending` of what it `earned` still waits, `returned` of what it `redeemed` came
    back. An order that lives again after it had been undone begins anew.
    """

    pending: int = 0
    earned: int = 0
    reversed: int = 0
    redeemed: int = 0
    returned: int = 0

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> OrderPoints:
        """Add up an order's entries, the oldest first."""
        pending = earned = gone = redeemed = back = 0
        for entry in entries:
            pending += entry.delta.pending
            match entry.kind:
                case EntryKind.EARN:
                    earned, gone = entry.delta.net + earned - gone, 0
                case EntryKind.REVERSE:
                    gone -= entry.delta.net
                case EntryKind.REDEEM:
                    redeemed, back = redeemed - back - entry.delta.net, 0
                case EntryKind.GIVE_BACK:
                    back += entry.delta.net
        return cls(pending, earned, gone, redeemed, back)


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of points that came in together, and when they expire (None: never)."""

    points: int
    expires_at: datetime | None


def points_for(goods: Money, *, per_unit: int, basis_points: int) -> int:
    """Return what paying `goods` earns: points for each whole unit of the currency, times the tier's rate, rounded
    down. The rate is in 1/10,000; nothing is earned on nothing.
    """
    units = max(0, goods.minor) // int(10 ** digits_of(goods.currency))
    return units * per_unit * basis_points // 10_000


def read_points(text: str) -> int:
    """Read a number of points as a person types it, full-width digits and "1,200" too; "" is none. Refuses with
    NotANumberOfPoints, NegativePoints or TooManyAtOnce.
    """
    points = read_signed_points(text)
    if points < 0:
        raise NegativePoints
    return points


def read_signed_points(text: str) -> int:
    """The same, where fewer than none means to take some."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace(" ", "")
    if not plain:
        return 0
    typed = _WHOLE.fullmatch(plain)
    if typed is None:
        raise NotANumberOfPoints
    digits = typed["digits"].replace(",", "").lstrip("0") or "0"
    if len(digits) > len(str(MOST_POINTS)) or int(digits) > MOST_POINTS:
        raise TooManyAtOnce(most=f"{MOST_POINTS:,}")
    return -int(digits) if typed["sign"] == "-" else int(digits)


def credit(balance: Balance, points: int) -> Delta:
    """Let points come in to be spent: what is owed is paid first."""
    paid = min(balance.owed, points)
    return Delta(available=points - paid, owed=-paid)


def release(balance: Balance, points: int) -> Delta:
    """Let pending points become ones to spend."""
    return Delta(pending=-points, available=(came := credit(balance, points)).available, owed=came.owed)


def take_back(balance: Balance, points: int, *, pending: int) -> Delta:
    """Take earned points back: from those of the same order that still wait, then from those to spend, and what was
    spent already is owed.
    """
    waiting = min(points, pending)
    spendable = min(points - waiting, balance.available)
    return Delta(pending=-waiting, available=-spendable, owed=points - waiting - spendable)


def share_due(total: int, *, part: Money, whole: Money, done: int) -> int:
    """Return how many more of `total` points go with `part` of `whole` being refunded so far, `done` having gone.

    Rounded down in between and exact at the end: shares of parts that add up to the whole add up to the total. A whole
    of nothing goes at once.
    """
    refunded = min(max(part.minor, 0), whole.minor)
    due = total * refunded // whole.minor if whole.minor > 0 else total
    return max(0, due - done)


def lots_of(entries: Iterable[Entry]) -> tuple[Lot, ...]:
    """Return what is left of every lot, the first to expire first; the sum is what is available.

    Whatever leaves takes from the lot that expires first. What an order gives back returns to the lots it came from,
    the last to expire first, and stays at least until the entry's own date.
    """
    lots: list[_Lot] = []
    taken: dict[str, list[tuple[datetime, int]]] = {}
    for entry in entries:
        points = entry.delta.available
        if entry.kind is EntryKind.GIVE_BACK:
            _return(entry, taken.get(entry.order_number, []), lots)
        elif points > 0:
            lots.append(_Lot(entry.expires_at or _NEVER, points))
        elif points < 0:
            gone = _consume(lots, -points)
            if entry.kind is EntryKind.REDEEM:
                taken.setdefault(entry.order_number, []).extend(gone)
    left = sorted((lot for lot in lots if lot.left), key=lambda lot: lot.expires)
    return tuple(Lot(lot.left, None if lot.expires == _NEVER else lot.expires) for lot in left)


def expired(lots: Sequence[Lot], at: datetime) -> int:
    """Return how many points are past their date."""
    return sum(lot.points for lot in lots if lot.expires_at is not None and lot.expires_at <= at)


def next_expiry(lots: Iterable[Lot], after: datetime) -> datetime | None:
    """Return when the next points expire after a moment; None where none do."""
    return min((lot.expires_at for lot in lots if lot.expires_at is not None and lot.expires_at > after), default=None)


@dataclass(slots=True)
class _Lot:
    expires: datetime
    left: int


def _consume(lots: list[_Lot], points: int) -> list[tuple[datetime, int]]:
    gone: list[tuple[datetime, int]] = []
    for lot in sorted(lots, key=lambda lot: lot.expires):
        piece = min(lot.left, points)
        if piece:
            lot.left -= piece
            points -= piece
            gone.append((lot.expires, piece))
    lots[:] = [lot for lot in lots if lot.left]
    return gone


def _return(entry: Entry, taken: list[tuple[datetime, int]], lots: list[_Lot]) -> None:
    """Put back what an order had taken; the part of it that pays what is owed goes nowhere."""
    at_least = entry.expires_at or _NEVER
    for points, back in ((entry.delta.available, True), (-entry.delta.owed, False)):
        left = points
        while left and taken:
            expires, piece = taken.pop()
            used = min(piece, left)
            if piece > used:
                taken.append((expires, piece - used))
            if back:
                lots.append(_Lot(max(expires, at_least), used))
            left -= used
        if back and left:
            lots.append(_Lot(at_least, left))
