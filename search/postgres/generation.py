"""A generation that PostgreSQL keeps: terms are asked by lexeme, columns come from the node's cache."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search import ranking
from search.documents import IndexBroken, IndexMissing
from search.index import columns
from search.index.generation import Generation
from search.index.matches import Matches
from search.index.matching import finish, group_scores, match
from search.parsing import Group
from search.postgres import lexicon, tables
from search.postgres.lexicon import Lexicon
from search.postgres.manifest import Manifest
from search.postgres.raw import RawCache
from search.postgres.terms import Fetch, Terms


class PostgresGeneration(Generation):
    """The segments of one manifest with their columns; immutable but for its cache of terms.

    Parameters
    ----------
    name : what the shelf calls it.
    manifest : already read and checked.
    directory : where its column files lie unpacked.
    fetch : runs a reading statement and returns its rows.
    raw : what earlier generations learned of segments that are shared.

    Raises
    ------
    IndexBroken : when tables, files and manifest do not fit each other.
    """

    def __init__(self, name: str, manifest: Manifest, directory: Path, fetch: Fetch, raw: RawCache) -> None:
        self.manifest = manifest
        self._fetch = fetch
        segments = manifest.segments
        _count(name, manifest, fetch)
        alive = manifest.alive()
        corpus = columns.load(directory, [(segment.name, segment.documents) for segment in segments], alive)
        super().__init__(name, corpus, segments=len(segments), built_at=manifest.built_at)
        if self.documents != manifest.documents:
            raise IndexBroken(f"{name}: {self.documents} documents, {manifest.documents} expected")
        firsts = accumulate((segment.documents for segment in segments), initial=0)
        read = [
            (segment.id, first, Lexicon(directory / lexicon.file_name(segment.name)))
            for segment, first in zip(segments, firsts, strict=False)
        ]
        norms = np.stack([ranking.length_norms(lengths, alive) for lengths in corpus.lengths])
        self.terms = Terms(fetch, raw, read, norms=norms, alive=alive)

    def is_whole(self) -> bool:
        """Say whether PostgreSQL still has this generation's tables with all their documents."""
        try:
            _count(self.name, self.manifest, self._fetch)
        except IndexBroken:
            return False
        return True

    def match(self, groups: Sequence[Group], shown: NDArray[np.bool_]) -> Matches:
        """Return the documents of `shown` that match all groups, or if those are few, most of them."""
        return match(groups, self.terms.read(_tokens(groups)).__getitem__, shown)

    def parts(self, groups: Sequence[Group], row: int) -> list[tuple[str, float]]:
        """Return what each token gives to the score of one document."""
        found = self.terms.read(_tokens(groups))
        return [part for group in groups for part in group_scores(group, found.__getitem__, row)]

    def finishing(
        self, groups: Sequence[Group], ends: Sequence[str], shown: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], ranking.Floats]:
        """Return documents that match all groups and hold one of `ends`, which come the most used first."""
        return finish(groups, ends, self.terms.read([*_tokens(groups), *ends]).__getitem__, shown)

    def count(self, token: str) -> int:
        """Return how many living documents have this token."""
        return self.terms.count(token)

    def knows(self, token: str) -> bool:
        """Say whether any living document has this token."""
        return self.terms.knows(token)

    def rows_holding(self, code: str) -> NDArray[np.int64]:
        """Return the rows of the living documents that have exactly this squeezed SKU or barcode."""
        return self.terms.holding(code) if code else np.empty(0, np.int64)


def _tokens(groups: Sequence[Group]) -> list[str]:
    return [
        token
        for group in groups
        for token in (*(term for term, _ in group.terms), *(part for tokens, _ in group.phrases for part in tokens))
    ]


def _count(name: str, manifest: Manifest, fetch: Fetch) -> None:
    """Check that each segment's table is there and has its documents."""
    segments = manifest.segments
    try:
        rows = fetch(tables.count_documents([segment.id for segment in segments])) if segments else []
    except IndexMissing as problem:
        raise IndexBroken(f"{name}: a table is missing") from problem
    if dict(rows) != {place: segment.documents for place, segment in enumerate(segments)}:
        raise IndexBroken(f"{name}: the tables do not hold the documents that the manifest lists")
