"""The text side of an index, opened once and shared by every thread: who keeps the terms is behind one small interface.

A backend stores documents' tokens and finds those that match groups of tokens; everything else (columns, vocabulary,
completions, intent, filters, facets, order) is the same code over the same columns, so that backends answer alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search import analysis, ranking
from search.documents import Document
from search.index.columns import Corpus
from search.index.intent import Intent
from search.index.matches import Matches
from search.index.matching import asked
from search.parsing import Group
from search.schema import FIELDS
from search.suggesting import Completions, Vocabulary


class Generation(ABC):
    """One immutable state of the index. Safe to share between threads.

    Parameters
    ----------
    name : what CURRENT calls it.
    corpus : its columns, (documents,) each, in the order of the document numbers that matches use.
    segments : how many pieces it was written in.
    built_at : seconds since 1970, UTC.
    """

    def __init__(self, name: str, corpus: Corpus, *, segments: int, built_at: float) -> None:
        self.name = name
        self.corpus = corpus
        self.documents = int(corpus.alive.sum())
        self.segments = segments
        self.built_at = built_at
        brands = (name for names in corpus.labels.get("brand", {}).values() for name in names)
        self.vocabulary = Vocabulary(corpus.words, {word for name in brands for word in analysis.words(name)})
        self.intent = Intent(corpus.labels)
        self.has_sounds = bool(corpus.lengths[FIELDS.index("pinyin")].any())
        popularity = np.zeros(corpus.alive.size, np.float32)
        popularity[corpus.alive] = ranking.popularity_scale(corpus.first_live.popularity)
        self.prefixes = Completions(
            names=corpus.titles,
            ids=corpus.ids,
            weights=popularity,
            labels=corpus.labels,
            sizes={kind: column.sizes() for kind, column in corpus.facets.items() if kind in corpus.labels},
            sounds=corpus.sounds,
            terms=(corpus.words, corpus.phrases),
        )

    @abstractmethod
    def match(self, groups: Sequence[Group], shown: NDArray[np.bool_]) -> Matches:
        """Return the documents of `shown` (documents,) that match all groups, or if those are few, most of them."""

    @abstractmethod
    def parts(self, groups: Sequence[Group], row: int) -> list[tuple[str, float]]:
        """Return what each token gives to the score of one document, for explaining."""

    @abstractmethod
    def count(self, token: str) -> int:
        """Return how many living documents have this token."""

    @abstractmethod
    def rows_holding(self, code: str) -> NDArray[np.int64]:
        """Return the rows of the living documents that have exactly this squeezed SKU or barcode, ascending."""

    def finishing(
        self, groups: Sequence[Group], ends: Sequence[str], shown: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], ranking.Floats]:
        """Return (documents of `shown` that match all groups and hold one of the tokens `ends`, their scores), for a
        few products under an unfinished query: backends may leave out what cannot matter among many.
        """
        every = (*groups, Group(tuple((end, 1.0) for end in ends)))
        matches = self.match(every, shown)
        whole = matches.tiers == len(asked(every))
        return matches.docs[whole], matches.scores[whole]

    def knows(self, token: str) -> bool:
        """Say whether any living document has this token."""
        return self.count(token) > 0

    def is_word(self, word: str) -> bool:
        """Say whether this is a word of the catalogue's names, as written there."""
        return word in self.vocabulary

    def is_phrase(self, first: str, second: str) -> bool:
        """Say whether these two words often stand side by side."""
        return f"{first} {second}" in self.corpus.phrases

    def nearest(self, word: str) -> str | None:
        """Return the word that was probably meant and that some living document has, or None."""
        return next((other for other in self.vocabulary.likeliest(word) if self.knows(analysis.stem(other))), None)


Read = Callable[[], tuple[Collection[Document], Collection[int]]]
"""Returns documents to add or replace, and ids to delete."""


class Index(Protocol):
    """A backend: where generations are kept, made and opened. One writer at a time; readers are never disturbed.

    Every writing method raises IndexProblem while another process is writing, and then changes nothing.
    """

    def current(self) -> str | None:
        """Return the name of the live generation, cheaply; None when there is none.

        Raises IndexProblem when it cannot be known now.
        """

    def open(self) -> Generation:
        """Open the live generation, or when that is broken the newest good one.

        Raises IndexMissing when there is none at all, IndexBroken when there are some and none is good.
        """

    def rebuild(self, documents: Iterable[Document]) -> str:
        """Build a generation from all documents, verify it, make it live; return its name.

        Raises ValueError when two documents share an id, IndexBroken when the result fails its checks.
        """

    def apply(self, upserts: Collection[Document], deletes: Collection[int] = ()) -> str:
        """Add or replace documents and delete ids, as a new generation over the live one; return its name.

        Raises IndexMissing or IndexBroken when there is no good generation to start from (then rebuild).
        """

    def revise(self, read: Read) -> str:
        """Do as `apply` with the documents and ids that `read` returns, which is called while nobody else may write:
        so what it reads is not older than what another writer has written before.
        """

    def upsert(self, documents: Collection[Document]) -> str:
        """Add or replace documents; return the new generation's name."""

    def delete(self, ids: Collection[int]) -> str:
        """Remove documents by id, unknown ones silently; return the new generation's name."""

    def activate(self, name: str) -> None:
        """Make an existing generation live again, after checking it."""
