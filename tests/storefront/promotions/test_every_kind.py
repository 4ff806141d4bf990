"""What holds for promotions of every kind: exact sums, minimum prices, no order that matters, the best of all sets."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.pricing.allocation import DELIVERY
from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules import Promotion, Reason, evaluate
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.refusals import Gate
from storefront.promotions.rules.units import start
from tests.storefront.promotions.builders import chosen
from tests.storefront.promotions.strategies import EVERY_KIND, carts, promotion_sets

SLOWLY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SETS = promotion_sets(6, EVERY_KIND)


def best_of_all_sets(snapshot: Snapshot, promotions: list[Promotion]) -> int:
    """Try every set of promotions that combine, without any bound or memory."""
    gate = Gate(snapshot)
    candidates = [c for p in sorted(promotions, key=lambda p: p.order) if (c := gate.admit(p))]
    sets = (members for size in range(len(candidates) + 1) for members in combinations(candidates, size))
    return max(saving_of(snapshot, members) for members in sets)


def saving_of(snapshot: Snapshot, members: tuple[Candidate, ...]) -> int:
    if any(not a.promotion.combines(b.promotion) for a, b in combinations(members, 2)):
        return 0
    frame, position = start(snapshot)
    stage = None
    for member in members:
        if member.promotion.stage is not stage:
            stage, position = member.promotion.stage, position.enter_stage()
        reduction = member.reduce(frame, position)
        if reduction is None:
            return 0
        position = position.after(reduction)
    return position.saved


@SLOWLY
@given(carts(), SETS)
def test_no_other_set_saves_more(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    assert evaluate(snapshot, promotions).saved.minor == best_of_all_sets(snapshot, promotions)


@SLOWLY
@given(carts(6), SETS)
def test_allocations_add_up_and_nothing_sinks_below_its_minimum(
    snapshot: Snapshot, promotions: list[Promotion]
) -> None:
    result = evaluate(snapshot, promotions)
    left = {(line.line_id, i): line.unit_price.minor for line in snapshot.lines for i in range(line.quantity)}
    left[DELIVERY, 0] = snapshot.delivery.amount.minor if snapshot.delivery else 0
    for applied in result.applied:
        for share in applied.allocations:
            for unit in range(share.unit_index, share.unit_index + share.units):
                left[share.line_id, unit] -= share.amount.minor
    for line in snapshot.lines:
        lowest = min(line.minimum_price.minor if line.minimum_price else 0, line.unit_price.minor)
        assert all(left[line.line_id, unit] >= lowest for unit in range(line.quantity))
    assert left[DELIVERY, 0] >= 0
    quote = make_quote(snapshot, result.reductions, trace=result.trace)
    assert quote.total.minor == sum(left.values())
    for each in quote.lines:
        steps = [step for step in result.trace if step.line_id == each.line_id]
        assert all(one.after == following.before for one, following in pairwise(steps))
        assert steps[-1].after == each.total


@SLOWLY
@given(carts(), SETS)
def test_a_piece_serves_one_item_promotion(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    served: set[tuple[str, int]] = set()
    for applied in evaluate(snapshot, promotions).applied:
        if applied.promotion.stage is not Stage.ITEM:
            continue
        pieces = {(a.line_id, a.unit_index + i) for a in applied.allocations for i in range(a.units)}
        assert served.isdisjoint(pieces)
        served |= pieces


@SLOWLY
@given(carts(), SETS, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_promotions_is_irrelevant(
    snapshot: Snapshot, promotions: list[Promotion], random: random.Random
) -> None:
    lines, others = list(snapshot.lines), list(promotions)
    random.shuffle(lines)
    random.shuffle(others)
    shuffled = Snapshot(
        now=snapshot.now, currency="USD", lines=tuple(lines), delivery=snapshot.delivery, codes=snapshot.codes
    )
    assert evaluate(shuffled, others) == evaluate(snapshot, promotions)


@SLOWLY
@given(carts(), SETS)
def test_asking_again_with_only_the_winners_gives_the_same(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    first = evaluate(snapshot, promotions)
    again = evaluate(snapshot, [applied.promotion for applied in first.applied])
    assert again.applied == first.applied


@SLOWLY
@given(carts(), SETS)
def test_every_promotion_is_applied_or_says_why_not(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    result = evaluate(snapshot, promotions)
    told = chosen(result) | {rejected.promotion.id for rejected in result.rejected}
    assert told == {promotion.id for promotion in promotions}
    for rejected in result.rejected:
        assert (rejected.shortfall is not None) == (rejected.reason is Reason.THRESHOLD)
