"""Points pay last, exactly, and never for nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.kernel.money import Money
from storefront.pricing.quote import AdjustmentKind, Quote, make_quote
from storefront.pricing.snapshot import GiftStock, PointsOffer, Snapshot, Stage
from storefront.promotions.rules import Gift, Promotion, evaluate
from storefront.promotions.rules.points import most_points, points_for, points_payment, points_worth
from tests.storefront.promotions.builders import NOON, amount_order, cart, free_delivery, line, promotion, usd


def quoted(snapshot: Snapshot, *offers: Promotion) -> Quote:
    result = evaluate(snapshot, offers)
    return make_quote(snapshot, result.reductions, gifts=result.gifts, trace=result.trace)


@pytest.mark.parametrize(
    ("goods", "currency", "spend", "worth", "percent", "points", "amount"),
    [
        (10_000, "USD", 1000, 100, 50, 1000, 1000),
        (10_000, "USD", 9999, 100, 50, 5000, 5000),
        (10_001, "USD", 99_999, 100, 50, 5000, 5000),
        (10_000, "USD", 150, 1000, 50, 150, 15),
        (10_000, "USD", 159, 1000, 50, 150, 15),
        (10_000, "USD", 9, 1000, 50, 0, 0),
        (10_000, "USD", 0, 100, 50, 0, 0),
        (10_000, "USD", 500, 100, 0, 0, 0),
        (10_000, "USD", 7, 3, 100, 7, 233),
        (100, "USD", 7, 3, 100, 3, 100),
        (10, "USD", 7, 3, 100, 1, 10),
        (0, "USD", 500, 100, 50, 0, 0),
        (1, "USD", 500, 100, 50, 0, 0),
        (5000, "JPY", 1000, 100, 50, 1000, 10),
        (5000, "JPY", 1099, 100, 50, 1000, 10),
        (5000, "JPY", 99, 100, 50, 0, 0),
        (5001, "JPY", 99_999, 1, 50, 2500, 2500),
        (9000, "KWD", 500, 100, 100, 500, 5000),
    ],
)
def test_points_pay_whole_minor_units(
    goods: int, currency: str, spend: int, worth: int, percent: int, points: int, amount: int
) -> None:
    offer = PointsOffer(spend, worth, percent)
    assert points_payment(Money(goods, currency), offer) == (points, Money(amount, currency))


@settings(max_examples=300, deadline=None)
@given(
    goods=st.integers(0, 100_000),
    spend=st.integers(0, 100_000),
    worth=st.integers(1, 2000),
    percent=st.integers(0, 100),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_no_point_is_spent_for_nothing(goods: int, spend: int, worth: int, percent: int, currency: str) -> None:
    points, amount = points_payment(Money(goods, currency), PointsOffer(spend, worth, percent))
    assert 0 <= points <= spend
    assert amount.minor * 100 <= goods * percent
    assert points_worth(points, worth, currency) >= amount
    assert points == 0 or points_worth(points - 1, worth, currency) < amount
    assert points_for(amount, worth) == points
    assert points <= most_points(Money(goods, currency), worth, percent)


def test_points_pay_after_every_promotion_and_coupon() -> None:
    snapshot = cart(line(10_000), delivery=599, codes=("A",), points=PointsOffer(9999, 100, 50))
    offers = [amount_order(2000, id=1), amount_order(1000, id=2, codes=frozenset({"A"})), free_delivery(id=3)]
    quote = quoted(snapshot, *offers)
    assert [(a.kind, a.stage, a.amount.minor) for a in quote.adjustments][-2] == ("points", Stage.POINTS, -3500)
    assert (quote.points, quote.total) == (usd(3500), usd(3500))


def test_delivery_is_not_paid_with_points() -> None:
    quote = quoted(cart(line(100), delivery=599, points=PointsOffer(9999, 100)))
    assert (quote.subtotal, quote.total) == (usd(0), usd(599))


def test_points_are_shared_over_lines_and_units_but_not_over_gifts() -> None:
    snapshot = cart(line(999, 3), line(500), gifts=(GiftStock("MUG", 1, usd(700)),), points=PointsOffer(100, 100, 50))
    result = evaluate(snapshot, [promotion(Gift(("MUG",)))])
    assert (result.points.points, result.points.amount) == (100, usd(100))
    assert [(a.line_id, a.unit_index, a.units, a.amount.minor) for a in result.points.allocations] == [
        ("SKU500", 0, 1, 14),
        ("SKU999", 0, 2, 29),
        ("SKU999", 2, 1, 28),
    ]


def test_points_go_below_a_minimum_price_but_never_below_nothing() -> None:
    quote = quoted(cart(line(1000, minimum=900), points=PointsOffer(5000, 100)), amount_order(500))
    assert [(a.kind, a.amount.minor) for a in quote.adjustments] == [("promotion", -100), ("points", -900)]
    assert quote.total == usd(0)


def test_the_trace_ends_with_the_points() -> None:
    result = evaluate(cart(line(1000), line(500), points=PointsOffer(300, 100)), [amount_order(100)])
    last = {step.line_id: step for step in result.trace}
    assert all(step.stage is Stage.POINTS and step.label["points"] == 300 for step in last.values())
    assert sum(step.after.minor for step in last.values()) == 1100


def test_points_that_pay_nothing_are_not_mentioned() -> None:
    for offer in (None, PointsOffer(0, 100), PointsOffer(5, 1000), PointsOffer(100, 100, 0)):
        result = evaluate(cart(line(1000), points=offer), [])
        assert (result.points, result.reductions) == (None, ())


def test_points_are_no_saving_of_promotions() -> None:
    result = evaluate(cart(line(1000), points=PointsOffer(300, 100)), [amount_order(100)])
    assert (result.saved, result.points.amount) == (usd(100), usd(300))
    assert [a.kind for a in result.reductions] == [AdjustmentKind.PROMOTION, AdjustmentKind.POINTS]


def test_the_hash_changes_with_the_points_that_are_asked_for() -> None:
    cheap, dear = PointsOffer(100, 100), PointsOffer(1000, 1000)
    goods = cart(line(1000))
    hashes = {quoted(replace(goods, points=offer)).hash for offer in (None, cheap, dear)}
    assert len(hashes) == 3


def test_yen_points_pay_whole_yen() -> None:
    goods = replace(line(1, 3), unit_price=Money(333, "JPY"))
    quote = quoted(Snapshot(NOON, "JPY", (goods,), points=PointsOffer(10_050, 100, 50)))
    assert (quote.points, quote.total) == (Money(100, "JPY"), Money(899, "JPY"))


@pytest.mark.parametrize("values", [(-1, 100, 50), (1, 0, 50), (1, 100, 101), (1, 100, -1)])
def test_an_offer_of_points_that_makes_no_sense_is_refused(values: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="points"):
        PointsOffer(*values)
