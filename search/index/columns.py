"""What stands beside the Whoosh segments: ids, field lengths, facets, first live columns, names and words.

One `.npz` (numbers) and one `.json` (texts) for each segment, in the order of its documents; opening joins them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import analysis
from search.documents import LIVE_TYPES, Document, IndexBroken, LiveColumns
from search.facets import FacetColumn
from search.schema import FIELDS

PHRASE_FLOOR = 3
_LONGEST_FIELD = 65_535


class SegmentColumns:
    """Collects the columns of the documents of one segment and writes them."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._lengths: list[list[int]] = []
        self._live: list[tuple[object, ...]] = []
        self._titles: list[list[str]] = []
        self._pairs: dict[str, tuple[list[int], list[int]]] = {}
        self._codes: dict[str, dict[str, int]] = {}
        self._labels: dict[str, dict[str, list[str]]] = {"brand": {}, "category": {}}
        self._words: Counter[str] = Counter()
        self._phrases: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, document: Document, tokens: dict[str, list[str]]) -> None:
        """Remember one document; `tokens` by field, as they go into the text index."""
        row = len(self._ids)
        self._ids.append(document.id)
        self._lengths.append([min(len(tokens[name]), _LONGEST_FIELD) for name in FIELDS])
        self._live.append(tuple(getattr(document, name) for name in LIVE_TYPES))
        self._titles.append([document.title, *document.other_titles])
        for label in (*document.categories, *([document.brand] if document.brand else [])):
            kind = "brand" if label is document.brand else "category"
            self._labels[kind].setdefault(label.value, list(label.names))
        for name, values in _facets_of(document).items():
            owners, codes = self._pairs.setdefault(name, ([], []))
            numbers = self._codes.setdefault(name, {})
            for value in dict.fromkeys(values):
                owners.append(row)
                codes.append(numbers.setdefault(value, len(numbers)))
        self._count_words(document)

    def save(self, directory: Path, segment: str) -> None:
        """Write `columns-<segment>.npz` and `.json`."""
        arrays: dict[str, NDArray[Any]] = {
            "ids": np.array(self._ids, np.int64),
            "lengths": np.array(self._lengths, np.uint16).reshape(len(self), len(FIELDS)).T,
        }
        for position, (name, kind) in enumerate(LIVE_TYPES.items()):
            arrays[name] = np.array([row[position] for row in self._live], kind)
        for number, (owners, codes) in enumerate(self._pairs.values()):
            arrays[f"owners{number}"] = np.array(owners, np.int32)
            arrays[f"codes{number}"] = np.array(codes, np.int32)
        np.savez(directory / f"columns-{segment}.npz", allow_pickle=False, **arrays)
        texts = {
            "facets": [[name, list(self._codes[name])] for name in self._pairs],
            "labels": self._labels,
            "words": dict(self._words),
            "phrases": {phrase: count for phrase, count in self._phrases.items() if count >= PHRASE_FLOOR},
            "titles": self._titles,
        }
        (directory / f"columns-{segment}.json").write_text(json.dumps(texts), encoding="utf-8")

    def _count_words(self, document: Document) -> None:
        found: set[str] = set()
        phrases: set[str] = set()
        names = [name for label in document.categories for name in label.names]
        names += [name for label in ([document.brand] if document.brand else []) for name in label.names]
        for text in (document.title, *document.other_titles, document.product_type, *names):
            line = analysis.words(text)
            found.update(line)
            phrases.update(f"{first} {second}" for first, second in pairwise(line))
        self._words.update(word for word in found if len(word) > 1)
        self._phrases.update(phrases)


