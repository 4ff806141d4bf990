"""Sharing an amount: nothing lost, nothing above its room, as close to the weights as rooms allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.pricing.allocation import Allocation, spread
from tests.storefront.promotions.builders import usd

PARTS = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10_000)), min_size=1, max_size=12)


@given(PARTS, st.data())
def test_shares_add_up_and_stay_within_their_rooms(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    weights, rooms = [weight for weight, _ in parts], [room for _, room in parts]
    amount = data.draw(st.integers(0, sum(rooms)))
    shares = spread(amount, weights, rooms)
    assert sum(shares) == amount
    assert all(0 <= share <= room for share, room in zip(shares, rooms, strict=True))


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.integers(0, 10_000))
def test_with_room_enough_no_share_is_a_unit_away_from_its_weight(weights: list[int], amount: int) -> None:
    whole = sum(weights)
    for share, weight in zip(spread(amount, weights, [amount] * len(weights)), weights, strict=True):
        assert abs(share * whole - amount * weight) < whole


def test_what_one_cannot_take_the_others_do() -> None:
    assert spread(100, [50, 50], [10, 90]) == [10, 90]
    assert spread(100, [1, 1, 1], [0, 100, 5]) == [0, 95, 5]
    assert spread(3, [1, 1, 1], [1, 1, 1]) == [1, 1, 1]


def test_more_than_all_rooms_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="rooms"):
        spread(11, [1], [10])


@pytest.mark.parametrize(("index", "amount", "units"), [(-1, 1, 1), (0, 0, 1), (0, -1, 1), (0, 1, 0)])
def test_an_allocation_names_units_and_a_positive_amount(index: int, amount: int, units: int) -> None:
    with pytest.raises(ValueError, match="allocation"):
        Allocation("a", index, usd(amount), units)
