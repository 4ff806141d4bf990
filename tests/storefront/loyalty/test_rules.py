"""Points as pure decisions: earning, reading a number, exact shares, what expires, and that every sum stays right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.loyalty import rules
from storefront.loyalty.errors import NegativePoints, NotANumberOfPoints
from storefront.loyalty.rules import Balance, Delta, Entry, Lot
from storefront.loyalty.states import EntryKind

DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "per_unit", "rate", "points"),
    [
        (1999, "USD", 1, 10_000, 19),
        (1999, "USD", 10, 10_000, 190),
        (1999, "USD", 1, 15_000, 28),
        (99, "USD", 5, 10_000, 0),
        (1999, "JPY", 1, 10_000, 1999),
        (1999, "JPY", 1, 12_500, 2498),
        (0, "USD", 1, 10_000, 0),
        (-500, "USD", 1, 10_000, 0),
        (5000, "USD", 0, 10_000, 0),
        (5000, "USD", 1, 0, 0),
    ],
)
def test_points_are_earned_on_whole_units(minor: int, currency: str, per_unit: int, rate: int, points: int) -> None:
    assert rules.points_for(Money(minor, currency), per_unit=per_unit, basis_points=rate) == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("500", 500),
        (" 500 ", 500),
        ("５００", 500),
        ("1,200", 1200),
        ("", 0),
        ("0", 0),
        ("-0", 0),
        ("1,000,000,000", 10**9),
    ],
)
def test_points_are_read_as_people_write_them(text: str, points: int) -> None:
    assert rules.read_points(text) == points


@pytest.mark.parametrize("text", ["all of them", "12.5", "1,5", "1,2000", "五百", "1e3", "--5", "½", "٣", "5 points"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumberOfPoints):
        rules.read_points(text)


@pytest.mark.parametrize("text", ["-5", "−5", "－５"])
def test_fewer_than_none_is_refused(text: str) -> None:
    with pytest.raises(NegativePoints):
        rules.read_points(text)


def test_what_comes_in_pays_what_is_owed_first() -> None:
    assert rules.credit(Balance(owed=30), 100) == Delta(available=70, owed=-30)
    assert rules.credit(Balance(owed=300), 100) == Delta(owed=-100)
    assert rules.release(Balance(pending=100, owed=30), 100) == Delta(available=70, pending=-100, owed=-30)


def test_what_was_spent_already_is_owed() -> None:
    assert rules.take_back(Balance(available=20, pending=50), 100, pending=50) == Delta(-20, -50, 30)
    assert rules.take_back(Balance(available=20, pending=50), 100, pending=0) == Delta(-20, 0, 80)


@given(
    total=st.integers(0, 10**6),
    parts=st.lists(st.integers(0, 10**6), min_size=1, max_size=12),
    currency=st.sampled_from(["USD", "JPY"]),
)
def test_shares_of_parts_add_up_to_the_whole(total: int, parts: list[int], currency: str) -> None:
    whole, done, so_far = Money(sum(parts), currency), 0, 0
    for part in parts:
        so_far += part
        due = rules.share_due(total, part=Money(so_far, currency), whole=whole, done=done)
        assert due >= 0
        done += due
    assert done == total
    assert rules.share_due(total, part=whole, whole=whole, done=done) == 0


def test_the_first_to_expire_is_spent_first() -> None:
    june, may = DAY + timedelta(days=150), DAY + timedelta(days=120)
    entries = [
        Entry(EntryKind.RELEASE, Delta(available=100, pending=-100), "A", june),
        Entry(EntryKind.RELEASE, Delta(available=50, pending=-50), "B", may),
        Entry(EntryKind.REDEEM, Delta(available=-70), "C"),
    ]
    assert rules.lots_of(entries) == (Lot(80, june),)
    assert rules.expired(rules.lots_of(entries[:2]), may) == 50
    assert rules.expired(rules.lots_of(entries[:2]), may - timedelta(seconds=1)) == 0


def test_what_an_order_gives_back_keeps_its_dates_but_can_still_be_used() -> None:
    june, may = DAY + timedelta(days=150), DAY + timedelta(days=120)
    until = may + timedelta(days=10)
    entries = [
        Entry(EntryKind.RELEASE, Delta(available=50, pending=-50), "B", may),
        Entry(EntryKind.RELEASE, Delta(available=100, pending=-100), "A", june),
        Entry(EntryKind.REDEEM, Delta(available=-70), "C"),
        Entry(EntryKind.GIVE_BACK, Delta(available=70), "C", until),
    ]
    assert rules.lots_of(entries) == (Lot(50, until), Lot(80, june), Lot(20, june))


@dataclass
class Book:
    """A tiny ledger run by the rules alone."""

    balance: Balance = field(default_factory=Balance)
    entries: list[Entry] = field(default_factory=list)
    pending: dict[str, int] = field(default_factory=dict)
    earned: dict[str, int] = field(default_factory=dict)
    redeemed: dict[str, int] = field(default_factory=dict)

    def write(self, kind: EntryKind, delta: Delta, order: str = "", expires: datetime | None = None) -> None:
        self.balance += delta
        self.entries.append(Entry(kind, delta, order, expires))
        self.pending[order] = self.pending.get(order, 0) + delta.pending


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "release", "redeem", "cancel", "expire", "adjust"]),
        st.integers(0, 5),
        st.integers(1, 300),
        st.integers(0, 20),
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(OPERATIONS)
def test_any_sequence_of_operations_keeps_every_sum(operations: list[tuple[str, int, int, int]]) -> None:
    book, at = Book(), DAY
    for what, number, points, days in operations:
        order = f"O{number}"
        at += timedelta(days=days)
        expires = at + timedelta(days=60)
        if what == "earn" and order not in book.earned:
            book.earned[order] = points
            book.write(EntryKind.EARN, Delta(pending=points), order)
        elif what == "release" and book.pending.get(order, 0):
            book.write(EntryKind.RELEASE, rules.release(book.balance, book.pending[order]), order, expires)
        elif what == "redeem" and points <= book.balance.available:
            book.redeemed[order] = book.redeemed.get(order, 0) + points
            book.write(EntryKind.REDEEM, Delta(available=-points), order)
        elif what == "cancel":
            if back := book.redeemed.pop(order, 0):
                until = at + rules.RETURNED_LAST
                book.write(EntryKind.GIVE_BACK, rules.credit(book.balance, back), order, until)
            if gone := book.earned.pop(order, 0):
                delta = rules.take_back(book.balance, gone, pending=book.pending.get(order, 0))
                book.write(EntryKind.REVERSE, delta, order)
                book.earned[order] = 0
        elif what == "expire":
            gone = rules.expired(rules.lots_of(book.entries), at)
            book.write(EntryKind.EXPIRE, Delta(available=-gone))
            assert rules.expired(rules.lots_of(book.entries), at) == 0
        elif what == "adjust":
            book.write(EntryKind.ADJUST, rules.credit(book.balance, points), "", expires)
        _check(book)


def _check(book: Book) -> None:
    total = Balance()
    for entry in book.entries:
        total += entry.delta
    assert total == book.balance
    assert sum(lot.points for lot in rules.lots_of(book.entries)) == book.balance.available
    assert not (book.balance.available and book.balance.owed)
    assert sum(book.pending.values()) == book.balance.pending
