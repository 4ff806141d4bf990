"""Pure: two rankings in one list, by team draft (Radlinski, Kurup and Joachims, CIKM 2008), and whose a click is.

`interleaving` reads out what clicks say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import count
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Team(StrEnum):
    """Whose item it is. Nobody's: both put it at the same place, or the other side had nothing left to put there."""

    FIRST = "first"
    SECOND = "second"
    NOBODY = ""


@dataclass(frozen=True, slots=True)
class Pick(Generic[Item]):
    """An item of the merged list and the team that a click on it counts for."""

    item: Item
    team: Team


MARKS: Mapping[Team, str] = {Team.FIRST: "_1", Team.SECOND: "_2", Team.NOBODY: ""}
"""What is written behind the source of an item, so that what is recorded of a click says whose it is."""


def draft(
    first: Sequence[Item], second: Sequence[Item], length: int, *, salt: str, unit: str, request: str
) -> tuple[Pick[Item], ...]:
    """Return both rankings as one list of at most `length` items, each once.

    Whoever has fewer picks puts its best item that is not there yet; at a draw a coin decides, the same one for the
    same visitor and request. Where both would put the same item at a draw, it is nobody's: a click on it says nothing,
    and a team that the coin gave it to would only add noise. A team without items left leaves the rest to nobody.
    """
    waiting = (list(dict.fromkeys(first)), list(dict.fromkeys(second)))
    coins = _coins(f"{salt}:{unit}:{request}")
    teams, held = (Team.FIRST, Team.SECOND), [0, 0]
    taken: set[Item] = set()
    picks: list[Pick[Item]] = []
    while len(picks) < length:
        best = [next((item for item in side if item not in taken), None) for side in waiting]
        if best[0] is None and best[1] is None:
            break
        if best[0] is None or best[1] is None or (best[0] == best[1] and held[0] == held[1]):
            pick = Pick(best[0] if best[0] is not None else best[1], Team.NOBODY)
        else:
            side = next(coins) if held[0] == held[1] else int(held[0] > held[1])
            held[side] += 1
            pick = Pick(best[side], teams[side])
        picks.append(pick)  # type: ignore[arg-type]
        taken.add(pick.item)  # type: ignore[arg-type]
    return tuple(picks)


def credit(picks: Iterable[Pick[Item]], clicked: Collection[Item]) -> tuple[int, int]:
    """Return how many of the clicked items the (first, second) team had put there. An item counts once."""
    teams = [pick.team for pick in picks if pick.item in clicked]
    return teams.count(Team.FIRST), teams.count(Team.SECOND)


def _coins(seed: str) -> Iterator[int]:
    for block in count():
        for byte in sha256(f"{seed}:{block}".encode()).digest():
            yield from ((byte >> bit) & 1 for bit in range(8))
