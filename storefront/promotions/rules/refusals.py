"""Refusals: which promotions are out of the question, and why the others were not chosen."""

from __future__ import annotations

from collections.abc import Sequence

from storefront.kernel.money import Money
from storefront.kernel.text import code_key
from storefront.pricing.snapshot import Snapshot, Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.gift import Gift
from storefront.promotions.rules.nearness import Given as Given
from storefront.promotions.rules.nearness import unmet
from storefront.promotions.rules.promotion import Limits, Promotion
from storefront.promotions.rules.result import Reason, Rejected
from storefront.promotions.rules.scope import Scope
from storefront.promotions.rules.units import Frame, Position


class Gate:
    """What can be decided about a promotion without looking at prices."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.codes = tuple(dict.fromkeys(code_key(code) for code in snapshot.codes))
        self.known_codes: set[str] = set()
        self.rejected: list[Rejected] = []
        self._matches: dict[Scope, tuple[int, ...]] = {}

    def admit(self, promotion: Promotion) -> Candidate | None:
        """Return a candidate, or note why not. A code that nobody entered is not mentioned at all."""
        code = ""
        if promotion.needs_code:
            code = next((code for code in self.codes if code in promotion.codes), "")
            if not code:
                return None
            self.known_codes.add(code)
        reason, audience = self._refusal(promotion)
        sides = () if reason else tuple([self._indexes(scope) for scope in promotion.scopes])
        indexes = sides[0] if len(sides) == 1 else tuple(sorted({index for side in sides for index in side}))
        if not reason and not self._concerns(promotion, indexes):
            reason = Reason.SCOPE
        if reason:
            self.rejected.append(Rejected(promotion, promotion.stage, reason, code, audience=audience))
            return None
        conditions = tuple(
            self._indexes(promotion.scope if condition.scope is None else condition.scope)
            for condition in promotion.conditions
        )
        return Candidate(promotion, indexes, conditions, code, sides)

    def _refusal(self, promotion: Promotion) -> tuple[Reason | None, str]:
        now, limits = self.snapshot.now, promotion.limits
        if promotion.starts_at is not None and now < promotion.starts_at:
            return Reason.NOT_STARTED, ""
        if promotion.ends_at is not None and now >= promotion.ends_at:
            return Reason.ENDED, ""
        missed = promotion.audience.misses(self.snapshot.shopper)
        if missed:
            return Reason.AUDIENCE, missed
        return self._used_up(promotion.id, limits), ""

    def _used_up(self, promotion_id: int, limits: Limits) -> Reason | None:
        if limits.uses_left is not None and limits.uses_left <= 0:
            return Reason.LIMIT
        if limits.per_customer is not None and self.snapshot.shopper.used(promotion_id) >= limits.per_customer:
            return Reason.LIMIT
        return Reason.BUDGET if limits.budget_left is not None and limits.budget_left.minor <= 0 else None

    def _concerns(self, promotion: Promotion, indexes: Sequence[int]) -> bool:
        if not indexes or promotion.currency != self.snapshot.currency:
            return False
        delivery = self.snapshot.delivery
        return promotion.falls_on is not Stage.SHIPPING or (delivery is not None and bool(delivery.amount))

    def _indexes(self, scope: Scope) -> tuple[int, ...]:
        found = self._matches.get(scope)
        if found is None:
            lines = self.snapshot.lines
            everything = scope.is_everything
            found = tuple(i for i, line in enumerate(lines) if everything or scope.matches(line))
            self._matches[scope] = found
        return found


def explain(frame: Frame, begin: Position, candidate: Candidate, end: Position, given: Sequence[Given]) -> Rejected:
    """Say why a promotion that passed the gates was not chosen; `end` is the end of its stage."""
    promotion = candidate.promotion
    alone = candidate.alone(frame, begin)
    missing = unmet(frame, candidate, end)
    rival = _rival(promotion, given) if alone else None
    settled = missing or rival is not None
    step = None if settled else promotion.benefit.next_step(candidate.goods(frame, end))
    shortfall = max(missing, key=lambda s: s.size) if missing else step.shortfall if step else None
    if isinstance(promotion.benefit, Gift) and not promotion.benefit.in_stock(candidate.goods(frame, end)):
        reason, rival = Reason.STOCK, None
    elif rival is not None:
        reason = Reason.EXCLUDED_BY
    elif missing:
        reason = Reason.THRESHOLD
    elif not alone and (refusal := _empty_handed(frame, begin, candidate)):
        reason = refusal
    else:
        reason = Reason.THRESHOLD if step else Reason.WORSE_DEAL
    return Rejected(
        promotion=promotion,
        stage=promotion.stage,
        reason=reason,
        code=candidate.code,
        shortfall=shortfall if reason is Reason.THRESHOLD else None,
        excluded_by=rival,
        would_save=Money(alone, frame.currency) if alone else None,
    )


def _rival(promotion: Promotion, given: Sequence[Given]) -> int | None:
    """Return the id of the applied promotion that saves most among those that exclude this one."""
    rivals = [
        (reduction.amount, -other.promotion.id)
        for other, _, reduction in given
        if not other.promotion.combines(promotion)
    ]
    return -max(rivals)[1] if rivals else None


def _empty_handed(frame: Frame, begin: Position, candidate: Candidate) -> Reason | None:
    """Say what keeps a promotion whose conditions hold from giving anything even alone: budget or minimum prices."""
    promotion, goods = candidate.promotion, candidate.goods(frame, begin)
    reduction = promotion.benefit.reduce(goods, promotion.falls_on)
    if reduction is not None and candidate.breaks_budget(reduction.amount):
        return Reason.BUDGET
    stuck = not goods.room and promotion.benefit.next_step(goods) is None
    if promotion.falls_on is not Stage.SHIPPING and (stuck or candidate.bound(frame, begin)):
        return Reason.FLOOR
    return None
