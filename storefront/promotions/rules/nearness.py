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
from storefront.promotions.rules.units import Frame, Goods, Position


def unmet(frame: Frame, candidate: Candidate, position: Position) -> list[Shortfall]:
    """Return what the conditions of a promotion still miss at this position."""
    pairs = zip(candidate.promotion.conditions, candidate.condition_indexes, strict=True)
    found = (condition.shortfall(Goods(frame, position, indexes)) for condition, indexes in pairs)
    return [shortfall for shortfall in found if shortfall is not None]


def nearest(
    frame: Frame,
    candidates: Sequence[Candidate],
    ends: Mapping[Stage, Position],
    given: Sequence[tuple[Promotion, int]],
) -> tuple[Near, ...]:
    """Return the savings within reach, by saving per money to spend.

    `ends` holds the goods at the end of each stage, `given` the applied promotions and what they give. A promotion is
    near if one thing is missing, something of it is in the cart, and reaching it saves more than it displaces.
    """
    found = []
    for candidate in candidates:
        end = ends[candidate.promotion.stage]
        now = next((amount for promotion, amount in given if promotion.id == candidate.promotion.id), 0)
        near = _near(frame, candidate, end, now, 0 if now else _displaced(candidate.promotion, given))
        if near is not None:
            found.append(near)
    return tuple(sorted(found, key=lambda near: (-near.worth, near.cost.minor, near.promotion.order)))


def _near(frame: Frame, candidate: Candidate, end: Position, now: int, displaced: int) -> Near | None:
    promotion = candidate.promotion
    goods = candidate.goods(frame, end)
    missing = unmet(frame, candidate, end)
    scope, counted = promotion.scope, goods
    if missing:
        if len(missing) > 1:
            return None
        shortfall = missing[0]
        scope, counted = _counted(frame, candidate, end, shortfall)
        own = counted.indexes == goods.indexes and isinstance(shortfall.need, Money)
        reached = shortfall.need.minor if own and isinstance(shortfall.need, Money) else goods.subtotal
        whole = promotion.benefit.promise(goods, reached, promotion.falls_on)
        if promotion.falls_on is not Stage.SHIPPING:
            whole = min(whole, goods.room + max(0, reached - goods.subtotal))
        gain, cost = whole - now, _cost(counted, shortfall)
    else:
        step = promotion.benefit.next_step(goods)
        if step is None:
            return None
        shortfall, gain, whole, cost = step.shortfall, step.gain, now + step.gain, step.cost
    gain -= displaced
    have = shortfall.have.minor if isinstance(shortfall.have, Money) else shortfall.have
    if gain <= 0 or not have or candidate.breaks_budget(whole):
        return None
    return Near(promotion, shortfall, Money(gain, frame.currency), scope, Money(cost, frame.currency))


def _counted(frame: Frame, candidate: Candidate, end: Position, shortfall: Shortfall) -> tuple[Scope, Goods]:
    """Return the scope and the goods in which the shortfall is counted."""
    pairs = zip(candidate.promotion.conditions, candidate.condition_indexes, strict=True)
    for condition, indexes in pairs:
        goods = Goods(frame, end, indexes)
        if condition.shortfall(goods) == shortfall:
            return condition.scope or candidate.promotion.scope, goods
    raise AssertionError("a shortfall belongs to a condition")


def _displaced(promotion: Promotion, given: Sequence[tuple[Promotion, int]]) -> int:
    """Return what the applied promotions give that could not stay beside this one."""
    return sum([amount for other, amount in given if not other.combines(promotion)])


def _cost(goods: Goods, shortfall: Shortfall) -> int:
    if isinstance(shortfall.need, Money):
        return shortfall.size
    return shortfall.size * goods.now // max(1, goods.pieces)
