"""What delivery costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.shipping.rules import (
    Charge,
    Destination,
    FreightTemplate,
    Load,
    Measure,
    Part,
    Reason,
    Surcharge,
    Tariff,
    charge,
    freight,
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


BY_WEIGHT = FreightTemplate(usd(500), 1000, 500, usd(150))
BY_PIECE = FreightTemplate(usd(500), 2, 1, usd(100), Measure.PIECE)
FLAT = FreightTemplate(usd(500))
BULKY = FreightTemplate(usd(2000), 1, 1, usd(900), Measure.PIECE)
HOME = Destination("CN", "广东省", "深圳市")


@pytest.mark.parametrize(
    ("template", "grams", "pieces", "cost"),
    [
        (BY_WEIGHT, 0, 1, 500),
        (BY_WEIGHT, 1000, 1, 500),
        (BY_WEIGHT, 1001, 1, 650),
        (BY_WEIGHT, 1500, 9, 650),
        (BY_WEIGHT, 1501, 1, 800),
        (BY_WEIGHT, 10_000, 1, 500 + 18 * 150),
        (BY_WEIGHT, 10**9, 1, 500 + 1_999_998 * 150),
        (BY_PIECE, 90_000, 1, 500),
        (BY_PIECE, 0, 2, 500),
        (BY_PIECE, 0, 3, 600),
        (BY_PIECE, 0, 10, 1300),
        (FreightTemplate(usd(500), 2, 3, usd(100), Measure.PIECE), 0, 6, 700),
        (FLAT, 90_000, 99, 500),
        (FreightTemplate(usd(0)), 90_000, 1, 0),
        (FreightTemplate(usd(500), 1000, 500, usd(0)), 90_000, 1, 500),
    ],
)
def test_freight(template: FreightTemplate, grams: int, pieces: int, cost: int) -> None:
    assert freight({"": template}, Load(grams, pieces, usd(100))) == usd(cost)


@pytest.mark.parametrize(
    ("parts", "cost"),
    [
        ((), 500 + 2 * 150),
        ((Part("bulky", 500, 1),), 2000 + 3 * 150),
        ((Part("bulky", 500, 2),), 2000 + 900 + 3 * 150),
        ((Part("bulky", 2000, 4),), 2000 + 3 * 900),
        ((Part("unheard of", 500, 1),), 500 + 2 * 150),
    ],
)
def test_goods_of_several_classes_pay_the_highest_first_price_once(parts: tuple[Part, ...], cost: int) -> None:
    load = Load(2000, 4, usd(100), parts)
    assert freight({"": BY_WEIGHT, "bulky": BULKY}, load) == usd(cost)


@pytest.mark.parametrize(
    ("goods", "pieces", "cost"), [(4999, 1, 650), (5000, 1, 0), (1, 9, 650), (1, 10, 0), (5000, 10, 0)]
)
def test_enough_goods_or_pieces_travel_free(goods: int, pieces: int, cost: int) -> None:
    tariff = Tariff(BY_WEIGHT, free_from=usd(5000), free_from_pieces=10)
    assert charge(tariff, HOME, Load(1200, pieces, usd(goods))) == Charge(usd(cost), usd(0))


def test_a_remote_place_costs_extra_even_where_the_freight_is_free() -> None:
    remote = (
        Surcharge(("CN-西藏自治区", "CN-新疆维吾尔自治区"), usd(700)),
        Surcharge(("CN-西藏自治区-拉萨市",), usd(300)),
    )
    tariff = Tariff(FLAT, free_from=usd(1000), surcharges=remote)
    dear, small = Load(1, 1, usd(1000)), Load(1, 1, usd(999))
    assert charge(tariff, Destination("CN", "西藏自治区", "日喀则市"), dear) == Charge(usd(0), usd(700))
    assert charge(tariff, Destination("CN", "西藏自治区", "拉萨市"), small) == Charge(usd(500), usd(300))
    assert charge(tariff, HOME, small) == Charge(usd(500), usd(0))


def test_what_is_left_out_or_too_heavy_is_not_carried() -> None:
    tariff = Tariff(FLAT, excluded=frozenset({"CN-西藏自治区"}), most_grams=30_000)
    light, heavy = Load(30_000, 1, usd(1)), Load(30_001, 1, usd(1))
    assert charge(tariff, Destination("CN", "西藏自治区", "拉萨市"), light) is Reason.NOWHERE
    assert charge(tariff, HOME, heavy) is Reason.TOO_HEAVY
    assert charge(tariff, HOME, light) == Charge(usd(500), usd(0))


@pytest.mark.parametrize(
    "values",
    [
        {"price": usd(-1)},
        {"first": -1},
        {"additional": -1},
        {"additional": 1, "additional_price": usd(-1)},
        {"additional": 0, "additional_price": usd(1)},
    ],
)
def test_nonsense_templates_cannot_exist(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not negative|for how many"):
        FreightTemplate(**{"price": usd(1), **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {"weight_grams": -1},
        {"pieces": -1},
        {"parts": (Part("bulky", 2, 0),)},
        {"parts": (Part("bulky", 0, 2),)},
    ],
)
def test_nonsense_loads_cannot_exist(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not negative|not more"):
        Load(**{"weight_grams": 1, "pieces": 1, "goods": usd(1), **values})  # type: ignore[arg-type]


def test_nonsense_tariffs_cannot_exist() -> None:
    for values in ({"free_from_pieces": 0}, {"most_grams": 0}):
        with pytest.raises(ValueError, match=r"piece|something"):
            Tariff(FLAT, **values)
    with pytest.raises(ValueError, match="not negative"):
        Surcharge(("CN",), usd(-1))
    with pytest.raises(ValueError, match="not negative"):
        Part("bulky", -1, 0)


units = st.integers(0, 50_000)
templates = st.builds(
    lambda price, first, additional, more, measure: FreightTemplate(
        usd(price), first, additional, usd(more if additional else 0), measure
    ),
    st.integers(0, 5000),
    units,
    st.integers(0, 3000),
    st.integers(0, 900),
    st.sampled_from(Measure),
)


@given(templates, templates, units, st.integers(0, 60), units, st.integers(0, 60), st.booleans())
def test_more_never_costs_less(
    usual: FreightTemplate, bulky: FreightTemplate, grams: int, pieces: int, more_grams: int, more: int, own: bool
) -> None:
    by_class = {"": usual, "bulky": bulky}
    small = Load(grams, pieces, usd(1), (Part("bulky", grams // 2, pieces // 2),))
    added = Part("bulky", grams // 2 + more_grams, pieces // 2 + more) if own else small.parts[0]
    large = Load(grams + more_grams, pieces + more, usd(1), (added,))
    assert freight(by_class, small) <= freight(by_class, large)


@given(templates, units, st.integers(1, 60), units, st.integers(1, 60))
def test_two_loads_never_cost_less_than_one_that_holds_both_unless_the_linter_says_so(
    template: FreightTemplate, grams: int, pieces: int, more_grams: int, more: int
) -> None:
    def cost(weight: int, count: int) -> Money:
        return freight({"": template}, Load(weight, count, usd(1)))

    together = cost(grams + more_grams, pieces + more)
    assert together <= cost(grams, pieces) + cost(more_grams, more) or template.punishes_one_parcel


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 20))
def test_freight_is_free_exactly_from_its_thresholds_on(goods: int, threshold: int, pieces: int, enough: int) -> None:
    tariff = Tariff(BY_WEIGHT, free_from=usd(threshold), free_from_pieces=enough)
    found = charge(tariff, HOME, Load(1, pieces, usd(goods)))
    assert isinstance(found, Charge)
    assert (found.freight == usd(0)) == (goods >= threshold or pieces >= enough)
