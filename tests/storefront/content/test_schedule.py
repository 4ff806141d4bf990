"""What a slot will show over a stretch of time: pieces, gaps, overlaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storefront.content.rules import Audience, Entry, Slot, Visitor, resolve
from storefront.content.schedule import gaps, overlaps, stretches
from storefront.content.states import EntryStatus

START = datetime(2026, 12, 1, tzinfo=UTC)
END = START + timedelta(days=31)
ANYBODY = Visitor()


def day(number: int) -> datetime:
    return START + timedelta(days=number - 1)


def entry(number: int, first: int | None, last: int | None, priority: int = 0, **more: object) -> Entry:
    starts, ends = (day(first) if first else None), (day(last) if last else None)
    return Entry(number, {}, priority, starts_at=starts, ends_at=ends, **more)  # type: ignore[arg-type]


ALWAYS = Entry(1, {}, is_fallback=True)


def test_time_is_cut_where_something_begins_or_ends() -> None:
    sale, party = entry(2, 5, 10), entry(3, 8, 12, priority=5)
    found = stretches(Slot("hero", "banner", (ALWAYS, sale, party)), START, END, ANYBODY)
    assert [(each.starts_at, each.ends_at, each.shown) for each in found] == [
        (START, day(5), ALWAYS),
        (day(5), day(8), sale),
        (day(8), day(12), party),
        (day(12), END, ALWAYS),
    ]


def test_gaps_are_where_only_the_fallback_is_left() -> None:
    slot = Slot("hero", "banner", (ALWAYS, entry(2, 5, 10), entry(3, 12, None)))
    assert [(gap.starts_at, gap.ends_at) for gap in gaps(slot, START, END, ANYBODY)] == [
        (START, day(5)),
        (day(10), day(12)),
    ]
    assert gaps(Slot("hero", "banner", (ALWAYS,)), START, END, ANYBODY) == []
    empty = gaps(Slot("hero", "banner", ()), START, END, ANYBODY)
    assert [(gap.starts_at, gap.ends_at, gap.shown) for gap in empty] == [(START, END, None)]


def test_who_looks_decides_what_is_a_gap() -> None:
    aimed = entry(2, None, None, audience=Audience(device="phone"))
    slot = Slot("hero", "banner", (ALWAYS, aimed))
    assert gaps(slot, START, END, Visitor(device="phone")) == []
    assert len(gaps(slot, START, END, ANYBODY)) == 1


def test_overlaps_name_who_is_shown_instead_of_whom() -> None:
    sale, party = entry(2, 5, 10), entry(3, 8, 12, priority=5)
    (found,) = overlaps(Slot("hero", "banner", (ALWAYS, sale, party)), START, END)
    assert (found.over, found.under, found.starts_at, found.ends_at) == (party, sale, day(8), day(10))
    assert not found.is_tie
    (tie,) = overlaps(Slot("hero", "banner", (entry(2, 5, 10), entry(3, 8, 12))), START, END)
    assert (tie.over.id, tie.is_tie) == (3, True)


def test_what_nobody_can_see_together_does_not_overlap() -> None:
    phone, desk = (entry(n, 5, 10, audience=Audience(device=d)) for n, d in ((2, "phone"), (3, "desktop")))
    after, paused = entry(4, 10, 12), entry(5, 5, 10, status=EntryStatus.PAUSED)
    assert overlaps(Slot("hero", "banner", (phone, desk, after, paused)), START, END) == []
    groups = tuple(entry(n, 5, 10, audience=Audience(group=g)) for n, g in ((6, "vip"), (7, "staff")))
    assert len(overlaps(Slot("hero", "banner", groups), START, END)) == 1


days = st.one_of(st.none(), st.integers(1, 31))
entries = st.lists(
    st.builds(
        lambda first, last, priority, fallback, device: (first, last, priority, fallback, device),
        days,
        days,
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from(["", "phone", "desktop"]),
    ),
    max_size=6,
)


@given(entries, st.integers(0, 31 * 24 - 1))
def test_every_hour_lies_in_one_stretch_that_shows_what_the_page_shows(
    drawn: list[tuple[int | None, int | None, int, bool, str]], hour: int
) -> None:
    made = [
        Entry(
            number,
            {},
            priority,
            fallback,
            day(first) if first else None,
            day(last) if last else None,
            Audience(device=device),
        )
        for number, (first, last, priority, fallback, device) in enumerate(drawn, 1)
        if not first or not last or first < last
    ]
    slot = Slot("hero", "banner", tuple(made))
    found = stretches(slot, START, END, ANYBODY)
    assert [each.ends_at for each in found[:-1]] == [each.starts_at for each in found[1:]]
    assert (found[0].starts_at, found[-1].ends_at) == (START, END)
    at = START + timedelta(hours=hour)
    (here,) = [each for each in found if each.starts_at <= at < each.ends_at]
    assert here.shown == resolve(slot, at, ANYBODY)
    for each in overlaps(slot, START, END):
        middle = each.starts_at + (each.ends_at - each.starts_at) / 2
        assert each.over.is_live(middle)
        assert each.under.is_live(middle)
