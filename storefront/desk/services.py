"""Writes of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storefront.database.base import db
from storefront.desk import rules
from storefront.desk.models import BulkItem, BulkRun, ListDesk
from storefront.desk.states import ItemState

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing to do something to: its key, what it is called, and what was chosen for it."""

    key: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, by whom and in which language they read."""

    staff_id: int
    list_name: str
    action: str
    locale: str
    undoes_id: int | None = None


def hide_columns(*, staff_id: int, list_name: str, hidden: Iterable[str]) -> ListDesk:
    """Keep which columns of a list a person leaves out."""
    desk = _desk(staff_id, list_name)
    desk.hidden = sorted(set(hidden))
    db.session.flush()
    return desk


def save_view(*, staff_id: int, list_name: str, name: str, query: str) -> ListDesk:
    """Keep a view of a list under a name; one of that name is replaced."""
    desk = _desk(staff_id, list_name)
    desk.views = rules.with_view(desk.views, name, rules.read_query(query))
    db.session.flush()
    return desk


def remove_view(*, staff_id: int, list_name: str, name: str) -> ListDesk:
    """Forget a view."""
    desk = _desk(staff_id, list_name)
    desk.views = rules.without_view(desk.views, name)
    db.session.flush()
    return desk


def begin_run(*, plan: Plan, chosen: Iterable[Chosen], at: datetime) -> BulkRun:
    """Write down what is to be done to which things; nothing is done yet."""
    run = BulkRun(
        staff_id=plan.staff_id,
        list_name=plan.list_name,
        action=plan.action,
        locale=plan.locale,
        started_at=at,
        undoes_id=plan.undoes_id,
    )
    db.session.add(run)
    db.session.flush()
    rows = [
        {
            "run_id": run.id,
            "position": position,
            "key": each.key,
            "value": each.value,
            "name": each.name[:255],
            "state": ItemState.WAITING,
            "was": "",
            "refusal": "",
        }
        for position, each in enumerate(chosen)
    ]
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(BulkItem), rows[start : start + AT_ONCE])
    return run


def claim(*, run_id: int, position: int) -> bool:
    """Take one thing of a run to do it now; False when somebody else has."""
    taken = (
        update(BulkItem)
        .where(BulkItem.run_id == run_id, BulkItem.position == position, BulkItem.state == ItemState.WAITING)
        .values(state=ItemState.DONE)
    )
    return bool(db.session.execute(taken).rowcount)  # type: ignore[attr-defined]


def note_before(*, run_id: int, position: int, was: str) -> None:
    """Keep what was there before a thing was changed."""
    _set(run_id, position, {"was": was[:255]})


def refuse(*, run_id: int, position: int, reason: str) -> None:
    """Write down why a thing was left as it is."""
    _set(run_id, position, {"state": ItemState.REFUSED, "refusal": reason})


def finish_run(*, run_id: int, at: datetime) -> None:
    """Say that a run has come to its end, once none of its things waits."""
    waits = select(BulkItem.position).where(BulkItem.run_id == run_id, BulkItem.state == ItemState.WAITING)
    ended = update(BulkRun).where(BulkRun.id == run_id, BulkRun.finished_at.is_(None), ~waits.exists())
    db.session.execute(ended.values(finished_at=at))


def forget_runs(*, before: datetime) -> int:
    """Delete runs that ended before a moment; return how many. What they changed stands in the ledger of changes."""
    old = select(BulkRun.id).where(BulkRun.finished_at < before)
    db.session.execute(delete(BulkItem).where(BulkItem.run_id.in_(old)))
    return int(db.session.execute(delete(BulkRun).where(BulkRun.finished_at < before)).rowcount)  # type: ignore[attr-defined]


def _desk(staff_id: int, list_name: str) -> ListDesk:
    found = db.session.get(ListDesk, (staff_id, list_name), with_for_update=True)
    if found is None:
        found = ListDesk(staff_id=staff_id, list_name=list_name, hidden=[], views=[])
        db.session.add(found)
    return found


def _set(run_id: int, position: int, values: dict[str, object]) -> None:
    wanted = (BulkItem.run_id == run_id, BulkItem.position == position)
    db.session.execute(update(BulkItem).where(*wanted).values(**values))
