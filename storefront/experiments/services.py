"""Writes of experiments by staff: drafts, and everything that happens to them afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.database.transaction import after_commit
from storefront.experiments.assignment import WHOLE, Slice, claim
from storefront.experiments.checks import check_start, failed
from storefront.experiments.errors import CannotStart, HasBegun, StaleExperiment
from storefront.experiments.live import PERCENT, forget_running
from storefront.experiments.models import Experiment, ExperimentRamp, ExperimentVariation
from storefront.experiments.noting import forget_known
from storefront.experiments.plans import ExperimentPlan
from storefront.experiments.queries import WITH_VARIATIONS
from storefront.experiments.states import TRANSITIONS, Conclusion, ExperimentAction, ExperimentStatus
from storefront.kernel.errors import N_, Invalid, NotFound
from storefront.kernel.text import first_free, slugify, squeeze

LONGEST_REASON = 300
LONGEST_CONCLUSION = 2000
CLOCK = "clock"
"""Who stops what has reached its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What staff make of an experiment: `winner` is the variation that is shipped, `result` the figures it rests on."""

    decision: Conclusion
    note: str
    winner: str = ""
    result: Mapping[str, object] | None = None

    def __post_init__(self) -> None:
        if not squeeze(self.note) or len(self.note) > LONGEST_CONCLUSION:
            raise Invalid(
                N_("Write down what was learned, for those who come after you (at most %(count)d characters)."),
                field="note",
                count=LONGEST_CONCLUSION,
            )
        if (self.decision is Conclusion.SHIP) is not bool(self.winner):
            raise Invalid(N_("Name the variation that everybody will see."), field="winner")


def add_experiment(*, plan: ExperimentPlan, by: str, at: datetime, follows: Experiment | None = None) -> Experiment:
    """Write down a draft; `follows` is the experiment that it is a new version of."""
    _check_end(plan, at)
    experiment = Experiment(
        key=_free_key(plan.name),
        salt=secrets.token_hex(8),
        status=ExperimentStatus.DRAFT,
        coverage=100,
        slices=[],
        created_by=by,
        created_at=at,
        updated_at=at,
        follows_id=follows.id if follows else None,
        result={},
        variations=[],
    )
    _fill(experiment, plan)
    db.session.add(experiment)
    db.session.flush()
    _audit(experiment, "add", {key: (None, value) for key, value in _told(experiment).items()}, by=by, at=at)
    return experiment


def change_experiment(*, experiment_id: int, version: int, plan: ExperimentPlan, by: str, at: datetime) -> Experiment:
    """Change a draft as it was at `version`."""
    experiment = _get(experiment_id)
    if experiment.version != version:
        raise StaleExperiment
    if experiment.status != ExperimentStatus.DRAFT:
        raise HasBegun
    _check_end(plan, at)
    before = _told(experiment)
    db.session.execute(delete(ExperimentVariation).where(ExperimentVariation.experiment_id == experiment.id))
    db.session.expire(experiment, ["variations"])
    db.session.refresh(experiment, ["variations"])
    _fill(experiment, plan)
    experiment.updated_at = at
    try:
        db.session.flush()
    except StaleDataError:
        raise StaleExperiment from None
    after = _told(experiment)
    _audit(experiment, "change", {key: (before.get(key), after.get(key)) for key in before | after}, by=by, at=at)
    return experiment


def delete_experiment(*, experiment_id: int, by: str, at: datetime) -> None:
    """Throw a draft away."""
    experiment = _get(experiment_id)
    TRANSITIONS.next(ExperimentStatus(experiment.status), ExperimentAction.DELETE)
    _audit(experiment, "delete", {"name": (experiment.name, None)}, by=by, at=at)
    db.session.delete(experiment)
    db.session.flush()


def start_experiment(*, experiment_id: int, coverage: int, visitors: int, by: str, at: datetime) -> Experiment:
    """Let it run for `coverage` percent of its part of the namespace; `visitors` is how many it needs by its plan."""
    running = _lock_open()
    experiment = _get(experiment_id)
    status = TRANSITIONS.next(ExperimentStatus(experiment.status), ExperimentAction.START)
    others = [row for row in running if row.namespace == experiment.namespace or row.surface == experiment.surface]
    if failed(check_start(experiment, others, at)):
        raise CannotStart
    _check_coverage(coverage)
    taken = [
        Slice(start, stop)
        for other in others
        if other.namespace == experiment.namespace
        for start, stop in other.slices
    ]
    slices = claim(taken, experiment.share * PERCENT)
    experiment.slices = [[piece.start, piece.stop] for piece in slices]
    experiment.planned_visitors = visitors
    _add_ramp(experiment, coverage, by=by, at=at)
    changes = {"status": (experiment.status, status.value), "coverage": (0, coverage)}
    experiment.status, experiment.started_at = status, max(at, experiment.starts_at or at)
    _store(experiment, "start", changes, by=by, at=at)
    return experiment


def ramp_experiment(*, experiment_id: int, coverage: int, by: str, at: datetime) -> Experiment:
    """Let more visitors take part; nobody who took part leaves, so it only goes up."""
    experiment = _get(experiment_id)
    TRANSITIONS.next(ExperimentStatus(experiment.status), ExperimentAction.RAMP)
    _check_coverage(coverage)
    if coverage <= experiment.coverage:
        raise Invalid(
            N_("Coverage only goes up, now from %(now)d %%: who has seen a variation keeps seeing it."),
            field="coverage",
            now=experiment.coverage,
        )
    changes = {"coverage": (experiment.coverage, coverage)}
    _add_ramp(experiment, coverage, by=by, at=at)
    _store(experiment, "ramp", changes, by=by, at=at)
    return experiment


def stop_experiment(*, experiment_id: int, reason: str, by: str, at: datetime) -> Experiment:
    """End it: from now on everybody sees what everybody sees. It can't be taken up again."""
    experiment = _get(experiment_id)
    status = TRANSITIONS.next(ExperimentStatus(experiment.status), ExperimentAction.STOP)
    if not squeeze(reason) or len(reason) > LONGEST_REASON:
        raise Invalid(N_("Say why it ends, in at most %(count)d characters."), field="reason", count=LONGEST_REASON)
    changes = {"status": (experiment.status, status.value), "reason": (None, squeeze(reason))}
    experiment.status, experiment.stop_reason = status, squeeze(reason)
    experiment.stopped_at = min(at, experiment.ends_at or at)
    _store(experiment, "stop", changes, by=by, at=at)
    return experiment


