"""The chosen set is the best of all: properties over random carts, and a brute-force second opinion."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.pricing.allocation import DELIVERY
from storefront.pricing.quote import make_quote
from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules import Promotion, Reason, evaluate
from storefront.promotions.rules.combination import Search
from storefront.promotions.rules.greedy import GreedySearch
from storefront.promotions.rules.refusals import Gate
from storefront.promotions.rules.units import start
from tests.storefront.promotions import oracle
from tests.storefront.promotions.builders import chosen
from tests.storefront.promotions.strategies import carts, promotion_sets

SLOWLY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOWLY
@given(carts(), promotion_sets(8))
def test_no_other_set_saves_more(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    result = evaluate(snapshot, promotions)
    assert result.exact
    assert result.saved.minor == oracle.best_saving(snapshot, promotions)


@SLOWLY
@given(carts(), promotion_sets(6))
def test_each_applied_amount_is_what_simple_arithmetic_says(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    result = evaluate(snapshot, promotions)
    members = [applied.promotion for applied in result.applied]
    assert {a.promotion.id: a.amount.minor for a in result.applied} == oracle.amounts_of(snapshot, members)


@SLOWLY
@given(carts(6), promotion_sets(8))
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
    assert quote.saved == result.saved


@SLOWLY
@given(carts(), promotion_sets(8), st.randoms(use_true_random=False))
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
@given(carts(), promotion_sets(8))
def test_asking_again_with_only_the_winners_gives_the_same(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    first = evaluate(snapshot, promotions)
    again = evaluate(snapshot, [applied.promotion for applied in first.applied])
    assert again.applied == first.applied


@SLOWLY
@given(carts(), promotion_sets(8))
def test_every_promotion_is_applied_or_says_why_not(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    result = evaluate(snapshot, promotions)
    told = chosen(result) | {rejected.promotion.id for rejected in result.rejected}
    assert told == {promotion.id for promotion in promotions}
    assert len(result.applied) + len(result.rejected) == len(promotions)
    for rejected in result.rejected:
        assert (rejected.shortfall is not None) == (rejected.reason is Reason.THRESHOLD)
        if rejected.excluded_by is not None:
            assert rejected.excluded_by in chosen(result)


@SLOWLY
@given(carts(), promotion_sets(8))
def test_the_trace_leads_from_the_catalogue_to_the_quote(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    result = evaluate(snapshot, promotions)
    quote = make_quote(snapshot, result.reductions, trace=result.trace)
    for line in quote.lines:
        steps = [step for step in result.trace if step.line_id == line.line_id]
        assert steps[0].stage is Stage.CATALOGUE
        assert all(one.after == next_one.before for one, next_one in pairwise(steps))
        assert steps[-1].after == line.total


@SLOWLY
@given(carts(), promotion_sets(8))
def test_greedy_keeps_the_rules_and_never_beats_the_proof(snapshot: Snapshot, promotions: list[Promotion]) -> None:
    frame, begin = start(snapshot)
    gate = Gate(snapshot)
    admitted = [c for p in sorted(promotions, key=lambda p: p.order) if (c := gate.admit(p))]
    candidates = [candidate for candidate in admitted if candidate.bound(frame, begin)]
    bounds = [candidate.bound(frame, begin) for candidate in candidates]
    greedy = GreedySearch(frame, begin, candidates, bounds)
    exact = Search(frame, begin, candidates, bounds)
    mask = greedy.run()
    exact.run()
    members = [candidate.promotion for i, candidate in enumerate(candidates) if mask >> i & 1]
    assert all(a is b or a.combines(b) for a in members for b in members)
    assert sum(oracle.amounts_of(snapshot, members).values()) == greedy.best_key[0] <= exact.best_key[0]
