"""Shares: which unit bears how much of a reduction, and the trace of how a price came about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import le

from storefront.kernel.money import Money, split_minor
from storefront.pricing.label import Data, Label, money_from_data, money_to_data
from storefront.pricing.snapshot import Stage

DELIVERY = "delivery"
"""The line id under which the delivery cost bears a share."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """Each of `units` units of a line, from `unit_index` on, bears `amount` of a reduction."""

    line_id: str
    unit_index: int
    amount: Money
    units: int = 1

    def __post_init__(self) -> None:
        if self.unit_index < 0 or self.units < 1:
            raise ValueError("an allocation names existing units")
        if self.amount.minor <= 0:
            raise ValueError("an allocation is a positive amount")

    @property
    def total(self) -> Money:
        return self.amount * self.units

    def to_data(self) -> Data:
        return {
            "line_id": self.line_id,
            "unit_index": self.unit_index,
            "units": self.units,
            "amount": money_to_data(self.amount),
        }

    @classmethod
    def from_data(cls, data: Data) -> Allocation:
        """Read back what `to_data` wrote; raises ValueError or KeyError for anything else."""
        index, units = data["unit_index"], data["units"]
        if not isinstance(index, int) or not isinstance(units, int):
            raise ValueError(f"not an allocation: {data!r}")
        return cls(str(data["line_id"]), index, money_from_data(data["amount"]), units)


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of a price: at `stage`, `before` became `after` because of `label` (in that `version`)."""

    stage: Stage
    label: Label
    before: Money
    delta: Money
    after: Money
    line_id: str | None = None
    version: int = 0

    def __post_init__(self) -> None:
        if self.before.minor + self.delta.minor != self.after.minor or self.before.currency != self.after.currency:
            raise ValueError("a trace step that does not add up")

    def to_data(self) -> Data:
        return {
            "stage": self.stage.value,
            "label": self.label.to_data(),
            "before": money_to_data(self.before),
            "delta": money_to_data(self.delta),
            "after": money_to_data(self.after),
            "line_id": self.line_id,
            "version": self.version,
        }

    @classmethod
    def from_data(cls, data: Data) -> TraceStep:
        """Read back what `to_data` wrote; raises ValueError or KeyError for anything else."""
        label, line_id, version = data["label"], data["line_id"], data["version"]
        if not isinstance(label, dict) or not isinstance(version, int):
            raise ValueError(f"not a trace step: {data!r}")
        return cls(
            stage=Stage(str(data["stage"])),
            label=Label.from_data(label),
            before=money_from_data(data["before"]),
            delta=money_from_data(data["delta"]),
            after=money_from_data(data["after"]),
            line_id=None if line_id is None else str(line_id),
            version=version,
        )


def sum_of(allocations: Iterable[Allocation]) -> int:
    """Return what allocations of one currency add up to, in minor units."""
    return sum([allocation.amount.minor * allocation.units for allocation in allocations])


def spread(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Share `amount` minor units over `weights` by largest remainder, none above its room.

    What one share cannot take is spread again over those that still can. `amount` and the rooms are not negative, a
    weight is positive wherever there is room, and all rooms together hold `amount` (else ValueError).
    """
    if amount > sum(rooms):
        raise ValueError("the rooms do not hold the amount")
    parts = split_minor(amount, weights)
    if all(map(le, parts, rooms)):
        return parts
    parts = [0] * len(weights)
    open_ones = [index for index, room in enumerate(rooms) if room > 0]
    left = amount
    while left:
        tried = split_minor(left, [weights[index] for index in open_ones])
        full = [i for i, part in zip(open_ones, tried, strict=True) if part >= rooms[i]]
        over = [i for i, part in zip(open_ones, tried, strict=True) if part > rooms[i]]
        if not over:
            for index, part in zip(open_ones, tried, strict=True):
                parts[index] = part
            return parts
        for index in full:
            parts[index] = rooms[index]
            left -= rooms[index]
        open_ones = [index for index in open_ones if index not in full]
    return parts
