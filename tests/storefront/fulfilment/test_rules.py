"""Pure decisions of fulfilment: what is left, what goes into a box, codes, barcodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.fulfilment import rules
from storefront.fulfilment.barcode import QUIET, code128
from storefront.fulfilment.errors import MoreThanLeft
from storefront.fulfilment.rules import Box, Left, LeftLine
from storefront.fulfilment.states import TRANSITIONS, ParcelAction, ParcelState
from storefront.inventory.rules import Pick
from storefront.orders.rules import NUMBERS, number_of

LEFT = Left(
    (LeftLine(1, 10, "Lamp", 3), LeftLine(2, 10, "Lamp as a gift", 1), LeftLine(3, None, "Desk", 1)),
    {(10, 1): 2, (10, 2): 2},
)


def test_lines_of_one_variant_share_what_a_warehouse_holds() -> None:
    assert rules.proposal(LEFT, 1) == {1: 2, 3: 1}
    assert rules.proposal(Left(LEFT.lines, {(10, 1): 4}), 1) == {1: 3, 2: 1, 3: 1}
    assert rules.proposal(LEFT, 9) == {3: 1}
    assert rules.proposal(LEFT, None) == {3: 1}
    assert LEFT.warehouses == (1, 2)


def test_a_box_takes_no_more_than_its_warehouse_holds() -> None:
    assert rules.picks_for(LEFT, Box(1, {1: 1, 2: 1, 3: 1})) == (Pick(10, 1, 2),)
    for units in ({1: 3}, {1: 2, 2: 1}, {3: 2}, {4: 1}, {1: 4}):
        with pytest.raises(MoreThanLeft):
            rules.picks_for(LEFT, Box(1, units))
    with pytest.raises(MoreThanLeft):
        rules.picks_for(LEFT, Box(None, {1: 1}))


@given(st.dictionaries(st.integers(1, 3), st.integers(0, 5), max_size=3), st.integers(1, 2))
def test_whatever_is_proposed_can_be_packed(held: dict[int, int], warehouse: int) -> None:
    lines = tuple(LeftLine(line, variant, "x", 2) for line, variant in ((1, 1), (2, 2), (3, 1), (4, None)))
    left = Left(lines, {(variant, warehouse): units for variant, units in held.items()})
    units = rules.proposal(left, warehouse)
    picks = rules.picks_for(left, Box(warehouse, units))
    assert all(pick.quantity <= held[pick.variant_id] for pick in picks)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7kqm3xpd", "7KQM-3XPD"), (" 7KQM-3XPD ", "7KQM-3XPD"), ("７ＫＱＭ－3XPD-2", "7KQM-3XPD-2"), ("", "")],
)
def test_numbers_are_read_however_they_are_scanned(typed: str, read: str) -> None:
    assert rules.read_code(typed) == read


@given(st.text(max_size=300))
def test_any_text_is_a_tracking_number_or_refused(text: str) -> None:
    try:
        number = rules.read_tracking_number(text)
    except rules.BadTrackingNumber:
        return
    assert number == "" or (4 <= len(number) <= 40 and number.isascii())


def test_the_table_of_parcels_lets_nothing_go_back_in_time() -> None:
    ended = {ParcelState.DELIVERED, ParcelState.UNPACKED}
    assert all(not TRANSITIONS.allowed(state) for state in ended)
    assert rules.allowed_actions(ParcelState.LOST, was_resent=True) == frozenset()
    assert ParcelAction.SHIP in rules.allowed_actions(ParcelState.PACKED, was_resent=False)


def read_back(bars: tuple[tuple[int, int], ...]) -> str:
    """Read a Code 128 B barcode as a scanner does: by the widths of its bars and spaces, checking the sum."""
    widths: list[int] = []
    for (place, width), following in zip(bars, [*bars[1:], None], strict=True):
        widths.append(width)
        if following:
            widths.append(following[0] - place - width)
    assert widths[-7:] == [2, 3, 3, 1, 1, 1, 2]
    symbols = [tuple(widths[start : start + 6]) for start in range(0, len(widths) - 7, 6)]
    assert all(sum(symbol) == 11 for symbol in symbols)
    known = {pattern(chr(value + 32)): value for value in range(95)}
    values = [known.get(symbol, -1) for symbol in symbols[1:-1]]
    text = "".join(chr(value + 32) for value in values)
    assert symbols[0] == (2, 1, 1, 2, 1, 4)
    return text


def pattern(symbol: str) -> tuple[int, ...]:
    bars = code128(symbol).bars[3:6]
    edges = [number for place, width in bars for number in (place, place + width)]
    following = code128(symbol).bars[6][0]
    return tuple(b - a for a, b in zip(edges, [*edges[1:], following], strict=True))


@given(st.integers(0, NUMBERS - 1))
def test_every_order_number_can_be_scanned(draw: int) -> None:
    number = number_of(draw)
    barcode = code128(number)
    assert read_back(barcode.bars) == number
    assert barcode.bars[0][0] == QUIET
    assert barcode.width == 2 * QUIET + 11 * (len(number) + 2) + 13


def test_every_symbol_is_drawn_differently() -> None:
    assert len({pattern(chr(value)) for value in range(32, 127)}) == 95


@pytest.mark.parametrize("text", ["", "é", "订单", "a\n"])
def test_what_bars_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        code128(text)
