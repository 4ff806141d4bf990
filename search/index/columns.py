"""What stands beside the Whoosh segments: ids, field lengths, facets, first live columns, names and words.

One file of mapped arrays (`packed`) and one small `.json` (facet values, labels) for each segment, in the order of its
documents; opening joins them. With one segment nothing is copied.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search import analysis
from search.documents import LIVE_TYPES, Document, IndexBroken, LiveColumns
from search.facets import FacetColumn
from search.index import packed
from search.index.packed import Arrays, Strings, Tally
from search.schema import FIELDS
from search.suggesting import Names, spelled, title_keys
from search.tallying import FacetTable

PHRASE_FLOOR = 3
SHORTEST_WORD = 2
_LONGEST_FIELD = 65_535


class SegmentColumns:
    """Collects the columns of the documents of one segment and writes them."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._lengths = array("H")
        self._live: dict[str, list[Any]] = {name: [] for name in LIVE_TYPES}
        self._titles: list[str] = []
        self._title_counts = array("l")
        self._pairs: dict[str, tuple[array[int], array[int]]] = {}
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
        self._lengths.extend(min(len(tokens[name]), _LONGEST_FIELD) for name in FIELDS)
        for name, column in self._live.items():
            column.append(getattr(document, name))
        titles = (document.title, *document.other_titles)
        self._titles += titles
        self._title_counts.append(len(titles))
        for label in (*document.categories, *([document.brand] if document.brand else [])):
            kind = "brand" if label is document.brand else "category"
            self._labels[kind].setdefault(label.value, list(label.names))
        for name, values in _facets_of(document).items():
            owners, codes = self._pairs.setdefault(name, (array("i"), array("i")))
            numbers = self._codes.setdefault(name, {})
            for value in dict.fromkeys(values):
                owners.append(row)
                codes.append(numbers.setdefault(value, len(numbers)))
        self._count_words(document)

    def save(self, directory: Path, segment: str) -> None:
        """Write `columns-<segment>.bin` and `.json`."""
        lengths = np.array(self._lengths, np.uint16).reshape(len(self), len(FIELDS))
        arrays: Arrays = {"ids": np.array(self._ids, np.int64), "lengths": lengths.T}
        arrays |= {name: np.array(self._live[name], kind) for name, kind in LIVE_TYPES.items()}
        for number, (owners, codes) in enumerate(self._pairs.values()):
            arrays[f"owners{number}"] = np.array(owners, np.int32)
            arrays[f"codes{number}"] = np.array(codes, np.int32)
        arrays |= self._packed_titles()
        arrays |= _packed_tally("words", self._words)
        arrays |= _packed_tally("phrases", {pair: n for pair, n in self._phrases.items() if n >= PHRASE_FLOOR})
        packed.save(directory / f"columns-{segment}.bin", arrays)
        names = {name for labels in self._labels.values() for given in labels.values() for name in given}
        texts = {
            "facets": [[name, list(self._codes[name])] for name in self._pairs],
            "labels": self._labels,
            "sounds": {name: sounds for name in sorted(names) if (sounds := spelled(name))},
        }
        (directory / f"columns-{segment}.json").write_text(json.dumps(texts), encoding="utf-8")

    def _packed_titles(self) -> Arrays:
        """Return the titles, and the keys that complete to them, sorted."""
        starts = np.fromiter(accumulate(self._title_counts, initial=0), np.int32, len(self) + 1)
        keys = sorted((key, place) for place, title in enumerate(self._titles) for key in title_keys(title))
        titles_of_keys = np.array([place for _, place in keys], np.int32)
        return {
            **_packed_strings("titles", self._titles),
            "title_starts": starts,
            **_packed_strings("keys", [key for key, _ in keys]),
            "key_titles": titles_of_keys,
            "key_rows": (np.searchsorted(starts, titles_of_keys, side="right") - 1).astype(np.int32),
        }

    def _count_words(self, document: Document) -> None:
        """Count what products are called, without their brands: those are no words for goods."""
        found: set[str] = set()
        phrases: set[str] = set()
        brand = document.brand.names if document.brand else ()
        kinds = [name for label in document.categories for name in label.names]
        for text in (document.title, *document.other_titles, document.product_type, *kinds):
            rest = _without(text, brand)
            found.update(analysis.words(rest))
            phrases.update(analysis.word_pairs(rest))
        self._words.update(word for word in found if len(word) >= SHORTEST_WORD)
        self._phrases.update(phrases)


