"""What a rule would change, before it is stored: the first results without and with it, and why each stands there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from search import Explanation, Searcher
from storefront.catalog.tree import Node
from storefront.discovery.asking import request_of
from storefront.discovery.rules import Asked, Book, Outcome, Rule

FIRST = 10
DEEP = 500


class Move(StrEnum):
    """How a result stands beside the other list."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Placed:
    """One result. `by` is how many places it moved; `why` is None for one that the words do not find, such as a pin."""

    product_id: int
    move: Move
    by: int = 0
    is_pinned: bool = False
    is_buried: bool = False
    why: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The first results before and after, and what holds then; `applies` says whether the rule itself does."""

    before: tuple[Placed, ...]
    after: tuple[Placed, ...]
    total_before: int
    total_after: int
    applies: bool
    outcome: Outcome


def preview(searcher: Searcher, asked: Asked, draft: Rule, others: Iterable[Rule], node: Node | None) -> Preview:
    """Return what `draft` changes for whoever asks, beside all `others` that are switched on."""
    rules = [rule for rule in others if rule.id != draft.id]
    without, with_it = Book(rules), Book([*rules, draft])
    first, second = (request_of(asked, book, size=DEEP, node=node) for book in (without, with_it))
    before, after = searcher.search(first), searcher.search(second)
    outcome, earlier = with_it.outcome(asked), without.outcome(asked)

    def placed(ids: Sequence[int], other: Sequence[int], leaves: Move, held: Outcome) -> tuple[Placed, ...]:
        request = first if held is earlier else second
        return tuple(
            Placed(
                number,
                *_moved(place, number, other, leaves),
                is_pinned=number in held.pins,
                is_buried=number in held.buries,
                why=searcher.explain(request, number),
            )
            for place, number in enumerate(ids[:FIRST])
        )

    return Preview(
        before=placed(before.ids, after.ids, Move.GONE, earlier),
        after=placed(after.ids, before.ids, Move.NEW, outcome),
        total_before=before.total,
        total_after=after.total,
        applies=any(rule is draft for rule in with_it.matching(asked)),
        outcome=outcome,
    )


def _moved(place: int, number: int, other: Sequence[int], leaves: Move) -> tuple[Move, int]:
    """Return how a result at `place` stands beside the other list: in the list before, how far it goes; in the list
    after, how far it came.
    """
    there = other.index(number) if number in other else None
    if there is None or there >= FIRST:
        return leaves, 0
    step = there - place if leaves is Move.NEW else place - there
    return (Move.SAME, 0) if step == 0 else (Move.UP, step) if step > 0 else (Move.DOWN, -step)
