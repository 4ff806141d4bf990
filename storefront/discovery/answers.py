"""Answers that still hold: a question asked again of the same index, with the same prices and stock under it, gets the
answer that was made before. A shop is asked a few hundred questions most of the time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress

from storefront.catalog.listing import Found
from storefront.kernel.kept import Kept

MOST_ANSWERS = 128
KEPT_FOR = 60.0

Sources = tuple[object, ...]


class Answers:
    """The answers that were asked for last, each with what it was made from."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, tuple[Sources, Found]] = OrderedDict()

    def find(self, question: Hashable, sources: Sources) -> Found | None:
        """Return the answer to `question`, if each of its sources is still the same object."""
        known = self._known.get(question)
        if known is None or not all(old is new for old, new in zip(known[0], sources, strict=True)):
            return None
        with suppress(KeyError):  # another thread may just have dropped it
            self._known.move_to_end(question)
        return known[1]

    def put(self, question: Hashable, sources: Sources, found: Found) -> None:
        """Keep an answer; the one that nobody asked for longest goes when there are too many."""
        self._known[question] = sources, found
        while len(self._known) > MOST_ANSWERS:
            self._known.popitem(last=False)


_answers = Kept(Answers, seconds=KEPT_FOR)


def answer(question: Hashable, sources: Sources, make: Callable[[], Found]) -> Found:
    """Return what is known to answer `question`, else what `make` finds; an empty answer is never kept."""
    answers = _answers.get()
    found = answers.find(question, sources)
    if found is None:
        found = make()
        if found.total:
            answers.put(question, sources, found)
    return found
