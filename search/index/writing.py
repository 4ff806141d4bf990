"""The writer: documents in, a verified generation out. One writer at a time; readers are never disturbed.

`rebuild` starts from nothing. `apply` takes a few changes: the new generation links the segments of the live one
(they are never altered), marks the old forms of changed documents as deleted and adds one small segment. After
`MOST_SEGMENTS` such steps a rebuild is due.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import create_in, open_dir
from whoosh.writing import SegmentWriter

from search import analysis
from search.documents import LONGEST_QUERY, Document, IndexBroken, IndexMissing, IndexProblem, SearchRequest
from search.index import layout
from search.index.columns import SegmentColumns
from search.index.generation import Generation, Read
from search.index.lists import SegmentLists
from search.index.searcher import Searcher
from search.index.whoosh_text import WhooshGeneration
from search.schema import code_tokens, field_tokens, whoosh_schema

log = logging.getLogger(__name__)

MOST_SEGMENTS = 20
CANARIES = 5
_BLOCK = 1024
_MEMORY_MB = 128


class WhooshIndex:
    """Keeps generations under one directory: the embedded backend (see `generation.Index`)."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def current(self) -> str | None:
        """Return the name that CURRENT holds, or None."""
        return layout.read_current(self.root)

    def open(self) -> WhooshGeneration:
        """Open the live generation, or when that is broken the newest good one."""
        return _open(self.root)

    def rebuild(self, documents: Iterable[Document]) -> str:
        """Build a generation from all documents, verify it, make it live; return its name.

        Raises ValueError when two documents share an id, IndexBroken when the result fails its checks.
        """
        with layout.exclusively(self.root):
            return self._make(documents, frozenset(), None)

    def apply(self, upserts: Collection[Document], deletes: Collection[int] = ()) -> str:
        """Add or replace documents and delete ids, as a new generation over the live one; return its name.

        Raises IndexMissing or IndexBroken when there is no good generation to start from (then rebuild).
        """
        return self.revise(lambda: (upserts, deletes))

    def revise(self, read: Read) -> str:
        """Do as `apply` with what `read` returns, which is called while nobody else may write."""
        with layout.exclusively(self.root):
            base = self.open()
            upserts, deletes = read()
            return self._make(upserts, frozenset(deletes) | {document.id for document in upserts}, base)

    def upsert(self, documents: Collection[Document]) -> str:
        """Add or replace documents; return the new generation's name."""
        return self.apply(documents)

    def delete(self, ids: Collection[int]) -> str:
        """Remove documents by id, unknown ones silently; return the new generation's name."""
        return self.apply((), ids)

    def activate(self, name: str) -> None:
        """Make an existing generation live again, after checking it."""
        with layout.exclusively(self.root):
            WhooshGeneration(self.root / name)
            layout.point_to(self.root, name)

    def _make(self, documents: Iterable[Document], replaced: Collection[int], base: WhooshGeneration | None) -> str:
        name = layout.next_name(self.root)
        building = self.root / f".building-{name}-{os.getpid()}"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        try:
            self._write(building, documents, replaced, base)
            building.rename(self.root / name)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        layout.sync(self.root)
        layout.point_to(self.root, name)
        layout.sweep(self.root)
        log.info("Search index generation %s is live", name)
        return name

    def _write(
        self, building: Path, documents: Iterable[Document], replaced: Collection[int], base: WhooshGeneration | None
    ) -> None:
        if base is None:
            index = create_in(str(building), whoosh_schema())
        else:
            _link(self.root / base.name, building, base.manifest.files)
            index = open_dir(str(building))
        codec = W3Codec(blocklimit=_BLOCK)
        codec.length_stats = False  # our own columns hold the lengths; Whoosh would look one up for every posting
        # Every process would read a compound file into its memory; plain files are read in place.
        writer = SegmentWriter(index, codec=codec, limitmb=_MEMORY_MB, compound=False)
        columns, lists = SegmentColumns(), SegmentLists()
        seen: set[int] = set()
        try:
            gone = base.corpus.rows_of(np.array(sorted(replaced), np.int64)) if base else np.empty(0, np.int64)
            gone = gone[gone >= 0]
            for row in gone.tolist():
                writer.delete_document(row)
            for document in documents:
                if document.id in seen:
                    raise ValueError(f"document {document.id} was given twice")
                seen.add(document.id)
                tokens = field_tokens(document)
                counts = {name: Counter(found) for name, found in tokens.items()}
                writer.add_document(**counts, code=Counter(code_tokens(document)))
                columns.add(document, tokens)
                lists.add(counts)
            segment = writer.newsegment.segment_id()
        except BaseException:
            writer.cancel()
            raise
        writer.commit(merge=False)
        if len(columns):
            columns.save(building, segment)
            lists.save(building, segment)
        (building / "MAIN_WRITELOCK").unlink(missing_ok=True)
        kept = base.manifest.documents - int(gone.size) if base else 0
        layout.seal(
            building,
            documents=kept + len(columns),
            segments=(base.manifest.segments if base else 0) + bool(len(columns)),
            built_at=time.time(),
            known=base.manifest.files if base else {},
        )
        verify(WhooshGeneration(building))


def verify(generation: Generation) -> None:
    """Ask a fresh generation for a few of its own documents by title. Raises IndexBroken when one is not found."""
    searcher = Searcher(generation)
    rows = np.flatnonzero(searcher.shown)
    if rows.size != generation.documents:
        raise IndexBroken(f"{generation.name}: {rows.size} documents, {generation.documents} expected")
    for row in rows[:: max(1, rows.size // CANARIES)][:CANARIES]:
        title = generation.corpus.titles[row][0]
        request = SearchRequest(text=title, correct=False)
        if (
            analysis.tokens(title[:LONGEST_QUERY])
            and searcher.explain(request, int(generation.corpus.ids[row])) is None
        ):
            raise IndexBroken(
                f"{generation.name}: document {int(generation.corpus.ids[row])} is not found by its title"
            )


def _open(root: Path) -> WhooshGeneration:
    current = layout.read_current(root)
    problems: list[IndexProblem] = []
    for name in dict.fromkeys([*([current] if current else []), *layout.names(root)]):
        try:
            return WhooshGeneration(root / name)
        except IndexProblem as problem:
            log.warning("Search index generation %s is not usable: %s", name, problem)
            problems.append(problem)
    if any(isinstance(problem, IndexBroken) for problem in problems):
        raise problems[0]
    raise IndexMissing(f"no search index in {root}")


def _link(source: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        try:
            os.link(source / name, target / name)
        except OSError:
            shutil.copy2(source / name, target / name)
            layout.sync(target / name)