def _without(text: str, names: Sequence[str]) -> str:
    """Return a title without the brand that it begins with."""
    return next((text[len(name) :] for name in names if name and text.startswith(name)), text)


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
    table: FacetTable
    labels: dict[str, dict[str, tuple[str, ...]]]
    sounds: dict[str, tuple[str, ...]]
    words: Tally
    phrases: Tally
    titles: Names
    order: NDArray[np.int64] = field(init=False)
    sorted_ids: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        living = np.flatnonzero(self.alive)
        order = living[np.argsort(self.ids[living], kind="stable")]
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "sorted_ids", self.ids[order])

    def rows_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the living document number of each id, -1 where there is none."""
        if not self.sorted_ids.size:
            return np.full(ids.shape, -1, np.int64)
        places = np.minimum(np.searchsorted(self.sorted_ids, ids), self.sorted_ids.size - 1)
        return np.where(self.sorted_ids[places] == ids, self.order[places], -1)

    def align(self, live: LiveColumns) -> tuple[NDArray[np.bool_], LiveColumns]:
        """Return (documents,) true where a document has a live row, and the live columns in the order of the
        documents.
        """
        if live is self.first_live and live.ids.size == self.ids.size:
            return self.alive, live
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
        arrays = [packed.load(directory / f"columns-{name}.bin") for name, _ in segments]
        texts = [json.loads((directory / f"columns-{name}.json").read_bytes()) for name, _ in segments]
    except (OSError, ValueError, EOFError) as error:
        raise IndexBroken(f"{directory.name}: unreadable columns ({error})") from error
    if any(part["ids"].size != size for part, (_, size) in zip(arrays, segments, strict=True)):
        raise IndexBroken(f"{directory.name}: the columns do not fit the text index")
    labels: dict[str, dict[str, tuple[str, ...]]] = {"brand": {}, "category": {}}
    for text in texts:
        for kind, names in text["labels"].items():
            labels[kind].update({value: tuple(given) for value, given in names.items()})
    ids = _join([part["ids"] for part in arrays], np.int64)
    facets, table = _join_facets(arrays, texts, ids.size)
    living: Any = slice(None) if alive.all() else alive
    live = {name: _join([part[name] for part in arrays], kind)[living] for name, kind in LIVE_TYPES.items()}
    return Corpus(
        ids=ids,
        alive=alive,
        lengths=_join([part["lengths"] for part in arrays], np.uint16, (len(FIELDS), 0)),
        first_live=LiveColumns(ids[living], **live),
        facets=facets,
        table=table,
        labels=labels,
        sounds={name: tuple(sounds) for text in texts for name, sounds in text["sounds"].items()},
        words=Tally([(_strings(part, "words"), part["words_counts"]) for part in arrays]),
        phrases=Tally([(_strings(part, "phrases"), part["phrases_counts"]) for part in arrays]),
        titles=Names(
            [
                (
                    _strings(part, "titles"),
                    part["title_starts"],
                    _strings(part, "keys"),
                    part["key_titles"],
                    part["key_rows"],
                )
                for part in arrays
            ]
        ),
    )


def _join_facets(
    arrays: Sequence[Arrays], texts: Sequence[dict[str, Any]], documents: int
) -> tuple[dict[str, FacetColumn], FacetTable]:
    owners: dict[str, list[NDArray[np.int32]]] = {}
    codes: dict[str, list[NDArray[np.int32]]] = {}
    numbers: dict[str, dict[str, int]] = {}
    first = 0
    for part, text in zip(arrays, texts, strict=True):
        for number, (name, values) in enumerate(text["facets"]):
            known = numbers.setdefault(name, {})
            globally = np.array([known.setdefault(value, len(known)) for value in values], np.int32)
            owners.setdefault(name, []).append(part[f"owners{number}"] + np.int32(first))
            codes.setdefault(name, []).append(globally[part[f"codes{number}"]])
        first += part["ids"].size
    columns, pairs = {}, {}
    for name, known in numbers.items():
        values = sorted(known)
        order = np.array([known[value] for value in values], np.int32)
        sorted_code = np.empty(order.size, np.int32)
        sorted_code[order] = np.arange(order.size, dtype=np.int32)
        pairs[name] = np.concatenate(owners[name]), sorted_code[np.concatenate(codes[name])]
        columns[name] = FacetColumn(values, *pairs[name], documents)
    return columns, FacetTable(columns, pairs, documents)


def _join(parts: Sequence[NDArray[Any]], kind: Any, empty: tuple[int, ...] = (0,)) -> NDArray[Any]:
    """Return the parts side by side; a single one as it is, mapped."""
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(empty, kind), *parts], axis=-1)


def _packed_strings(name: str, texts: Sequence[str]) -> Arrays:
    blob, ends = packed.pack(texts)
    return {f"{name}_bytes": blob, f"{name}_ends": ends}


def _packed_tally(name: str, counts: Mapping[str, int]) -> Arrays:
    texts = sorted(counts)
    return {**_packed_strings(name, texts), f"{name}_counts": np.array([counts[text] for text in texts], np.int32)}


def _strings(arrays: Arrays, name: str) -> Strings:
    return Strings(arrays[f"{name}_bytes"], arrays[f"{name}_ends"])


def _facets_of(document: Document) -> dict[str, tuple[str, ...]]:
    own = {name: values for name, values in document.facets.items() if values}
    if document.categories:
        own["category"] = tuple(label.value for label in document.categories)
    if document.brand:
        own["brand"] = (document.brand.value,)
    return own
