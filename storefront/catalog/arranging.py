"""Where categories stand in their tree, and what moves with one that is moved. Pure.

Siblings stand by position, those of one position by name and id. A tree that was moved in has positions without gaps
in every family that the move touched, and right paths and depths below it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from storefront.catalog.errors import TreeMoved
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import fold

DEEPEST = 8
"""So many levels below the top there may be; what is deeper, nobody finds."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a category stands; `path` has the ids from the root down to it: "/3/17/"."""

    id: int
    parent_id: int | None
    position: int
    path: str
    depth: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a category is to stand: below `parent_id` (None: at the top), before `before_id` (None: last)."""

    parent_id: int | None = None
    before_id: int | None = None


class Step(StrEnum):
    """One step of a category in its tree."""

    UP = "up"
    DOWN = "down"
    IN = "in"
    """Below the category before it."""
    OUT = "out"
    """Out of its parent, to stand after it."""


class Arrangement:
    """A whole tree. Raises NotFound for a category that is not in it."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._spots = {spot.id: spot for spot in spots}
        self._families: dict[int | None, list[int]] = {}
        for spot in sorted(self._spots.values(), key=lambda spot: (spot.position, spot.name, spot.id)):
            self._families.setdefault(spot.parent_id, []).append(spot.id)

    @property
    def mark(self) -> str:
        """What tells this arrangement from another one; names do not count."""
        told = sorted((parent or 0, ids) for parent, ids in self._families.items())
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def children(self, category_id: int | None) -> Sequence[int]:
        """Return the ids below a category, or at the top, in their order."""
        return tuple(self._families.get(category_id, ()))

    def below(self, category_id: int) -> list[int]:
        """Return a category's id and those of everything below it, parents first."""
        found = [self._get(category_id).id]
        for number in found:
            found += self.children(number)
        return found

    def walk(self) -> list[int]:
        """Return all ids as a reader goes through the tree."""
        found: list[int] = []
        waiting = list(reversed(self.children(None)))
        while waiting:
            found.append(waiting.pop())
            waiting += reversed(self.children(found[-1]))
        return found

    def step(self, category_id: int, step: Step) -> Place | None:
        """Return where a step leads; None where there is no room for it."""
        spot = self._get(category_id)
        family = self.children(spot.parent_id)
        here = family.index(category_id)
        if step is Step.UP:
            return Place(spot.parent_id, family[here - 1]) if here else None
        if step is Step.DOWN:
            is_last = here == len(family) - 1
            return None if is_last else Place(spot.parent_id, next(iter(family[here + 2 :]), None))
        if step is Step.IN:
            return Place(family[here - 1]) if here else None
        if spot.parent_id is None:
            return None
        parent = self._get(spot.parent_id)
        aunts = self.children(parent.parent_id)
        return Place(parent.parent_id, next(iter(aunts[aunts.index(parent.id) + 1 :]), None))

    def moved(self, category_id: int, place: Place) -> Mapping[int, Spot]:
        """Return the spots that change, by id, when a category goes somewhere else with all below it.

        Raises Invalid for a place below itself and one that is too deep, TreeMoved where `before_id` is not there.
        """
        spot, carried = self._get(category_id), self.below(category_id)
        parent = self._get(place.parent_id) if place.parent_id is not None else None
        if parent is not None and parent.id in carried:
            raise Invalid(N_("A category cannot go below itself."), field="parent")
        depth = parent.depth + 1 if parent else 0
        _refuse_too_deep(depth + max(self._spots[number].depth for number in carried) - spot.depth)
        family = [number for number in self.children(place.parent_id) if number != category_id]
        if place.before_id is not None and place.before_id not in family:
            if place.before_id == category_id:
                return {}
            raise TreeMoved
        family.insert(family.index(place.before_id) if place.before_id is not None else len(family), category_id)
        path = f"{parent.path if parent else '/'}{category_id}/"
        found = {
            number: replace(
                self._spots[number],
                path=path + self._spots[number].path.removeprefix(spot.path),
                depth=self._spots[number].depth - spot.depth + depth,
            )
            for number in carried
        }
        found[category_id] = replace(found[category_id], parent_id=place.parent_id)
        left = [number for number in self.children(spot.parent_id) if number != category_id]
        for numbers in (left, family) if spot.parent_id != place.parent_id else (family,):
            for position, number in enumerate(numbers):
                found[number] = replace(found.get(number, self._spots[number]), position=position)
        return {number: each for number, each in found.items() if each != self._spots[number]}

    def added(self, category_id: int, parent_id: int | None) -> Spot:
        """Return the spot of a new category: the last one below another, or at the top."""
        parent = self._get(parent_id) if parent_id is not None else None
        depth, path = (parent.depth + 1, parent.path) if parent else (0, "/")
        _refuse_too_deep(depth)
        last = max((self._spots[number].position for number in self.children(parent_id)), default=-1)
        return Spot(category_id, parent_id, last + 1, f"{path}{category_id}/", depth)

    def refuse_twin(self, name: str, parent_id: int | None, own: int | None = None) -> None:
        """Raise Invalid where a category beside `own`, or beside a new one, has this name."""
        for number in self.children(parent_id):
            if number != own and fold(self._spots[number].name) == fold(name):
                words = N_("There is a category “%(name)s” at this place already.")
                raise Invalid(words, field="name", name=self._spots[number].name)

    def with_spots(self, changed: Mapping[int, Spot]) -> Arrangement:
        """Return the tree with some spots in place of those that they had."""
        return Arrangement({**self._spots, **changed}.values())

    def spot(self, category_id: int) -> Spot:
        """Return where a category stands."""
        return self._get(category_id)

    def _get(self, category_id: int) -> Spot:
        if category_id not in self._spots:
            raise NotFound
        return self._spots[category_id]


def _refuse_too_deep(depth: int) -> None:
    if depth > DEEPEST:
        raise Invalid(N_("That is too deep: a tree has at most %(count)d levels."), field="parent", count=DEEPEST + 1)
