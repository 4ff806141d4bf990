"""Who serves where: pieces of goods for the parts of sets, the dearest first, each piece once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from storefront.promotions.rules.pieces import Unit, first_pieces, pieces_of

Key = tuple[int, int]


class Assignment:
    """The dearest pieces that together fill as many places as possible.

    `parts[i]` holds the units that may serve part `i`, which has `places[i]`. Units are taken dearest first, each as
    far as those before it can move to other parts of theirs: places filled like this form a matroid, so that no other
    choice is worth more (the greedy rule of Rado and Edmonds).
    """

    def __init__(self, parts: Sequence[Sequence[Unit]], places: Sequence[int]) -> None:
        self.lacking = list(places)
        """How many pieces each part still misses."""
        self._serves: dict[Key, list[int]] = {}
        self._filled: list[dict[Key, int]] = [{} for _ in places]
        units: dict[Key, Unit] = {}
        for number, part in enumerate(parts):
            for unit in part:
                units[unit[1:3]] = unit
                self._serves.setdefault(unit[1:3], []).append(number)
        self.units: list[Unit] = []
        if sum([len(part) for part in parts]) == len(units):
            self._place_apart(parts)
            return
        for unit in sorted(units.values(), key=lambda unit: (-unit[0], unit[1], unit[2])):
            if not any(self.lacking):
                break
            placed = self._place(unit[1:3], unit[3])
            if placed:
                self.units.append((*unit[:3], placed))

    @property
    def missing(self) -> int:
        return sum(self.lacking)

    def _place_apart(self, parts: Sequence[Sequence[Unit]]) -> None:
        """Fill each part by itself, where no unit may serve two."""
        for number, part in enumerate(parts):
            served = first_pieces(part, self.lacking[number])
            self.units += served
            self.lacking[number] -= pieces_of(served)
        self.units.sort(key=lambda unit: (-unit[0], unit[1], unit[2]))

    def _place(self, key: Key, pieces: int) -> int:
        """Give places to so many pieces of a unit, as far as possible; return how many got one."""
        left = pieces
        while left:
            path = self._path(key)
            if path is None:
                break
            (end, _), moved = path[-1], left
            moved = min(moved, self.lacking[end], *[self._filled[a][k] for (a, _), (_, k) in pairwise(path)])
            for place, (part, who) in enumerate(path):
                self._filled[part][who] = self._filled[part].get(who, 0) + moved
                if place + 1 < len(path):
                    mover = path[place + 1][1]
                    self._filled[part][mover] -= moved
            self.lacking[end] -= moved
            left -= moved
        return pieces - left

    def _path(self, key: Key) -> list[tuple[int, Key]] | None:
        """Return moves (part, who moves there) that end at a part with a place; each makes room for the one before."""
        came: dict[int, tuple[int | None, Key]] = dict.fromkeys(self._serves[key], (None, key))
        queue = list(came)
        for part in queue:
            if self.lacking[part]:
                path: list[tuple[int, Key]] = []
                at: int | None = part
                while at is not None:
                    before, who = came[at]
                    path.append((at, who))
                    at = before
                return path[::-1]
            for other, count in self._filled[part].items():
                for to in self._serves[other] if count else ():
                    if to not in came:
                        came[to] = (part, other)
                        queue.append(to)
        return None
