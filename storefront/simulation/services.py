"""Writes of simulation: asking for a run, how far it is, how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from storefront.audit import services as audit
from storefront.database.base import db
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.rules import Promotion, promotion_to_data
from storefront.simulation.errors import BadWindow, NoOrders, RunsAlready
from storefront.simulation.models import Simulation
from storefront.simulation.queries import Window, count_orders
from storefront.simulation.rules import Figures
from storefront.simulation.states import ALIVE, SILENT, RunStatus


def ask(*, draft: Promotion, window: Window, by: str, at: datetime) -> Simulation:
    """Write down that a promotion is to be tried on the orders of these days, as it is now."""
    if window.last_day < window.first_day:
        raise BadWindow(field="last_day")
    db.session.execute(select(PromotionRow.id).where(PromotionRow.id == draft.id).with_for_update())
    alive = select(Simulation.id).where(Simulation.promotion_id == draft.id, Simulation.status.in_(ALIVE))
    if db.session.scalar(alive.limit(1)) is not None:
        raise RunsAlready
    total = count_orders(window)
    if not total:
        raise NoOrders(field="first_day")
    run = Simulation(
        promotion_id=draft.id,
        draft=promotion_to_data(draft),
        first_day=window.first_day,
        last_day=window.last_day,
        status=RunStatus.WAITING,
        orders_total=total,
        figures={},
        asked_by=by,
        asked_at=at,
        updated_at=at,
    )
    db.session.add(run)
    days = f"{window.first_day.isoformat()} – {window.last_day.isoformat()}"
    _tell("promotion.simulate", draft.id, days, by, at)
    return run


def begin(*, run_id: int, at: datetime) -> bool:
    """Say that a run has begun; False for one that is not waiting any more."""
    return _change(run_id, at, from_=RunStatus.WAITING, status=RunStatus.RUNNING)


def progress(*, run_id: int, done: int, at: datetime) -> bool:
    """Say how many orders a run has behind it; False for one that was stopped."""
    return _change(run_id, at, from_=RunStatus.RUNNING, orders_done=done)


def finish(*, run_id: int, figures: Figures, at: datetime) -> bool:
    """Keep what came out; False for a run that was stopped."""
    values = {"figures": figures.to_data(), "orders_done": figures.orders, "orders_total": figures.orders}
    return _change(run_id, at, from_=RunStatus.RUNNING, status=RunStatus.DONE, ended_at=at, **values)


def fail(*, run_id: int, error: str, at: datetime) -> bool:
    """Keep what went wrong."""
    return _change(run_id, at, from_=RunStatus.RUNNING, status=RunStatus.FAILED, ended_at=at, error=error[:2000])


def stop(*, run_id: int, by: str, at: datetime) -> bool:
    """Stop a run; False for one that has ended."""
    ended = {"status": RunStatus.STOPPED, "ended_at": at}
    if not any(_change(run_id, at, from_=status, **ended) for status in (RunStatus.WAITING, RunStatus.RUNNING)):
        return False
    run = db.session.get_one(Simulation, run_id, populate_existing=True)
    days = f"{run.first_day.isoformat()} – {run.last_day.isoformat()}"
    _tell("promotion.simulate_stop", run.promotion_id or 0, days, by, at)
    return True


def fail_silent(*, since: datetime, at: datetime) -> int:
    """Give up runs that have said nothing since a moment: their worker is gone. Return how many.

    A run that waits behind one that is worked on is not silent.
    """
    failed = _fail_all(RunStatus.RUNNING, since, at)
    if db.session.scalar(select(Simulation.id).where(Simulation.status == RunStatus.RUNNING).limit(1)) is None:
        failed += _fail_all(RunStatus.WAITING, since, at)
    return failed


def _fail_all(status: RunStatus, since: datetime, at: datetime) -> int:
    silent = db.session.execute(
        update(Simulation)
        .where(Simulation.status == status, Simulation.updated_at < since)
        .values(status=RunStatus.FAILED, error=SILENT, ended_at=at, updated_at=at)
    )
    return int(silent.rowcount)  # type: ignore[attr-defined]


def _tell(action: str, promotion_id: int, days: str, by: str, at: datetime) -> None:
    about = ("promotion", str(promotion_id))
    audit.record(actor=by, action=action, about=about, changes={"days": (None, days)}, at=at)


def _change(run_id: int, at: datetime, *, from_: RunStatus, **values: object) -> bool:
    changed = db.session.execute(
        update(Simulation)
        .where(Simulation.id == run_id, Simulation.status == from_)
        .values(updated_at=at, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
