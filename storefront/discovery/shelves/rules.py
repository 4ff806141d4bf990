"""Pure: what the merchant asks of a shelf, and what a ranking becomes by it.

A rule says what stands first (pins), what stands last (buries), which categories stay away, and what is moved up by its
margin or its freshness. A lift is counted in places and capped in places: whatever is lifted passes at most as many
others as the strongest lift says, so that the best guess of the model never falls out of sight. Goods are only ordered
here; who calls has already left out what cannot be bought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOST_PLACES = 12
"""What a lift may ask for at most."""
FRESH_DAYS = 60.0
"""After so many days in the shop goods are as fresh as any other."""
EVERY_SHELF = ""
"""The shelf of a rule that holds for all of them."""


class Lift(StrEnum):
    """By what goods are moved up."""

    MARGIN = "margin"
    FRESHNESS = "freshness"


@dataclass(frozen=True, slots=True)
class Boost:
    """A lift of up to `places` places: all of them for the best of the candidates, none for the least.

    Raises ValueError for less than one place or more than MOST_PLACES.
    """

    by: Lift
    places: int

    def __post_init__(self) -> None:
        if not 1 <= self.places <= MOST_PLACES:
            raise ValueError("a lift is a whole number of places within its bounds")


@dataclass(frozen=True, slots=True)
class Actions:
    """What a rule does: product ids to put first, in this order, and last; categories (with all below) that stay away;
    lifts.
    """

    pins: tuple[int, ...] = ()
    buries: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    boosts: tuple[Boost, ...] = ()
    by_hand: frozenset[int] = frozenset()
    """Which of the pins no rule asks for, but somebody who chose them for the product that the shelf is about."""

    @property
    def asks_facts(self) -> bool:
        """Say whether categories, margins or ages of the candidates must be known."""
        return bool(self.category_ids or self.boosts)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one shelf, or of every one. `starts_at` is inclusive, `ends_at` exclusive."""

    id: int
    name: str
    shelf: str
    actions: Actions
    priority: int = 100
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def holds(self, shelf: str, at: datetime) -> bool:
        """Say whether the rule steers this shelf at this moment."""
        begun = self.starts_at is None or self.starts_at <= at
        over = self.ends_at is not None and self.ends_at <= at
        return self.shelf in {EVERY_SHELF, shelf} and begun and not over


@dataclass(frozen=True, slots=True)
class Candidate:
    """Goods that may stand on the shelf. `margin` is a share of the price (0.3 is 30 %), `age_days` counts from the
    publication; None where it is not known. `category_ids` hold the category and all above it.
    """

    product_id: int
    category_ids: frozenset[int] = frozenset()
    margin: float | None = None
    age_days: float | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Goods at their place. `was` is the place that the ranking gave, from 0, or None for goods that it did not have;
    `lift` is by how many places margin and freshness pulled, before others were pulled as well.
    """

    product_id: int
    was: int | None
    is_pinned: bool = False
    is_buried: bool = False
    lift: float = 0.0


def matching(rules: Iterable[Rule], shelf: str, at: datetime) -> list[Rule]:
    """Return the rules that hold, the highest priority first; of equals the older one."""
    return sorted((rule for rule in rules if rule.holds(shelf, at)), key=lambda rule: (-rule.priority, rule.id))


def combine(rules: Iterable[Rule]) -> Actions:
    """Return what rules come to, the most important given first: of two that differ about a product, it is heard.

    Of two lifts by the same trait the longer one holds; they do not add up.
    """
    pins: dict[int, bool] = {}
    categories: dict[int, None] = {}
    places: dict[Lift, int] = {}
    for rule in rules:
        for product_id in rule.actions.pins:
            pins.setdefault(product_id, True)
        for product_id in rule.actions.buries:
            pins.setdefault(product_id, False)
        categories |= dict.fromkeys(rule.actions.category_ids)
        for boost in rule.actions.boosts:
            places[boost.by] = max(places.get(boost.by, 0), boost.places)
    return Actions(
        pins=tuple(number for number, first in pins.items() if first),
        buries=tuple(number for number, first in pins.items() if not first),
        category_ids=tuple(categories),
        boosts=tuple(Boost(by, count) for by, count in places.items()),
    )


def apply(rules: Iterable[Rule], candidates: Sequence[Candidate], pinned: Sequence[Candidate] = ()) -> list[Placed]:
    """Return the candidates as the rules (most important first) want them, best first.

    `candidates` are in the order of the ranking, each once; `pinned` are goods of pins that may be shown and that the
    ranking does not have. The answer holds every candidate outside the excluded categories exactly once: pins first in
    their order, then the rest lifted, then what is buried in the order of the ranking. No rule: the ranking itself.
    """
    return place(combine(rules), candidates, pinned)


def place(actions: Actions, candidates: Sequence[Candidate], pinned: Sequence[Candidate] = ()) -> list[Placed]:
    """Do the same by actions that are combined already."""
    away = frozenset(actions.category_ids)
    ranks = {one.product_id: rank for rank, one in enumerate(candidates)}
    known = {one.product_id: one for one in (*pinned, *candidates) if not away & one.category_ids}
    first = [number for number in actions.pins if number in known]
    last = {number for number in actions.buries if number in ranks and number in known} - set(first)
    free = [one for one in candidates if one.product_id in known and one.product_id not in {*first, *last}]
    lifts = lifts_of(free, actions.boosts)
    places = {one.product_id: rank - lifts.get(one.product_id, 0.0) for rank, one in enumerate(free)}
    lifted = sorted(free, key=lambda one: (places[one.product_id], -lifts.get(one.product_id, 0.0)))
    return [
        *(Placed(number, ranks.get(number), is_pinned=True) for number in first),
        *(Placed(one.product_id, ranks[one.product_id], lift=lifts.get(one.product_id, 0.0)) for one in lifted),
        *(
            Placed(one.product_id, ranks[one.product_id], is_buried=True)
            for one in candidates
            if one.product_id in last
        ),
    ]


def lifts_of(candidates: Sequence[Candidate], boosts: Iterable[Boost]) -> Mapping[int, float]:
    """Return by how many places each candidate is pulled up: the sum of its lifts, capped at the longest of them.

    A trait is scaled over the candidates: the best has all places, the least none; who lacks the fact has none, and
    where all are equal nobody is moved.
    """
    boosts = list(boosts)
    cap = max((boost.places for boost in boosts), default=0)
    total = dict.fromkeys((one.product_id for one in candidates), 0.0)
    for boost in boosts:
        for number, share in _scaled({one.product_id: _trait(boost.by, one) for one in candidates}).items():
            total[number] += share * boost.places
    return {number: min(pull, float(cap)) for number, pull in total.items() if pull > 0}


def _trait(by: Lift, one: Candidate) -> float | None:
    if by is Lift.MARGIN:
        return one.margin
    return None if one.age_days is None else max(0.0, 1.0 - max(one.age_days, 0.0) / FRESH_DAYS)


def _scaled(values: Mapping[int, float | None]) -> dict[int, float]:
    known = {number: value for number, value in values.items() if value is not None}
    low, high = min(known.values(), default=0.0), max(known.values(), default=0.0)
    return {number: (value - low) / (high - low) for number, value in known.items()} if high > low else {}
