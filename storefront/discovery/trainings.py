"""The record of trainings: asked for, begun, ended with what result. One at a time; one that fell silent has failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update

from storefront.database.base import db
from storefront.discovery.errors import TrainsAlready
from storefront.discovery.models import TrainingRun

SILENT_AFTER = timedelta(hours=2)
"""A training takes minutes; of one that long under way nothing will be heard any more."""
SILENCE = "nothing was heard of it"
SHOWN = 60


class Status(StrEnum):
    """How a training stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PUBLISHED = "published"
    REFUSED = "refused"
    FAILED = "failed"


OPEN = (Status.WAITING, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Result:
    """What a training came to: the version that was published, or the reasons why none was."""

    version: str
    reasons: tuple[str, ...]
    remarks: tuple[str, ...]
    counts: Mapping[str, int]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    cpu_seconds: float


def ask_for_training(*, by: str, at: datetime) -> TrainingRun:
    """Write down that somebody wants a training; refuses while another one is under way."""
    under_way = select(TrainingRun.id).where(TrainingRun.status.in_(OPEN), TrainingRun.asked_at > at - SILENT_AFTER)
    if db.session.scalar(under_way.limit(1)) is not None:
        raise TrainsAlready
    _give_up(at, without=0)
    row = TrainingRun(status=Status.WAITING, asked_by=by, asked_at=at)
    db.session.add(row)
    db.session.flush()
    return row


def begin_training(*, run_id: int, by: str, as_of: datetime, at: datetime) -> int:
    """Write down that a training begins, the one asked for under `run_id` or (0) a new one; return its number."""
    row = db.session.get(TrainingRun, run_id, populate_existing=True) if run_id else None
    if row is None:
        row = TrainingRun(asked_by=by, asked_at=at)
        db.session.add(row)
    row.status, row.started_at, row.as_of, row.ended_at, row.error = Status.RUNNING, at, as_of, None, ""
    db.session.flush()
    return row.id


def end_training(*, run_id: int, result: Result, at: datetime) -> None:
    """Keep what a training came to. Others that are still open cannot run any more: there is one at a time."""
    row = db.session.get_one(TrainingRun, run_id, populate_existing=True)
    row.status = Status.PUBLISHED if result.version else Status.REFUSED
    row.ended_at, row.version, row.cpu_seconds = at, result.version, round(result.cpu_seconds, 2)
    row.reasons, row.remarks = list(result.reasons), list(result.remarks)
    row.counts, row.metrics = dict(result.counts), {name: dict(parts) for name, parts in result.metrics.items()}
    _give_up(at, without=run_id, status=Status.RUNNING)


def fail_training(*, run_id: int, error: str, at: datetime) -> None:
    """Keep why a training came to nothing."""
    row = db.session.get(TrainingRun, run_id, populate_existing=True)
    if row is not None:
        row.status, row.ended_at, row.error = Status.FAILED, at, error[:2_000]
        db.session.flush()


def forget_training(run_id: int) -> None:
    """Drop the record of a training that never began."""
    db.session.execute(delete(TrainingRun).where(TrainingRun.id == run_id))


def list_trainings() -> Sequence[TrainingRun]:
    """Return the last trainings, the newest first."""
    return db.session.scalars(select(TrainingRun).order_by(TrainingRun.id.desc()).limit(SHOWN)).all()


def is_under_way(rows: Sequence[TrainingRun], at: datetime) -> bool:
    """Say whether a training waits or runs that may still come to an end."""
    return any(row.status in OPEN and row.asked_at > at - SILENT_AFTER for row in rows)


def metrics_of(report: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    """Return a report of the gate as plain figures: by surface, of the model, the best sellers, and the incumbent."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for surface, compared in report.items():
        parts = {"model": compared.model, "best sellers": compared.baseline}
        before = getattr(compared, "incumbent", None)
        if before is not None:
            parts["incumbent"] = before
        found[surface] = {
            name: {key: float(value) for key, value in asdict(part).items()} for name, part in parts.items()
        }
    return found


def _give_up(at: datetime, *, without: int, status: Status | None = None) -> None:
    silent = update(TrainingRun).where(TrainingRun.status.in_([status] if status else OPEN), TrainingRun.id != without)
    db.session.execute(silent.values(status=Status.FAILED, ended_at=at, error=SILENCE))
