"""Codes as people type them: in any case, with spaces, in full-width letters, twice, or wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storefront.promotions.rules import Audience, Limits, Promotion, Reason, evaluate
from tests.storefront.promotions.builders import NOON, amount_order, cart, chosen, line, percent_order

SECOND = timedelta(seconds=1)


def coupon(*codes: str, **values: object) -> Promotion:
    return amount_order(500, codes=frozenset(codes or ("SUMMER-20",)), **values)


@pytest.mark.parametrize(
    "typed",
    [
        "SUMMER-20",
        "summer-20",
        "  Summer-20\n",
        "SUMMER -20",
        "\u3000ＳＵＭＭＥＲ－２０",
        "ｓｕｍｍｅｒ-２０",
        "sum\u00a0mer-20",
        "SUMMER-20\x00",
    ],
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    [applied] = evaluate(cart(line(5000), codes=(typed,)), [coupon()]).applied
    assert applied.code == "SUMMER-20"


def test_the_merchant_may_write_a_code_in_any_way_too() -> None:
    assert coupon(" ｓummer-20 ").codes == {"SUMMER-20"}
    assert chosen(evaluate(cart(line(5000), codes=("Summer-20",)), [coupon("ｓummer -20", id=1)])) == {1}


@pytest.mark.parametrize("typed", ["SUMMER", "SUMMER-2", "SUMMER-200", "SUMMER_20", "夏日", "", "   "])
def test_another_code_is_unknown(typed: str) -> None:
    result = evaluate(cart(line(5000), codes=(typed,)), [coupon()])
    assert (result.applied, result.rejected) == ((), ())
    assert len(result.unknown_codes) == 1


def test_a_code_typed_twice_counts_once() -> None:
    result = evaluate(cart(line(5000), codes=("summer-20", "ＳＵＭＭＥＲ-20")), [coupon(id=1)])
    assert [(each.promotion.id, each.amount.minor) for each in result.applied] == [(1, 500)]


def test_a_code_of_chinese_characters_is_a_code() -> None:
    assert chosen(evaluate(cart(line(5000), codes=(" 新人 礼 ",)), [coupon("新人礼", id=1)])) == {1}


def test_a_promotion_with_a_code_that_nobody_typed_is_not_mentioned() -> None:
    result = evaluate(cart(line(5000)), [coupon()])
    assert (result.applied, result.rejected, result.near) == ((), (), ())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"starts_at": NOON + SECOND}, Reason.NOT_STARTED),
        ({"ends_at": NOON}, Reason.ENDED),
        ({"limits": Limits(uses_left=0)}, Reason.LIMIT),
        ({"audience": Audience(members_only=True)}, Reason.AUDIENCE),
        ({"spend": 5001}, Reason.THRESHOLD),
    ],
)
def test_a_code_that_gives_nothing_says_why(values: dict[str, object], reason: Reason) -> None:
    result = evaluate(cart(line(5000), codes=("summer-20",)), [coupon(**values)])
    assert [(each.code, each.reason) for each in result.rejected] == [("SUMMER-20", reason)]
    assert result.unknown_codes == ()


@pytest.mark.parametrize(("starts", "ends"), [(NOON, None), (NOON - SECOND, NOON + SECOND), (None, NOON + SECOND)])
def test_a_code_holds_from_its_first_second_to_the_one_before_its_last(starts: object, ends: object) -> None:
    assert evaluate(cart(line(5000), codes=("SUMMER-20",)), [coupon(starts_at=starts, ends_at=ends)]).applied


def test_of_two_codes_the_better_one_counts_and_the_other_says_so() -> None:
    better = percent_order(20, id=2, codes=frozenset({"BIG"}))
    result = evaluate(cart(line(5000), codes=("summer-20", "big")), [coupon(id=1), better])
    assert [each.code for each in result.applied] == ["BIG"]
    assert (result.rejection_of(1).reason, result.rejection_of(1).excluded_by) == (Reason.EXCLUDED_BY, 2)
