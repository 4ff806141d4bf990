"""Which price of the catalogue a shopper is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.pricing.catalogue import Break, PriceOption, catalogue_price, quantity_breaks
from storefront.pricing.snapshot import PriceSource, Shopper
from tests.storefront.promotions.builders import usd

GUEST = Shopper()
GOLD = Shopper(known=True, tier="gold", groups=frozenset({"schools"}))


def for_all(price: int, quantity: int = 1, key: str = "sale") -> PriceOption:
    return PriceOption(PriceSource.LIST, price, quantity, key=key)


def for_tier(price: int, tier: str = "gold", quantity: int = 1) -> PriceOption:
    return PriceOption(PriceSource.TIER, price, quantity, tiers=frozenset({tier}), key="tier")


def for_group(price: int, group: str = "schools") -> PriceOption:
    return PriceOption(PriceSource.LIST, price, groups=frozenset({group}), key="group")


def share(basis_points: int) -> PriceOption:
    return PriceOption(PriceSource.TIER, None, basis_points=basis_points, key="share")


@pytest.mark.parametrize(
    ("options", "shopper", "quantity", "costs", "source", "key"),
    [
        ((), GUEST, 1, 1000, "base", ""),
        ((for_all(900),), GUEST, 1, 900, "list", "sale"),
        ((for_all(1000),), GUEST, 1, 1000, "base", ""),
        ((for_all(1200),), GUEST, 1, 1000, "base", ""),
        ((for_all(0),), GUEST, 1, 0, "list", "sale"),
        ((for_tier(800), for_all(900)), GUEST, 1, 900, "list", "sale"),
        ((for_tier(800), for_all(900)), GOLD, 1, 800, "tier", "tier"),
        ((for_tier(800, "silver"), for_group(850)), GOLD, 1, 850, "list", "group"),
        ((for_group(850, "clubs"),), GOLD, 1, 1000, "base", ""),
        ((for_all(900, 10),), GUEST, 9, 1000, "base", ""),
        ((for_all(900, 10),), GUEST, 10, 900, "list", "sale"),
        ((for_all(900, 10), for_all(800, 50)), GUEST, 50, 800, "list", "sale"),
        ((share(9500),), GUEST, 1, 950, "tier", "share"),
    ],
)
def test_the_lowest_price_that_applies_wins(
    options: tuple[PriceOption, ...], shopper: Shopper, quantity: int, costs: int, source: str, key: str
) -> None:
    priced = catalogue_price(usd(1000), options, shopper=shopper, quantity=quantity)
    assert (priced.unit_price, priced.source.value, priced.key) == (usd(costs), source, key)


@pytest.mark.parametrize(("base", "basis_points", "costs"), [(50, 9500, 48), (150, 9500, 142), (999, 3333, 333)])
def test_a_share_of_the_price_is_rounded_half_to_even(base: int, basis_points: int, costs: int) -> None:
    assert share(basis_points).price_of(usd(base)) == usd(costs)


def test_a_currency_without_a_minor_unit_has_whole_prices() -> None:
    assert share(9500).price_of(Money(101, "JPY")) == Money(96, "JPY")


@pytest.mark.parametrize(
    "values",
    [
        {"price_minor": -1},
        {"price_minor": None},
        {"price_minor": 5, "basis_points": 5},
        {"price_minor": None, "basis_points": 0},
        {"price_minor": None, "basis_points": 10_001},
        {"price_minor": 5, "min_quantity": 0},
    ],
)
def test_a_price_that_is_none_cannot_be_made(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"price|share"):
        PriceOption(PriceSource.LIST, **values)  # type: ignore[arg-type]


def test_a_list_has_a_name_in_each_language() -> None:
    named = PriceOption(PriceSource.LIST, 5, name="Summer", names=(("zh", "夏日"),))
    assert (named.title("zh"), named.title("en")) == ("夏日", "Summer")


def test_a_table_of_quantities_says_only_where_the_price_falls() -> None:
    options = (for_all(900, 10), for_all(950, 20), for_all(800, 50), for_tier(850, quantity=5))
    assert quantity_breaks(usd(1000), options, shopper=GUEST) == (
        Break(1, usd(1000)), Break(10, usd(900)), Break(50, usd(800)),
    )  # fmt: skip
    assert quantity_breaks(usd(1000), options, shopper=GOLD)[1] == Break(5, usd(850))
    assert quantity_breaks(usd(1000), (for_all(900),), shopper=GUEST) == ()
    assert quantity_breaks(usd(700), options, shopper=GUEST) == ()


OPTIONS = st.lists(
    st.one_of(
        st.builds(for_all, st.integers(0, 2000), st.integers(1, 12), st.sampled_from("abc")),
        st.builds(for_tier, st.integers(0, 2000), st.sampled_from(["gold", "silver"]), st.integers(1, 12)),
        st.builds(for_group, st.integers(0, 2000), st.sampled_from(["schools", "clubs"])),
        st.builds(share, st.integers(1, 10_000)),
    ),
    max_size=8,
)


@given(OPTIONS, st.integers(0, 2000), st.integers(1, 15), st.sampled_from([GUEST, GOLD]), st.randoms())
def test_it_is_never_dearer_than_any_price_that_applies(options, base, quantity, shopper, dice) -> None:  # type: ignore[no-untyped-def]
    priced = catalogue_price(usd(base), options, shopper=shopper, quantity=quantity)
    mine = [option for option in options if option.is_for(shopper) and option.min_quantity <= quantity]
    assert priced.unit_price.minor == min([base, *(option.price_of(usd(base)).minor for option in mine)])
    assert (priced.source is PriceSource.BASE) == (priced.unit_price == usd(base))
    more = catalogue_price(usd(base), options, shopper=shopper, quantity=quantity + 1)
    assert more.unit_price <= priced.unit_price
    dice.shuffle(options)
    again = catalogue_price(usd(base), options, shopper=shopper, quantity=quantity)
    assert (again.unit_price, again.source, again.key) == (priced.unit_price, priced.source, priced.key)
