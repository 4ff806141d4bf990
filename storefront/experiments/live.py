"""The experiments that run, kept in the memory of each process and read again at most every two seconds."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from storefront.database.reading import read
from storefront.experiments.assignment import Running, Slice, ranges
from storefront.experiments.models import Experiment, ExperimentVariation
from storefront.experiments.states import ExperimentStatus
from storefront.experiments.surfaces import check_params
from storefront.kernel.errors import Invalid
from storefront.kernel.kept import Kept

log = logging.getLogger(__name__)

SEEN_AFTER = 2.0
"""Seconds until what another process started, ramped or stopped is seen."""
PERCENT = 100
"""How many buckets one per cent is."""


@dataclass(frozen=True, slots=True)
class Variation:
    """What a visitor is shown on a surface: `params` is what is different there, empty for the control."""

    experiment: str
    key: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arm:
    """A variation with the number of its row."""

    id: int
    variation: Variation


@dataclass(frozen=True, slots=True)
class Live:
    """A running experiment as requests need it."""

    id: int
    key: str
    surface: str
    namespace: str
    starts_at: datetime | None
    ends_at: datetime | None
    assigned: Running
    arms: Mapping[str, Arm]

    def is_on(self, at: datetime) -> bool:
        """Say whether `at` lies in its time."""
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)


Book = Mapping[str, tuple[Live, ...]]
"""By surface, the oldest first."""

_ROWS = (
    select(
        Experiment.id,
        Experiment.key,
        Experiment.surface,
        Experiment.namespace,
        Experiment.salt,
        Experiment.slices,
        Experiment.coverage,
        Experiment.starts_at,
        Experiment.ends_at,
        ExperimentVariation.id.label("arm_id"),
        ExperimentVariation.key.label("arm"),
        ExperimentVariation.weight,
        ExperimentVariation.params,
        ExperimentVariation.is_control,
    )
    .join(ExperimentVariation, ExperimentVariation.experiment_id == Experiment.id)
    .where(Experiment.status == ExperimentStatus.RUNNING)
    .order_by(Experiment.id, ExperimentVariation.position)
)


def _read_book() -> Book:
    found = defaultdict[str, list[Live]](list)
    for _, group in groupby(read(_ROWS), key=lambda row: row.id):
        rows = list(group)
        if trouble := _trouble(rows):
            log.warning("Experiment %s shows what everybody sees: %s", rows[0].key, trouble)
            continue
        found[rows[0].surface].append(_live(rows))
    return {surface: tuple(lives) for surface, lives in found.items()}


def _trouble(rows: list[Any]) -> str:
    """Say why no arm can be shown as planned: then all of them are what everybody sees, and nobody counts."""
    try:
        for row in rows:
            check_params(row.surface, row.params or {}, is_control=row.is_control)
    except Invalid as refusal:
        return str(refusal)
    return ""


def _live(rows: list[Any]) -> Live:
    first = rows[0]
    weights = {row.arm: row.weight * PERCENT for row in rows}
    return Live(
        id=first.id,
        key=first.key,
        surface=first.surface,
        namespace=first.namespace,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        assigned=Running(
            first.key,
            first.salt,
            tuple(Slice(start, stop) for start, stop in first.slices),
            ranges(weights, first.coverage * PERCENT),
        ),
        arms={row.arm: Arm(row.arm_id, Variation(first.key, row.arm, row.params or {})) for row in rows},
    )


_book = Kept(_read_book, seconds=SEEN_AFTER)
running = _book.get
forget_running = _book.forget
