"""What is nearly reached: the smallest steps that would save more, the most worthwhile first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storefront.kernel.money import Money
from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.conditions import Shortfall
from storefront.promotions.rules.promotion import Promotion
from storefront.promotions.rules.result import Near
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Frame, Goods, Position, Reduction, released

Given = tuple[Candidate, Position, Reduction]
"""An applied promotion: the goods before it, and what it took off."""


def unmet(frame: Frame, candidate: Candidate, position: Position) -> list[Shortfall]:
    """Return what the conditions of a promotion still miss at this position."""
    pairs = zip(candidate.promotion.conditions, candidate.condition_indexes, strict=True)
    found = (condition.shortfall(Goods(frame, position, indexes)) for condition, indexes in pairs)
    return [shortfall for shortfall in found if shortfall is not None]


def nearest(
    frame: Frame,
    candidates: Sequence[Candidate],
    ends: Mapping[Stage, Position],
    given: Sequence[Given],
) -> tuple[Near, ...]:
    """Return the savings within reach, by saving per money to spend; those that cannot be counted exactly come last.

    `ends` holds the goods at the end of each stage, `given` the applied promotions and what they give. A promotion is
    near if one thing is missing, something of it is in the cart, and reaching it saves more than it displaces.
    """
    found = []
    for candidate in candidates:
        end, now = ends[candidate.promotion.stage], 0
        own = next((each for each in given if each[0].promotion.id == candidate.promotion.id), None)
        if own is not None:
            end = released(own[1], own[2], end) if candidate.promotion.uses_units else end
            now = own[2].amount
        near = _near(frame, candidate, end, now, 0 if now else _displaced(candidate.promotion, given))
        if near is not None:
            found.append(near)
    return tuple(sorted(found, key=lambda near: (near.open, -near.worth, near.cost.minor, near.promotion.order)))


def _near(frame: Frame, candidate: Candidate, end: Position, now: int, displaced: int) -> Near | None:
    promotion = candidate.promotion
    goods = candidate.goods(frame, end)
    missing = unmet(frame, candidate, end)
    scope, counted, is_open = promotion.scope, goods, False
    if missing:
        if len(missing) > 1:
            return None
        shortfall = missing[0]
        scope, counted = _counted(frame, candidate, end, shortfall)
        own = counted.indexes == goods.indexes and isinstance(shortfall.need, Money)
        reached = shortfall.need.minor if own and isinstance(shortfall.need, Money) else goods.subtotal
        whole = promotion.benefit.promise(goods, reached, promotion.falls_on)
        if promotion.falls_on is not Stage.SHIPPING and not promotion.is_gift:
            whole = min(whole, goods.room + max(0, reached - goods.subtotal))
        gain, cost = whole - now, _cost(counted, shortfall)
    else:
        step = promotion.benefit.next_step(goods)
        if step is None:
            return None
        shortfall, gain, whole, cost = step.shortfall, step.gain, now + step.gain, step.cost
        scope, is_open = step.scope or scope, step.open
    gain -= displaced
    have = shortfall.have.minor if isinstance(shortfall.have, Money) else shortfall.have
    hopeless = gain < 0 or (gain == 0 and (displaced or not is_open))
    if hopeless or not have or candidate.breaks_budget(whole):
        return None
    return Near(promotion, shortfall, Money(gain, frame.currency), scope, Money(cost, frame.currency), is_open)


def _counted(frame: Frame, candidate: Candidate, end: Position, shortfall: Shortfall) -> tuple[Scope, Goods]:
    """Return the scope and the goods in which the shortfall is counted."""
    pairs = zip(candidate.promotion.conditions, candidate.condition_indexes, strict=True)
    for condition, indexes in pairs:
        goods = Goods(frame, end, indexes)
        if condition.shortfall(goods) == shortfall:
            return condition.scope or candidate.promotion.scope, goods
    raise AssertionError("a shortfall belongs to a condition")


def _displaced(promotion: Promotion, given: Sequence[Given]) -> int:
    """Return what the applied promotions give that could not stay beside this one."""
    return sum([reduction.amount for other, _, reduction in given if not other.promotion.combines(promotion)])


def _cost(goods: Goods, shortfall: Shortfall) -> int:
    if isinstance(shortfall.need, Money):
        return shortfall.size
    return shortfall.size * goods.now // max(1, goods.pieces)
