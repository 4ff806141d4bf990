"""Which warehouse sends what: a pure choice that says why.

Only warehouses that send to the address are asked. Among them, in order of importance: a warehouse that holds
everything, the fewest parcels, the warehouses' own priority. A backup warehouse is asked only where the others together
cannot send everything, and comes after them among equals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from storefront.kernel.text import fold

EXACT_UP_TO = 10
"""With more warehouses than this, the fewest parcels are looked for greedily."""


class Reason(StrEnum):
    """Why these warehouses were chosen, or why none was."""

    HOLDS_ALL = "holds_all"
    FEWEST_PARCELS = "fewest_parcels"
    ZONE = "zone"
    """Others would have come first, but do not send to this address."""
    BACKUP = "backup"
    """The others could not send everything."""
    NOT_ENOUGH = "not_enough"
    OUT_OF_ZONE = "out_of_zone"
    """There is enough, but not where it can be sent from to this address."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one warehouse may still sell, by variant id. A lower `priority` ships first; no `zones` is everywhere."""

    warehouse_id: int
    priority: int
    available: Mapping[int, int]
    name: str = ""
    zones: tuple[str, ...] = ()
    is_backup: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of a variant from one warehouse."""

    variant_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Picks in key order, and the names of their warehouses.

    `missing` maps variants that are short to what is available; then there are no picks.
    """

    picks: tuple[Pick, ...]
    reason: Reason
    missing: Mapping[int, int]
    warehouses: tuple[str, ...] = ()


def zone_of(country: str, region: str = "") -> str:
    """Return where an address lies, as warehouses name it: "CN-上海市", or "SG" where there are no regions."""
    return f"{country}-{region}" if country and region else country


def sends_to(zones: Sequence[str], zone: str) -> bool:
    """Say whether a warehouse with these zones sends to `zone`: to its country or its region; nothing said is all."""
    if not zones or not zone:
        return True
    country = fold(zone.partition("-")[0])
    return any(fold(served) in {country, fold(zone)} for served in zones)


def choose_warehouses(wanted: Mapping[int, int], shelves: Iterable[Shelf], zone: str = "") -> Choice:
    """Choose where `wanted` (variant id -> units, each at least 1) comes from, for an address in `zone`."""
    every = sorted(shelves, key=lambda shelf: (shelf.is_backup, shelf.priority, shelf.warehouse_id))
    reachable = [shelf for shelf in every if sends_to(shelf.zones, zone)]
    missing = _missing(wanted, reachable)
    if missing:
        reason = Reason.NOT_ENOUGH if _missing(wanted, every) else Reason.OUT_OF_ZONE
        return Choice((), reason, missing)
    group = _choose_group(wanted, reachable)
    picks = sorted(_pick(wanted, group), key=lambda pick: (pick.variant_id, pick.warehouse_id))
    return Choice(tuple(picks), _reason(wanted, group, every, reachable), {}, tuple(shelf.name for shelf in group))


def _reason(
    wanted: Mapping[int, int], group: Sequence[Shelf], every: Sequence[Shelf], reachable: Sequence[Shelf]
) -> Reason:
    if any(shelf.is_backup for shelf in group):
        return Reason.BACKUP
    if len(reachable) < len(every) and list(_choose_group(wanted, every)) != list(group):
        return Reason.ZONE
    return Reason.HOLDS_ALL if len(group) <= 1 else Reason.FEWEST_PARCELS


def _missing(wanted: Mapping[int, int], shelves: Sequence[Shelf]) -> dict[int, int]:
    return {variant: have for variant, need in wanted.items() if (have := _together(shelves, variant)) < need}


def _together(shelves: Iterable[Shelf], variant_id: int) -> int:
    return sum(max(0, shelf.available.get(variant_id, 0)) for shelf in shelves)


def _choose_group(wanted: Mapping[int, int], shelves: Sequence[Shelf]) -> Sequence[Shelf]:
    regular = [shelf for shelf in shelves if not shelf.is_backup]
    return _smallest_group(wanted, shelves if _missing(wanted, regular) else regular)


def _smallest_group(wanted: Mapping[int, int], shelves: Sequence[Shelf]) -> Sequence[Shelf]:
    if len(shelves) <= EXACT_UP_TO:
        groups = (group for size in range(len(shelves) + 1) for group in combinations(shelves, size))
        return next(group for group in groups if not _missing(wanted, group))
    kept = list(shelves)
    for shelf in reversed(shelves):
        without = [other for other in kept if other is not shelf]
        if not _missing(wanted, without):
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


def surplus(held: Sequence[Pick], wanted: Mapping[int, int]) -> tuple[Pick, ...]:
    """Return what of `held` goes back so that no more than is `wanted` stays, by variant id; in key order.

    The smallest heaps go first, so that what stays comes from as few warehouses as can be.
    """
    gone: list[Pick] = []
    over: dict[int, int] = {}
    for pick in held:
        over[pick.variant_id] = over.get(pick.variant_id, 0) + pick.quantity
    over = {variant: units - wanted.get(variant, 0) for variant, units in over.items()}
    for pick in sorted(held, key=lambda pick: (pick.quantity, -pick.warehouse_id)):
        units = min(pick.quantity, over[pick.variant_id])
        if units > 0:
            gone.append(Pick(pick.variant_id, pick.warehouse_id, units))
            over[pick.variant_id] -= units
    return tuple(sorted(gone, key=lambda pick: (pick.variant_id, pick.warehouse_id)))
