from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings

from recommend import Asked, Items, Recommender, Tables
from recommend.interactions import Interactions
from recommend.repurchase import TRUST, USUAL_DAYS, intervals
from recommend.training import train
from tests.recommend.worlds import QUICK, TODAY, bought, goods, histories


@given(histories())
@settings(max_examples=60, deadline=None)
def test_intervals_are_geometric_means_drawn_to_wider_circles(history: Interactions) -> None:
    types = np.arange(len(history.items), dtype=np.int32) % 3 - 1
    found = intervals(history, types)
    days: dict[tuple[int, int], list[float]] = {}
    for line in range(len(history)):
        if history.user[line] >= 0:
            key = (int(history.user[line]), int(history.item[line]))
            days.setdefault(key, []).append(history.at[line].astype(np.int64) / 86_400)
    gaps = {
        key: [
            math.log(later - earlier)
            for earlier, later in zip(sorted(at), sorted(at)[1:], strict=False)
            if later - earlier >= 0.5
        ]
        for key, at in days.items()
    }

    def drawn(values: list[float], prior: float) -> float:
        return (sum(values) + TRUST * prior) / (len(values) + TRUST)

    everything = drawn([gap for row in gaps.values() for gap in row], math.log(USUAL_DAYS))
    for place, (user, item) in enumerate(sorted(days)):
        of_type = drawn([g for (_, i), row in gaps.items() if types[i] == types[item] for g in row], everything)
        of_item = drawn([g for (_, i), row in gaps.items() if i == item for g in row], of_type)
        assert found.item_every[item] == pytest.approx(math.exp(of_item), rel=1e-5)
        assert found.every[place] == pytest.approx(math.exp(drawn(gaps[user, item], of_item)), rel=1e-5)
        assert found.last[place] == pytest.approx(max(days[user, item]))


def weekly() -> Recommender:
    """Ann buys milk every week and rice every eight; both last ten days ago. Bob buys whatever Ann never did."""
    history = bought(
        *[("ann", 10 + 7 * week, ["milk"]) for week in range(20)],
        *[("ann", 10 + 56 * month, ["rice"]) for month in range(5)],
        *[("bob", 5 + 20 * month, ["milk", "tea", "jam"]) for month in range(5)],
    )
    items = goods(milk="dairy", rice="grain", tea="drink", jam="spread", cream="dairy")
    return Recommender(train(history, items, TODAY, QUICK))


def test_what_is_due_follows_from_how_often_the_customer_buys_it() -> None:
    shown = {one.item: one for one in weekly().buy_again("ann")}
    milk, rice = shown["milk"], shown["rice"]
    assert milk.every_days == pytest.approx(7, rel=0.3)
    assert rice.every_days is not None
    assert rice.every_days > 35
    assert milk.due_days is not None
    assert milk.due_days < 0 < (rice.due_days or 0)


def test_due_days_are_counted_from_the_day_of_the_question() -> None:
    model = weekly()
    then = {one.item: one.due_days for one in model.buy_again("ann")}
    later = {one.item: one.due_days for one in model.buy_again("ann", today=TODAY + timedelta(days=5))}
    assert later == pytest.approx({item: due - 5 for item, due in then.items() if due is not None})


def test_discover_shows_nothing_that_was_bought_and_says_why(tables: Tables) -> None:
    model = Recommender(tables)
    for number in range(0, 60, 7):
        user = f"u{number:03}"
        mine = {one.item for one in model.buy_again(user, Asked(k=200, per_type=None))}
        shown = model.discover(user, Asked(k=200, per_type=None))
        assert not mine & {one.item for one in shown}
        assert {one.because for one in shown} <= mine
    assert model.discover("nobody") == model.discover(None) == []


def test_after_a_purchase_its_product_types_rest_for_one_interval() -> None:
    model = weekly()
    asked = Asked(k=50, per_type=None)
    first = [one.item for one in model.after_purchase(["milk"], "ann", asked)]
    assert first
    assert not {"milk", "cream"} & set(first)
    assert "milk" not in [one.item for one in model.after_purchase(["milk"], "ann", asked, days_ago=400)]
    assert "rice" not in [one.item for one in model.after_purchase(["rice"], "ann", asked)]


def test_an_order_of_unknown_goods_is_answered_with_best_sellers() -> None:
    model = weekly()
    assert [one.item for one in model.after_purchase(["x"])] == [one.item for one in model.popular()]


def test_no_purchases_have_the_usual_interval() -> None:
    items = Items.of(item=["a", "b"], product_type=["x", None])
    found = intervals(Interactions.none().recoded(items.ids), items.product_type)
    assert found.item_every == pytest.approx([USUAL_DAYS, USUAL_DAYS])
    assert not len(found.pair)
