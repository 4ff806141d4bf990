"""How each price came about, step by step, and why it is not lower.

Every line has one chain of steps, from the catalogue to what it costs. Steps that change nothing are there where other
goods of the cart decide what a line costs, so that a price which rises because something was added never does so
silently. The fact `said` of their label tells what they say:

* no `said`, but `shared_lines`: this share is one of several, so it shrinks as more goods share the whole;
* "elsewhere": the goods count for a promotion, whose reduction falls on others;
* "passed_over": a promotion could give something on its own, but the deal for the whole cart goes without it;
* "budget": all of these goods together want more of a promotion than is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from storefront.kernel.money import Money
from storefront.pricing.allocation import DELIVERY, Allocation, TraceStep
from storefront.pricing.label import Label
from storefront.pricing.snapshot import STAGE_ORDER, PriceSource, Snapshot, Stage
from storefront.promotions.rules.combination import Candidate
from storefront.promotions.rules.gift import GiftLine
from storefront.promotions.rules.points import PointsSpent
from storefront.promotions.rules.result import Applied, Reason, Rejected

Missed = tuple[Candidate, Rejected]
"""A promotion that passed the gates and was not chosen."""


@dataclass(slots=True)
class Tracer:
    """Writes the steps of one evaluation in their order."""

    snapshot: Snapshot
    steps: list[TraceStep] = field(default_factory=list)
    standing: dict[str, Money] = field(default_factory=dict)
    """What each line costs after the steps so far."""

    def start(self, gifts: Iterable[GiftLine]) -> None:
        """Write the catalogue's prices, and what gifts are worth."""
        for line in self.snapshot.lines:
            goods = line.goods
            before = line.base_price * line.quantity if line.base_price else goods
            label = Label.of(f"{line.price_source}_price", quantity=line.quantity, unit=line.unit_price)
            self.steps.append(TraceStep(Stage.CATALOGUE, label, before, goods - before, goods, line.line_id))
            self.standing[line.line_id] = goods
        for gift in gifts:
            worth = gift.unit_price * gift.quantity
            label = Label.of(f"{PriceSource.GIFT}_price", quantity=gift.quantity, unit=gift.unit_price)
            self.steps.append(TraceStep(Stage.CATALOGUE, label, worth, worth - worth, worth, gift.line_id))
            self.standing[gift.line_id] = worth
        if self.snapshot.delivery:
            self.standing[DELIVERY] = self.snapshot.delivery.amount

    def promotions(self, applied: Sequence[tuple[Applied, Candidate]], missed: Sequence[Missed]) -> None:
        """Write what each promotion took off, and what kept a line from more."""
        forgone = self._forgone(missed)
        stages = {each.promotion.stage for each, _ in applied} | set(forgone)
        for stage in sorted(stages, key=STAGE_ORDER.__getitem__):
            for each, candidate in applied:
                if each.promotion.stage is stage:
                    self._applied(each, candidate)
            for index, label in forgone.get(stage, ()):
                self._step(stage, label, 0, self.snapshot.lines[index].line_id)

    def points(self, spent: PointsSpent | None) -> None:
        """Write what points pay."""
        if spent is not None:
            for line_id, minor in _borne(spent.allocations).items():
                self._step(Stage.POINTS, spent.label, minor, line_id)

    def _applied(self, applied: Applied, candidate: Candidate) -> None:
        promotion, borne = applied.promotion, _borne(applied.allocations)
        label = applied.label
        if len(borne) > 1:
            label = label.with_facts(shared_amount=applied.amount, shared_lines=len(borne))
        for line_id, minor in borne.items():
            self._step(promotion.stage, label, minor, line_id, promotion.version)
        if promotion.is_gift or promotion.falls_on is Stage.SHIPPING:
            return
        lines = [self.snapshot.lines[index].line_id for index in candidate.indexes]
        others = [line_id for line_id in lines if line_id not in borne and self.standing[line_id]]
        if others:
            label = applied.label.with_facts(said="elsewhere")
            for line_id in others:
                self._step(promotion.stage, label, 0, line_id, promotion.version)

    def _forgone(self, missed: Iterable[Missed]) -> dict[Stage, list[tuple[int, Label]]]:
        """Return for each line the one promotion that could give most, but is not part of the deal, by its stage."""
        best: dict[int, tuple[int, Candidate, Rejected]] = {}
        for candidate, rejected in missed:
            promotion, alone = candidate.promotion, rejected.would_save
            is_short = rejected.reason is Reason.BUDGET
            if promotion.is_gift or promotion.falls_on is Stage.SHIPPING or not (alone or is_short):
                continue
            size = alone.minor if alone else 0
            for index in candidate.indexes:
                if index not in best or size > best[index][0]:
                    best[index] = (size, candidate, rejected)
        labels: dict[int, Label] = {}
        found: dict[Stage, list[tuple[int, Label]]] = {}
        for index, (_, candidate, rejected) in sorted(best.items()):
            promotion = candidate.promotion
            if promotion.id not in labels:
                labels[promotion.id] = _forgone_label(rejected)
            found.setdefault(promotion.stage, []).append((index, labels[promotion.id]))
        return found

    def _step(self, stage: Stage, label: Label, off: int, line_id: str, version: int = 0) -> None:
        before = after = self.standing[line_id]
        delta = Money(-off, before.currency)
        if off:
            after = self.standing[line_id] = Money(before.minor - off, before.currency)
        self.steps.append(TraceStep(stage, label, before, delta, after, line_id, version))


def _forgone_label(rejected: Rejected) -> Label:
    label = rejected.promotion.label
    if rejected.would_save is None:
        return label.with_facts(said="budget")
    return label.with_facts(said="passed_over", would_save=rejected.would_save)


def _borne(allocations: Iterable[Allocation]) -> dict[str, int]:
    borne: dict[str, int] = {}
    for allocation in allocations:
        borne[allocation.line_id] = borne.get(allocation.line_id, 0) + allocation.amount.minor * allocation.units
    return borne