def conclude_experiment(*, experiment_id: int, verdict: Verdict, by: str, at: datetime) -> Experiment:
    """Write down what was decided."""
    experiment = _get(experiment_id)
    status = TRANSITIONS.next(ExperimentStatus(experiment.status), ExperimentAction.CONCLUDE)
    if verdict.winner and verdict.winner not in {each.key for each in experiment.variations if not each.is_control}:
        raise Invalid(N_("Name the variation that everybody will see."), field="winner")
    changes = {
        "status": (experiment.status, status.value),
        "decision": (None, verdict.decision.value),
        "winner": (None, verdict.winner or None),
        "note": (None, verdict.note.strip()),
    }
    experiment.status, experiment.decision, experiment.winner = status, verdict.decision, verdict.winner
    experiment.conclusion, experiment.concluded_by, experiment.concluded_at = verdict.note.strip(), by, at
    experiment.result = dict(verdict.result or {})
    _store(experiment, "conclude", changes, by=by, at=at)
    return experiment


def _get(experiment_id: int) -> Experiment:
    found = db.session.get(
        Experiment, experiment_id, with_for_update=True, populate_existing=True, options=[WITH_VARIATIONS]
    )
    if found is None:
        raise NotFound
    return found


def _lock_open() -> list[Experiment]:
    """Return what runs, locked together with every draft in order of number: of two starts at once one waits,
    and neither claims the other's visitors."""
    everything = select(Experiment).order_by(Experiment.id).with_for_update().options(WITH_VARIATIONS)
    still = Experiment.status.in_((ExperimentStatus.DRAFT, ExperimentStatus.RUNNING))
    rows = db.session.scalars(everything.where(still).execution_options(populate_existing=True)).all()
    return [row for row in rows if row.status == ExperimentStatus.RUNNING]


