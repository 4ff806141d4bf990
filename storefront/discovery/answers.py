"""Answers that still hold: a question asked again of the same index, with the same prices and stock under it, gets the
answer that was made before. A shop is asked a few hundred questions most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import is_

from storefront.catalog.listing import Found
from storefront.kernel.kept import Kept
from storefront.kernel.recent import Recent

MOST_ANSWERS = 128
KEPT_FOR = 60.0

Sources = tuple[object, ...]


Known = tuple[Sources, Found]


def _empty() -> Recent[Known]:
    return Recent(MOST_ANSWERS)


_answers = Kept(_empty, seconds=KEPT_FOR)


def answer(question: Hashable, sources: Sources, make: Callable[[], Found]) -> Found:
    """Return what is known to answer `question` if each of its sources is still the same object, else what `make`
    finds; an empty answer is never kept.
    """
    answers = _answers.get()
    known = answers.get(question)
    if known is not None and all(map(is_, known[0], sources)):
        return known[1]
    found = make()
    if found.total:
        answers.put(question, (sources, found))
    return found
