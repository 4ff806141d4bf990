"""How the shop does when it is ten times as large: the same requests to two shops, turn by turn, and what they cost.

    python -m benchmarks.growth SMALL LARGE      # two data directories that `flask demo prepare` has filled
    python -m benchmarks.growth SMALL LARGE Storefront "Back office" "List of orders"     # only these groups

Writes GROWTH_RESULTS.md, for all groups only. README.md says how the directories are made.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.copies import ALONE
from benchmarks.growth_cases import Case, admin_cases, make_ready, shop_cases
from benchmarks.server import Server, serving

RESULTS = Path(__file__).with_name("GROWTH_RESULTS.md")
ROUNDS = 3
SECONDS, MOST, FEWEST = 0.1, 8, 1
"""In a round so many requests are sent as fit into so much time, within bounds."""
GOAL = 1.5
LOOK, CALM = 0.1, 5
"""A shop that was just started is at rest once looks, so many seconds apart, find so often that it does nothing."""


@dataclass
class Figures:
    """What one case cost one shop, round by round."""

    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    per_round: int = FEWEST

    @property
    def cpu(self) -> float:
        """Median CPU milliseconds per request."""
        return statistics.median(self.cpu_ms)

    @property
    def p95(self) -> float:
        """95th percentile of what one client waited, in milliseconds."""
        return statistics.quantiles(self.wall_ms, n=20)[-1] if len(self.wall_ms) > 1 else self.wall_ms[0]


@dataclass
class Start:
    """What a shop cost as a whole."""

    first_page: float = 0.0
    first_search: float = 0.0
    settled: float = 0.0
    memory_fresh: float = 0.0
    memory: float = 0.0
    own_memory: float = 0.0
    disk: float = 0.0
    products: int = 0
    orders: int = 0

    @property
    def size(self) -> str:
        """How large it is, in words."""
        return f"{self.products:,} products, {self.orders:,} orders"


def main(folders: Sequence[str], groups: Sequence[str]) -> None:
    """Serve both shops, ask each the same, and write down what it cost; only some groups where they are named."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    with ExitStack() as stack:
        shops, starts = [], []
        for folder in folders:
            shop, start = _open(stack, folder)
            shops.append(shop)
            starts.append(start)
        cases = [shop_cases(shop) for shop in shops]
        lists = admin_cases(folders[1])
        cases = [[case for case in (*known, *lists) if not groups or case.group in groups] for known in cases]
        for shop in shops:
            make_ready(shop)
        figures = _measure(shops, cases)
        for shop, start in zip(shops, starts, strict=True):
            start.memory, start.own_memory = shop.memory_mb(), shop.memory_mb("Pss_Anon")
    counts = [_count(folder, known) for folder, known in zip(folders, cases, strict=True)]
    report = render(cases[1], figures, counts, starts)
    if not groups:
        RESULTS.write_text(report, encoding="utf-8")
    print(report)


def _open(stack: ExitStack, folder: str) -> tuple[Server, Start]:
    start, began = Start(), time.perf_counter()
    shop = stack.enter_context(serving("wsgi:app", **ALONE, DATA_DIR=folder))
    shop.fetch("GET", "/")
    start.first_page = time.perf_counter() - began
    start.memory_fresh = shop.memory_mb()
    began = time.perf_counter()
    shop.fetch("GET", "/search?q=chocolate")
    start.first_search = time.perf_counter() - began
    start.settled = _settle(shop)
    with closing(sqlite3.connect(Path(folder) / "shop.db")) as rows:
        start.products = rows.execute("SELECT count(*) FROM product").fetchone()[0]
        start.orders = rows.execute('SELECT count(*) FROM "order"').fetchone()[0]
    start.disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e9
    return shop, start


def _settle(shop: Server) -> float:
    """Wait until nothing is read beside the requests any more; return after how many seconds that was so."""
    began, calm = time.perf_counter(), 0
    while calm < CALM:
        before = shop.cpu_seconds()
        time.sleep(LOOK)
        calm = calm + 1 if shop.cpu_seconds() - before < LOOK / 10 else 0
    return time.perf_counter() - began - CALM * LOOK


