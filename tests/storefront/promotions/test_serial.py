"""Promotions survive being stored, and nonsense does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from storefront.pricing.snapshot import Stage
from storefront.promotions.rules import (
    Audience,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CountLadder,
    CountPrice,
    CountRung,
    DeliveryFor,
    Limits,
    PercentOff,
    Promotion,
    Scope,
    Together,
    promotion_from_data,
    promotion_to_data,
)
from storefront.promotions.rules.serial import BadPromotion, benefit_from_data, benefit_to_data
from tests.storefront.promotions.builders import NOON, promotion, usd
from tests.storefront.promotions.strategies import EVERY_KIND, promotions

LADDER: dict[str, Any] = {
    "id": 1,
    "name": "满199减20",
    "currency": "CNY",
    "falls_on": "order",
    "benefit": {"kind": "spend_ladder", "rungs": [{"spend_minor": 19900, "off_minor": 2000}]},
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(promotions(1, EVERY_KIND))
def test_a_promotion_survives_json(original: Promotion) -> None:
    assert promotion_from_data(json.loads(json.dumps(promotion_to_data(original)))) == original


def test_everything_about_a_promotion_survives() -> None:
    original = promotion(
        PercentOff(1250, most=usd(500)),
        Stage.ITEM,
        audience=Audience(members_only=True, tiers=frozenset({"gold"}), most_orders=0),
        limits=Limits(uses_left=3, per_customer=1, budget_left=usd(10000)),
        starts_at=NOON,
        codes=frozenset({"save10"}),
        exclusive=True,
        version=4,
    )
    data = promotion_to_data(original)
    assert data["benefit"] == {"kind": "percent_off", "basis_points": 1250, "most_minor": 500}
    assert promotion_from_data(data) == original


@pytest.mark.parametrize(
    ("benefit", "data"),
    [
        (
            CountPrice(3, usd(1000), Together.PRODUCT, 2),
            {"kind": "count_price", "count": 3, "price_minor": 1000, "together": "product", "most_times": 2},
        ),
        (
            CountLadder((CountRung(2, 1000), CountRung(3, 2000))),
            {
                "kind": "count_ladder",
                "rungs": [{"count": 2, "basis_points": 1000}, {"count": 3, "basis_points": 2000}],
            },
        ),
        (
            BuyGet(2, 1, 5000, Scope(skus=frozenset({"CUP"}))),
            {"kind": "buy_get", "buy": 2, "get": 1, "basis_points": 5000, "get_scope": {"skus": ["CUP"]}},
        ),
        (
            Bundle((BundlePart(Scope(brand_ids=frozenset({4})), 2), BundlePart(Scope())), price=usd(2500)),
            {
                "kind": "bundle",
                "parts": [{"scope": {"brand_ids": [4]}, "count": 2}, {"scope": {}}],
                "price_minor": 2500,
            },
        ),
        (DeliveryFor(usd(300)), {"kind": "delivery_for", "price_minor": 300}),
    ],
)
def test_each_kind_has_a_plain_shape(benefit: Benefit, data: dict[str, object]) -> None:
    assert benefit_to_data(benefit) == data
    assert benefit_from_data(data, "USD") == benefit


def test_the_stored_shape_is_plain() -> None:
    read = promotion_from_data(LADDER)
    assert (read.benefit.kind, read.stage, read.currency) == ("spend_ladder", Stage.ORDER, "CNY")


def rung(spend: object, off: object) -> dict[str, object]:
    return {"spend_minor": spend, "off_minor": off}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"benefit": None}, "benefit"),
        ({"benefit": {"kind": "lottery"}}, "benefit.kind"),
        ({"benefit": []}, "benefit"),
        ({"benefit": {"kind": "percent_off", "basis_points": 10001}}, "benefit"),
        ({"benefit": {"kind": "percent_off", "basis_points": 0}}, "benefit"),
        ({"benefit": {"kind": "percent_off", "basis_points": -5}}, "benefit"),
        ({"benefit": {"kind": "percent_off", "basis_points": "10"}}, "benefit.basis_points"),
        ({"benefit": {"kind": "percent_off", "basis_points": True}}, "benefit.basis_points"),
        ({"benefit": {"kind": "percent_off", "basis_points": 9.5}}, "benefit.basis_points"),
        ({"benefit": {"kind": "percent_off"}}, "benefit.basis_points"),
        ({"benefit": {"kind": "amount_off", "amount_minor": 0}}, "benefit"),
        ({"benefit": {"kind": "nth_item", "nth": 1, "basis_points": 5000}}, "benefit"),
        ({"benefit": {"kind": "nth_item", "nth": 2, "basis_points": 5000, "together": "shop"}}, "benefit.together"),
        ({"benefit": {"kind": "spend_ladder", "rungs": []}}, "benefit"),
        ({"benefit": {"kind": "spend_ladder", "rungs": "all"}}, "benefit.rungs"),
        ({"benefit": {"kind": "spend_ladder", "rungs": [rung(0, 1)]}}, "benefit.rungs[0]"),
        ({"benefit": {"kind": "spend_ladder", "rungs": [rung(-1, 1)]}}, "benefit.rungs[0]"),
        ({"benefit": {"kind": "spend_ladder", "rungs": [rung(10, 11)]}}, "benefit.rungs[0]"),
        ({"benefit": {"kind": "spend_ladder", "rungs": [rung(10, 5), rung(20, 4)]}}, "benefit"),
        ({"benefit": {"kind": "spend_ladder", "rungs": [rung(20, 4), rung(10, 5)]}}, "benefit"),
        ({"benefit": {"kind": "count_price", "count": 1, "price_minor": 1000}}, "benefit"),
        ({"benefit": {"kind": "count_price", "count": 3, "price_minor": 0}}, "benefit"),
        ({"benefit": {"kind": "count_price", "count": 3}}, "benefit.price_minor"),
        ({"benefit": {"kind": "count_ladder", "rungs": []}}, "benefit"),
        ({"benefit": {"kind": "count_ladder", "rungs": [{"count": 2, "basis_points": 10001}]}}, "benefit.rungs[0]"),
        ({"benefit": {"kind": "buy_get", "buy": 2, "get": 0}}, "benefit"),
        ({"benefit": {"kind": "buy_get", "buy": 2, "get": 1, "get_scope": {"sku": []}}}, "benefit.get_scope.sku"),
        ({"benefit": {"kind": "bundle", "parts": [], "price_minor": 5}}, "benefit"),
        ({"benefit": {"kind": "bundle", "parts": [{"count": 2}], "price_minor": 5}}, "benefit.parts[0].scope"),
        ({"benefit": {"kind": "bundle", "parts": [{"scope": {}, "count": 2}]}}, "benefit"),
        ({"benefit": {"kind": "delivery_for", "price_minor": 0}}, "benefit"),
        ({"falls_on": "item"}, "promotion"),
        ({"falls_on": "moon"}, "falls_on"),
        ({"currency": "yuan"}, "benefit.rungs[0].spend_minor"),
        ({"currency": None}, "currency"),
        ({"conditions": [{"kind": "spend_at_least", "amount_minor": 0}]}, "conditions[0]"),
        ({"conditions": [{"kind": "full_moon"}]}, "conditions[0].kind"),
        ({"conditions": {"kind": "buy_at_least"}}, "conditions"),
        ({"scope": {"categories": [1]}}, "scope.categories"),
        ({"scope": {"category_ids": ["tea"]}}, "scope.category_ids[0]"),
        ({"scope": {"exclude": {}}}, "scope"),
        ({"starts_at": "2026-06-18T12:00:00+00:00", "ends_at": "2026-06-18T12:00:00+00:00"}, "promotion"),
        ({"starts_at": "2026-06-18T12:00:00"}, "promotion"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"combines_with": ["catalogue"]}, "promotion"),
        ({"codes": [" "]}, "promotion"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_nonsense_is_refused_with_its_place(change: dict[str, object], where: str) -> None:
    with pytest.raises(BadPromotion) as refusal:
        promotion_from_data({**LADDER, **change})
    assert refusal.value.facts["where"] == where


@pytest.mark.parametrize("data", [None, [], "promotion", 7, {}])
def test_what_is_no_object_is_no_promotion(data: object) -> None:
    with pytest.raises(BadPromotion):
        promotion_from_data(data)
