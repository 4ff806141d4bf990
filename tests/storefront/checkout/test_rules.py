"""What changed between what was seen and what is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.checkout.rules import Change, ChangeKind, Seen, SeenLine, differences
from storefront.kernel.money import Money


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def seen(**values: object) -> Seen:
    lines = {"A": SeenLine("Lamp", 2, 2000), "B": SeenLine("Desk", 1, 5000)}
    usual: dict[str, object] = {
        "currency": "USD",
        "lines": lines,
        "discounts": {"Week": 300},
        "delivery_minor": 500,
        "total_minor": 7200,
    }
    return Seen(**{**usual, **values})  # type: ignore[arg-type]


LAMP, DESK = SeenLine("Lamp", 2, 2000), SeenLine("Desk", 1, 5000)


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (seen(), []),
        (seen(lines={"B": DESK, "A": LAMP}), []),
        (seen(lines={"A": LAMP}), [Change(ChangeKind.GONE, "Desk")]),
        (seen(lines={"A": SeenLine("Lamp", 1, 1000), "B": DESK}), [Change(ChangeKind.QUANTITY, "Lamp", 2, 1)]),
        (
            seen(lines={"A": SeenLine("Lamp", 2, 1800), "B": DESK}),
            [Change(ChangeKind.PRICE, "Lamp", usd(1000), usd(900))],
        ),
        (
            seen(lines={"A": SeenLine("Lamp", 2, 1501), "B": DESK}),
            [Change(ChangeKind.GOODS, "Lamp", usd(2000), usd(1501))],
        ),
        (
            seen(lines={"A": LAMP, "B": DESK, "C": SeenLine("Cup", 3, 1)}),
            [Change(ChangeKind.ADDED, "Cup", None, 3)],
        ),
        (seen(discounts={}), [Change(ChangeKind.DISCOUNT_GONE, "Week", usd(300), None)]),
        (seen(discounts={"Week": 200}), [Change(ChangeKind.DISCOUNT, "Week", usd(300), usd(200))]),
        (seen(discounts={"Week": 300, "New": 5}), [Change(ChangeKind.DISCOUNT_NEW, "New", None, usd(5))]),
        (seen(delivery_minor=0), [Change(ChangeKind.DELIVERY, "", usd(500), usd(0))]),
        (seen(total_minor=1), [Change(ChangeKind.TOTAL, "", usd(7200), usd(1))]),
        (
            seen(currency="JPY"),
            [Change(ChangeKind.TOTAL, after=Money(7200, "JPY"))],
        ),
    ],
)
def test_each_difference_is_named(after: Seen, changes: list[Change]) -> None:
    assert differences(seen(), after) == changes


names = st.text(max_size=12)
amounts = st.integers(-(10**12), 10**12)
pages = st.builds(
    Seen,
    currency=st.sampled_from(["USD", "CNY", "JPY"]),
    lines=st.dictionaries(names, st.builds(SeenLine, names, st.integers(1, 99), amounts), max_size=5),
    discounts=st.dictionaries(names, amounts, max_size=4),
    delivery_minor=amounts,
    total_minor=amounts,
)


@given(pages, pages)
def test_what_was_seen_survives_the_trip_and_equal_pages_do_not_differ(one: Seen, other: Seen) -> None:
    assert Seen.parse(one.to_text()) == one
    assert differences(one, one) == []
    if differences(one, other):
        assert one != other


@given(st.text(max_size=80) | st.recursive(st.none() | st.integers() | names, st.lists).map(str))
def test_nothing_that_a_browser_sends_breaks_it(text: str) -> None:
    found = Seen.parse(text)
    assert found is None or isinstance(found, Seen)


@pytest.mark.parametrize(
    "text",
    [
        '["USD",{},{},0,9e99]',
        '["usd",{},{},0,0]',
        '["USD",[],{},0,0]',
        '["USD",{},{},0,' + "9" * 4000 + "]",
        "[" * 5000,
        '["USD",{},{"x":"y"},0,0]',
        "NaN",
        '["USD",{},{},NaN,Infinity]',
    ],
)
def test_nonsense_is_nothing(text: str) -> None:
    assert Seen.parse(text) is None
