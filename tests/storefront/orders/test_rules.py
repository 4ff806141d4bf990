"""Numbers, derived states, allowed actions, keys."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.orders import rules
from storefront.orders.rules import Standing, allowed_actions, number_of, payment_status, read_keys, write_keys
from storefront.orders.states import FulfillmentStatus, OrderAction, OrderStatus, PaymentStatus
from storefront.pricing.allocation import Allocation


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@given(st.integers(0, rules.NUMBERS - 1), st.integers(0, rules.NUMBERS - 1))
def test_numbers_are_short_readable_and_distinct(one: int, other: int) -> None:
    number = number_of(one)
    assert len(number) == 9
    assert not set(number) & set("01ILOU")
    assert (number == number_of(other)) == (one == other)
    assert rules.read_number(f" {number.lower()} ") == number


@pytest.mark.parametrize("draw", [-1, rules.NUMBERS])
def test_a_draw_outside_is_refused(draw: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        number_of(draw)


@pytest.mark.parametrize(
    ("total", "paid", "refunded", "authorized", "status"),
    [
        (100, 0, 0, 0, "unpaid"),
        (100, 0, 0, 99, "unpaid"),
        (100, 0, 0, 100, "authorized"),
        (100, 40, 0, 0, "partially_paid"),
        (100, 100, 0, 0, "paid"),
        (100, 101, 0, 0, "overpaid"),
        (100, 100, 1, 0, "partially_refunded"),
        (100, 100, 100, 0, "refunded"),
        (0, 0, 0, 0, "paid"),
    ],
)
def test_what_was_paid_decides_the_status(total: int, paid: int, refunded: int, authorized: int, status: str) -> None:
    found = payment_status(total=usd(total), paid=usd(paid), refunded=usd(refunded), authorized=usd(authorized))
    assert found == status


@pytest.mark.parametrize(
    ("paid", "refunded", "authorized", "status"),
    [
        (40, 10, 0, "partially_paid"),
        (40, 40, 0, "unpaid"),
        (140, 40, 0, "paid"),
        (40, 0, 60, "authorized"),
        (40, 10, 60, "partially_paid"),
    ],
)
def test_an_order_that_was_never_paid_in_full_goes_on_waiting(
    paid: int, refunded: int, authorized: int, status: str
) -> None:
    sums = {"total": usd(100), "paid": usd(paid), "refunded": usd(refunded), "authorized": usd(authorized)}
    assert payment_status(**sums, waits=True) == status


def test_the_courier_may_bring_what_is_paid_in_part() -> None:
    waits = Standing(OrderStatus.OPEN, PaymentStatus.PARTIALLY_PAID, FulfillmentStatus.UNFULFILLED, True)
    assert allowed_actions(waits) >= {OrderAction.SEND, OrderAction.DELIVER}


@pytest.mark.parametrize(("paid", "refunded"), [(10, 11), (10, -1)])
def test_no_more_goes_back_than_came_in(paid: int, refunded: int) -> None:
    with pytest.raises(ValueError, match="refunded"):
        payment_status(total=usd(10), paid=usd(paid), refunded=usd(refunded))


@pytest.mark.parametrize(
    ("ordered", "sent", "delivered", "status"),
    [
        (3, 0, 0, "unfulfilled"),
        (3, 1, 0, "partial"),
        (3, 2, 2, "partial"),
        (3, 3, 2, "fulfilled"),
        (3, 3, 3, "delivered"),
    ],
)
def test_what_was_sent_decides_the_status(ordered: int, sent: int, delivered: int, status: str) -> None:
    assert rules.fulfillment_status(ordered=ordered, sent=sent, delivered=delivered) == status


def test_nothing_arrives_that_was_not_sent() -> None:
    with pytest.raises(ValueError, match="what arrived was sent"):
        rules.fulfillment_status(ordered=3, sent=1, delivered=2)


def test_what_may_be_done_in_every_standing() -> None:
    everywhere = product(OrderStatus, PaymentStatus, FulfillmentStatus)
    for status, paying, sending in everywhere:
        allowed = allowed_actions(Standing(status, paying, sending))
        if status is not OrderStatus.OPEN:
            assert allowed <= {OrderAction.REOPEN}
        held = paying in {"paid", "overpaid"} and sending == "unfulfilled"
        assert (OrderAction.REOPEN in allowed) == (status == "cancelled" and held)
        settled = paying not in {"unpaid", "partially_paid"}
        home, leaves = sending == "unfulfilled", paying in {"paid", "overpaid", "partially_refunded"}
        assert (OrderAction.PAY in allowed) == (status == "open" and not settled and home)
        assert (OrderAction.CANCEL in allowed) == (status == "open" and sending == "unfulfilled")
        moves = sending == "fulfilled" or (leaves and sending != "delivered")
        assert (OrderAction.DELIVER in allowed) == (status == "open" and moves)
        at_rest = paying in {"paid", "partially_refunded", "refunded"}
        assert (OrderAction.CLOSE in allowed) == (status == "open" and sending == "delivered" and at_rest)


def test_shares_of_units() -> None:
    shares = [Allocation("A", 0, usd(34)), Allocation("A", 1, usd(33), units=2)]
    assert rules.unit_shares(shares, 4) == [34, 33, 33, 0]


def test_a_cookie_keeps_the_newest_keys() -> None:
    cookie = ""
    for number in range(12):
        cookie = write_keys(read_keys(cookie), f"N-{number}", f"key{number}")
    assert list(read_keys(cookie)) == [f"N-{number}" for number in range(11, 3, -1)]
    assert write_keys(read_keys("A.1~B.2"), "B", "3") == "B.3~A.1"


@given(st.text(max_size=200))
def test_any_cookie_can_be_read(text: str) -> None:
    assert all(number and key for number, key in read_keys(text).items())
