"""Lines of a cart at the catalogue price of the day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.cart.contents import Line
from storefront.cart.lines import snapshot_lines
from storefront.cart.rules import LineState
from storefront.flash.rules import FlashOffer
from storefront.kernel.money import Money
from storefront.pricing.catalogue import PriceOption
from storefront.pricing.snapshot import PriceSource, Shopper, SnapshotLine

AT = datetime(2026, 11, 22, tzinfo=UTC)
VARIANT = 7


def line(quantity: int, price: int = 1000) -> Line:
    money = Money(price, "CNY")
    return Line(
        variant_id=VARIANT,
        product_id=3,
        sku="TEA",
        slug="tea",
        name="Tea",
        variant_name="",
        picture="",
        wanted=quantity,
        available=99,
        state=LineState.READY,
        largest=99,
        unit_price=money,
        compare_at=None,
        price_seen=money,
        minimum_price=None,
        brand_id=None,
        category_ids=frozenset({1}),
        weight_grams=100,
        added_at=AT,
    )


def offer(price: int, left: int) -> FlashOffer:
    return FlashOffer(1, price, left, AT, "Noon", None)


def priced(
    quantity: int, *, options: tuple[PriceOption, ...] = (), flash: FlashOffer | None = None, tier: str = ""
) -> list[tuple[str, int, int, PriceSource]]:
    found = snapshot_lines(
        [line(quantity)],
        shopper=Shopper(known=bool(tier), tier=tier),
        options={VARIANT: options},
        flash={VARIANT: flash} if flash else {},
        marks={},
    )
    assert all(each.base_price == Money(1000, "CNY") for each in found)
    return [(each.line_id, each.quantity, each.unit_price.minor, each.price_source) for each in found]


GOLD = PriceOption(PriceSource.TIER, 900, tiers=frozenset({"gold"}), key="gold")
TEN = PriceOption(PriceSource.QUANTITY, 700, min_quantity=10, key="many")


@pytest.mark.parametrize(
    ("quantity", "flash", "tier", "expected"),
    [
        (2, None, "", [("TEA", 2, 1000, PriceSource.BASE)]),
        (2, None, "gold", [("TEA", 2, 900, PriceSource.TIER)]),
        (10, None, "gold", [("TEA", 10, 700, PriceSource.QUANTITY)]),
        (2, offer(500, 5), "", [("TEA@flash", 2, 500, PriceSource.FLASH)]),
        (2, offer(500, 1), "", [("TEA@flash", 1, 500, PriceSource.FLASH), ("TEA", 1, 1000, PriceSource.BASE)]),
        (2, offer(500, 0), "", [("TEA", 2, 1000, PriceSource.BASE)]),
        (2, offer(900, 5), "gold", [("TEA", 2, 900, PriceSource.TIER)]),
        (2, offer(950, 5), "gold", [("TEA", 2, 900, PriceSource.TIER)]),
        (10, offer(500, 4), "", [("TEA@flash", 4, 500, PriceSource.FLASH), ("TEA", 6, 700, PriceSource.QUANTITY)]),
    ],
)
def test_each_piece_has_the_lowest_price_that_there_is_for_it(
    quantity: int, flash: FlashOffer | None, tier: str, expected: list[tuple[str, int, int, PriceSource]]
) -> None:
    assert priced(quantity, options=(GOLD, TEN), flash=flash, tier=tier) == expected


@given(st.integers(1, 99), st.integers(0, 2000), st.integers(0, 120))
def test_no_piece_is_lost_and_none_costs_more_than_the_base_price(quantity: int, price: int, left: int) -> None:
    found = priced(quantity, flash=offer(price, left))
    assert sum(each[1] for each in found) == quantity
    assert all(each[2] <= 1000 for each in found)
    assert sum(each[1] for each in found if each[3] is PriceSource.FLASH) <= left


def test_a_line_knows_what_promotions_ask_of_its_product() -> None:
    class Marked:
        collection_ids = frozenset({4})
        attributes = frozenset({"Organic=yes"})

    [found] = snapshot_lines([line(1)], shopper=Shopper(), options={}, flash={}, marks={3: Marked()})
    assert isinstance(found, SnapshotLine)
    assert (found.collection_ids, found.attributes) == ({4}, {"Organic=yes"})
