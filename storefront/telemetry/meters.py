"""What is counted. Every meter has a label, so that its values are made at its first use, once it is known where they
are kept; labels are names in the code, never what people type."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from storefront.telemetry.sharing import REGISTRY

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds: a kept page is in the first, and what takes a second is a slow page."""

REQUESTS = Counter("shop_requests", "Answers, by view and status", ("endpoint", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "shop_request_seconds", "How long answers took", ("endpoint",), registry=REGISTRY, buckets=BUCKETS
)
STATEMENTS = Counter("shop_database_statements", "Statements, by view", ("endpoint",), registry=REGISTRY)
DATABASE_SECONDS = Counter("shop_database_seconds", "Time in statements, by view", ("endpoint",), registry=REGISTRY)
DATABASE_ERRORS = Counter("shop_database_errors", "What a database refused, by kind", ("kind",), registry=REGISTRY)
SLOW_STATEMENTS = Counter("shop_slow_statements", "Statements over SLOW_QUERY_MS", ("endpoint",), registry=REGISTRY)
SLOW_PAGES = Counter("shop_slow_pages", "Answers over SLOW_PAGE_MS", ("endpoint",), registry=REGISTRY)
KEPT_PAGES = Counter("shop_kept_pages", "Pages by where they came from", ("outcome",), registry=REGISTRY)
REFUSALS = Counter("shop_refusals", "What rules said no to", ("endpoint", "reason"), registry=REGISTRY)
ORDERS = Counter("shop_orders_placed", "Orders placed", ("buyer",), registry=REGISTRY)
PAYMENTS = Counter("shop_payments", "What became of money", ("outcome",), registry=REGISTRY)
JOBS = Counter("shop_jobs", "Jobs that ended", ("job", "outcome"), registry=REGISTRY)
JOB_SECONDS = Counter("shop_job_seconds", "Time in jobs", ("job",), registry=REGISTRY)
SUMMED: dict[str, Any] = {"registry": REGISTRY, "multiprocess_mode": "livesum"}
LARGEST_OF: dict[str, Any] = {"registry": REGISTRY, "multiprocess_mode": "livemax"}
PROCESSES = Gauge("shop_processes", "Processes at work", ("kind",), **SUMMED)
MEMORY = Gauge("shop_memory_bytes", "Memory of all of them", ("kind",), **SUMMED)
LARGEST = Gauge("shop_memory_largest_bytes", "Memory of the largest of them", ("kind",), **LARGEST_OF)
POOL = Gauge("shop_database_pool_in_use", "Connections in use", ("kind",), **SUMMED)

SAMPLE_EVERY = 5.0
"""Seconds between two looks at memory and connections."""
_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")

Count = Callable[[float], object]


class _Answers:
    """The meters of one view, found once: looking them up costs more than counting."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._statuses: dict[int, Count] = {}
        self.seconds: Count = REQUEST_SECONDS.labels(endpoint).observe
        self.statements: Count = STATEMENTS.labels(endpoint).inc
        self.database: Count = DATABASE_SECONDS.labels(endpoint).inc

    def status(self, status: int) -> Count:
        found = self._statuses.get(status)
        if found is None:
            found = self._statuses[status] = REQUESTS.labels(self._endpoint, str(status)).inc
        return found


_answers: dict[str, _Answers] = {}
_kept: dict[str, Count] = {}
_next_sample = 0.0


def count_answer(endpoint: str, status: int, seconds: float, statements: int, database_seconds: float) -> None:
    """Count an answer of a view ("" where no view was found)."""
    meters = _answers.get(endpoint)
    if meters is None:
        meters = _answers[endpoint] = _Answers(endpoint)
    meters.status(status)(1)
    meters.seconds(seconds)
    if statements:
        meters.statements(statements)
        meters.database(database_seconds)


def count_kept(outcome: str) -> None:
    """Count a page that was "found" kept, "made" to be kept, or is its reader's "own"."""
    meter = _kept.get(outcome)
    if meter is None:
        meter = _kept[outcome] = KEPT_PAGES.labels(outcome).inc
    meter(1)


def sample(kind: str, connections: Callable[[], int]) -> None:
    """Look at this process ("web" or "jobs") now and then; `connections` says how many it has in use."""
    global _next_sample  # noqa: PLW0603
    at = time.monotonic()
    if at < _next_sample:
        return
    _next_sample = at + SAMPLE_EVERY
    memory = _memory()
    PROCESSES.labels(kind).set(1)
    MEMORY.labels(kind).set(memory)
    LARGEST.labels(kind).set(memory)
    POOL.labels(kind).set(connections())


def _memory() -> int:
    """Return the bytes of memory that this process holds; 0 where the system does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE
    except OSError:
        return 0
