from __future__ import annotations

from dataclasses import replace

import pytest

from recommend import Asked, Recommender, Source, Tables
from recommend.columns import Id


@pytest.fixture(scope="module")
def shop_window(tables: Tables) -> Recommender:
    return Recommender(tables)


def test_home_shows_habits_first_and_names_a_reason_for_the_rest(shop_window: Recommender) -> None:
    shown = shop_window.home("u001", Asked(k=15, per_type=None))
    assert shown[0].source is Source.HABIT
    assert {one.source for one in shown} <= {Source.HABIT, Source.TASTE}
    assert all((one.because is None) == (one.source is Source.HABIT) for one in shown)
    assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)


def test_a_stranger_gets_best_sellers(shop_window: Recommender) -> None:
    assert {one.source for one in shop_window.home(None)} == {Source.POPULAR}
    assert [one.item for one in shop_window.home("nobody")] == [one.item for one in shop_window.popular()]


def test_a_stranger_is_judged_by_the_items_of_the_visit(shop_window: Recommender) -> None:
    shown = shop_window.home(None, recent=["p2", "never heard of"])
    assert (shown[0].item, shown[0].source, shown[0].because) == ("s2", Source.CART, "p2")


def test_buy_again_never_leaves_out_what_was_bought(shop_window: Recommender) -> None:
    tables = shop_window.tables
    shown = shop_window.buy_again("u030", Asked(k=3, per_type=None))
    start = int(tables.own_starts[30])
    assert [one.item for one in shown] == tables.item_ids[tables.own_items[start : start + 3]].tolist()
    assert shop_window.buy_again("nobody") == []


def test_a_known_customer_sees_other_things_in_the_cart_than_a_stranger(shop_window: Recommender) -> None:
    mine = [one.item for one in shop_window.cart(["p1"], "u001", Asked(k=20))]
    theirs = [one.item for one in shop_window.cart(["p1"], None, Asked(k=20))]
    assert mine != theirs
    assert "p1" not in mine + theirs


@pytest.mark.parametrize("items", [[], ["unknown"], ["p1"] * 3, [5, "p1", None], [f"p{n}" for n in range(5)] * 30])
def test_any_cart_is_answered(shop_window: Recommender, items: list[Id]) -> None:
    shown = [one.item for one in shop_window.cart(items)]
    assert len(shown) == 10
    assert not set(shown) & set(items)


def test_what_is_excluded_or_refused_is_never_shown(shop_window: Recommender) -> None:
    asked = Asked(exclude={"s1", "w0"}, keep=lambda ids: [item for item in ids if str(item)[0] in "sw"])
    for shown in (
        shop_window.home("u001", asked),
        shop_window.buy_again("u001", asked),
        shop_window.similar("w1", asked),
        shop_window.together("p1", asked),
        shop_window.cart(["p1"], "u001", asked),
        shop_window.popular(asked),
    ):
        assert all(str(one.item)[0] in "sw" and one.item not in {"s1", "w0"} for one in shown)


def test_a_shop_that_refuses_everything_gets_nothing(shop_window: Recommender) -> None:
    assert shop_window.home("u001", Asked(keep=lambda _ids: ())) == []


@pytest.mark.parametrize("k", [-1, 0, 1, 7, 40, 10_000])
def test_lists_have_the_length_asked_for_or_what_the_shop_has(shop_window: Recommender, k: int) -> None:
    assert len(shop_window.home("u001", Asked(k=k))) == max(0, min(k, 40))
    assert len(shop_window.popular(Asked(k=k))) == max(0, min(k, 40))


def test_no_type_takes_more_than_two_places(shop_window: Recommender) -> None:
    labels = [str(one.item)[0] for one in shop_window.home("u001", Asked(k=8))]
    assert max(labels.count(label) for label in labels) <= 2


def test_similar_goods_begin_with_what_a_known_customer_buys_of_the_type(shop_window: Recommender) -> None:
    tables = shop_window.tables
    for user in range(5):
        mine = tables.own_items[tables.own_starts[user] : tables.own_starts[user + 1]]
        habit = str(tables.item_ids[mine[0]])
        anchor = next(name for name in (f"{habit[0]}{number}" for number in range(5)) if name != habit)
        shown = shop_window.similar(anchor, Asked(k=4, per_type=None), user=f"u{user:03}")
        assert (shown[0].item, shown[0].because) == (habit, anchor)
        assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)
        assert all(str(one.item)[0] == habit[0] for one in shown)
        assert anchor not in {one.item for one in shown}


def test_a_favourite_that_is_no_near_neighbour_is_similar_to_who_buys_it(tables: Tables) -> None:
    short = Recommender(
        replace(tables, similar_items=tables.similar_items[:, :1], similar_scores=tables.similar_scores[:, :1])
    )
    mine = tables.own_items[tables.own_starts[0] : tables.own_starts[1]]
    habit = str(tables.item_ids[mine[0]])
    anchor = next(
        str(name)
        for name, near in zip(tables.item_ids, short.tables.similar_items[:, 0], strict=True)
        if str(name)[0] == habit[0] and name != habit and tables.item_ids[near] != habit
    )
    shown = [
        one.item
        for one in short.similar(anchor, Asked(k=10, per_type=None), user="u000")
        if one.source is Source.SIMILAR
    ]
    assert shown[0] == habit
    assert len(shown) == len(set(shown))


def test_who_is_nobody_or_asks_for_the_unknown_gets_the_same_similar_goods_as_everybody(
    shop_window: Recommender,
) -> None:
    assert shop_window.similar("w1", user="nobody") == shop_window.similar("w1")
    assert shop_window.similar("brand new", user="u001") == shop_window.similar("brand new")


def test_similar_goods_fall_back_to_the_category_then_to_best_sellers(shop_window: Recommender) -> None:
    sources = [one.source for one in shop_window.similar("w1", Asked(k=30, per_type=None))]
    assert sources[0] is Source.SIMILAR
    assert sources == sorted(sources, key=[Source.SIMILAR, Source.CATEGORY, Source.POPULAR].index)
    new = shop_window.similar("brand new", Asked(k=6, per_type=None), category="w")
    assert [one.source for one in new] == [Source.CATEGORY] * 5 + [Source.POPULAR]
    assert {str(one.item)[0] for one in new[:5]} == {"w"}


def test_bought_together_without_fallback_shows_only_what_was_combined(shop_window: Recommender) -> None:
    assert {one.source for one in shop_window.together("p1", fallback=False)} == {Source.TOGETHER}
    assert shop_window.together("brand new", fallback=False) == []
    assert all(one.because == "p1" for one in shop_window.together("p1", fallback=False))


def test_best_sellers_of_a_category_come_first(shop_window: Recommender) -> None:
    shown = shop_window.popular(Asked(k=8, per_type=None), category="m")
    assert {str(one.item)[0] for one in shown[:5]} == {"m"}
    assert shop_window.popular(category="no such") == shop_window.popular()
