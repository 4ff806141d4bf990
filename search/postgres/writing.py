"""The writer: documents in, a verified generation out, in one transaction that holds the index's advisory lock.

`rebuild` starts from nothing. `apply` adds one small segment and marks the old forms of changed documents as deleted;
the segments before it are shared. A build that fails or dies leaves nothing behind, because PostgreSQL undoes it.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from search.documents import Document, IndexBroken, IndexMissing, IndexProblem
from search.index.generation import Read
from search.index.writing import verify
from search.postgres import files, shelf, tables
from search.postgres.connecting import Connection, Query, Rows, Server
from search.postgres.generation import PostgresGeneration
from search.postgres.manifest import Manifest, Segment, read_manifest
from search.postgres.raw import RawCache
from search.postgres.segments import write_segment
from search.schema import schema_hash

log = logging.getLogger(__name__)

GRACE_SECONDS = 60.0


class PostgresIndex:
    """Keeps generations in PostgreSQL (see `search.index.generation.Index`).

    Parameters
    ----------
    server : the database; the namespace `search_index` is made there on the first write.
    cache : a directory of this node, for unpacked column files; it may be deleted at any time.
    key : which index, when several share the database.
    grace : seconds for which a generation stays after another took its place, for readers that have it open.
    """

    def __init__(self, server: Server, cache: Path, key: str = "shop", grace: float = GRACE_SECONDS) -> None:
        self.server = server
        self.cache = Path(cache) / f"postgres-{key}"
        self.key = key
        self.grace = grace
        self._raw = RawCache()
        self._opened: WeakValueDictionary[str, PostgresGeneration] = WeakValueDictionary()

    def current(self) -> str | None:
        """Return the name of the live generation. Raises IndexProblem while PostgreSQL does not answer."""
        try:
            return shelf.live(self.server.fetch, self.key)
        except IndexMissing:
            return None

    def open(self) -> PostgresGeneration:
        """Open the live generation, or when that is broken the newest good one."""
        live = shelf.live(self.server.fetch, self.key)
        names = shelf.names(self.server.fetch, self.key)
        problems: list[IndexProblem] = []
        for name in dict.fromkeys([*([live] if live else []), *(n for n in names if n.startswith(schema_hash()))]):
            try:
                generation = self._open(name, self.server.fetch)
            except (IndexBroken, IndexMissing) as problem:
                log.warning("Search index generation %s is not usable: %s", name, problem)
                problems.append(problem)
                continue
            files.sweep(self.cache, names)
            return generation
        if any(isinstance(problem, IndexBroken) for problem in problems):
            raise problems[0]
        raise IndexMissing(f"no search index named {self.key} in PostgreSQL")

    def rebuild(self, documents: Iterable[Document]) -> str:
        """Build a generation from all documents, verify it, make it live; return its name.

        Raises ValueError when two documents share an id, IndexBroken when the result fails its checks.
        """
        return self._make(lambda: (documents, None))

    def apply(self, upserts: Collection[Document], deletes: Collection[int] = ()) -> str:
        """Add or replace documents and delete ids, as a new generation over the live one; return its name.

        Raises IndexMissing or IndexBroken when there is no good generation to start from (then rebuild).
        """
        return self.revise(lambda: (upserts, deletes))

    def revise(self, read: Read) -> str:
        """Do as `apply` with what `read` returns, which is called while nobody else may write."""

        def replaced() -> tuple[Iterable[Document], Collection[int]]:
            upserts, deletes = read()
            return upserts, frozenset(deletes) | {document.id for document in upserts}

        return self._make(replaced)

    def upsert(self, documents: Collection[Document]) -> str:
        """Add or replace documents; return the new generation's name."""
        return self.apply(documents)

    def delete(self, ids: Collection[int]) -> str:
        """Remove documents by id, unknown ones silently; return the new generation's name."""
        return self.apply((), ids)

    def activate(self, name: str) -> None:
        """Make an existing generation live again, after checking it."""
        with self._exclusively() as connection:
            self._open(name, self.server.fetch)
            shelf.point_to(connection, self.key, name)

    def _make(self, read: Callable[[], tuple[Iterable[Document], Collection[int] | None]]) -> str:
        """Write, check and switch to a generation of what `read` returns: documents, and the ids that they replace in
        the live one; from nothing when these are None.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="shop-index-"))
        try:
            with self._exclusively() as connection:
                name = f"{schema_hash()}-{shelf.next_number(connection, self.key):06d}"
                manifest = self._write(connection, *read(), folder)
                shelf.add(connection, self.key, name, manifest.written())

                def within(query: Query, parameters: Collection[object] = (), *, binary: bool = False) -> Rows:
                    return connection.execute(query, list(parameters), binary=binary).fetchall()

                directory = files.unpack(self.cache, name, manifest, within, [folder])
                verify(PostgresGeneration(name, manifest, directory, within, self._raw))
                shelf.point_to(connection, self.key, name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        log.info("Search index generation %s is live", name)
        self._sweep()
        return name

    def _write(
        self, connection: Connection, documents: Iterable[Document], replaced: Collection[int] | None, folder: Path
    ) -> Manifest:
        kept: list[Segment] = []
        living = 0
        if replaced is not None:
            base = self._base()
            alive = base.corpus.alive.copy()
            rows = base.corpus.rows_of(np.array(sorted(replaced), np.int64))
            alive[rows[rows >= 0]] = False
            living = int(alive.sum())
            ends = np.cumsum([segment.documents for segment in base.manifest.segments])
            parts = np.split(alive, ends[:-1]) if ends.size else []
            kept = [segment.keeping(part) for segment, part in zip(base.manifest.segments, parts, strict=True)]
        added = write_segment(connection, self.key, documents, folder)
        segments = (*kept, added) if added else tuple(kept)
        return Manifest(schema_hash(), living + (added.documents if added else 0), time.time(), segments)

    def _base(self) -> PostgresGeneration:
        """Return the live generation, as this process has it open while it is whole, or else what can be opened."""
        live = shelf.live(self.server.fetch, self.key)
        known = self._opened.get(live or "")
        return known if known is not None and known.is_whole() else self.open()

    @contextmanager
    def _exclusively(self) -> Iterator[Connection]:
        """Open the one writer's transaction. Raises IndexProblem while another process writes this index."""
        with self.server.writing() as connection:
            tables.set_up(connection)
        with self.server.writing() as connection:
            if not shelf.lock(connection, self.key):
                raise IndexProblem("another process is writing this index")
            yield connection

    def _open(self, name: str, fetch: files.Fetch) -> PostgresGeneration:
        manifest = read_manifest(name, shelf.manifest(fetch, self.key, name))
        directory = files.unpack(self.cache, name, manifest, fetch)
        self._opened[name] = generation = PostgresGeneration(name, manifest, directory, fetch, self._raw)
        return generation

    def _sweep(self) -> None:
        """Remove old generations; what cannot be removed now is left to the next write."""
        try:
            with self._exclusively() as connection:
                shelf.sweep(connection, self.key, self.grace)
            files.sweep(self.cache, shelf.names(self.server.fetch, self.key))
        except IndexProblem as problem:
            log.warning("Old generations of the search index were not removed: %s", problem)
