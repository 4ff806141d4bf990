"""Ledgers that must add up: what a room checks, and what it finds wrong.

A room that keeps a ledger has a `ledgers.py` with `LEDGERS`, which `flask shop verify` finds by its name and runs; its
`discrepancies()` goes through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One row of a ledger that does not add up; `key` names it as a person would look for it."""

    ledger: str
    key: str
    expected: object
    actual: object


@dataclass(frozen=True, slots=True)
class Ledger:
    """One thing that is proven: how many rows are looked at, and those that are wrong."""

    name: str
    count: Callable[[], int]
    find: Callable[[], Iterable[Discrepancy]]
