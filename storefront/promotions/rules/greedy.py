"""A good deal where exact search would take too long: greatest savings first, then exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from storefront.promotions.rules.combination import Candidate, Search
from storefront.promotions.rules.units import Frame, Position, Reduction

EXACT_UP_TO = 12
TRIES = 6
"""How many changed sets a greedy search weighs after its first ones."""


@dataclass(slots=True)
class GreedySearch(Search):
    """Takes candidates by what they can save, then exchanges members that stand in the way of better ones.

    Item promotions compete for units: of two that share goods, the one that comes first in its stage takes them. So one
    that comes first is only taken beside the other if it saves more for each minor unit of goods. Whatever is found,
    no promotion saves more alone.
    """

    amounts: list[int] = field(default_factory=list)
    """What each candidate gives in the best set so far."""
    robbers: list[int] = field(default_factory=list)
    """For each candidate, those that take units before it."""
    spoils: list[int] = field(default_factory=list)
    """For each candidate, those that it takes units from without making more of them."""
    steps: dict[tuple[int, int], tuple[Reduction | None, Position]] = field(default_factory=dict)
    """What each candidate gives after the members of a set that come before it, and the goods then."""

    def run(self) -> int:
        """Return a good set as a bit mask."""
        count = len(self.candidates)
        self.amounts = [0] * count
        self._look_at_units()
        by_value = sorted(range(count), key=lambda i: (-self.bounds[i], i))
        loners = sum([1 << i for i in range(count) if self.conflicts[i].bit_count() == count - 1])
        for order in (by_value, sorted(range(count), key=lambda i: (-self._rate(i), i))):
            self._weigh(self._filled(0, order, barred=loners))
        for i in by_value:
            if self.bounds[i] < self.best_key[0]:
                break
            self._weigh(1 << i)
        seen: set[int] = set()
        tries = TRIES
        while tries:
            better = False
            for changed, barred in self._exchanges():
                mask = self._filled(changed, by_value, barred=barred | loners & ~changed)
                if mask in seen or not tries:
                    continue
                seen.add(mask)
                tries -= 1
                better = self._weigh(mask)
                if better:
                    break
            if not better:
                break
        return self.best

    def _exchanges(self) -> list[tuple[int, int]]:
        """Return changed sets that might save more than the best so far, the most hopeful first, each with what must
        not come back into it.
        """
        best, found = self.best, []
        missed = [bound - amount for bound, amount in zip(self.bounds, self.amounts, strict=True)]
        hindered = dict.fromkeys(_members(best), 0)
        for i, loss in enumerate(missed):
            if loss <= 0:
                continue
            ways = (self.conflicts[i] | self.robbers[i]) & best & ~(1 << i)
            if not ways and not best >> i & 1:
                ways = sum([1 << j for j in hindered if j < i and self.amounts[j] < loss])
                found += [(loss - self.amounts[j], best & ~(1 << j) | 1 << i, 1 << j) for j in _members(ways)]
                continue
            for j in _members(ways):
                hindered[j] += loss
            hope = loss - sum([self.amounts[j] for j in _members(ways)])
            if ways and hope > 0:
                found.append((hope, best & ~ways | 1 << i, ways))
        for j, loss in hindered.items():
            if loss > self.amounts[j]:
                found.append((loss - self.amounts[j], best & ~(1 << j), 1 << j))
        return [(mask, barred) for _, mask, barred in sorted(found, reverse=True)]

    def _look_at_units(self) -> None:
        lines = [sum([1 << index for index in candidate.indexes]) for candidate in self.candidates]
        stages = [
            candidate.promotion.stage if candidate.promotion.uses_units else None for candidate in self.candidates
        ]
        rates = [self._rate(i) for i in range(len(lines))]
        self.robbers, self.spoils = [0] * len(lines), [0] * len(lines)
        for later, stage in enumerate(stages):
            for first in range(later if stage else 0):
                if stages[first] is stage and lines[first] & lines[later]:
                    self.robbers[later] |= 1 << first
                    if rates[first] <= rates[later]:
                        self.spoils[first] |= 1 << later

    def _rate(self, i: int) -> float:
        """What a candidate saves for each minor unit of the goods it is about."""
        return self.bounds[i] / (self.candidates[i].goods(self.frame, self.start).now or 1)

    def _filled(self, mask: int, order: Iterable[int], *, barred: int) -> int:
        """Return a set with everything added, in this order, that combines, robs nothing better and is not barred."""
        blocked = barred
        for i in _members(mask):
            blocked |= self.conflicts[i]
        mask &= ~(blocked & ~barred)
        for i in order:
            if not (mask | blocked) >> i & 1 and not self.spoils[i] & mask:
                mask |= 1 << i
                blocked |= self.conflicts[i]
        return mask

    def _weigh(self, mask: int) -> bool:
        """Apply a set in order, leaving out what gives nothing; keep it if it is the best so far.

        It is given up as soon as even the bounds of what is left cannot make it the best.
        """
        position, given, hope = self.start, 0, sum([self.bounds[i] for i in _members(mask)])
        amounts = [0] * len(self.candidates)
        for i in _members(mask):
            if position.saved + hope < self.best_key[0]:
                return False
            hope -= self.bounds[i]
            reduction, position = self._apply(i, position, given)
            if reduction:
                amounts[i] = reduction.amount
                given |= 1 << i
        if not self.consider(given, position.saved):
            return False
        self.amounts = amounts
        return True

    def _apply(self, i: int, position: Position, given: int) -> tuple[Reduction | None, Position]:
        """Return what a candidate gives after `given` ones, and the goods then; sets that begin alike share this."""
        step = self.steps.get((i, given))
        if step is None:
            stage = self.candidates[i].promotion.stage
            if not given or self.candidates[given.bit_length() - 1].promotion.stage is not stage:
                position = position.enter_stage()
            reduction = self.candidates[i].reduce(self.frame, position)
            step = (reduction, position.after(reduction) if reduction else position)
            self.steps[i, given] = step
        return step


def best_set(frame: Frame, start: Position, eligible: Sequence[tuple[Candidate, int]]) -> tuple[list[Candidate], bool]:
    """Choose among (candidate, bound) pairs in stage order; return the chosen and whether the choice is exact."""
    candidates, bounds = [candidate for candidate, _ in eligible], [bound for _, bound in eligible]
    exact = len(eligible) <= EXACT_UP_TO
    mask = (Search if exact else GreedySearch)(frame, start, candidates, bounds).run()
    return [candidate for i, candidate in enumerate(candidates) if mask >> i & 1], exact


def _members(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
