"""The one question: what do these promotions make of this cart?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from storefront.kernel.money import Money
from storefront.pricing.allocation import Allocation
from storefront.pricing.snapshot import PointsOffer, Snapshot, Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.gift import GiftLine
from storefront.promotions.rules.greedy import best_set
from storefront.promotions.rules.nearness import nearest
from storefront.promotions.rules.points import PointsSpent, points_payment
from storefront.promotions.rules.promotion import PROMOTION_STAGES, Promotion
from storefront.promotions.rules.refusals import Gate, Given, explain
from storefront.promotions.rules.result import Applied, Result
from storefront.promotions.rules.tracing import Tracer
from storefront.promotions.rules.units import Frame, Goods, Position, Reduction, allocations_of, start, take_off


def evaluate(snapshot: Snapshot, promotions: Iterable[Promotion]) -> Result:
    """Choose the best set of `promotions` for `snapshot`, and explain it.

    Pure: the same arguments give the same result, whatever the order of lines or promotions.
    """
    frame, begin = start(snapshot)
    gate = Gate(snapshot)
    ordered = sorted(promotions, key=lambda promotion: promotion.order)
    candidates = [candidate for promotion in ordered if (candidate := gate.admit(promotion))]
    given, ends, exact = settle(frame, begin, [(each, each.bound(frame, begin)) for each in candidates])
    taken = {candidate.promotion.id for candidate, _, _ in given}
    missed = [
        (candidate, explain(frame, begin, candidate, ends[candidate.promotion.stage], given))
        for candidate in candidates
        if candidate.promotion.id not in taken
    ]
    applied = tuple(_applied(frame, *each) for each in given)
    gifts = tuple(
        _gift_line(frame, candidate.promotion, reduction) for candidate, _, reduction in given if reduction.gift
    )
    points = _pay(frame, ends[Stage.COUPON], snapshot.points)
    tracer = Tracer(snapshot)
    tracer.start(gifts)
    tracer.promotions([(each, candidate) for each, (candidate, _, _) in zip(applied, given, strict=True)], missed)
    tracer.points(points)
    return Result(
        currency=snapshot.currency,
        applied=applied,
        rejected=(*gate.rejected, *(rejected for _, rejected in missed)),
        near=nearest(frame, candidates, ends, given),
        trace=tuple(tracer.steps),
        unknown_codes=tuple(code for code in gate.codes if code not in gate.known_codes),
        exact=exact,
        gifts=gifts,
        points=points,
    )


def settle(
    frame: Frame, begin: Position, candidates: Sequence[tuple[Candidate, int]]
) -> tuple[list[Given], dict[Stage, Position], bool]:
    """Choose the best set of candidates, which stand in order, each with its bound.

    Return what applies, the goods at the end of each stage, and whether the search was exact.
    """
    chosen, exact = best_set(frame, begin, [(each, bound) for each, bound in candidates if bound > 0])
    return *_apply(frame, begin, chosen), exact


def _apply(frame: Frame, begin: Position, chosen: Sequence[Candidate]) -> tuple[list[Given], dict[Stage, Position]]:
    """Apply the chosen in order; also return the goods as they stand at the end of each stage."""
    given: list[Given] = []
    ends: dict[Stage, Position] = {}
    position = begin
    for stage in (stage for stage in Stage if stage in PROMOTION_STAGES):
        position = position.enter_stage()
        for candidate in chosen:
            if candidate.promotion.stage is stage:
                reduction = candidate.reduce(frame, position)
                if reduction is not None:
                    given.append((candidate, position, reduction))
                    position = position.after(reduction)
        ends[stage] = position
    return given, ends


def _applied(frame: Frame, candidate: Candidate, before: Position, reduction: Reduction) -> Applied:
    return Applied(
        promotion=candidate.promotion,
        amount=Money(reduction.amount, frame.currency),
        allocations=_gift_share(frame, candidate.promotion, reduction)
        if reduction.gift
        else allocations_of(frame, before, reduction),
        label=candidate.promotion.label.with_facts(**dict(reduction.facts))
        if reduction.facts
        else candidate.promotion.label,
        code=candidate.code,
    )


def _gift_line(frame: Frame, promotion: Promotion, reduction: Reduction) -> GiftLine:
    assert reduction.gift is not None
    sku, count = reduction.gift
    return GiftLine(sku, count, Money(reduction.amount // count, frame.currency), promotion.id)


def _gift_share(frame: Frame, promotion: Promotion, reduction: Reduction) -> tuple[Allocation, ...]:
    """What a gift is worth, borne by its own line."""
    gift = _gift_line(frame, promotion, reduction)
    return (Allocation(gift.line_id, 0, gift.unit_price, gift.quantity),) if gift.unit_price else ()


def _pay(frame: Frame, end: Position, offer: PointsOffer | None) -> PointsSpent | None:
    """Share what points pay over the goods; minimum prices do not hold here, as the shopper pays."""
    if offer is None:
        return None
    points, amount = points_payment(Money(sum(end.totals), frame.currency), offer)
    free = replace(frame, floors=(0,) * len(frame.floors))
    paid = take_off(Goods(free, end, tuple(range(len(end.totals)))), amount.minor)
    return PointsSpent(points, amount, allocations_of(free, end, paid)) if paid else None
