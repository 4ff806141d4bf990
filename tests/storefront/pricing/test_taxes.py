"""Tax is taken once for each set of rates and shared to the last cent; whatever does not add up cannot exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.errors import Invalid
from storefront.kernel.money import MAX_MINOR, Money
from storefront.pricing.quote import AdjustmentKind, make_quote
from storefront.pricing.snapshot import Delivery, PointsOffer
from storefront.pricing.taxes.plans import RatePlan, percent_text, read_rate
from storefront.pricing.taxes.regions import normal_region, place_of
from storefront.pricing.taxes.rules import (
    WHOLE,
    DatedRate,
    Place,
    Rate,
    RateSum,
    Taxable,
    TaxBill,
    Taxed,
    Taxing,
    TaxMode,
    TaxShare,
    added_tax,
    contained_tax,
    rates_at,
    share_taxes,
    tax_bill,
)
from tests.storefront.promotions.builders import amount_order, cart, free_delivery, line, quote_of, usd

STANDARD, REDUCED = Rate("DE", "", "VAT", 190_000), Rate("DE", "", "VAT", 70_000)
STATE, CITY = Rate("US", "NY", "State tax", 40_000), Rate("US", "NY", "City tax", 45_000)
METRO = Rate("US", "NY", "Transit district tax", 3_750)
INCLUSIVE, EXCLUSIVE = TaxMode.INCLUSIVE, TaxMode.EXCLUSIVE
modes = st.sampled_from(TaxMode)
rates = st.builds(Rate, st.just("US"), st.just(""), st.sampled_from("ABCDE"), st.integers(0, WHOLE))
some_rates = st.lists(rates, max_size=3, unique_by=lambda rate: rate.name).map(tuple)
amounts = st.integers(0, 10**10)


def bill(*parts: tuple[int, tuple[Rate, ...]], mode: TaxMode = INCLUSIVE) -> TaxBill:
    taxable = [Taxable(str(place), usd(minor), mine) for place, (minor, mine) in enumerate(parts)]
    return tax_bill(taxable, mode=mode, currency="USD")


@pytest.mark.parametrize(
    ("millionths", "gross", "contained", "net", "added"),
    [
        (190_000, 11_900, 1_900, 10_000, 1_900),
        (190_000, 2_997, 479, 2_518, 478),
        (70_000, 1_070, 70, 1_000, 70),
        (130_000, 11_300, 1_300, 10_000, 1_300),
        (88_750, 1_000, 82, 1_000, 89),
        (82_500, 100, 8, 100, 8),
        (50_000, 10, 0, 10, 1),  # half a cent goes up: 0.5 of 10 x 5 %
        (50_000, 30, 1, 30, 2),  # 1.5 -> 2, where half to even would say 2 as well; 2.5 below tells them apart
        (50_000, 50, 2, 50, 3),
        (0, 999, 0, 999, 0),
        (WHOLE, 1, 1, 1, 1),
        (WHOLE, 999, 500, 999, 999),
        (1, 499_999, 0, 499_999, 0),
        (1, 500_001, 1, 500_000, 1),
        (190_000, 10**15, 159_663_865_546_218, 10**14, 19 * 10**12),
    ],
)
def test_examples_of_tax_within_and_on_top(millionths: int, gross: int, contained: int, net: int, added: int) -> None:
    assert (contained_tax(gross, millionths), added_tax(net, millionths)) == (contained, added)


def test_a_basket_of_two_rates_is_rounded_once_for_each() -> None:
    found = bill((333, (STANDARD,)), (333, (STANDARD,)), (333, (STANDARD,)), (105, (REDUCED,)))
    assert [line.tax.minor for line in found.lines] == [54, 53, 53, 7]
    assert [(each.rate, each.net.minor, each.tax.minor) for each in found.sums] == [
        (STANDARD, 839, 160),
        (REDUCED, 98, 7),
    ]
    assert (found.added, found.tax + found.net) == (usd(0), usd(1104))


def test_state_and_city_are_rounded_together_and_shared() -> None:
    found = bill((1_000, (STATE, CITY, METRO)), (5, (STATE, CITY, METRO)), mode=EXCLUSIVE)
    assert (found.tax, found.added) == (usd(89), usd(89))
    assert [each.tax.minor for each in found.sums] == [40, 45, 4]
    assert [each.net.minor for each in found.sums] == [1_005] * 3
    assert [line.gross.minor for line in found.lines] == [1_089, 5]


def test_a_cent_with_three_taxes_is_not_taxed_more_than_it_is() -> None:
    heavy = tuple(Rate("US", "", name, WHOLE) for name in "ABC")
    found = bill((1, heavy), (1, heavy), (2, heavy))
    assert [line.net.minor >= 0 for line in found.lines] == [True] * 3
    assert found.tax == usd(3)


@given(st.lists(st.tuples(amounts, some_rates), max_size=12), modes)
def test_lines_and_rates_add_up_to_the_order(parts: list[tuple[int, tuple[Rate, ...]]], mode: TaxMode) -> None:
    found = bill(*parts, mode=mode)
    priced = sum(minor for minor, _ in parts)
    assert [line.line_id for line in found.lines] == [str(place) for place in range(len(parts))]
    assert sum(line.tax.minor for line in found.lines) == sum(each.tax.minor for each in found.sums) == found.tax.minor
    assert found.net.minor + found.tax.minor == priced + found.added.minor
    for taxed, (minor, _) in zip(found.lines, parts, strict=True):
        assert (taxed.gross if mode is INCLUSIVE else taxed.net).minor == minor
        assert minor or not taxed.tax


@given(st.lists(amounts, min_size=1, max_size=12), some_rates, modes)
def test_one_set_of_rates_is_the_exact_tax_of_the_sum(minors: list[int], mine: tuple[Rate, ...], mode: TaxMode) -> None:
    share = Fraction(sum(rate.millionths for rate in mine), WHOLE)
    exact = sum(minors) * (share / (1 + share) if mode is INCLUSIVE else share)
    found = bill(*((minor, mine) for minor in minors), mode=mode)
    rounded = Decimal(exact.numerator) / Decimal(exact.denominator)
    assert abs(found.tax.minor - exact) <= Fraction(1, 2)
    if abs(rounded - rounded.to_integral_value()) != Decimal("0.5"):
        assert found.tax.minor == int(rounded.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    for taxed, minor in zip(found.lines, minors, strict=True):
        own = minor * (share / (1 + share) if mode is INCLUSIVE else share)
        assert abs(taxed.tax.minor - own) < 2


@given(amounts, st.integers(0, 10**6), some_rates, modes)
def test_more_is_never_taxed_less(minor: int, more: int, mine: tuple[Rate, ...], mode: TaxMode) -> None:
    before, after = bill((minor, mine), mode=mode), bill((minor + more, mine), mode=mode)
    assert before.tax <= after.tax
    assert before.net <= after.net


@given(amounts, some_rates)
def test_what_was_added_is_what_is_contained(net: int, mine: tuple[Rate, ...]) -> None:
    [added] = bill((net, mine), mode=EXCLUSIVE).lines
    [contained] = bill((added.gross.minor, mine)).lines
    assert (contained.net, contained.tax, contained.gross) == (added.net, added.tax, added.gross)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=4), st.lists(st.integers(1, 10**9), min_size=1, max_size=9))
def test_shared_taxes_add_up_both_ways(taxes: list[int], weights: list[int]) -> None:
    rows = share_taxes(taxes, weights)
    assert [sum(row) for row in rows] == taxes
    for column, weight in zip(zip(*rows, strict=True), weights, strict=True):
        exact = Fraction(sum(taxes) * weight, sum(weights))
        assert min(column) >= 0
        assert exact - 1 < sum(column) < exact + 1


def test_the_largest_amounts_are_exact() -> None:
    most = MAX_MINOR // 2
    [taxed] = bill((most, (Rate("US", "", "T", WHOLE),)), mode=EXCLUSIVE).lines
    assert (taxed.tax.minor, taxed.gross.minor) == (most, 2 * most)
    with pytest.raises(ValueError, match="range"):
        bill((MAX_MINOR, (Rate("US", "", "T", WHOLE),)), mode=EXCLUSIVE)


@pytest.mark.parametrize("wrong", [{"gross": usd(120)}, {"net": usd(99)}, {"shares": ()}])
def test_net_and_tax_that_are_not_the_gross_amount_are_refused(wrong: dict[str, object]) -> None:
    right = Taxed("A", usd(100), (TaxShare(STANDARD, usd(19)),), usd(119))
    with pytest.raises(ValueError, match="net and tax do not add up"):
        replace(right, **wrong)


def test_values_that_make_no_sense_are_refused() -> None:
    for millionths in (-1, WHOLE + 1):
        with pytest.raises(ValueError, match="rate"):
            Rate("DE", "", "VAT", millionths)
    with pytest.raises(ValueError, match="negative"):
        Taxable("A", usd(-1), ())
    with pytest.raises(ValueError, match="negative"):
        TaxShare(STANDARD, usd(-1))
    with pytest.raises(ValueError, match="negative"):
        Taxed("A", usd(-1), (TaxShare(STANDARD, usd(1)),), usd(0))
    with pytest.raises(ValueError, match="add up"):
        Taxed("A", Money(1, "CNY"), (), usd(1))


TAXING = Taxing(EXCLUSIVE, {"": (STATE, CITY), "food": ()}, delivery_class="")


def test_added_taxes_are_reasons_of_the_total() -> None:
    snapshot = cart(line(1_000, 2, sku="A"), replace(line(500, sku="B"), tax_class="food"), delivery=400)
    quote = make_quote(snapshot, taxing=TAXING)
    assert (quote.goods, quote.added_tax, quote.total) == (usd(2_500), usd(204), usd(3_104))
    assert [(a.label.name, a.amount.minor) for a in quote.adjustments if a.kind is AdjustmentKind.TAX] == [
        ("State tax", 96),
        ("City tax", 108),
    ]
    assert quote.reductions == ()
    assert (quote.net, quote.tax, quote.saved) == (usd(2_900), usd(204), usd(0))
    assert [each.tax.minor for each in quote.taxes.lines] == [170, 0, 34]  # type: ignore[union-attr]


def test_contained_taxes_change_no_total() -> None:
    snapshot = cart(line(6_700), line(3_300), delivery=599)
    without = quote_of(snapshot, amount_order(2_000, id=4), free_delivery(100, id=5))
    bare = make_quote(snapshot, without.reductions)
    taxed = make_quote(snapshot, without.reductions, taxing=Taxing(INCLUSIVE, {"": (STANDARD,)}))
    for amount in ("goods", "discount", "subtotal", "delivery", "saved", "total", "adjustments", "lines"):
        assert getattr(taxed, amount) == getattr(bare, amount)
    assert taxed.tax == usd(contained_tax(bare.total.minor, 190_000))
    assert taxed.hash != bare.hash


def test_reductions_lower_the_base_and_what_is_given_away_bears_nothing() -> None:
    snapshot = cart(line(1_000, sku="A"), delivery=500)
    given = make_quote(snapshot, quote_of(snapshot, amount_order(1_000, id=1)).reductions, taxing=TAXING)
    assert [taxed.tax.minor for taxed in given.taxes.lines] == [0, 43]  # type: ignore[union-attr]
    brought = make_quote(snapshot, quote_of(snapshot, free_delivery(1, id=2)).reductions, taxing=TAXING)
    assert [taxed.tax.minor for taxed in brought.taxes.lines] == [85, 0]  # type: ignore[union-attr]
    half = make_quote(snapshot, quote_of(snapshot, amount_order(500, id=1)).reductions, taxing=TAXING)
    assert half.tax == usd(added_tax(500 + 500, 85_000))


def test_points_lower_the_base_like_any_reduction() -> None:
    snapshot = replace(cart(line(10_000)), points=PointsOffer(2_500, 100))
    reductions = quote_of(snapshot).reductions
    assert [reduction.kind for reduction in reductions] == [AdjustmentKind.POINTS]
    quote = make_quote(snapshot, reductions, taxing=TAXING)
    assert (quote.points, quote.net, quote.tax) == (usd(2_500), usd(7_500), usd(added_tax(7_500, 85_000)))


def test_a_quote_whose_taxes_are_not_its_tax_is_refused() -> None:
    quote = make_quote(cart(line(1_000)), taxing=TAXING)
    other = make_quote(cart(line(1_001)), taxing=TAXING)
    for wrong in (
        {"taxes": None},
        {"taxes": replace(other.taxes, lines=())},  # type: ignore[type-var]
        {"net": quote.net + usd(1), "tax": quote.tax - usd(1)},
        {"adjustments": ()},
    ):
        with pytest.raises(ValueError, match="add up"):
            replace(quote, **wrong)


def test_the_hash_changes_with_a_tax_that_changes_no_total() -> None:
    snapshot = cart(line(1_000))
    hashes = {
        make_quote(snapshot, taxing=Taxing(INCLUSIVE, {"": mine})).hash
        for mine in ((), (STANDARD,), (REDUCED,), (replace(STANDARD, name="GST"),), (replace(STANDARD, country="AT"),))
    }
    assert len(hashes) == 5


def test_a_class_that_is_gone_is_the_default_one() -> None:
    assert TAXING.rates_of("gone") == (STATE, CITY)
    assert TAXING.rates_of("food") == ()
    assert Taxing(INCLUSIVE, {}).rates_of("") == ()


TABLE = (
    DatedRate(STANDARD, "standard", valid_to=date(2020, 6, 30)),
    DatedRate(replace(STANDARD, millionths=160_000), "standard", 1, date(2020, 7, 1), date(2020, 12, 31)),
    DatedRate(STANDARD, "standard", 1, date(2021, 1, 1)),
    DatedRate(replace(STANDARD, region="helgoland", millionths=0), "standard"),
    DatedRate(CITY, "standard", 2),
    DatedRate(STATE, "standard", 1),
    DatedRate(REDUCED, "food"),
)


@pytest.mark.parametrize(
    ("tax_class", "place", "day", "expected"),
    [
        ("standard", Place("DE"), date(2020, 6, 30), [190_000]),
        ("standard", Place("DE"), date(2020, 7, 1), [160_000]),
        ("standard", Place("DE", "berlin"), date(2020, 12, 31), [160_000]),
        ("standard", Place("DE"), date(2021, 1, 1), [190_000]),
        ("standard", Place("DE", "helgoland"), date(2021, 1, 1), [0]),
        ("food", Place("DE", "helgoland"), date(2021, 1, 1), [70_000]),
        ("standard", Place("US", "NY"), date(2021, 1, 1), [40_000, 45_000]),
        ("standard", Place("US", "NJ"), date(2021, 1, 1), []),
        ("books", Place("DE"), date(2021, 1, 1), []),
    ],
)
def test_what_holds_at_a_place_on_a_day(tax_class: str, place: Place, day: date, expected: list[int]) -> None:
    found = rates_at(TABLE, tax_class=tax_class, place=place, day=day)
    assert [rate.millionths for rate in found] == expected


days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 3, 1)))
spans = st.tuples(days, days).filter(lambda span: not (span[0] and span[1]) or span[0] <= span[1])


@given(spans, spans)
def test_spans_overlap_where_a_day_is_in_both(one: tuple[date, date], other: tuple[date, date]) -> None:
    left, right = (DatedRate(STANDARD, "", 1, *span) for span in (one, other))
    every = [date.fromordinal(number) for number in range(date(2019, 12, 1).toordinal(), date(2020, 4, 1).toordinal())]
    assert left.overlaps(right) == any(left.holds_on(day) and right.holds_on(day) for day in every)
    assert left.overlaps(right) == right.overlaps(left)


@pytest.mark.parametrize(
    ("country", "typed", "region"),
    [
        ("US", "new york", "NY"),
        ("US", " ny ", "NY"),
        ("US", "Washington, D.C.", "DC"),
        ("US", "Atlantis", "atlantis"),
        ("CA", "Québec", "QC"),
        ("AU", "Victoria", "VIC"),
        ("CN", "广东", "广东省"),
        ("DE", "  Bayern ", "bayern"),
        ("DE", "", ""),
    ],
)
def test_a_region_has_one_name_however_it_is_typed(country: str, typed: str, region: str) -> None:
    assert normal_region(country, typed) == region
    assert normal_region(country, region) == region
    assert place_of(country.lower(), typed) == Place(country, region)


@pytest.mark.parametrize(
    ("text", "millionths"),
    [
        ("19", 190_000),
        ("8.875 %", 88_750),
        ("0", 0),
        ("100", WHOLE),
        ("１３％", 130_000),
        ("0.0001", 1),
        ("7.0", 70_000),
    ],
)
def test_a_percentage_is_read_exactly(text: str, millionths: int) -> None:
    assert read_rate(text) == millionths
    assert read_rate(percent_text(millionths)) == millionths


@pytest.mark.parametrize("text", ["", "nineteen", "-1", "100.01", "1e9", "NaN", "Infinity", "8.87505", "1 9", "19,5"])
def test_a_percentage_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_rate(text)
    assert refused.value.field == "percent"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name_zh": "税" * 121}, "name_zh"),
        ({"country": "XX"}, "country"),
        ({"region": "atlantis"}, "region"),
        ({"region": "New York"}, "region"),
        ({"country": "CN", "region": "火星省"}, "region"),
        ({"country": "DE", "region": "x" * 61}, "region"),
        ({"millionths": -1}, "percent"),
        ({"millionths": WHOLE + 1}, "percent"),
        ({"part": 4}, "part"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 31)}, "valid_to"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, object], field: str) -> None:
    right = RatePlan("standard", "US", "NY", "State tax", 40_000)
    with pytest.raises(Invalid) as refused:
        replace(right, **wrong)
    assert refused.value.field == field


def test_an_order_without_rates_has_no_tax() -> None:
    found = bill((1_000, ()), (0, (STANDARD,)))
    assert (found.tax, found.sums) == (usd(0), (RateSum(STANDARD, usd(0), usd(0)),))
    assert make_quote(replace(cart(line(1)), delivery=Delivery("post", usd(0)))).taxes is None
