"""Measure the search library on a large catalogue and write SEARCH_RESULTS.md (see README.md)."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks.search import oracles, report
from benchmarks.search.catalogue import COPY, Catalogue, made, read
from benchmarks.search.measuring import Times, best_of
from benchmarks.search.probe import FACETS, Figures
from benchmarks.search.spelling import right_first
from benchmarks.search.storm import Outcome, storm
from search import Searcher, SearchHolder, SearchRequest, WhooshIndex

RESULTS = Path(__file__).parents[1] / "SEARCH_RESULTS.md"
MADE = 19_406
ROUNDS = 5
OFTEN = 20
BUILT = "built.json"


def main() -> None:
    """Run what the options ask for; the full size takes about a quarter of an hour."""
    options = _options()
    catalogue = read(options.documents, options.categories, options.queries) if options.documents else made(MADE)
    sizes = [int(size) for size in options.sizes.split(",")]
    main_size = options.main or sizes[-1]
    with ExitStack() as stack:
        workspace = options.workspace or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        growth = [(_build(workspace, catalogue, size), _probe(workspace, catalogue, size)) for size in sizes]
        root = workspace / str(main_size)
        _build(workspace, catalogue, main_size)
        sections = [
            report.heading(catalogue, made_up=options.documents is None),
            report.goals(growth[sizes.index(main_size)] if main_size in sizes else None),
            report.rivals(*_duel(root, catalogue, main_size, options.postgres)),
            report.spelling(
                [(often, *right_first(Searcher(WhooshIndex(root).open()), often=often)) for often in (OFTEN, 100, 500)]
            ),
            report.growth(growth),
        ]
        if not options.no_storm:
            changed = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=workspace))) / "changed"
            shutil.copytree(root, changed, copy_function=os.link)
            sections += [
                report.changes(_freshness(changed, catalogue)),
                report.storm(_storm(changed, catalogue, options.searches)),
            ]
    text = "\n\n".join(sections) + "\n"
    options.out.write_text(text, encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    add = parser.add_argument
    add("--documents", type=Path, help="JSON lines, plain or .xz; without it a catalogue is made up")
    add("--categories", type=Path, help="CSV id, department, category")
    add(
        "--queries", type=Path, action="append", default=[], help="CSV or TSV whose first column is a query; repeatable"
    )
    add("--sizes", default="10000,30000,97030", help="catalogue sizes of the growth table, comma separated")
    add("--main", type=int, default=97_030, help="the size everything else is measured at")
    add("--postgres", default="", help="URL of a PostgreSQL server to compare with; one table is made and dropped")
    add("--workspace", type=Path, help="a directory to keep the built indexes in, for the next run")
    add("--searches", type=int, default=10_000, help="how many searches the storm makes")
    add("--no-storm", action="store_true", help="leave out what changes the index")
    add("--out", type=Path, default=RESULTS, help="where to write the report")
    return parser.parse_args()


def _build(workspace: Path, catalogue: Catalogue, size: int) -> float:
    """Build the index of this size unless it is there; return the CPU seconds that building took."""
    root = workspace / str(size)
    if not (root / BUILT).exists():
        print(f"building {size} documents ...", flush=True)
        started = time.process_time()
        WhooshIndex(root).rebuild(catalogue.times(size))
        (root / BUILT).write_text(json.dumps(time.process_time() - started))
    return float(json.loads((root / BUILT).read_text()))


def _probe(workspace: Path, catalogue: Catalogue, size: int) -> Figures:
    """Measure in a process of its own, whose memory nobody else has touched."""
    print(f"asking {size} documents ...", flush=True)
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.search.probe", str(workspace / str(size))],
        input=json.dumps(catalogue.queries),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return Figures(**json.loads(answer.stdout))


def _duel(root: Path, catalogue: Catalogue, size: int, url: str) -> tuple[dict[str, Times], list[str]]:
    """Ask ours and the oracles in turn; return their times, and why some are missing."""
    shop = Searcher(WhooshIndex(root).open())
    ways: dict[str, oracles.Ask] = {
        report.OURS: lambda words: shop.search(SearchRequest(text=words, count=FACETS)),
        report.OURS_PLAIN: lambda words: shop.search(SearchRequest(text=words, count=())),
    }
    missing = []
    times: dict[str, Times] = {}
    try:
        ways |= {f"tantivy, {name}": ask for name, ask in oracles.tantivy(catalogue.times(size)).items()}
    except oracles.Unavailable as reason:
        missing.append(str(reason))
    times |= dict(zip(ways, best_of(ROUNDS, catalogue.queries, *ways.values()), strict=True))
    try:
        ask, clean_up = oracles.postgres(url, catalogue.times(size))
    except oracles.Unavailable as reason:
        return times, [*missing, str(reason)]
    try:
        ours, theirs = best_of(ROUNDS, catalogue.queries, ways[report.OURS], ask, clock=time.perf_counter)
    finally:
        clean_up()
    return {**times, report.OURS_WALL: ours, report.POSTGRES: theirs}, missing


def _freshness(root: Path, catalogue: Catalogue) -> tuple[float, float, float]:
    """Change one product; return CPU and wall seconds of writing, and how long until a search found the change."""
    index = WhooshIndex(root)
    holder = SearchHolder(index)
    holder.searcher()
    started, cpu = time.perf_counter(), time.process_time()
    index.apply([replace(catalogue.documents[0], title="Quokka " + catalogue.documents[0].title)])
    written, spent = time.perf_counter() - started, time.process_time() - cpu
    while not holder.searcher().search(SearchRequest(text="quokka", correct=False)).total:
        time.sleep(0.02)
    return spent, written, time.perf_counter() - started


def _storm(root: Path, catalogue: Catalogue, searches: int) -> Outcome:
    changes = [
        replace(document, id=document.id + place % 2 * 100 * COPY, title="Changed " + document.title)
        for place, document in enumerate(catalogue.documents[:40])
    ]
    requests = [SearchRequest(text=query, count=FACETS) for query in catalogue.queries]
    return storm(root, changes, requests, searches=searches)


if __name__ == "__main__":
    main()
