"""Categories and brands that a query names: "red cotton socks" is about the category Socks, wherever else "socks" is
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from search import analysis
from search.ranking import BRAND_BONUS, CATEGORY_BONUS

LONGEST_NAME = 4
_LONGEST_RUN = 8
_ALTERNATIVES = re.compile(r"\s*(?:[&/,、]|\band\b)\s*")


class Intent:
    """Finds the labels that a query names: a category at its end (the head of an English or Chinese noun phrase), a
    brand anywhere.

    Parameters
    ----------
    labels : names by facet ("brand", "category") and value. "Cables & adapters" answers to "cables" and "adapters" as
    well.
    """

    def __init__(self, labels: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._categories = _by_stems(labels.get("category", {}), split=True)
        self._brands = _by_stems(labels.get("brand", {}), split=False)

    def of(self, stems: Sequence[str]) -> Iterator[tuple[str, str, float]]:
        """Yield (facet, value, bonus) for the longest category name that ends the query, and the longest brand within
        it.
        """
        ends = [tuple(stems[-length:]) for length in range(min(LONGEST_NAME, len(stems)), 0, -1)]
        last = stems[-1] if stems else ""
        if last and not last.isascii():
            ends += [(last[-length:],) for length in range(min(_LONGEST_RUN, len(last) - 1), 1, -1)]
        for end in ends:
            if values := self._categories.get(end):
                yield from (("category", value, CATEGORY_BONUS) for value in values)
                break
        for length in range(min(LONGEST_NAME, len(stems)), 0, -1):
            found = [
                values
                for at in range(len(stems) - length + 1)
                if (values := self._brands.get(tuple(stems[at : at + length])))
            ]
            if found:
                yield from (("brand", value, BRAND_BONUS) for value in found[0])
                break


def _by_stems(labels: Mapping[str, Sequence[str]], *, split: bool) -> dict[tuple[str, ...], tuple[str, ...]]:
    whole: dict[tuple[str, ...], dict[str, None]] = {}
    partial: dict[tuple[str, ...], dict[str, None]] = {}
    for value, names in labels.items():
        for name in names:
            whole.setdefault(analysis.stems(name), {})[value] = None
            parts = _ALTERNATIVES.split(analysis.normalise(name)) if split else []
            for part in parts if len(parts) > 1 else []:
                partial.setdefault(analysis.stems(part), {})[value] = None
    merged = {**partial, **whole}
    return {key: tuple(values) for key, values in merged.items() if key}
