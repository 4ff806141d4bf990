"""Several rankings into one list: carts summed over their items, and the last cut."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from recommend.columns import Codes, Floats, Id

OVER_FETCH = 50
MOST_FETCHES = 8
BLOCK = 16
LONGEST_SUM = 120
HABIT_SHARE = 0.75
TINY = 1e-30

Keep = Callable[[Sequence[Id]], Collection[Id]]
"""Given candidate ids, the ones that may be shown: one call for many, so a shop answers with one query."""


Found = tuple[Id, float, "Source", Id | None, float | None, float | None]
"""The fields of a recommendation that is not yet chosen: most never are, and a tuple costs a tenth."""


class Source(StrEnum):
    """Where a recommendation comes from; the shop turns it into words."""

    HABIT = "habit"
    TASTE = "taste"
    CART = "cart"
    TOGETHER = "together"
    SIMILAR = "similar"
    CATEGORY = "category"
    POPULAR = "popular"
    EXPLORED = "explored"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One item to show; `because` is the item that led to it, where one did. Scores compare within one source only.

    Of a habit `due_days` says in how many days the customer will need it again (below zero: since when), and
    `every_days` how often it is bought. `propensity` is the probability with which chance put the item here; of what
    was ranked, and so certain, it is 1.
    """

    item: Id
    score: float
    source: Source
    because: Id | None = None
    due_days: float | None = None
    every_days: float | None = None
    propensity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """A ranking in codes from one source, best first; `because` holds codes, -1 for none; `due`, `every` are days."""

    source: Source
    items: Codes
    scores: Floats
    because: Codes | None = None
    due: NDArray[np.float64] | None = None
    every: Floats | None = None


def select(
    stages: Iterable[Candidates],
    *,
    k: int,
    ids: NDArray[np.generic],
    types: Codes,
    exclude: Collection[Id] = (),
    keep: Keep | None = None,
    per_type: int | None = 2,
) -> list[Recommendation]:
    """Take the first k that may be shown, stage after stage, at most `per_type` of one product type.

    Candidates are fetched OVER_FETCH at a time and judged by one call of `keep`; after MOST_FETCHES such calls the list
    stays short. Those over the cap wait and fill up a list that would otherwise end short. No item comes
    twice.
    """
    chosen: list[Found] = []
    waiting: list[Found] = []
    taken: dict[int, int] = {}
    stream = _distinct(stages, ids, types, frozenset(exclude))
    at_once = max(1, k) if keep is None else max(OVER_FETCH, 2 * k)
    for _ in range(MOST_FETCHES * OVER_FETCH if keep is None else MOST_FETCHES):
        fetched = list(islice(stream, at_once))
        if not fetched or k <= 0:
            break
        allowed = None if keep is None else keep([found[0] for found, _ in fetched])
        for found, label in fetched:
            if allowed is not None and found[0] not in allowed:
                continue
            if per_type is not None and label >= 0 and taken.get(label, 0) >= per_type:
                waiting.append(found)
                continue
            taken[label] = taken.get(label, 0) + 1
            chosen.append(found)
            if len(chosen) == k:
                return [Recommendation(*found) for found in chosen]
    return [Recommendation(*found) for found in (chosen + waiting)[: max(k, 0)]]


def _distinct(
    stages: Iterable[Candidates], ids: NDArray[np.generic], types: Codes, exclude: Collection[Id]
) -> Iterator[tuple[Found, int]]:
    """Yield the candidates of all stages once each, with the code of their product type."""
    seen = set[Id](exclude)
    for stage in (block for whole in stages for block in _blocks(whole)):
        names = ids.take(stage.items).tolist()
        labels = types.take(stage.items).tolist()
        reasons = _names(stage.because, ids, len(names))
        dues, everies = _days(stage.due, len(names)), _days(stage.every, len(names))
        for name, score, label, reason, due, every in zip(
            names, stage.scores.tolist(), labels, reasons, dues, everies, strict=True
        ):
            if name not in seen:
                seen.add(name)
                source = Source.HABIT if stage.source is Source.TASTE and reason is None else stage.source
                yield (name, score, source, reason, due, every), label


def _blocks(stage: Candidates) -> Iterator[Candidates]:
    """Yield a ranking in blocks: mostly the first is all that is looked at, and turning codes into ids costs."""
    for first in range(0, len(stage.items), BLOCK):
        part = slice(first, first + BLOCK)
        yield Candidates(
            stage.source,
            stage.items[part],
            stage.scores[part],
            because=None if stage.because is None else stage.because[part],
            due=None if stage.due is None else stage.due[part],
            every=None if stage.every is None else stage.every[part],
        )


def _days(column: NDArray[np.floating] | None, length: int) -> list[float | None]:
    return [None] * length if column is None else column.tolist()


def _names(codes: Codes | None, ids: NDArray[np.generic], length: int) -> list[Id | None]:
    if codes is None:
        return [None] * length
    return [name if code >= 0 else None for name, code in zip(ids.take(codes).tolist(), codes.tolist(), strict=True)]
