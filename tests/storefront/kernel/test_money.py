"""Money adds up, whatever is done to it."""

from __future__ import annotations

import pytest
from babel import numbers
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import Money, split_minor, total

AMOUNTS = st.integers(-(10**12), 10**12)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_parts_always_add_up_and_stay_close_to_their_share(amount: int, weights: list[int]) -> None:
    parts = split_minor(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        exact = amount * weight / whole if whole else amount / len(weights)
        assert abs(part - exact) < 1 + 1e-3


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (2000, [67, 33], [1340, 660]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [1, 1], [1, 0]),
        (5, [0, 0], [3, 2]),
        (0, [3, 1], [0, 0]),
        (10, [0, 1], [0, 10]),
    ],
)
def test_worked_shares(amount: int, weights: list[int], parts: list[int]) -> None:
    assert split_minor(amount, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_impossible_shares_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_minor(100, weights)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "USD", 1234),
        ("1,234.50", "USD", 123450),
        (" 5 ", "CNY", 500),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("-3.10", "USD", -310),
        ("+7", "USD", 700),
        (".5", "USD", 50),
        ("1,234,567", "USD", 123456700),
        ("1 234.50", "USD", 123450),
        ("１，２３４．５０", "CNY", 123450),
        ("12.500", "USD", 1250),
        (".0", "JPY", 0),
        ("500", "XOF", 500),
        ("0.0005", "CLF", 5),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.999", "NaN", "Infinity", "1e3", "--1", "1.2.3", "٫", "-", ".", "5.", "9" * 5000]
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Money.parse(text, "USD")


@pytest.mark.parametrize(
    "text", ["12,50", "1,2345", "1234,567", "1,23,456", ",500", "500,", "1,234 567", "1.234,50", "1 2"]
)
def test_a_comma_that_does_not_part_thousands_is_refused_and_never_read_as_a_hundredfold(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text, "USD")


def test_every_currency_has_the_decimals_that_pages_show() -> None:
    codes = numbers.list_currencies()
    assert {"XOF", "XAF", "UGX", "PYG", "RSD", "LYD"} < codes
    for code in codes:
        shown = numbers.format_currency(Money(1, code).decimal, code, "#,##0.00", locale="en")
        assert Money.parse(shown, code) == Money(1, code)


def test_decimals_follow_the_currency() -> None:
    assert str(Money(1234, "USD").decimal) == "12.34"
    assert str(Money(1234, "JPY").decimal) == "1234"
    with pytest.raises(ValueError, match="decimals"):
        Money.parse("10.5", "JPY")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1, "USD") + Money(1, "CNY")
    with pytest.raises(ValueError, match="cannot mix"):
        _ = Money(1, "USD") < Money(1, "CNY")


def test_floats_and_flags_are_not_money() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "USD")
    with pytest.raises(TypeError):
        Money(1, "USD") * 1.5  # type: ignore[operator]
    with pytest.raises(ValueError, match="ISO"):
        Money(1, "usd")


def test_sums_and_portions() -> None:
    assert total([Money(1, "USD"), Money(2, "USD")], "USD") == Money(3, "USD")
    assert total([], "CNY") == Money(0, "CNY")
    assert Money(1005, "USD").portion(1, 2) == Money(502, "USD")
    assert Money(1015, "USD").portion(1, 2) == Money(508, "USD")
    assert -Money(5, "USD") == Money(-5, "USD")
    assert max(Money(1, "USD"), Money(2, "USD")) == Money(2, "USD")


@given(AMOUNTS, AMOUNTS)
def test_adding_and_taking_away_undo_each_other(a: int, b: int) -> None:
    assert Money(a, "USD") + Money(b, "USD") - Money(b, "USD") == Money(a, "USD")
