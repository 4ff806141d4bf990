"""Every figure is defined once, and the documentation says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from storefront.figures.rules import DEFINITIONS, Key, Kind, Sums, change_of

DOCS = Path(__file__).resolve().parents[3] / "docs" / "figures.md"


@pytest.mark.parametrize("key", Key)
def test_the_documentation_has_the_words_of_the_page(key: Key) -> None:
    each = DEFINITIONS[key]
    row = f"| {each.name} | {each.formula} | {each.within} | {each.without} |"
    assert row in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", Key)
def test_nothing_counted_divides_by_nothing(key: Key) -> None:
    assert Sums().value(key) in {0, None}


def test_figures_are_what_their_formulas_say() -> None:
    sums = Sums(
        orders=3,
        gmv=10_000,
        goods=8_000,
        known=6_000,
        cost=4_500,
        refunded=500,
        refunded_goods=400,
        buyers=4,
        newcomers=1,
        repeaters=2,
        visitors=50,
        converted=3,
    )
    assert {key: sums.value(key) for key in Key} == {
        Key.GMV: 10_000,
        Key.NET: 7_600,
        Key.ORDERS: 3,
        Key.AOV: 3_333,
        Key.VISITORS: 50,
        Key.CONVERSION: 0.06,
        Key.REPURCHASE: 0.5,
        Key.REFUNDS: 500,
        Key.REFUND_RATE: 0.05,
        Key.MARGIN: 0.25,
        Key.NEW: 1,
        Key.RETURNING: 3,
    }


@pytest.mark.parametrize(
    ("now", "before", "kind", "change"),
    [
        (150, 100, Kind.MONEY, 0.5),
        (0, 100, Kind.COUNT, -1.0),
        (5, 0, Kind.COUNT, None),
        (-50, -100, Kind.MONEY, 0.5),
        (0.5, 0.25, Kind.SHARE, 0.25),
        (None, 3, Kind.MONEY, None),
    ],
)
def test_a_change_is_a_share_of_before_and_between_shares_a_difference(
    now: float | None, before: float, kind: Kind, change: float | None
) -> None:
    assert change_of(now, before, kind) == change
