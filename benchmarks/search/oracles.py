"""What we are compared with: tantivy, the fastest engine we know, and PostgreSQL's full text. Neither is needed to run
the shop; what cannot be had is left out with a reason.

    pip install tantivy
"""

from __future__ import annotations

import importlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from search import Document
from search.schema import BOOSTS

TOP = 24
Ask = Callable[[str], object]
_WORD = re.compile(r"\w+")


class Unavailable(Exception):
    """Why an oracle cannot be asked."""


def tantivy(documents: Iterable[Document]) -> dict[str, Ask]:
    """Return ways to ask tantivy for its plain best 24: all words, and any word; same fields and boosts as ours."""
    try:
        engine = importlib.import_module("tantivy")
    except ImportError as error:
        raise Unavailable(f"tantivy is not installed ({error}); pip install tantivy") from error
    schema = engine.SchemaBuilder().add_unsigned_field("id", stored=True)
    for name in BOOSTS:
        schema.add_text_field(name, tokenizer_name="en_stem")
    folder = tempfile.TemporaryDirectory(prefix="oracle-")
    index = engine.Index(schema.build(), path=folder.name)
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for document in documents:
        writer.add_document(engine.Document(id=document.id, **_texts(document)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(words: str, every: bool, kept: object = folder) -> list[int]:
        query = index.parse_query(
            " ".join(_WORD.findall(words.lower())), list(BOOSTS), field_boosts=BOOSTS, conjunction_by_default=every
        )
        hits = searcher.search(query, TOP, count=False).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return {"all words": lambda words: ask(words, True), "any word": lambda words: ask(words, False)}


def postgres(url: str, documents: Iterable[Document]) -> tuple[Ask, Callable[[], float], Callable[[], None]]:
    """Return a way to ask PostgreSQL for the best 24 by all words with one facet counted, its clock, and a way to clean
    up. The clock counts CPU seconds of its process where that runs on this machine, otherwise time as it passes.
    """
    if not url:
        raise Unavailable("no --postgres URL was given")
    driver: Any = importlib.import_module("psycopg")
    try:
        connection = driver.connect(url, autocommit=True)
    except driver.OperationalError as error:
        raise Unavailable(f"PostgreSQL cannot be reached ({str(error).splitlines()[0]})") from error
    table = f"benchmark_search_{os.getpid()}"
    weights = {"title": "A", "brand": "B", "model": "B", "category": "C", "description": "C", "attributes": "D"}
    vector = " || ".join(f"setweight(to_tsvector('english', {name}), '{weight}')" for name, weight in weights.items())
    columns = ", ".join(f"{name} text" for name in weights)
    connection.execute(f"CREATE UNLOGGED TABLE {table} (id bigint PRIMARY KEY, {columns}, v tsvector)")
    with connection.cursor().copy(f"COPY {table} (id, {', '.join(weights)}) FROM STDIN") as copy:
        for document in documents:
            copy.write_row((document.id, *(_texts(document)[name] for name in weights)))
    connection.execute(f"UPDATE {table} SET v = {vector}")
    connection.execute(f"CREATE INDEX ON {table} USING gin (v)")
    connection.execute(f"VACUUM ANALYZE {table}")
    connection.execute("SET max_parallel_workers_per_gather = 0")
    question = f"""
        WITH hits AS MATERIALIZED (
            SELECT id, brand, ts_rank(v, q) AS score FROM {table}, plainto_tsquery('english', %s) AS q WHERE v @@ q
        )
        SELECT (SELECT array_agg(id) FROM (SELECT id FROM hits ORDER BY score DESC, id LIMIT {TOP}) AS best),
               (SELECT json_object_agg(brand, n) FROM (SELECT brand, count(*) AS n FROM hits GROUP BY brand) AS facet)
    """

    def ask(words: str) -> Any:
        return connection.execute(question, (words,), prepare=True).fetchone()

    account = Path(f"/proc/{connection.execute('SELECT pg_backend_pid()').fetchone()[0]}")

    def clock() -> float:
        if not is_local:
            return time.perf_counter()
        return int((account / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9

    def clean_up() -> None:
        connection.execute(f"DROP TABLE {table}")
        connection.close()

    is_local = (account / "comm").exists() and (account / "comm").read_text().startswith("postgres")
    return ask, clock, clean_up


def _texts(document: Document) -> dict[str, str]:
    return {
        "title": document.title,
        "brand": " ".join(document.brand.names) if document.brand else "",
        "model": " ".join((document.model, *document.codes)),
        "category": " ".join(name for label in document.categories for name in label.names),
        "description": document.description,
        "attributes": " ".join(document.attributes),
    }
