"""CPU milliseconds of calls, and the memory of this process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds, one for each question."""

    each: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.at(0.5):.2f} / {self.at(0.95):.2f}"

    def at(self, share: float) -> float:
        """Return the time that this share of the questions needs at most."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def best_of(
    rounds: int, questions: Sequence[Any], *ways: Callable[[Any], object], clock: Callable[[], float] = time.thread_time
) -> list[Times]:
    """Return for each way of answering the least time of each question over all rounds; the ways take turns."""
    least = [[float("inf")] * len(questions) for _ in ways]
    gc.collect()
    for _ in range(rounds):
        for number, way in enumerate(ways):
            for place, question in enumerate(questions):
                started = clock()
                way(question)
                least[number][place] = min(least[number][place], (clock() - started) * 1000)
    return [Times(tuple(times)) for times in least]


def memory_mb() -> float:
    """Return the proportional set size of this process: its own pages, and its share of those it shares."""
    facts = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in facts if line.startswith("Pss:")) / 1024
