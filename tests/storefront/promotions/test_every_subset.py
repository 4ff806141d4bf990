"""Every kind together: the deal chosen is the best of all compatible sets, adds up, and explains itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from storefront.pricing.allocation import DELIVERY
from storefront.pricing.quote import AdjustmentKind, Quote, make_quote
from storefront.pricing.snapshot import PriceSource, Snapshot, Stage
from storefront.promotions.rules import Promotion, Result, evaluate
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.greedy import GreedySearch
from storefront.promotions.rules.refusals import Gate
from storefront.promotions.rules.units import Frame, Position, start
from tests.storefront.promotions.builders import chosen
from tests.storefront.promotions.lottery import cart_of, line_of, promotions_of

ROUNDS = 400
SEEDS = range(5)


def candidates_of(snapshot: Snapshot, promotions: list[Promotion]) -> tuple[Frame, Position, list[Candidate]]:
    gate = Gate(snapshot)
    found = [gate.admit(promotion) for promotion in sorted(promotions, key=lambda promotion: promotion.order)]
    return *start(snapshot), [each for each in found if each]


def best_worth(frame: Frame, position: Position, candidates: list[Candidate], members: tuple[Candidate, ...]) -> int:
    """Try each set of the candidates beside the members: the most that any is worth, if all of it gives something."""
    if not candidates:
        return position.saved
    first, rest = candidates[0], candidates[1:]
    without = best_worth(frame, position, rest, members)
    if any(not (a.promotion.combines(first.promotion) and first.promotion.combines(a.promotion)) for a in members):
        return without
    if not members or members[-1].promotion.stage is not first.promotion.stage:
        position = position.enter_stage()
    reduction = first.reduce(frame, position)
    if reduction is None:
        return without
    return max(without, best_worth(frame, position.after(reduction), rest, (*members, first)))


def worth(frame: Frame, start: Position, candidates: list[Candidate], ids: set[int]) -> int:
    return best_worth(frame, start, [c for c in candidates if c.promotion.id in ids], ())


def quote_for(snapshot: Snapshot, result: Result) -> Quote:
    return make_quote(snapshot, result.reductions, gifts=result.gifts, trace=result.trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_all_compatible_sets_none_is_better(seed: int) -> None:
    rng = Random(seed)
    for _ in range(ROUNDS):
        snapshot, promotions = cart_of(rng), promotions_of(rng, rng.randint(1, 8))
        result = evaluate(snapshot, promotions)
        frame, begin, candidates = candidates_of(snapshot, promotions)
        free = sum(1 for applied in result.applied if not applied.amount)
        assert result.exact
        assert result.saved.minor + free == best_worth(frame, begin, candidates, ())


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_whatever_applies_adds_up_and_nothing_sinks_too_low(currency: str) -> None:
    rng = Random(currency)
    for _ in range(ROUNDS):
        snapshot = cart_of(rng, currency=currency)
        result = evaluate(snapshot, promotions_of(rng, rng.randint(1, 8), currency))
        left = {(line.line_id, unit): line.unit_price.minor for line in snapshot.lines for unit in range(line.quantity)}
        left |= {(gift.line_id, unit): gift.unit_price.minor for gift in result.gifts for unit in range(gift.quantity)}
        left[DELIVERY, 0] = snapshot.delivery.amount.minor if snapshot.delivery else 0
        for reduction in result.reductions:
            if reduction.kind is AdjustmentKind.POINTS:
                _no_unit_below_its_minimum(snapshot, left)
            for share in reduction.allocations:
                for unit in range(share.unit_index, share.unit_index + share.units):
                    left[share.line_id, unit] -= share.amount.minor
        if result.points is None:
            _no_unit_below_its_minimum(snapshot, left)
        assert all(price >= 0 for price in left.values())
        assert all(left[gift.line_id, 0] == 0 for gift in result.gifts)
        quote = quote_for(snapshot, result)
        assert quote.total.minor == sum(left.values()) >= 0
        assert quote.saved == result.saved + quote.points


def _no_unit_below_its_minimum(snapshot: Snapshot, left: dict[tuple[str, int], int]) -> None:
    for line in snapshot.lines:
        lowest = line.minimum_price.minor if line.minimum_price else 0
        assert all(left[line.line_id, unit] >= lowest for unit in range(line.quantity))


def test_the_order_of_lines_promotions_and_gifts_is_irrelevant_and_asking_again_changes_nothing() -> None:
    rng = Random(3)
    for _ in range(ROUNDS // 2):
        snapshot, promotions = cart_of(rng), promotions_of(rng, rng.randint(1, 8))
        result = evaluate(snapshot, promotions)
        shuffled = replace(
            snapshot,
            lines=tuple(rng.sample(snapshot.lines, len(snapshot.lines))),
            gifts=tuple(reversed(snapshot.gifts)),
        )
        assert evaluate(shuffled, rng.sample(promotions, len(promotions))) == result
        again = evaluate(snapshot, [applied.promotion for applied in result.applied])
        assert (again.applied, again.gifts, again.points) == (result.applied, result.gifts, result.points)


def test_the_trace_leads_from_the_catalogue_to_what_each_line_costs() -> None:
    rng = Random(4)
    for _ in range(ROUNDS // 2):
        snapshot = cart_of(rng)
        result = evaluate(snapshot, promotions_of(rng, rng.randint(1, 8)))
        for line in quote_for(snapshot, result).lines:
            steps = [step for step in result.trace if step.line_id == line.line_id]
            assert steps[0].stage is Stage.CATALOGUE
            assert all(one.after == other.before for one, other in pairwise(steps))
            assert [step.stage for step in steps] == sorted([step.stage for step in steps], key=list(Stage).index)
            assert steps[-1].after == line.total


def test_a_price_that_rises_because_something_was_added_says_what_the_other_goods_decide() -> None:
    rng, risen = Random(5), 0
    for _ in range(ROUNDS * 2):
        snapshot = replace(cart_of(rng), points=None)
        promotions = promotions_of(rng, rng.randint(1, 6))
        more = replace(snapshot, lines=(*snapshot.lines, line_of(rng, 99)))
        before = {line.line_id: line.total for line in quote_for(snapshot, evaluate(snapshot, promotions)).lines}
        result = evaluate(more, promotions)
        for line in quote_for(more, result).lines:
            if line.price_source is PriceSource.GIFT or line.total <= before.get(line.line_id, line.total):
                continue
            risen += 1
            labels = [step.label for step in result.trace if step.line_id == line.line_id]
            assert any(label.get("said") or label.get("shared_lines") for label in labels)
    assert risen > 50


def test_adding_goods_leaves_the_price_of_others_alone_where_each_unit_stands_for_itself() -> None:
    rng = Random(6)
    for _ in range(ROUNDS):
        snapshot = replace(cart_of(rng), points=None)
        offers = [
            replace(offer, exclusive=False, combines_with=None, limits=replace(offer.limits, budget_left=None))
            for offer in promotions_of(rng, 12)
            if offer.label.kind in {"percent_off", "amount_off"} and offer.stage is Stage.ITEM
        ]
        offers = [offer for offer in offers if not offer.conditions and not offer.label.get("most")][:1]
        more = replace(snapshot, lines=(*snapshot.lines, line_of(rng, 99)))
        before = {line.line_id: line.total for line in quote_for(snapshot, evaluate(snapshot, offers)).lines}
        after = {line.line_id: line.total for line in quote_for(more, evaluate(more, offers)).lines}
        assert all(after[line_id] == price for line_id, price in before.items())


def test_beyond_twelve_the_result_says_so_and_is_never_worse_than_the_best_single_promotion() -> None:
    rng, greedy = Random(7), 0
    for _ in range(ROUNDS // 4):
        snapshot, promotions = cart_of(rng, 8), promotions_of(rng, 30)
        result = evaluate(snapshot, promotions)
        frame, begin, candidates = candidates_of(snapshot, promotions)
        singles = [worth(frame, begin, candidates, {each.promotion.id}) for each in candidates]
        free = sum(1 for applied in result.applied if not applied.amount)
        eligible = sum(1 for each in candidates if each.bound(frame, begin))
        assert result.exact == (eligible <= 12)
        assert result.saved.minor + free >= max(singles, default=0)
        members = [each.promotion for each in result.applied]
        assert all(a is b or a.combines(b) for a in members for b in members)
        greedy += not result.exact
    assert greedy > 50


def test_greedy_reaches_nearly_all_that_is_to_be_had() -> None:
    rng, reached, best = Random(8), 0, 0
    for _ in range(ROUNDS // 2):
        snapshot, promotions = cart_of(rng), promotions_of(rng, 8)
        frame, begin, candidates = candidates_of(snapshot, promotions)
        pairs = [(each, bound) for each in candidates if (bound := each.bound(frame, begin))]
        search = GreedySearch(frame, begin, [each for each, _ in pairs], [bound for _, bound in pairs])
        search.run()
        most = best_worth(frame, begin, candidates, ())
        assert search.best_key[0] <= most
        reached, best = reached + search.best_key[0], best + most
    assert reached >= best * 0.97


def test_the_chosen_are_told_apart_from_the_rejected() -> None:
    rng = Random(9)
    for _ in range(ROUNDS // 4):
        snapshot, promotions = cart_of(rng), promotions_of(rng, 8)
        result = evaluate(snapshot, promotions)
        rejected = [each.promotion.id for each in result.rejected]
        assert sorted([*chosen(result), *rejected]) == [each.id for each in promotions]
