"""A generation that Whoosh keeps: segments on disk, with their postings as lists beside them that numpy scores."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh.index import open_dir

from search import ranking
from search.documents import IndexBroken
from search.index import columns, layout
from search.index.generation import Generation
from search.index.lists import Lists
from search.index.matches import Matches
from search.index.matching import finish, group_scores, match
from search.index.terms import TermCache
from search.parsing import Group


class WhooshGeneration(Generation):
    """The Whoosh segments of one directory with their columns; immutable but for its cache of terms.

    Raises
    ------
    IndexMissing, IndexBroken : for anything that is not a complete generation of this schema.
    """

    def __init__(self, directory: Path) -> None:
        self.manifest = layout.read_manifest(directory)
        try:
            reader = open_dir(str(directory), readonly=True).reader()
        except Exception as error:
            raise IndexBroken(f"{directory.name}: Whoosh cannot open it ({error})") from error
        weakref.finalize(self, reader.close)
        leaves = reader.leaf_readers() if reader.doc_count_all() else []
        alive = np.ones(reader.doc_count_all(), np.bool_)
        for leaf, first in leaves:
            alive[[first + number for number in leaf.segment().deleted_docs()]] = False
        segments = [(leaf.segment().segment_id(), leaf.doc_count_all()) for leaf, _ in leaves]
        corpus = columns.load(directory, segments, alive)
        super().__init__(directory.name, corpus, segments=self.manifest.segments, built_at=self.manifest.built_at)
        if self.documents != self.manifest.documents:
            raise IndexBroken(f"{directory.name}: {self.documents} documents, {self.manifest.documents} expected")
        norms = np.stack([ranking.length_norms(lengths, alive) for lengths in corpus.lengths])
        self.terms = TermCache(leaves, _lists(directory, [name for name, _ in segments]), norms, alive)

    def match(self, groups: Sequence[Group], shown: NDArray[np.bool_]) -> Matches:
        """Return the documents of `shown` that match all groups, or if those are few, most of them."""
        return match(groups, self.terms.get, shown)

    def finishing(
        self, groups: Sequence[Group], ends: Sequence[str], shown: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], ranking.Floats]:
        """Return documents that match all groups and hold one of `ends`, which come the most used first."""
        return finish(groups, ends, self.terms.get, shown)

    def parts(self, groups: Sequence[Group], row: int) -> list[tuple[str, float]]:
        """Return what each token gives to the score of one document."""
        return [part for group in groups for part in group_scores(group, self.terms.get, row)]

    def count(self, token: str) -> int:
        """Return how many living documents have this token."""
        return self.terms.count(token)

    def knows(self, token: str) -> bool:
        """Say whether any living document has this token, without reading which if that need not be known."""
        return self.terms.holds(token)

    def rows_holding(self, code: str) -> NDArray[np.int64]:
        """Return the rows of the living documents that have exactly this squeezed SKU or barcode."""
        return self.terms.coded(code).astype(np.int64) if code else np.empty(0, np.int64)


def _lists(directory: Path, segments: Sequence[str]) -> list[Lists]:
    try:
        return [Lists(directory, name) for name in segments]
    except (OSError, ValueError) as error:
        raise IndexBroken(f"{directory.name}: unreadable lists ({error})") from error
