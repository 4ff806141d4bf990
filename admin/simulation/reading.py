"""What a run found, as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from admin.audit.queries import people
from admin.dashboard.chart import Chart, bar_chart
from admin.promotions.choices import tier_names
from storefront.database.base import db
from storefront.kernel.errors import NotFound
from storefront.promotions.models import Promotion as PromotionRow
from storefront.promotions.naming import names_for
from storefront.promotions.rules import Promotion, promotion_from_data
from storefront.promotions.rules.result import Reason
from storefront.promotions.summary import condition_words, gives_words, scope_words
from storefront.simulation import queries as simulation
from storefront.simulation.models import Simulation
from storefront.simulation.rules import Conflict, Figures, Month
from storefront.simulation.states import ALIVE, SILENT, RunStatus
from storefront.web.locale import localized

MOST_MARKS = 13
"""How many names of months stand side by side under a chart."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another promotion of a conflict; `id` is None where it is gone, or where it was several at once."""

    id: int | None
    name: str
    conflict: Conflict


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the table and the charts."""

    first: date
    month: Month


@dataclass(frozen=True, slots=True)
class Run:
    """A run with the words that its pages need; `figures` is None until it is done."""

    row: Simulation
    name: str
    gives: str
    goods: str
    asked_by: str
    figures: Figures | None
    needs_code: bool
    """Whether it holds only for who enters a code or has a coupon."""

    @property
    def is_alive(self) -> bool:
        return self.row.status in ALIVE

    @property
    def is_silent(self) -> bool:
        return self.row.error == SILENT

    @property
    def url(self) -> str:
        return f"/admin/promotions/{self.row.promotion_id}/simulations/{self.row.id}"

    @property
    def tenths(self) -> int:
        """How far it is, in tenths: often enough to be said aloud."""
        return self.row.orders_done * 10 // max(1, self.row.orders_total)


def get_run(promotion_id: int, run_id: int) -> Run:
    """Return a run of a promotion, or NotFound."""
    row = simulation.get_run(run_id)
    if row.promotion_id != promotion_id:
        raise NotFound
    return runs_of([row])[0]


def get_done_runs(ids: Sequence[int]) -> list[Run]:
    """Return finished runs in this order; those that do not exist or are not done are left out."""
    rows = db.session.scalars(
        select(Simulation).where(
            Simulation.id.in_(ids), Simulation.status == RunStatus.DONE, Simulation.promotion_id.is_not(None)
        )
    )
    found = {run.row.id: run for run in runs_of(rows.all())}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]


def runs_of(rows: Sequence[Simulation]) -> list[Run]:
    """Return runs with their words."""
    names = _names({row.promotion_id for row in rows if row.promotion_id is not None})
    staff = people([_Actor(row.asked_by) for row in rows])
    drafts = {row.id: _draft(row) for row in rows}
    known = names_for([draft for draft in drafts.values() if draft], tiers=tier_names())
    found = []
    for row in rows:
        draft = drafts[row.id]
        asked = [condition_words(each, known) for each in draft.conditions] if draft else []
        gives = " ".join([gives_words(draft, known), *asked]) if draft else ""
        goods = scope_words(draft.scope, known) if draft else ""
        name = names.get(row.promotion_id or 0, draft.name if draft else "")
        who, needs_code = staff.get(row.asked_by, row.asked_by), draft is not None and draft.needs_code
        found.append(Run(row, name, gives, goods, who, _figures(row), needs_code))
    return found


def months_of(figures: Figures) -> list[MonthRow]:
    """Return the months of a run, the earliest first."""
    return [MonthRow(date.fromisoformat(f"{key}-01"), month) for key, month in sorted(figures.months.items())]


def charts_of(months: Sequence[MonthRow]) -> dict[str, Chart]:
    """Return the cost of each month and the orders touched, as bars."""
    every = 1 if len(months) <= MOST_MARKS else -(-len(months) // 6)
    return {
        "cost": bar_chart([max(0, each.month.cost) for each in months], marks_every=every),
        "touched": bar_chart([each.month.touched for each in months], marks_every=every),
    }


def rivals_of(conflicts: Mapping[str, Conflict]) -> list[Rival]:
    """Return the promotions of a conflict by name, those with most orders first."""
    rows = db.session.execute(
        select(PromotionRow.id, PromotionRow.key, PromotionRow.name, PromotionRow.translations).where(
            PromotionRow.key.in_(list(conflicts))
        )
    )
    known = {row.key: (row.id, localized(row.name, row.translations)) for row in rows}
    found = [Rival(*known.get(key, (None, key)), conflict) for key, conflict in conflicts.items()]
    return sorted(found, key=lambda rival: (-rival.conflict.orders, rival.name))


def reasons_of(figures: Figures) -> list[tuple[Reason, int]]:
    """Return why it gave nothing to the others, the most frequent first."""
    return [(Reason(reason), count) for reason, count in figures.reasons.most_common() if count]


@dataclass(frozen=True, slots=True)
class _Actor:
    actor: str


def _names(ids: set[int]) -> dict[int, str]:
    rows: Sequence[Any] = db.session.execute(
        select(PromotionRow.id, PromotionRow.name, PromotionRow.translations).where(PromotionRow.id.in_(ids))
    ).all()
    return {row.id: localized(row.name, row.translations) for row in rows}


def _draft(row: Simulation) -> Promotion | None:
    try:
        return promotion_from_data(row.draft)
    except (KeyError, TypeError, ValueError):
        return None


def _figures(row: Simulation) -> Figures | None:
    return Figures.from_data(row.figures) if row.status == RunStatus.DONE else None
