"""Measure the shop on its demo data and write RESULTS.md."""

from __future__ import annotations

import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bare, footprint, importing, promotions, purchasing
from benchmarks.footprint import Footprint
from benchmarks.pages import BASELINES, PER_ROUND, ROUNDS, Figures, Visit, find_visits, measure
from benchmarks.queries import count_queries
from benchmarks.server import serving
from benchmarks.weight import Weight, weigh

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run everything; takes about ten minutes."""
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    with tempfile.TemporaryDirectory() as folder:
        environ = {"BARE_DATABASE": bare.database_in(Path(folder))}
        with serving("benchmarks.bare:app", **environ) as baseline, serving("wsgi:app") as shop:
            visits = find_visits(shop)
            weights = {visit.name: weigh(shop, visit.path) for visit in visits[:3]}
            figures = measure(baseline, shop, visits)
    queries = count_queries(visits)
    report = render(
        visits,
        figures,
        weights,
        queries,
        footprint.measure([visit for visit in visits if not visit.jar]),
        {
            "buying": purchasing.measure(),
            "inside the process": [*promotions.measure(), *importing.measure()],
        },
    )
    RESULTS.write_text(report, encoding="utf-8")
    print(report)


def render(
    visits: list[Visit],
    figures: dict[str, Figures],
    weights: dict[str, Weight],
    queries: dict[str, int],
    taken: Footprint,
    more: dict[str, list[tuple[str, str]]],
) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Where the shop stands",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} shared cores, granian "
        "with one worker and one thread, SQLite, demo data of size "
        f"`{os.environ.get('DEMO_SIZE', 'standard')}`. Median of {ROUNDS} interleaved rounds of {PER_ROUND} requests; "
        "CPU by the server process's own accounting. Compare within this "
        "table only; README.md says how it is measured.",
        "",
        "| request | CPU ms | ratio | goal | requests/s | p95 ms | KB as it travels | SQL |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for visit in [*BASELINES, *visits]:
        figure = figures[visit.name]
        ratio = figure.cpu / figures[visit.baseline].cpu
        name = f"bare {visit.name}" if visit in BASELINES else visit.name
        lines.append(
            f"| {name} | {figure.cpu:.2f} | {ratio:.2f} x bare {visit.baseline} | {visit.goal} "
            f"| {figure.per_second:.0f} | {figure.p95:.1f} | {figure.size / 1024:.0f} | {queries.get(visit.name, '')} |"
        )
    lines += [
        "",
        f"As a merchant runs it, with {footprint.WORKERS} workers, a worker holds {taken.worker_mb:.0f} MB (PSS, the "
        f"largest; goal: <= 150), all processes {taken.whole_mb:.0f} MB, supervisor and fork server among them: "
        f"{taken.whole_mb / footprint.WORKERS:.0f} MB for each worker. The first page came {taken.first_page:.1f} s "
        f"after the start (goal: <= 2). Medians of {footprint.STARTS} starts.",
        "",
    ]
    lines += [
        "| first view, KB as it travels | HTML | CSS | JS | icons | pictures | all |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {w.html:.1f} | {w.css:.1f} | {w.js:.1f} | {w.icons:.1f} | {w.pictures:.1f} ({w.picture_count}) "
        f"| {w.total:.1f} |"
        for name, w in weights.items()
    ]
    for title, measured in more.items():
        lines += ["", f"| {title} | measured |", "|---|---|", *(f"| {name} | {figure} |" for name, figure in measured)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
