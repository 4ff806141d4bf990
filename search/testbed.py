"""Test collections: documents, judgements and runs as files, in the shapes that search evaluation has long used.

Documents: JSON lines (`.xz` allowed) with `id`, `title` and optionally `brand`, `model`, `description`, `category`,
`price_cents`, `attrs`, `ean`; or lines of `id TAB source TAB title`. Judgements ("qrels"): CSV with the columns
`query,docid,rating`, or lines of `query TAB docid`, each rated 1. Runs: lines of `query TAB docid TAB rank TAB score`.
"""

from __future__ import annotations

import csv
import json
import lzma
import time
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from search import analysis
from search.documents import LARGEST_PAGE, Document, Label, SearchRequest
from search.evaluation import Metrics, bootstrap_interval, evaluate, per_query
from search.index.searcher import Searcher
from search.index.writing import WhooshIndex
from search.synonyms import NO_SYNONYMS, Synonyms

Judgements = dict[str, dict[Hashable, float]]
_SIGNS = ">/|›"


Run = dict[str, list[tuple[str, float]]]
"""query -> (document id, score), best first"""


class Unreadable(ValueError):
    """A file is not what it should be; the message names the file, the line and what was expected."""


@dataclass(frozen=True)
class TestBed:
    """Documents numbered from 0, and the ids that their file gives them, in the same order."""

    __test__ = False

    documents: list[Document]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial measured: means over the judged queries, the 95 % interval of the condensed nDCG, and the cost."""

    metrics: Metrics
    interval: tuple[float, float]
    zero_results: int
    documents: int
    build_cpu_seconds: float
    median_query_ms: float


def try_out(bed: TestBed, judgements: Judgements, folder: Path, synonyms: Synonyms = NO_SYNONYMS) -> tuple[Trial, Run]:
    """Build a throwaway index in `folder`, ask every judged query for its first 1,000 documents, and measure."""
    started = time.process_time()
    searcher = build(bed, folder)
    built = time.process_time() - started
    run, took = {}, []
    for query in judgements:
        started = time.process_time()
        run[query] = ask(searcher.teach(synonyms), bed, query)
        took.append(time.process_time() - started)
    ranked = {query: [name for name, _ in found] for query, found in run.items()}
    trial = Trial(
        metrics=evaluate(ranked, judgements),
        interval=bootstrap_interval(per_query(ranked, judgements)),
        zero_results=sum(not found for found in run.values()),
        documents=len(bed.documents),
        build_cpu_seconds=built,
        median_query_ms=median(took) * 1000,
    )
    return trial, run


def build(bed: TestBed, folder: Path) -> Searcher:
    """Return a searcher over a fresh index of a test bed in `folder`."""
    index = WhooshIndex(folder)
    index.rebuild(bed.documents)
    return Searcher(index.open())


def ask(searcher: Searcher, bed: TestBed, query: str) -> list[tuple[str, float]]:
    """Return the first 1,000 documents for a query by the names of their file, with scores."""
    page = searcher.search(SearchRequest(text=query, size=LARGEST_PAGE, count=()))
    return [(bed.names[number], score) for number, score in zip(page.ids, page.scores, strict=True)]


def read_documents(path: Path) -> TestBed:
    """Read a file of documents. Raises Unreadable for anything that is not one, and for an id that comes twice."""
    documents: list[Document] = []
    names: dict[str, None] = {}
    for line, facts in _records(path):
        name, title = str(facts.get("id", "")).strip(), facts.get("title", facts.get("name"))
        if not name or not isinstance(title, str):
            raise Unreadable(f"{path.name}, line {line}: a document needs an id and a title")
        if name in names:
            raise Unreadable(f"{path.name}, line {line}: the id {name} comes twice")
        try:
            documents.append(_document(len(documents), title, facts))
        except (ValueError, TypeError) as error:
            raise Unreadable(f"{path.name}, line {line}: {error}") from error
        names[name] = None
    if not documents:
        raise Unreadable(f"{path.name} holds no documents")
    return TestBed(documents, list(names))


def read_judgements(path: Path) -> Judgements:
    """Read qrels: query -> document id -> rating, 0 or more. Raises Unreadable for anything else."""
    judgements: Judgements = {}
    with _open(path) as file:
        tabbed = path.name.removesuffix(".xz").endswith(".tsv")
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if tabbed else csv.reader(file)
        for line, row in enumerate(rows, start=1):
            if not row or (line == 1 and row[0].strip().lower() == "query"):
                continue
            try:
                rating = float(row[2]) if len(row) > 2 else 1.0
                judgements.setdefault(row[0], {})[row[1].strip()] = rating
            except (IndexError, ValueError) as error:
                raise Unreadable(f"{path.name}, line {line}: expected query, docid and a rating") from error
    if not judgements:
        raise Unreadable(f"{path.name} holds no judgements")
    return judgements


def write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """Write for each query its documents with rank (from 1) and score."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for query, found in run.items():
            for rank, (name, score) in enumerate(found, start=1):
                file.write(f"{query}\t{name}\t{rank}\t{score:.6f}\n")


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            if line.lstrip().startswith("{"):
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise Unreadable(f"{path.name}, line {number}: not JSON ({error})") from error
                continue
            parts = line.rstrip("\r\n").split("\t")
            if len(parts) < 3:
                raise Unreadable(f"{path.name}, line {number}: expected JSON, or id, source and title between tabs")
            if number > 1 or parts[0] != "id":
                yield number, {"id": parts[0], "title": parts[2]}


def _open(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _document(number: int, title: str, facts: Mapping[str, Any]) -> Document:
    brand = str(facts.get("brand") or "").strip()
    attributes = list(_attributes(facts.get("attrs")))
    codes = facts.get("ean") or ()
    return Document(
        id=number,
        title=title,
        brand=Label(analysis.normalise(brand), (brand,)) if brand else None,
        categories=_categories(facts.get("category")),
        model=str(facts.get("model") or ""),
        description=str(facts.get("description") or facts.get("brief") or ""),
        attributes=tuple(text for _, text in attributes),
        codes=tuple(map(str, [codes] if isinstance(codes, str) else codes)),
        price_minor=int(facts.get("price_cents") or 0),
    )


def _categories(category: Any) -> tuple[Label, ...]:
    """Return the path of labels that "Food > Oil" or ["Food", "Oil"] names; the value of each is its path."""
    parts = category if isinstance(category, list) else _split(str(category or ""))
    names = [str(part).strip() for part in parts if str(part).strip()]
    return tuple(Label(">".join(names[: depth + 1]), (name,)) for depth, name in enumerate(names))


def _split(text: str) -> list[str]:
    for sign in _SIGNS:
        text = text.replace(f" {sign} ", ">")
    return text.split(">")


def _attributes(attrs: Any) -> Iterator[tuple[str, str]]:
    """Yield (name, text) for attributes as a mapping or as pairs; a flag is its name where it is true."""
    pairs: Iterable[Any] = attrs.items() if isinstance(attrs, dict) else attrs or ()
    for name, value in pairs:
        if isinstance(value, bool):
            if value:
                yield name, str(name).removeprefix("b_").replace("_", " ")
        elif isinstance(value, str):
            yield name, value
