"""Which warehouse sends what: a pure choice that says why.

In order of importance: a warehouse that holds everything, the fewest parcels, the warehouses' own priority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

EXACT_UP_TO = 10
"""With more warehouses than this, the fewest parcels are looked for greedily."""


class Reason(StrEnum):
    """Why these warehouses were chosen."""

    HOLDS_ALL = "holds_all"
    FEWEST_PARCELS = "fewest_parcels"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one warehouse may still sell, by variant id. A lower `priority` ships first."""

    warehouse_id: int
    priority: int
    available: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of a variant from one warehouse."""

    variant_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Picks in key order. `missing` maps variants that are short to what is available; then there are no picks."""

    picks: tuple[Pick, ...]
    reason: Reason
    missing: Mapping[int, int]


def choose_warehouses(wanted: Mapping[int, int], shelves: Iterable[Shelf]) -> Choice:
    """Choose where `wanted` (variant id -> units, each at least 1) comes from."""
    shelves = sorted(shelves, key=lambda shelf: (shelf.priority, shelf.warehouse_id))
    missing = {variant: have for variant, need in wanted.items() if (have := _together(shelves, variant)) < need}
    if missing:
        return Choice((), Reason.NOT_ENOUGH, missing)
    group = _smallest_group(wanted, shelves)
    reason = Reason.HOLDS_ALL if len(group) <= 1 else Reason.FEWEST_PARCELS
    picks = sorted(_pick(wanted, group), key=lambda pick: (pick.variant_id, pick.warehouse_id))
    return Choice(tuple(picks), reason, {})


def _together(shelves: Iterable[Shelf], variant_id: int) -> int:
    return sum(max(0, shelf.available.get(variant_id, 0)) for shelf in shelves)


def _covers(wanted: Mapping[int, int], shelves: Iterable[Shelf]) -> bool:
    shelves = list(shelves)
    return all(_together(shelves, variant) >= need for variant, need in wanted.items())


def _smallest_group(wanted: Mapping[int, int], shelves: Sequence[Shelf]) -> Sequence[Shelf]:
    if len(shelves) <= EXACT_UP_TO:
        groups = (group for size in range(len(shelves) + 1) for group in combinations(shelves, size))
        return next(group for group in groups if _covers(wanted, group))
    kept = list(shelves)
    for shelf in reversed(shelves):
        without = [other for other in kept if other is not shelf]
        if _covers(wanted, without):
            kept = without
    return kept


def _pick(wanted: Mapping[int, int], group: Sequence[Shelf]) -> Iterable[Pick]:
    for variant, need in wanted.items():
        left = need
        whole = next((shelf for shelf in group if shelf.available.get(variant, 0) >= need), None)
        for shelf in [whole] if whole else group:
            taken = min(left, max(0, shelf.available.get(variant, 0)))
            if taken:
                yield Pick(variant, shelf.warehouse_id, taken)
                left -= taken
