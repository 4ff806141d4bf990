"""A quote adds up, or cannot exist; its hash changes with what the shopper saw and with nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storefront.kernel.money import Money
from storefront.pricing.allocation import Allocation, TraceStep
from storefront.pricing.label import Label
from storefront.pricing.quote import Adjustment, AdjustmentKind, make_quote
from storefront.pricing.snapshot import PriceSource, Snapshot, SnapshotLine, Stage
from storefront.pricing.taxes.rules import Rate, Taxing, TaxMode
from tests.storefront.promotions.builders import NOON, amount_order, cart, free_delivery, line, quote_of, usd


def test_a_quote_is_goods_and_reasons() -> None:
    quote = quote_of(cart(line(6700), line(3300), delivery=599), amount_order(2000, id=4))
    assert [(a.kind, a.amount.minor) for a in quote.adjustments] == [("promotion", -2000), ("delivery", 599)]
    assert (quote.goods, quote.discount, quote.subtotal) == (usd(10000), usd(2000), usd(8000))
    assert (quote.delivery, quote.total, quote.saved) == (usd(599), usd(8599), usd(2000))
    assert [[share.amount.minor for share in each.shares] for each in quote.lines] == [[660], [1340]]


def test_an_empty_cart_costs_nothing() -> None:
    quote = make_quote(cart())
    assert (quote.total, quote.lines, quote.adjustments) == (usd(0), (), ())


def test_contained_tax_and_net_add_up_to_the_total() -> None:
    vat = Rate("DE", "", "VAT", 190_000)
    quote = make_quote(cart(line(999, 3)), taxing=Taxing(TaxMode.INCLUSIVE, {"": (vat,)}))
    assert (quote.net.minor, quote.tax.minor, quote.total.minor) == (2518, 479, 2997)


def test_a_catalogue_price_keeps_what_it_was_before() -> None:
    sale = SnapshotLine("a", "A", 2, usd(800), base_price=usd(1000), price_source=PriceSource.SCHEDULED)
    [quoted] = make_quote(cart(sale)).lines
    assert (quoted.base_price, quoted.unit_price, quoted.goods) == (usd(1000), usd(800), usd(1600))


def test_the_hash_ignores_the_order_and_ids_of_lines() -> None:
    one = quote_of(cart(line(700, sku="A", line_id="1"), line(300, sku="B", line_id="2")), amount_order(99, id=1))
    two = quote_of(cart(line(300, sku="B", line_id="8"), line(700, sku="A", line_id="9")), amount_order(99, id=1))
    assert one.hash == two.hash


def test_the_hash_changes_with_anything_the_shopper_saw() -> None:
    offer, free = amount_order(99, id=1), free_delivery(500, id=2)
    basis = quote_of(cart(line(700, sku="A"), delivery=100), offer)
    others = [
        quote_of(cart(line(701, sku="A"), delivery=100), offer),
        quote_of(cart(line(350, 2, sku="A"), delivery=100), offer),
        quote_of(cart(line(700, sku="B"), delivery=100), offer),
        quote_of(cart(line(700, sku="A"), delivery=101), offer),
        quote_of(cart(line(700, sku="A"), delivery=100)),
        quote_of(cart(line(700, sku="A"), delivery=100), offer, free),
        quote_of(cart(line(700, sku="A"), delivery=100), amount_order(99, id=3)),
        quote_of(cart(line(700, sku="A"))),
    ]
    assert len({quote.hash for quote in [basis, *others]}) == len(others) + 1


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        Adjustment(
            AdjustmentKind.PROMOTION,
            Stage.ORDER,
            Label.of("amount_off"),
            usd(-100),
            allocations=(Allocation("a", 0, usd(99)),),
        )


def test_a_quote_whose_total_is_not_its_reasons_is_refused() -> None:
    quote = make_quote(cart(line(1000)))
    for wrong in ({"total": usd(999), "net": usd(999)}, {"tax": usd(1)}, {"lines": ()}):
        with pytest.raises(ValueError, match="add up"):
            replace(quote, **wrong)


def test_a_line_below_nothing_is_refused() -> None:
    [quoted] = make_quote(cart(line(1000))).lines
    with pytest.raises(ValueError, match="less than nothing"):
        replace(quoted, total=usd(-1))


@pytest.mark.parametrize(
    "values",
    [
        {"quantity": 0},
        {"quantity": 10_000},
        {"unit_price": usd(-1)},
        {"minimum_price": Money(1, "CNY")},
        {"base_price": usd(-1)},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"line|price"):
        replace(line(1000), **values)


def test_a_snapshot_of_two_currencies_or_twin_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="currency"):
        Snapshot(now=NOON, currency="CNY", lines=(line(1000),))
    with pytest.raises(ValueError, match="share an id"):
        cart(line(1000), line(1000))
    with pytest.raises(ValueError, match="zone"):
        cart(now=NOON.replace(tzinfo=None))


def test_labels_shares_and_trace_survive_being_stored() -> None:
    quote = quote_of(cart(line(999, 3), delivery=10), amount_order(100))
    for step in quote.trace:
        assert TraceStep.from_data(step.to_data()) == step
    [reduction] = quote.reductions
    assert Label.from_data(reduction.label.to_data()) == reduction.label
    assert tuple(Allocation.from_data(share.to_data()) for share in reduction.allocations) == reduction.allocations


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": 1},
        {"kind": "x", "facts": [1]},
        {"kind": "x", "facts": {"a": 1.5}},
        {"kind": "x", "facts": {"a": {}}},
    ],
)
def test_a_stored_label_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a"):
        Label.from_data(data)
