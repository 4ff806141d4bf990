"""List states: whatever the address says, the list answers sensibly and its own addresses come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from admin.days import day_of, end_of, start_of
from admin.tables import Choice, Column, Days, ListState, Table, read_state

TABLE = Table(
    url="/admin/things",
    columns=(Column("Name", sort="name"), Column("Price", sort="price", is_number=True), Column("Note")),
    default_sort="-price",
    filters=(Choice("colour", "Colour", (("red", "Red"), ("blue", "Blue"))), Days("made", "Made")),
)


def state_of(url: str) -> ListState:
    return read_state(TABLE, MultiDict(pair.partition("=")[::2] for pair in url.partition("?")[2].split("&") if pair))


def test_an_empty_address_gives_the_defaults() -> None:
    state = state_of("/admin/things")
    assert (state.sort_key, state.descending, state.page, state.is_narrowed) == ("price", True, 1, False)
    assert state.url() == "/admin/things"


def test_nonsense_is_left_out() -> None:
    state = state_of("/admin/things?colour=green&made_from=yesterday&made_to=9999-12-31&sort=-drop&page=-4&x=1")
    assert state == state_of("/admin/things")


def test_sorting_turns_round_and_starts_at_the_first_page() -> None:
    state = state_of("/admin/things?colour=red&page=3")
    assert state.sort_url("name") == "/admin/things?colour=red&sort=name"
    assert state_of(state.sort_url("name")).sort_url("name") == "/admin/things?colour=red&sort=-name"
    assert state.aria_sort(TABLE.columns[1]) == "descending"
    assert state.aria_sort(TABLE.columns[0]) == state.aria_sort(TABLE.columns[2]) == ""


def test_filters_that_fill_more_than_a_row_are_folded_away_but_counted() -> None:
    colour, made = TABLE.filters
    assert (TABLE.filters_at_hand, TABLE.more_filters) == ((colour, made), ())
    others = tuple(Choice(key, key.title(), (("yes", "Yes"),)) for key in ("round", "heavy", "sold"))
    wide = replace(TABLE, filters=(colour, *others[:2], made, others[2]))
    assert wide.filters_at_hand == (colour, *others[:2])
    assert wide.more_filters == (made, others[2])
    asked = {"colour": "red", "made_from": "2026-05-01", "made_to": "2026-05-02", "sold": "yes"}
    assert read_state(wide, MultiDict(asked)).folded == 3


def test_chips_take_one_filter_off_each() -> None:
    state = state_of("/admin/things?q=cup&colour=red&made_from=2026-05-01&page=2")
    assert [(chip.label, chip.value) for chip in state.chips()] == [
        ("", "cup"),
        ("Colour", "Red"),
        ("Made", "≥ 2026-05-01"),
    ]
    assert state.chips()[1].url == "/admin/things?q=cup&made_from=2026-05-01"


@given(
    st.dictionaries(st.sampled_from(["q", "colour", "made_from", "made_to", "sort", "page", "z"]), st.text(max_size=40))
)
def test_any_query_is_read_and_its_address_reads_the_same(args: dict[str, str]) -> None:
    state = read_state(TABLE, args)
    assert 1 <= state.page <= 10_000
    assert read_state(TABLE, state.query()) == state
    assert iri_to_uri(state.url()) == state.url()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Shanghai", date(2026, 3, 8), 24),
    ],
)
def test_a_day_begins_and_ends_where_the_shop_is(zone: str, day: date, hours: int) -> None:
    starts, ends = start_of(day, zone), end_of(day, zone)
    assert (ends - starts).total_seconds() == hours * 3600
    assert day_of(starts, zone) == day
    assert day_of(ends, zone) > day
    assert starts.tzinfo is UTC or starts.utcoffset() == datetime.now(UTC).utcoffset()