def _check_coverage(coverage: int) -> None:
    if not 1 <= coverage <= WHOLE // PERCENT:
        raise Invalid(N_("Coverage is a whole number from 1 to 100."), field="coverage")


def _add_ramp(experiment: Experiment, coverage: int, *, by: str, at: datetime) -> None:
    experiment.coverage = coverage
    db.session.add(ExperimentRamp(experiment_id=experiment.id, at=at, coverage=coverage, by=by))


def _store(experiment: Experiment, what: str, changes: Mapping[str, audit.Change], *, by: str, at: datetime) -> None:
    experiment.updated_at = at
    db.session.flush()
    _audit(experiment, what, changes, by=by, at=at)
    after_commit(forget_running)
    after_commit(forget_known)


def _audit(experiment: Experiment, what: str, changes: Mapping[str, audit.Change], *, by: str, at: datetime) -> None:
    audit.record(
        actor=by, action=f"experiment.{what}", about=("experiment", str(experiment.id)), changes=changes, at=at
    )


def _free_key(name: str) -> str:
    """Return a key that no experiment has, after its name: "new-hero", "new-hero-2"."""
    base = slugify(name, fallback="experiment", longest=40)
    taken = set(db.session.scalars(select(Experiment.key).where(Experiment.key.like(f"{base}%"))))
    return first_free(base, taken)


def _check_end(plan: ExperimentPlan, at: datetime) -> None:
    if plan.ends_at is not None and plan.ends_at <= at:
        raise Invalid(N_("This time is over. Choose a later one."), field="ends_at")


def _fill(experiment: Experiment, plan: ExperimentPlan) -> None:
    experiment.name, experiment.hypothesis = squeeze(plan.name), plan.hypothesis.strip()
    experiment.surface, experiment.namespace = plan.surface, squeeze(plan.namespace) or plan.surface
    experiment.share, experiment.primary_metric = plan.share, plan.primary_metric
    experiment.guardrails = [[each.metric, each.margin] for each in plan.guardrails]
    experiment.mde, experiment.days, experiment.watching = plan.mde, plan.days, plan.watching
    experiment.starts_at, experiment.ends_at = plan.starts_at, plan.ends_at
    experiment.variations = [
        ExperimentVariation(
            position=place,
            key=each.key,
            name=squeeze(each.name),
            weight=each.weight,
            params=dict(each.params),
            is_control=place == 0,
        )
        for place, each in enumerate(plan.variations)
    ]


def _told(experiment: Experiment) -> dict[str, object]:
    """Return an experiment as a reader of the ledger sees it."""
    names = ("name", "hypothesis", "surface", "namespace", "share", "primary_metric", "mde", "days", "watching")
    told: dict[str, object] = {name.replace("_", " "): str(getattr(experiment, name)) or None for name in names}
    for name in ("starts_at", "ends_at"):
        moment: datetime | None = getattr(experiment, name)
        told[name.replace("_", " ")] = moment.isoformat() if moment else None
    told["guardrails"] = "; ".join(f"{metric} {margin:.1%}" for metric, margin in experiment.guardrails) or None
    for each in experiment.variations:
        params = ", ".join(f"{key}={value}" for key, value in sorted(each.params.items()))
        told[f"variation {each.key}"] = f"{each.name} · {each.weight} %" + (f" · {params}" if params else "")
    return told