def _measure(shops: Sequence[Server], cases: Sequence[Sequence[Case]]) -> list[list[Figures]]:
    """Ask for every case in turn, one shop after the other, round after round."""
    figures = [[Figures() for _ in known] for known in cases]
    for place in range(len(cases[0])):
        for shop, known, found in zip(shops, cases, figures, strict=True):
            known[place].ask(shop)
            seconds = known[place].ask(shop)
            found[place].per_round = min(max(int(SECONDS / seconds), FEWEST), MOST)
        for _ in range(ROUNDS):
            for shop, known, found in zip(shops, cases, figures, strict=True):
                mine, before = found[place], shop.cpu_seconds()
                mine.wall_ms += [known[place].ask(shop) * 1000 for _ in range(mine.per_round)]
                mine.cpu_ms.append((shop.cpu_seconds() - before) * 1000 / mine.per_round)
    return figures


def _count(folder: str, cases: Sequence[Case]) -> list[int]:
    """Return how many statements each case sends, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth_cases"]
    asked = json.dumps([case.as_json() for case in cases])
    environ = {**os.environ, **ALONE, "DATA_DIR": folder}
    done = subprocess.run(command, input=asked, capture_output=True, text=True, env=environ, check=True)
    return [int(number) for number in json.loads(done.stdout.splitlines()[-1])]


def render(
    cases: Sequence[Case],
    figures: Sequence[Sequence[Figures]],
    counts: Sequence[Sequence[int]],
    starts: Sequence[Start],
) -> str:
    """Return the results as Markdown."""
    small, large = starts
    lines = [
        "# How the shop grows",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} shared cores, granian "
        f"with one worker and one thread, SQLite. Small: {small.size}; large: {large.size}; both made up with the same "
        f"skew. Median CPU of {ROUNDS} interleaved rounds, p95 of what "
        f"one client waited. The goal is a ratio of {GOAL} at most. README.md says how it is measured.",
        "",
        "| | small | large |",
        "|---|---|---|",
        f"| disk, GB | {small.disk:.1f} | {large.disk:.1f} |",
        f"| from the start to the first page, s | {small.first_page:.1f} | {large.first_page:.1f} |",
        f"| the first search after that, s | {small.first_search:.2f} | {large.first_search:.2f} |",
        f"| until prices and words are read beside the requests, s | {small.settled:.1f} | {large.settled:.1f} |",
        f"| a worker after its first page, MB | {small.memory_fresh:.0f} | {large.memory_fresh:.0f} |",
        f"| a worker after all pages below, MB | {small.memory:.0f} | {large.memory:.0f} |",
        f"| ... without pages of files | {small.own_memory:.0f} | {large.own_memory:.0f} |",
    ]
    for group in dict.fromkeys(case.group for case in cases):
        lines += ["", f"## {group}", "", "| request | small: CPU ms | p95 | SQL | large: CPU ms | p95 | SQL | ratio |"]
        lines.append("|---|---|---|---|---|---|---|---|")
        for place in _shown(group, cases, figures[1]):
            one, other = (found[place] for found in figures)
            ratio = other.cpu / one.cpu
            mark = "" if ratio <= GOAL else " **>**"
            lines.append(
                f"| {cases[place].name} | {one.cpu:.1f} | {one.p95:.1f} | {counts[0][place]} "
                f"| {other.cpu:.1f} | {other.p95:.1f} | {counts[1][place]} | {ratio:.2f}{mark} |"
            )
    return "\n".join(lines) + "\n"


def _shown(group: str, cases: Sequence[Case], found: Sequence[Figures]) -> list[int]:
    """Return the places of a group; of a list of which only the worst is told, the first page and that."""
    mine = [place for place, case in enumerate(cases) if case.group == group]
    shown = [place for place in mine if not cases[place].worst_of]
    for name in dict.fromkeys(cases[place].worst_of for place in mine if cases[place].worst_of):
        shown.append(max((p for p in mine if cases[p].worst_of == name), key=lambda place: found[place].cpu))
    return sorted(shown)


if __name__ == "__main__":
    main(sys.argv[1:3], sys.argv[3:])
