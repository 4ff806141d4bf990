"""The one question: what do these promotions make of this cart?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storefront.kernel.money import Money
from storefront.pricing.allocation import DELIVERY, TraceStep
from storefront.pricing.label import Label
from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.greedy import best_set
from storefront.promotions.rules.nearness import nearest
from storefront.promotions.rules.promotion import PROMOTION_STAGES, Promotion
from storefront.promotions.rules.refusals import Gate, Given, explain
from storefront.promotions.rules.result import Applied, Result
from storefront.promotions.rules.units import Frame, Position, Reduction, allocations_of, start


def evaluate(snapshot: Snapshot, promotions: Iterable[Promotion]) -> Result:
    """Choose the best set of `promotions` for `snapshot`, and explain it.

    Pure: the same arguments give the same result, whatever the order of lines or promotions.
    """
    frame, begin = start(snapshot)
    gate = Gate(snapshot)
    ordered = sorted(promotions, key=lambda promotion: promotion.order)
    candidates = [candidate for promotion in ordered if (candidate := gate.admit(promotion))]
    bounds = [candidate.bound(frame, begin) for candidate in candidates]
    eligible = [(c, bound) for c, bound in zip(candidates, bounds, strict=True) if bound > 0]
    chosen, exact = best_set(frame, begin, eligible)
    given, ends = _apply(frame, begin, chosen)
    taken = {candidate.promotion.id for candidate, _, _ in given}
    rejected = gate.rejected + [
        explain(frame, begin, candidate, ends[candidate.promotion.stage], given)
        for candidate in candidates
        if candidate.promotion.id not in taken
    ]
    applied = tuple(_applied(frame, *each) for each in given)
    return Result(
        currency=snapshot.currency,
        applied=applied,
        rejected=tuple(rejected),
        near=nearest(frame, candidates, ends, given),
        trace=(*_catalogue_steps(snapshot), *_promotion_steps(snapshot, applied)),
        unknown_codes=tuple(code for code in gate.codes if code not in gate.known_codes),
        exact=exact,
    )


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
        allocations=allocations_of(frame, before, reduction),
        label=candidate.promotion.label.with_facts(**dict(reduction.facts))
        if reduction.facts
        else candidate.promotion.label,
        code=candidate.code,
    )


def _catalogue_steps(snapshot: Snapshot) -> list[TraceStep]:
    steps = []
    for line in snapshot.lines:
        before = (line.base_price or line.unit_price) * line.quantity
        label = Label.of(f"{line.price_source}_price", quantity=line.quantity, unit=line.unit_price)
        steps.append(TraceStep(Stage.CATALOGUE, label, before, line.goods - before, line.goods, line.line_id))
    return steps


def _promotion_steps(snapshot: Snapshot, applied: Sequence[Applied]) -> list[TraceStep]:
    standing = {line.line_id: line.goods.minor for line in snapshot.lines}
    if snapshot.delivery:
        standing[DELIVERY] = snapshot.delivery.amount.minor
    steps = []
    for each in applied:
        borne: dict[str, int] = {}
        for allocation in each.allocations:
            borne[allocation.line_id] = borne.get(allocation.line_id, 0) + allocation.amount.minor * allocation.units
        for line_id, minor in borne.items():
            before = standing[line_id]
            standing[line_id] = before - minor
            before_money, delta = Money(before, snapshot.currency), Money(-minor, snapshot.currency)
            steps.append(
                TraceStep(
                    each.promotion.stage,
                    each.label,
                    before_money,
                    delta,
                    before_money + delta,
                    line_id,
                    each.promotion.version,
                )
            )
    return steps
