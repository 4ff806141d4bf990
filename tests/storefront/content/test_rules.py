"""Which entry a slot shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.content.rules import Audience, Entry, Slot, Visitor, next_change, resolve, resolve_all

MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
STRANGER = Visitor()
REGULAR = Visitor(is_returning=True, tier="gold", device="phone")

FALLBACK = Entry(1, {}, is_fallback=True)
SPRING = Entry(2, {}, priority=5, starts_at=MAY, ends_at=JUNE)
ALWAYS = Entry(3, {}, priority=1)
NEWCOMERS = Entry(4, {}, priority=9, audience=Audience(visitor="new"))
REGULARS = Entry(5, {}, priority=9, audience=Audience(visitor="returning"))
GOLD = Entry(6, {}, priority=20, audience=Audience(tier="gold"))
PHONES = Entry(7, {}, priority=30, audience=Audience(device="phone"))
DRAFT = Entry(8, {}, priority=99, status="draft")
TWIN = Entry(9, {}, priority=1)
PAUSED_FALLBACK = Entry(10, {}, is_fallback=True, status="paused")
LATE_FALLBACK = Entry(11, {}, is_fallback=True, starts_at=JULY)


@pytest.mark.parametrize(
    ("entries", "now", "visitor", "shown"),
    [
        ((), MAY, STRANGER, None),
        ((FALLBACK,), MAY, STRANGER, 1),
        ((FALLBACK, SPRING), MAY, STRANGER, 2),
        ((FALLBACK, SPRING), JUNE, STRANGER, 1),
        ((FALLBACK, ALWAYS, SPRING), MAY, STRANGER, 2),
        ((FALLBACK, ALWAYS, SPRING), JULY, STRANGER, 3),
        ((ALWAYS, NEWCOMERS, REGULARS), MAY, STRANGER, 4),
        ((ALWAYS, NEWCOMERS, REGULARS), MAY, REGULAR, 5),
        ((ALWAYS, GOLD), MAY, STRANGER, 3),
        ((ALWAYS, GOLD), MAY, REGULAR, 6),
        ((ALWAYS, GOLD, PHONES), MAY, REGULAR, 7),
        ((ALWAYS, DRAFT), MAY, STRANGER, 3),
        ((DRAFT,), MAY, STRANGER, None),
        ((ALWAYS, TWIN), MAY, STRANGER, 9),
        ((PAUSED_FALLBACK,), MAY, STRANGER, None),
        ((LATE_FALLBACK,), MAY, STRANGER, 11),
    ],
)
def test_a_slot_shows(entries: tuple[Entry, ...], now: datetime, visitor: Visitor, shown: int | None) -> None:
    chosen = resolve(Slot("hero", "banner", entries), now, visitor)
    assert (chosen.id if chosen else None) == shown


def test_the_order_of_entries_does_not_matter() -> None:
    entries = (FALLBACK, ALWAYS, SPRING, GOLD)
    for turned in (entries, entries[::-1], entries[2:] + entries[:2]):
        assert resolve(Slot("hero", "banner", turned), MAY, STRANGER) is SPRING


def test_a_slot_with_nothing_to_show_is_left_out() -> None:
    slots = [Slot("a", "banner", (ALWAYS,)), Slot("b", "banner", (DRAFT,)), Slot("c", "banner", (FALLBACK,))]
    assert [slot.key for slot, _ in resolve_all(slots, MAY, STRANGER)] == ["a", "c"]


MOMENTS = st.integers(0, 12).map(lambda day: MAY + timedelta(days=day))
ENTRIES = st.builds(
    Entry,
    st.integers(1, 9),
    st.just({}),
    priority=st.integers(0, 2),
    is_fallback=st.booleans(),
    starts_at=st.none() | MOMENTS,
    ends_at=st.none() | MOMENTS,
    audience=st.sampled_from([Audience(), Audience(visitor="new"), Audience(tier="gold")]),
)


@given(st.lists(ENTRIES, max_size=6).map(tuple), MOMENTS, MOMENTS, st.sampled_from([STRANGER, REGULAR]))
def test_nothing_changes_before_the_next_change(
    entries: tuple[Entry, ...], at: datetime, later: datetime, visitor: Visitor
) -> None:
    slots = [Slot("hero", "banner", entries)]
    until = next_change(slots, at)
    if at <= later and (until is None or later < until):
        assert resolve_all(slots, later, visitor) == resolve_all(slots, at, visitor)
    assert until is None or until > at


def test_missing_words_come_from_english() -> None:
    entry = Entry(1, {"en": {"title": "Spring", "text": "Fresh"}, "zh": {"title": "春天", "text": ""}})
    assert entry.words("zh") == {"title": "春天", "text": "Fresh"}
    assert entry.words("en")["title"] == "Spring"
    assert Entry(1, {}).words("zh") == {}


def test_an_audience_ignores_what_it_does_not_know() -> None:
    assert Audience.of({"visitor": "new", "weather": "rain", "tier": ""}) == Audience(visitor="new")
    assert Audience.of(None) == Audience()
