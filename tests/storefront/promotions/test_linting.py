"""The linter says what is odd about a promotion, how bad that is, and nothing about a sound one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Stage
from storefront.promotions.lint_words import finding_words
from storefront.promotions.rules import (
    AmountOff,
    Audience,
    Bundle,
    BundlePart,
    BuyAtLeast,
    BuyGet,
    CountPrice,
    Gift,
    Limits,
    NthItem,
    PercentOff,
    Promotion,
    Scope,
)
from storefront.promotions.rules.findings import Catalogue, Finding, Odd, Severity
from storefront.promotions.rules.goods import Good, Goods
from storefront.promotions.rules.linting import lint
from storefront.web.locale import speaking
from tests.storefront.promotions.builders import (
    NOON,
    amount_order,
    free_delivery,
    ladder,
    percent_items,
    percent_order,
    promotion,
    second_half,
    usd,
)

TEA = Good("TEA", usd(1000), 1, category_ids=frozenset({1}), cost=usd(600), available=50)
CUP = Good("CUP", usd(500), 2, category_ids=frozenset({2}), cost=usd(100), available=0)
POT = Good("POT", usd(4000), 3, category_ids=frozenset({2}), minimum_price=usd(3600))
SHOP = Catalogue(NOON, Goods.of((TEA, CUP, POT)), tiers=frozenset({"gold"}), groups=frozenset({"staff"}), codes=0)
TEAS, CUPS = Scope(category_ids=frozenset({1})), Scope(category_ids=frozenset({2}))
DAY = timedelta(days=1)


def found(offer: Promotion, *others: Promotion, shop: Catalogue = SHOP) -> dict[Odd, Finding]:
    return {each.kind: each for each in lint(offer, others, shop)}


def test_a_sound_promotion_has_nothing_odd() -> None:
    assert found(ladder((5000, 500), (9900, 1500), scope=TEAS)) == {}
    assert found(second_half(scope=Scope(skus=frozenset({"CUP"})))) == {}
    assert found(free_delivery(5000)) == {}
    assert found(promotion(Gift(("TEA",)), spend=9900)) == {}


@pytest.mark.parametrize(
    ("offer", "odd", "severity"),
    [
        (percent_items(10, scope=Scope(brand_ids=frozenset({9}))), Odd.NO_GOODS, "error"),
        (
            percent_items(10, scope=TEAS, conditions=(BuyAtLeast(1, Scope(skus=frozenset({"X"}))),)),
            Odd.NO_GOODS,
            "error",
        ),
        (percent_items(10, scope=TEAS, ends_at=NOON - DAY), Odd.ENDED, "warning"),
        (percent_items(10, scope=TEAS, ends_at=NOON), Odd.ENDED, "warning"),
        (percent_order(10, scope=TEAS, spend=10**12), Odd.UNREACHABLE, "error"),
        (percent_order(10, scope=TEAS, spend=50_001), Odd.OUT_OF_STOCK, "warning"),
        (percent_order(10, scope=TEAS, conditions=(BuyAtLeast(51),)), Odd.OUT_OF_STOCK, "warning"),
        (ladder((50_001, 100), scope=TEAS), Odd.OUT_OF_STOCK, "warning"),
        (percent_items(10, scope=TEAS, limits=Limits(uses_left=0)), Odd.NO_USES, "error"),
        (percent_items(10, scope=TEAS, limits=Limits(per_customer=0)), Odd.NO_USES, "error"),
        (percent_items(10, scope=TEAS, limits=Limits(budget_left=usd(0))), Odd.NO_USES, "error"),
        (percent_items(10, scope=TEAS, audience=Audience(tiers=frozenset({"iron"}))), Odd.NOBODY, "error"),
        (percent_items(10, scope=TEAS, audience=Audience(groups=frozenset({"fans"}))), Odd.NOBODY, "error"),
        (percent_items(10, scope=TEAS, needs_code=True), Odd.NO_CODES, "warning"),
        (promotion(Gift(("TEA", "MUG")), spend=9900), Odd.NO_GIFT, "error"),
        (promotion(Gift(("CUP",)), spend=9900), Odd.GIFT_OUT_OF_STOCK, "warning"),
        (percent_items(5), Odd.ALWAYS, "warning"),
        (amount_order(50), Odd.ALWAYS, "warning"),
        (percent_items(10, scope=TEAS, conditions=(BuyAtLeast(1),)), Odd.THRESHOLD_ALWAYS_MET, "note"),
        (percent_order(10, scope=TEAS, spend=1000), Odd.THRESHOLD_ALWAYS_MET, "note"),
        (percent_items(50, scope=TEAS), Odd.BELOW_COST, "warning"),
        (amount_order(500, scope=TEAS), Odd.BELOW_COST, "warning"),
        (promotion(NthItem(2, 10_000), Stage.ITEM, scope=TEAS), Odd.BELOW_COST, "warning"),
        (promotion(CountPrice(3, usd(1500)), Stage.ITEM, scope=TEAS), Odd.BELOW_COST, "warning"),
        (promotion(BuyGet(1, 1), Stage.ITEM, scope=TEAS), Odd.BELOW_COST, "warning"),
        (
            promotion(Bundle((BundlePart(TEAS), BundlePart(CUPS)), basis_points=5000), Stage.ITEM),
            Odd.BELOW_COST,
            "warning",
        ),
        (percent_items(20, scope=CUPS), Odd.HELD_BY_MINIMUM, "note"),
        (amount_order(500, scope=Scope(skus=frozenset({"CUP"}))), Odd.COSTS_NOTHING, "warning"),
        (promotion(AmountOff(usd(900)), Stage.ITEM, scope=CUPS), Odd.COSTS_NOTHING, "warning"),
        (
            promotion(Bundle((BundlePart(TEAS), BundlePart(CUPS)), off=usd(1500)), Stage.ITEM),
            Odd.COSTS_NOTHING,
            "warning",
        ),
        (amount_order(600, scope=TEAS, spend=2000, limits=Limits(budget_left=usd(500))), Odd.BUDGET_TOO_SMALL, "error"),
        (ladder((5000, 1000), (20000, 2000), scope=TEAS), Odd.RUNG_NEVER_PAYS, "note"),
    ],
)
def test_what_is_odd_is_found(offer: Promotion, odd: Odd, severity: str) -> None:
    assert found(offer)[odd].severity == severity


def test_what_is_never_sold_below_cost_on_average_is_not_said_to_be() -> None:
    assert Odd.BELOW_COST not in found(promotion(NthItem(2, 5000), Stage.ITEM, scope=TEAS))
    assert Odd.BELOW_COST not in found(percent_items(40, scope=TEAS))
    assert Odd.BELOW_COST in found(percent_items(41, scope=TEAS))


def test_a_reduction_above_the_price_is_told_from_a_minimum_price() -> None:
    gum = Good("GUM", usd(5), 4)
    shop = replace(SHOP, goods=Goods.of((gum,)))
    findings = found(amount_order(500, scope=Scope(skus=frozenset({"GUM"}))), shop=shop)
    assert findings.keys() == {Odd.COSTS_NOTHING}
    assert (findings[Odd.COSTS_NOTHING]["sku"], findings[Odd.COSTS_NOTHING]["price"]) == ("GUM", usd(5))
    assert found(percent_items(100, scope=Scope(skus=frozenset({"GUM"}))), shop=shop) == {}
    assert found(amount_order(500, scope=Scope(skus=frozenset({"POT"})))).keys() == {Odd.HELD_BY_MINIMUM}
    assert found(promotion(PercentOff(5000, usd(1)), Stage.ITEM, scope=Scope(skus=frozenset({"GUM"}))), shop=shop) == {}


def test_below_cost_names_the_worst_product_and_counts_them_all() -> None:
    finding = found(percent_items(90, scope=Scope(skus=frozenset({"TEA", "CUP"}))))[Odd.BELOW_COST]
    assert (finding["sku"], finding["price"], finding["cost"], finding["count"]) == ("TEA", usd(100), usd(600), 2)


def test_two_exclusive_promotions_for_the_same_goods_at_the_same_time() -> None:
    mine = percent_items(10, scope=TEAS, exclusive=True)
    other = amount_order(100, spend=5000, exclusive=True, name="Five off", id=900)
    finding = found(mine, other)[Odd.TWO_EXCLUSIVE]
    assert (finding.other_id, finding["name"]) == (900, "Five off")
    assert found(mine, replace(other, scope=CUPS)) == {}
    assert found(mine, replace(other, starts_at=NOON + DAY)).keys() == {Odd.TWO_EXCLUSIVE}
    assert found(replace(mine, ends_at=NOON + DAY), replace(other, starts_at=NOON + DAY)) == {}
    assert found(mine, replace(other, ends_at=NOON - DAY)) == {}


def test_one_that_cannot_stand_beside_another_for_the_same_goods() -> None:
    mine, other = ladder((5000, 500), scope=TEAS), amount_order(100, spend=5000, name="Five off", id=900)
    assert found(mine, other)[Odd.NOT_TOGETHER].severity is Severity.NOTE
    assert found(mine, percent_items(10, scope=TEAS)) == {}
    assert found(mine, promotion(Gift(("TEA",)), spend=5000)) == {}


def test_customers_of_different_tiers_never_meet() -> None:
    shop = replace(SHOP, tiers=None)
    gold, iron = (Audience(tiers=frozenset({tier})) for tier in ("gold", "iron"))
    mine = ladder((5000, 500), scope=TEAS, audience=gold)
    assert found(mine, ladder((5000, 600), scope=TEAS, audience=iron), shop=shop) == {}


def test_a_twin_is_found_but_not_the_promotion_itself() -> None:
    mine = second_half(scope=Scope(skus=frozenset({"CUP"})), name="Cups")
    assert found(mine, replace(mine, id=900, name="Cups again"))[Odd.DUPLICATE].other_id == 900
    assert found(mine, mine) == {}


def test_a_budget_that_one_use_fits_in_is_enough() -> None:
    offer = amount_order(500, scope=TEAS, spend=5000, limits=Limits(budget_left=usd(500)))
    assert found(offer) == {}


def test_without_goods_nothing_is_said_about_them() -> None:
    assert lint(percent_items(99, scope=TEAS), (), Catalogue(NOON)) == ()


def test_errors_come_first() -> None:
    findings = lint(percent_items(5, limits=Limits(uses_left=0)), (), SHOP)
    assert [each.severity for each in findings] == [Severity.ERROR, Severity.WARNING]
    assert [each.blocks for each in findings] == [True, False]


def test_it_says_that_there_may_be_more_where_only_some_were_tried() -> None:
    offer = percent_items(90, scope=Scope(skus=frozenset({"TEA", "CUP"})))
    for most, at_least in ((None, 0), (1, 1), (2, 1), (3, 0)):
        findings = lint(offer, (), replace(SHOP, most_tried=most))
        assert [each["at_least"] for each in findings if each.kind is Odd.BELOW_COST] == [at_least]


def test_a_currency_without_minor_units_is_tried_like_any_other() -> None:
    tea = Good("TEA", Money(1000, "JPY"), cost=Money(600, "JPY"))
    offer = Promotion(1, "", "JPY", AmountOff(Money(450, "JPY")), Stage.ITEM, conditions=(BuyAtLeast(2),))
    [finding] = lint(offer, (), Catalogue(NOON, Goods.of((tea,))))
    assert (finding.kind, finding["price"]) == (Odd.BELOW_COST, Money(550, "JPY"))


def test_every_finding_has_words_in_both_languages(app: Flask) -> None:
    facts = {
        Odd.NOBODY: {"who": "iron"},
        Odd.NO_GIFT: {"skus": "MUG"},
        Odd.BELOW_COST: {"sku": "TEA", "price": usd(100), "cost": usd(600), "count": 2},
        Odd.HELD_BY_MINIMUM: {"count": 1},
        Odd.COSTS_NOTHING: {"sku": "TEA", "price": usd(100)},
        Odd.BUDGET_TOO_SMALL: {"budget": usd(100), "needed": usd(500)},
        Odd.RUNG_NEVER_PAYS: {"rung": 2, "spend": usd(900), "off": usd(9)},
        Odd.TWO_EXCLUSIVE: {"name": "Other"},
        Odd.NOT_TOGETHER: {"name": "Other"},
        Odd.DUPLICATE: {"name": "Other"},
    }
    findings = [Finding(odd, tuple(facts.get(odd, {}).items())) for odd in Odd]
    more = {**facts[Odd.BELOW_COST], "count": 60, "at_least": 1}
    findings.append(Finding(Odd.BELOW_COST, tuple(more.items())))
    said: dict[str, list[str]] = {}
    for locale in ("en", "zh"):
        with app.test_request_context(), speaking(locale):
            said[locale] = [finding_words(finding) for finding in findings]
            said[locale].append(finding_words(Finding(Odd.RUNG_NEVER_PAYS, (("pieces", 3), ("rung", 2)))))
    assert all(len(set(words)) == len(words) for words in said.values())
    assert set(said["en"]).isdisjoint(said["zh"])
    assert not [words for words in [*said["en"], *said["zh"]] if "%(" in words or "%%" in words]
    assert any(words.startswith("At least 60 products") for words in said["en"])
