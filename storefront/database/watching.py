"""Statements as operators see them: how many a request needed, how long they took, and which were slow.

What is told of a statement is its shape: parameters are never in it, and values that stand in its text are masked. On
SQLite the time is that to the first row; rows that are computed as they are fetched cost the page, not the statement.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event

from storefront.database.written import written
from storefront.telemetry.about import facts
from storefront.telemetry.meters import DATABASE_ERRORS, SLOW_STATEMENTS

log = logging.getLogger("storefront.slow")

LONGEST_SHAPE = 2_000
_VALUES = re.compile(r"'(?:[^']|'')*'|(?<![\w$:.])\d+(?:\.\d+)?\b")
_LISTS = re.compile(r"\((?:\s*(?:\?|%s|%\(\w+\)s|\$\d+)(?:::\w+)?\s*,){3,}[^()]*\)")
_SPACES = re.compile(r"\s+")


class Tally(threading.local):
    """Statements of this thread since it began its request, and seconds in them."""

    statements = 0
    seconds = 0.0

    def begin(self) -> None:
        """Count from nothing."""
        self.statements, self.seconds = 0, 0.0


tally = Tally()


def watch(engine: Engine, slow_ms: int) -> None:
    """Count what an engine executes, and log what takes `slow_ms` or longer; 0 logs none.

    The dialect's own methods are wrapped: that costs a statement about three microseconds, and events cost it ten.
    """
    slow = slow_ms / 1000 if slow_ms else float("inf")

    def watched(execute: Callable[..., None]) -> Callable[..., None]:
        def run(cursor: Any, statement: str, *rest: Any) -> None:
            written.note(statement)
            began = time.perf_counter()
            try:
                execute(cursor, statement, *rest)
            finally:
                seconds = time.perf_counter() - began
                tally.statements += 1
                tally.seconds += seconds
                if seconds >= slow:
                    _tell(statement, seconds)

        return run

    for name in ("do_execute", "do_execute_no_params", "do_executemany"):
        setattr(engine.dialect, name, watched(getattr(engine.dialect, name)))
    event.listen(engine, "handle_error", _count_error)


def shape_of(statement: str) -> str:
    """Return a statement without values, on one line, with long lists folded."""
    return _VALUES.sub("?", _LISTS.sub("(...)", _SPACES.sub(" ", statement)))[:LONGEST_SHAPE].strip()


def _tell(statement: str, seconds: float) -> None:
    known = facts()
    SLOW_STATEMENTS.labels(known.get("endpoint") or known.get("job", "")).inc()
    log.warning(
        "Slow statement",
        extra={"ms": round(seconds * 1000, 1), "statements": tally.statements, "statement": shape_of(statement)},
    )


def _count_error(context: ExceptionContext) -> None:
    DATABASE_ERRORS.labels(type(context.sqlalchemy_exception or context.original_exception).__name__).inc()
