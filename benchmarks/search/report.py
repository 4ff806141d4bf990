"""The results as Markdown: each figure beside its goal."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from benchmarks.search.catalogue import Catalogue
from benchmarks.search.measuring import Times
from benchmarks.search.probe import Figures
from benchmarks.search.storm import Outcome

OURS = "ours: relaxing, popularity, 3 facets, total"
OURS_PLAIN = "ours: without facets"
OURS_WALL = "ours, by the clock"
POSTGRES = "PostgreSQL, by the clock"
TANTIVY = "tantivy, all words"


def heading(catalogue: Catalogue, *, made_up: bool) -> str:
    """Say what was measured and on what."""
    source = "made-up products" if made_up else "products"
    return (
        "# Where the search library stands\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} shared cores; "
        f"{len(catalogue.documents)} {source}, as often over as needed, {len(catalogue.queries)} queries. "
        "Milliseconds are CPU of the thread, median / 95 %, the best of five rounds (cold: the only round, no term "
        "decoded before). Compare within this file only; README.md says how it is measured."
    )


def goals(measured: tuple[float, Figures] | None) -> str:
    """Return the table of goals."""
    if measured is None:
        return ""
    build, figures = measured
    rows = [
        ("full search, warm", _pair(figures.warm), "95 % <= 2 ms", figures.warm[1] <= 2),
        ("full search, cold", _pair(figures.cold), "95 % <= 8 ms", figures.cold[1] <= 8),
        ("suggestions", _pair(figures.suggest), "95 % <= 0.5 ms", figures.suggest[1] <= 0.5),
        ("suggestions, the first time", _pair(figures.suggest_first), "", None),
        ("with a brand and a price", _pair(figures.filtered), "", None),
        ("everything, 3 facets", f"{figures.everything:.2f}", "a few ms", figures.everything <= 4),
        ("everything by price, 3 facets", f"{figures.by_price:.2f}", "a few ms", figures.by_price <= 4),
        ("the five largest categories", _pair(figures.category), "a few ms", figures.category[1] <= 4),
        ("memory above a bare process, opened", f"{figures.opened_mb:.0f} MB", "", None),
        ("... after all queries", f"{figures.warm_mb:.0f} MB", "<= 120 MB", figures.warm_mb <= 120),
        ("opening", f"{figures.opening:.2f} s CPU", "<= 1.5 s", figures.opening <= 1.5),
        ("building", f"{build:.0f} s CPU", "<= 180 s", build <= 180),
    ]
    lines = [f"## {figures.documents} documents", "", "| what | measured | goal | met |", "|---|---|---|---|"]
    lines += [f"| {name} | {value} | {goal} | {_met(met)} |" for name, value, goal, met in rows]
    return "\n".join(lines)


def rivals(times: Mapping[str, Times], missing: Sequence[str]) -> str:
    """Return the comparison with other engines, all asked in turn in one process."""
    lines = ["## Beside others, in one run", "", "| engine | ms, median / 95 % |", "|---|---|"]
    lines += [f"| {name} | {each} |" for name, each in times.items()]
    verdicts = []
    for ours, theirs, most in ((OURS, TANTIVY, 2.5), (OURS_WALL, POSTGRES, 0.25)):
        if ours in times and theirs in times:
            ratios = [times[ours].at(share) / times[theirs].at(share) for share in (0.5, 0.95)]
            verdicts.append(
                f"{ours} against {theirs}: {ratios[0]:.2f} x at the median, {ratios[1]:.2f} x at 95 % "
                f"(goal {most} x at 95 %: {_met(ratios[1] <= most)})."
            )
    return "\n".join([*lines, "", *verdicts, *(f"Left out: {reason}." for reason in missing)])


def spelling(rows: Sequence[tuple[int, float, Times]]) -> str:
    """Return how many typos are corrected to what was meant."""
    lines = ["## Spelling", "", "| typos of words in at least | right first | goal | ms each |", "|---|---|---|---|"]
    lines += [
        f"| {often} documents ({len(each.each)}) | {share:.3f} | >= 0.95: {_met(share >= 0.95)} | {each} |"
        for often, share, each in rows
    ]
    return "\n".join(lines)


def growth(rows: Sequence[tuple[float, Figures]]) -> str:
    """Return the chart of cost against size."""
    lines = [
        "## As the catalogue grows",
        "",
        "| documents | warm ms | cold ms | suggest ms | everything ms | memory MB | opening s | building CPU s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.documents} | {_pair(f.warm)} | {_pair(f.cold)} | {_pair(f.suggest)} | {f.everything:.2f} "
        f"| {f.warm_mb:.0f} | {f.opening:.2f} | {build:.0f} |"
        for build, f in rows
    ]
    return "\n".join(lines)


def changes(measured: tuple[float, float, float]) -> str:
    """Return what one changed product costs."""
    cpu, written, found = measured
    return (
        "## One changed product\n\n"
        f"Written in {written:.2f} s ({cpu:.2f} s CPU, under 1 s: {_met(written < 1)}); "
        f"found by a search {found:.2f} s after the change began (within 3 s: {_met(found < 3)})."
    )


def storm(outcome: Outcome) -> str:
    """Return what the threads saw."""
    good = not outcome.wrong and not outcome.errors and outcome.swept and outcome.locked_out
    return (
        "## Threads\n\n"
        f"{outcome.searches} searches from 8 threads on cold caches while {outcome.generations} generations were in "
        f"use and one build was killed half-way, in {outcome.seconds:.0f} s: {outcome.wrong} wrong answers, "
        f"{outcome.errors} errors; the killed build kept other writers out while it lived: {_met(outcome.locked_out)}, "
        f"and the next build swept what it left: {_met(outcome.swept)}. Goal 0 and 0: {_met(good)}."
    )


def _pair(times: tuple[float, float]) -> str:
    return f"{times[0]:.2f} / {times[1]:.2f}"


def _met(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "no"
