"""How much goes back: by three policies, exactly, and never more than was paid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.kernel.money import split_minor
from storefront.returns.preview import Basis, Repriced, Share, SoldLine, Wanted, preview
from storefront.returns.states import Policy

LAMP = SoldLine(1, 2, 1000, (Share("Second half price", (0, 500)),), name="Lamp")
CUP = SoldLine(2, 1, 300, (), name="Cup")
MUG = SoldLine(3, 1, 250, (Share("A gift", (250,)),), is_gift=True, gift_of="gift", name="Mug")


def basis(*lines: SoldLine, **options: object) -> Basis:
    return Basis(lines, **{"policy": Policy.SHARE, **options})  # type: ignore[arg-type]


def test_of_units_that_cost_differently_the_cheapest_goes_back_first() -> None:
    first = preview(basis(LAMP, CUP), Wanted({1: 1}))
    assert (first.amounts, first.total, first.lost) == ({1: 500}, 500, (("Second half price", 500),))
    second = preview(basis(replace(LAMP, returned=1), CUP, goods_refunded=500), Wanted({1: 1}))
    assert (second.total, second.lost) == (1000, ())


@pytest.mark.parametrize(("policy", "amount"), [(Policy.SHARE, 8000), (Policy.RE_PRICE, 7000), (Policy.KEEP, 9000)])
def test_three_policies_of_one_spend_threshold(policy: Policy, amount: int) -> None:
    """Two at 90.00, 20.00 off from 150.00 on; one comes back, and the other alone earns nothing."""
    line = SoldLine(1, 2, 9000, (Share("20 off", (1000, 1000)),))
    comes = preview(basis(line, policy=policy), Wanted({1: 1}), Repriced(9000, (("20 off", 2000),)))
    assert comes.total == amount
    rest = basis(replace(line, returned=1), policy=policy, goods_refunded=amount)
    assert preview(rest, Wanted({1: 1}), Repriced(0)).total == 16000 - amount


def test_pricing_anew_never_goes_below_zero() -> None:
    line = SoldLine(1, 3, 100, (Share("Half off from three", (50, 50, 50)),))
    comes = preview(basis(line, policy=Policy.RE_PRICE), Wanted({1: 1}), Repriced(200))
    assert (comes.total, comes.amounts) == (0, {1: 0})


def test_where_nobody_can_price_anew_shares_count_and_that_is_said() -> None:
    comes = preview(basis(LAMP, CUP, policy=Policy.RE_PRICE), Wanted({1: 1}))
    assert (comes.total, comes.policy) == (500, Policy.SHARE)


@pytest.mark.parametrize(
    ("fault", "setting", "before", "freight"),
    [(True, False, True, 700), (False, False, True, 0), (False, True, True, 700), (True, False, False, 0)],
)
def test_delivery_goes_back_with_the_last_of_the_goods(fault: bool, setting: bool, before: bool, freight: int) -> None:
    whole = basis(CUP, freight=700, refund_freight=setting, fault_before=before)
    wanted = Wanted({2: 1}, fault=frozenset({2}) if fault else frozenset())
    assert preview(whole, wanted).freight == freight
    part = basis(LAMP, CUP, freight=700, refund_freight=True)
    assert preview(part, wanted).freight == 0


def test_a_restocking_fee_is_for_what_was_nobodys_fault() -> None:
    lines = basis(LAMP, CUP, fee_percent=10)
    comes = preview(lines, Wanted({1: 1, 2: 1}, fault=frozenset({2}), with_fee=True))
    assert (comes.goods, comes.fee, comes.total) == (800, 50, 750)
    assert preview(lines, Wanted({1: 1})).fee == 0


def test_a_gift_comes_back_with_what_it_was_given_for_or_is_deducted() -> None:
    kept = preview(basis(CUP, MUG), Wanted({2: 1}))
    assert (kept.gift, kept.total, kept.kept_gifts) == (250, 50, {3: 1})
    back = preview(basis(CUP, MUG), Wanted({2: 1, 3: 1}))
    assert (back.gift, back.total, back.gifts[0].returned) == (0, 300, 1)
    earned = preview(basis(LAMP, CUP, MUG), Wanted({2: 1}), Repriced(1500))
    assert (earned.gift, earned.gifts) == (0, ())
    lost = preview(basis(LAMP, CUP, MUG), Wanted({2: 1}), Repriced(1500, gifts_lost=frozenset({"gift"})))
    assert (lost.gift, lost.total) == (250, 50)
    stays = preview(
        basis(LAMP, CUP, MUG, policy=Policy.KEEP), Wanted({2: 1}), Repriced(1, gifts_lost=frozenset({"gift"}))
    )
    assert stays.gift == 0


def test_coupons_come_back_with_the_whole_order_only() -> None:
    assert preview(basis(LAMP, CUP, codes=("TEN",)), Wanted({1: 2})).codes == ()
    assert preview(basis(LAMP, CUP, codes=("TEN",)), Wanted({1: 2, 2: 1})).codes == ("TEN",)
    assert preview(basis(CUP, codes=("TEN",), replaced_before=True), Wanted({2: 1})).codes == ()


def test_points_count_beside_money() -> None:
    line = SoldLine(1, 2, 1000, (Share("Points", (300, 300), is_points=True),))
    comes = preview(basis(line), Wanted({1: 1}))
    assert (comes.total, comes.value, comes.lost) == (700, 1000, ())


@pytest.mark.parametrize("units", [{1: 3}, {1: -1}, {9: 1}, {2: 2}])
def test_more_than_was_sold_is_nonsense(units: dict[int, int]) -> None:
    with pytest.raises(ValueError, match=r"left|another order"):
        preview(basis(LAMP, CUP), Wanted(units))


@st.composite
def orders(draw: st.DrawFn) -> tuple[Basis, list[dict[int, int]]]:
    """An order with reductions spread to the cent, and an order in which all of it comes back piece by piece."""
    lines = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        quantity, price = draw(st.integers(1, 5)), draw(st.integers(0, 5_000))
        left, shares = [price] * quantity, []
        for label in draw(st.lists(st.sampled_from(["a", "b", "points"]), max_size=3, unique=True)):
            most = sum(left)
            weights = draw(st.lists(st.integers(0, 9), min_size=quantity, max_size=quantity))
            parts = split_minor(draw(st.integers(0, most)), weights) if most else [0] * quantity
            units = tuple(min(part, room) for part, room in zip(parts, left, strict=True))
            left = [room - part for part, room in zip(units, left, strict=True)]
            shares.append(Share(label, units, is_points=label == "points"))
        lines.append(SoldLine(number, quantity, price, tuple(shares)))
    pieces = draw(st.permutations([line.line_id for line in lines for _ in range(line.quantity)]))
    steps: list[dict[int, int]] = []
    while pieces:
        count = draw(st.integers(1, len(pieces)))
        now, pieces = pieces[:count], pieces[count:]
        steps.append({line: now.count(line) for line in dict.fromkeys(now)})
    policy = draw(st.sampled_from(list(Policy)))
    return Basis(tuple(lines), policy, freight=draw(st.integers(0, 900))), steps


@given(orders(), st.data())
def test_any_sequence_of_returns_pays_back_at_most_what_was_paid_and_all_of_it_in_the_end(
    order: tuple[Basis, list[dict[int, int]]], data: st.DataObject
) -> None:
    whole, steps = order
    paid, back = whole.paid_for_goods + whole.freight, 0
    by_line = {line.line_id: 0 for line in whole.lines}
    current = whole
    for units in steps:
        repriced = Repriced(data.draw(st.integers(0, 20_000))) if whole.policy is Policy.RE_PRICE else None
        comes = preview(current, Wanted(units, fault=frozenset(units)), repriced)
        back += comes.total
        assert comes.total >= 0
        assert back <= paid
        lines = tuple(replace(line, returned=line.returned + units.get(line.line_id, 0)) for line in current.lines)
        goods = current.goods_refunded + comes.goods
        for line_id, amount in comes.amounts.items():
            by_line[line_id] += amount
        current = replace(current, lines=lines, goods_refunded=goods, freight=current.freight - comes.freight)
    assert back == paid
    if whole.policy is Policy.SHARE:
        assert by_line == {line.line_id: sum(line.costs) for line in whole.lines}
