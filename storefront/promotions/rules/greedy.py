"""A good deal where exact search would take too long: greatest savings first, then repairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from storefront.pricing.snapshot import Stage
from storefront.promotions.rules.combination import Candidate, Search
from storefront.promotions.rules.units import Frame, Position

EXACT_UP_TO = 12
TRIES = 32
"""How many sets a greedy search weighs after its first one."""


@dataclass(slots=True)
class GreedySearch(Search):
    """Takes candidates by the most that they can save, then exchanges members that stand in the way of better ones."""

    amounts: list[int] = field(default_factory=list)
    """What each candidate gives in the best set so far."""

    def run(self) -> int:
        """Return a good set as a bit mask."""
        self.amounts = [0] * len(self.candidates)
        by_value = sorted(range(len(self.candidates)), key=lambda i: (-self.bounds[i], i))
        self._weigh(self._filled(0, by_value))
        loners = [i for i in by_value if self.conflicts[i] and self.bounds[i] > self.best_key[0]]
        for i in loners[:4]:
            self._weigh(self._filled(1 << i, by_value))
        tries = TRIES
        seen: set[int] = set()
        better = True
        while better and tries:
            better = False
            for mask in list(self._exchanges()):
                full = self._filled(mask, by_value)
                if full in seen or not tries:
                    continue
                seen.add(full)
                tries -= 1
                if self._weigh(full):
                    better = True
                    break
        return self.best

    def _exchanges(self) -> Iterator[int]:
        """Yield changed sets that might save more than the best so far."""
        members = [i for i in range(len(self.candidates)) if self.best >> i & 1]
        for i, bound in enumerate(self.bounds):
            missed = bound - self.amounts[i]
            if missed <= 0:
                continue
            ways = [j for j in members if j != i and (self.conflicts[i] >> j & 1 or self._uses_units_of(j, i))]
            if ways and sum(self.amounts[j] for j in ways) < missed:
                yield self._without(ways) | 1 << i
            elif not ways and not self.best >> i & 1:
                yield from (self._without([j]) | 1 << i for j in members if j < i and self.amounts[j] < missed)

    def _uses_units_of(self, first: int, second: int) -> bool:
        """Whether `first` may use up units, or the room above minimum prices, before `second` has its turn."""
        a, b = self.candidates[first], self.candidates[second]
        if first >= second or a.promotion.stage is not b.promotion.stage:
            return False
        return a.promotion.falls_on is Stage.ITEM and not set(a.indexes).isdisjoint(b.indexes)

    def _without(self, members: Sequence[int]) -> int:
        mask = self.best
        for i in members:
            mask &= ~(1 << i)
        return mask

    def _filled(self, mask: int, order: Sequence[int]) -> int:
        """Return a set with everything added that combines, in this order."""
        blocked = 0
        for i in range(len(self.candidates)):
            if mask >> i & 1:
                blocked |= self.conflicts[i]
        mask &= ~blocked
        for i in order:
            if not (mask | blocked) >> i & 1:
                mask |= 1 << i
                blocked |= self.conflicts[i]
        return mask

    def _weigh(self, mask: int) -> bool:
        """Apply a set in order, leaving out what gives nothing; keep it if it is the best so far."""
        position, stage, given = self.start, None, 0
        amounts = [0] * len(self.candidates)
        for i, candidate in enumerate(self.candidates):
            if not mask >> i & 1:
                continue
            if candidate.promotion.stage is not stage:
                stage = candidate.promotion.stage
                position = position.enter_stage()
            reduction = candidate.reduce(self.frame, position)
            if reduction:
                position = position.after(reduction)
                amounts[i] = reduction.amount
                given |= 1 << i
        if not self.consider(given, position.saved):
            return False
        self.amounts = amounts
        return True


def best_set(frame: Frame, start: Position, eligible: Sequence[tuple[Candidate, int]]) -> tuple[list[Candidate], bool]:
    """Choose among (candidate, bound) pairs in stage order; return the chosen and whether the choice is exact."""
    candidates, bounds = [candidate for candidate, _ in eligible], [bound for _, bound in eligible]
    exact = len(eligible) <= EXACT_UP_TO
    mask = (Search if exact else GreedySearch)(frame, start, candidates, bounds).run()
    return [candidate for i, candidate in enumerate(candidates) if mask >> i & 1], exact
