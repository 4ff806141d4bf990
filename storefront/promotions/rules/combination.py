"""The best deal, exactly: of all sets of promotions that combine and all give something, the one that saves most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.promotion import Promotion
from storefront.promotions.rules.units import Frame, Goods, Position, Reduction

SetKey = tuple[int, tuple[float, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A promotion that passed the gates, with the lines of its goods and of each of its conditions."""

    promotion: Promotion
    indexes: tuple[int, ...]
    condition_indexes: tuple[tuple[int, ...], ...]
    code: str = ""
    sides: tuple[tuple[int, ...], ...] = ()
    """The lines of each sort of goods that the benefit is about; `indexes` holds them all."""
    remembered: dict[tuple[object, ...], Reduction | None] = field(default_factory=dict, compare=False, repr=False)

    def goods(self, frame: Frame, position: Position) -> Goods:
        return Goods(frame, position, self.indexes, self.sides)

    def reduce(self, frame: Frame, position: Position) -> Reduction | None:
        """Return what the promotion gives at this position, None if a condition fails or the budget is too small.

        In the item stage that depends on the unit prices of its own goods alone, so it is worked out once for each.
        """
        if self.promotion.stage is not Stage.ITEM:
            return self._reduce(frame, position)
        runs = position.runs
        key = position.given if self.promotion.is_gift else tuple([runs[index] for index in self.indexes])
        if key not in self.remembered:
            self.remembered[key] = self._reduce(frame, position)
        return self.remembered[key]

    def alone(self, frame: Frame, position: Position) -> int:
        """Return how much the promotion would give here; 0 if a condition fails or the budget is too small."""
        promotion = self.promotion
        if promotion.falls_on is not Stage.ORDER or promotion.is_gift:
            reduction = self.reduce(frame, position)
            return reduction.amount if reduction else 0
        goods = self.goods(frame, position)
        amount = min(promotion.benefit.bound(goods, promotion.falls_on), goods.room)
        met = all(
            condition.met(Goods(frame, position, indexes))
            for condition, indexes in zip(promotion.conditions, self.condition_indexes, strict=True)
        )
        return amount if met and not self.breaks_budget(amount) else 0

    def breaks_budget(self, amount: int) -> bool:
        left = self.promotion.limits.budget_left
        return left is not None and amount > left.minor

    def bound(self, frame: Frame, position: Position) -> int:
        """Return at least what this promotion gives in any set; 0 if its conditions fail even alone."""
        promotion = self.promotion
        for condition, indexes in zip(promotion.conditions, self.condition_indexes, strict=True):
            if not condition.met(Goods(frame, position, indexes)):
                return 0
        bound = promotion.benefit.bound(self.goods(frame, position), promotion.falls_on)
        left = promotion.limits.budget_left
        return bound if left is None else min(bound, left.minor)

    def _reduce(self, frame: Frame, position: Position) -> Reduction | None:
        promotion = self.promotion
        for condition, indexes in zip(promotion.conditions, self.condition_indexes, strict=True):
            if not condition.met(Goods(frame, position, indexes)):
                return None
        reduction = promotion.benefit.reduce(self.goods(frame, position), promotion.falls_on)
        if reduction is None or self.breaks_budget(reduction.amount):
            return None
        return reduction


@dataclass(slots=True)
class Search:
    """An exact search: candidates in the order of their stages, their bounds, and who excludes whom (bit masks)."""

    frame: Frame
    start: Position
    candidates: Sequence[Candidate]
    bounds: Sequence[int]
    conflicts: list[int] = field(init=False)
    cliques: list[list[int]] = field(init=False)
    best: int = 0
    best_key: SetKey = (0, (inf,), ())

    def __post_init__(self) -> None:
        self.conflicts = _conflicts([candidate.promotion for candidate in self.candidates])
        self.cliques = self._cover()

    def run(self) -> int:
        """Return the best set as a bit mask, by branch and bound."""
        self._visit(0, self.start, None, 0, 0)
        return self.best

    def _visit(self, i: int, position: Position, stage: Stage | None, chosen: int, blocked: int) -> None:
        if i == len(self.candidates):
            self.consider(chosen, position.saved)
            return
        if position.saved + self._bound(i, blocked) < self.best_key[0]:
            return
        candidate = self.candidates[i]
        if candidate.promotion.stage is not stage:
            stage = candidate.promotion.stage
            position = position.enter_stage()
        bit = 1 << i
        if not blocked & bit:
            reduction = candidate.reduce(self.frame, position)
            if reduction:
                self._visit(i + 1, position.after(reduction), stage, chosen | bit, blocked | self.conflicts[i])
        self._visit(i + 1, position, stage, chosen, blocked)

    def _bound(self, start: int, blocked: int) -> int:
        """What the candidates from `start` on can add at most: of those that all exclude each other, one."""
        total = 0
        for clique in self.cliques:
            for i in clique:
                if i >= start and not blocked >> i & 1:
                    total += self.bounds[i]
                    break
        return total

    def _cover(self) -> list[list[int]]:
        cliques: list[list[int]] = []
        for i in sorted(range(len(self.candidates)), key=lambda i: -self.bounds[i]):
            home = next((c for c in cliques if all(self.conflicts[i] >> j & 1 for j in c)), None)
            if home is None:
                cliques.append([i])
            else:
                home.append(i)
        return cliques

    def consider(self, chosen: int, saved: int) -> bool:
        if saved < self.best_key[0]:
            return False
        members = [c.promotion for i, c in enumerate(self.candidates) if chosen >> i & 1]
        priorities = (*sorted(-p.priority for p in members), -inf)
        key: SetKey = (
            saved,
            tuple(-p for p in priorities),
            tuple(-p.id for p in sorted(members, key=lambda p: p.id)),
        )
        if key <= self.best_key:
            return False
        self.best, self.best_key = chosen, key
        return True


def _conflicts(promotions: Sequence[Promotion]) -> list[int]:
    """Return for each promotion the bit mask of those that it does not combine with."""
    alike: dict[tuple[object, ...], int] = {}
    examples: list[Promotion] = []
    kinds: list[int] = []
    for promotion in promotions:
        key = (promotion.stage, promotion.exclusive, promotion.combines_with, promotion.is_gift)
        if key not in alike:
            alike[key] = len(examples)
            examples.append(promotion)
        kinds.append(alike[key])
    members = [sum([1 << i for i, kind in enumerate(kinds) if kind == k]) for k in range(len(examples))]
    masks = [sum([members[k] for k, b in enumerate(examples) if not a.combines(b)]) for a in examples]
    return [masks[kind] & ~(1 << i) for i, kind in enumerate(kinds)]
