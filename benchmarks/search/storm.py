"""Many threads ask while generations change and a build is killed: no answer may be another than one thread's alone.

Every answer is compared with what a single thread, on a searcher of its own, gives for the same request on the same
generation. Run as a module (`python -m benchmarks.search.storm DIRECTORY`) this is the build that gets killed.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.search.catalogue import made
from search import Document, IndexProblem, Searcher, SearchHolder, SearchPage, SearchRequest, WhooshIndex

PATIENCE = 60.0
HALF_WAY = "half-way"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened; `wrong` answers and `errors` must be 0, `swept` and `locked_out` true."""

    searches: int
    generations: int
    wrong: int
    errors: int
    locked_out: bool
    swept: bool
    seconds: float


def storm(
    root: Path,
    changes: Sequence[Document],
    requests: Sequence[SearchRequest],
    *,
    searches: int = 10_000,
    threads: int = 8,
    switches: int = 20,
) -> Outcome:
    """Ask `searches` questions over the index at `root` while it takes in `changes` in `switches` steps.

    Parameters
    ----------
    root : an index with one good generation.
    changes : documents that are new or replace others, at least `switches`.
    """
    index = WhooshIndex(root)
    expected: dict[str, list[SearchPage]] = {}
    _remember(index, requests, expected)
    holder = SearchHolder(index, look_every=0.0)
    turns = itertools.count()
    answers: list[tuple[int, SearchPage]] = []
    allowed = threading.Semaphore(0)

    def ask() -> None:
        while allowed.acquire():
            turn = next(turns)
            if turn >= searches:
                return
            number = turn % len(requests)
            answers.append((number, holder.searcher().search(requests[number])))

    started = time.perf_counter()
    steps = [changes[at::switches] for at in range(switches)]
    locked_out = swept = False
    with ThreadPoolExecutor(threads) as pool:
        asking = [pool.submit(ask) for _ in range(threads)]
        try:
            for number, step in enumerate(steps):
                allowed.release(searches // (switches + 1))
                if number == switches // 2:
                    locked_out = _kill_a_build(root, index, step)
                    abandoned = set(root.glob(".building-*"))
                index.apply(step)
                if number == switches // 2:
                    swept = bool(abandoned) and not any(path.exists() for path in abandoned)
                _remember(index, requests, expected)
                _wait_for(holder, index.current())
        finally:
            allowed.release(searches + threads)
        errors = sum(future.exception() is not None for future in asking)
    return Outcome(
        searches=len(answers),
        generations=len({page.generation for _, page in answers}),
        wrong=sum(page != expected[page.generation][number] for number, page in answers),
        errors=errors,
        locked_out=locked_out,
        swept=swept,
        seconds=time.perf_counter() - started,
    )


def _remember(index: WhooshIndex, requests: Sequence[SearchRequest], expected: dict[str, list[SearchPage]]) -> None:
    alone = Searcher(index.open())
    expected[alone.generation.name] = [alone.search(request) for request in requests]


def _wait_for(holder: SearchHolder, name: str | None) -> None:
    limit = time.monotonic() + PATIENCE
    while holder.searcher().generation.name != name:
        if time.monotonic() > limit:
            raise TimeoutError(f"{name} was not opened")
        time.sleep(0.01)


def _kill_a_build(root: Path, index: WhooshIndex, step: Sequence[Document]) -> bool:
    """Start a rebuild in another process and kill it half-way; say whether nobody else could write meanwhile."""
    command = [sys.executable, "-m", "benchmarks.search.storm", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as build:
        assert build.stdout is not None
        if build.stdout.readline().strip() != HALF_WAY:
            raise RuntimeError("the build did not get half-way")
        try:
            index.apply(step)
            refused = False
        except IndexProblem:
            refused = True
        build.kill()
    return refused


def _half(documents: Sequence[Document]) -> Iterator[Document]:
    yield from documents[: len(documents) // 2]
    print(HALF_WAY, flush=True)
    sys.stdin.read()
    yield from documents[len(documents) // 2 :]


if __name__ == "__main__":
    WhooshIndex(Path(sys.argv[1])).rebuild(_half(made(2000).documents))