@dataclass(frozen=True)
class Corpus:
    """All segments joined. Arrays are (documents,) in the order of the text index; `alive` is false for replaced
    documents.
    """

    ids: NDArray[np.int64]
    alive: NDArray[np.bool_]
    lengths: NDArray[np.uint16]
    first_live: LiveColumns
    facets: dict[str, FacetColumn]
    labels: dict[str, dict[str, tuple[str, ...]]]
    words: Counter[str]
    phrases: Counter[str]
    titles: list[list[str]]
    order: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        living = np.flatnonzero(self.alive)
        object.__setattr__(self, "order", living[np.argsort(self.ids[living], kind="stable")])

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the living document number of each id, -1 where there is none."""
        sorted_ids = self.ids[self.order]
        if not sorted_ids.size:
            return np.full(ids.shape, -1, np.int64)
        places = np.minimum(np.searchsorted(sorted_ids, ids), sorted_ids.size - 1)
        return np.where(sorted_ids[places] == ids, self.order[places], -1)

    def align(self, live: LiveColumns) -> tuple[NDArray[np.bool_], LiveColumns]:
        """Return (documents,) true where a document has a live row, and the live columns in the order of the
        documents.
        """
        rows = self.rows_of(live.ids)
        present = rows >= 0
        rows = rows[present]
        shown = np.zeros(self.ids.size, np.bool_)
        shown[rows] = True

        def spread(column: NDArray[Any]) -> NDArray[Any]:
            result = np.zeros(self.ids.size, column.dtype)
            result[rows] = column[present]
            return result

        return shown, LiveColumns(self.ids, **{name: spread(getattr(live, name)) for name in LIVE_TYPES})


def load(directory: Path, segments: Sequence[tuple[str, int]], alive: NDArray[np.bool_]) -> Corpus:
    """Join the columns of `segments`, (name, number of documents) in order. Raises IndexBroken when they do not fit."""
    try:
        arrays = [dict(np.load(directory / f"columns-{name}.npz", allow_pickle=False)) for name, _ in segments]
        texts = [json.loads((directory / f"columns-{name}.json").read_bytes()) for name, _ in segments]
    except (OSError, ValueError, EOFError) as error:
        raise IndexBroken(f"{directory.name}: unreadable columns ({error})") from error
    if any(part["ids"].size != size for part, (_, size) in zip(arrays, segments, strict=True)):
        raise IndexBroken(f"{directory.name}: the columns do not fit the text index")
    labels: dict[str, dict[str, tuple[str, ...]]] = {"brand": {}, "category": {}}
    words: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    for text in texts:
        words.update(text["words"])
        phrases.update(text["phrases"])
        for kind, names in text["labels"].items():
            labels[kind].update({value: tuple(given) for value, given in names.items()})
    ids = _join([part["ids"] for part in arrays], np.int64)
    live = {name: _join([part[name] for part in arrays], kind)[alive] for name, kind in LIVE_TYPES.items()}
    return Corpus(
        ids=ids,
        alive=alive,
        lengths=np.concatenate([np.zeros((len(FIELDS), 0), np.uint16), *(part["lengths"] for part in arrays)], axis=1),
        first_live=LiveColumns(ids[alive], **live),
        facets=_join_facets(arrays, texts, ids.size),
        labels=labels,
        words=words,
        phrases=phrases,
        titles=[title for text in texts for title in text["titles"]],
    )


def _join_facets(
    arrays: Sequence[dict[str, NDArray[Any]]],
    texts: Sequence[dict[str, Any]],
    documents: int,
) -> dict[str, FacetColumn]:
    owners: dict[str, list[NDArray[np.int64]]] = {}
    codes: dict[str, list[NDArray[np.int64]]] = {}
    numbers: dict[str, dict[str, int]] = {}
    first = 0
    for part, text in zip(arrays, texts, strict=True):
        for number, (name, values) in enumerate(text["facets"]):
            known = numbers.setdefault(name, {})
            globally = np.array([known.setdefault(value, len(known)) for value in values], np.int64)
            owners.setdefault(name, []).append(part[f"owners{number}"].astype(np.int64) + first)
            codes.setdefault(name, []).append(globally[part[f"codes{number}"].astype(np.int64)])
        first += part["ids"].size
    result = {}
    for name, known in numbers.items():
        values = sorted(known)
        sorted_code = np.argsort([known[value] for value in values])
        result[name] = FacetColumn(
            values, np.concatenate(owners[name]), sorted_code[np.concatenate(codes[name])], documents
        )
    return result


def _join(parts: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind, copy=False)


def _facets_of(document: Document) -> dict[str, tuple[str, ...]]:
    own = {name: values for name, values in document.facets.items() if values}
    if document.categories:
        own["category"] = tuple(label.value for label in document.categories)
    if document.brand:
        own["brand"] = (document.brand.value,)
    return own
