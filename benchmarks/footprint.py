"""What the shop takes as a merchant runs it: the memory of all its processes, and the time to a first page."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.pages import Visit, send
from benchmarks.server import Server, free_port, running

WORKERS = 2
STARTS = 3
TURNS = 40
"""Connections on which each kind of page is asked for, so that every worker has made all of them."""


@dataclass(frozen=True)
class Footprint:
    """Medians of several starts."""

    worker_mb: float
    """Proportional set size of the largest worker."""
    whole_mb: float
    """That of supervisor, fork server and workers together."""
    first_page: float
    """Seconds from the command to the whole first page."""


def measure(visits: Sequence[Visit]) -> Footprint:
    """Start the shop several times, ask for the home page at once, then for everything, and read what it holds."""
    found = [_measure_once(visits) for _ in range(STARTS)]
    return Footprint(*(statistics.median(figures) for figures in zip(*found, strict=True)))


def _measure_once(visits: Sequence[Visit]) -> tuple[float, float, float]:
    began = time.perf_counter()
    with _open() as shop:
        shop.fetch("GET", "/")
        first_page = time.perf_counter() - began
        for visit in visits:
            for _ in range(TURNS):
                shop.reconnect()
                send(shop, visit)
        sizes = shop.sizes_mb()
        return max(sizes), sum(sizes), first_page


@contextmanager
def _open() -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "storefront.serving", "web"]
    environ = {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "WEB_WORKERS": str(WORKERS)}
    with running(command, port, {**os.environ, "LOG_LEVEL": "WARNING", **environ}) as shop:
        yield shop
