"""The list of all trainings of the recommender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from admin.audit.queries import names_of
from admin.discovery.shelves.tables import STATUS_LOOKS, STATUSES
from admin.tables import Choice, Column, Days, Empty, Listing, ListState, Source, Table, Words, within
from storefront.accounts.permissions import Permission
from storefront.discovery.models import TrainingRun
from storefront.kernel.errors import N_


def _reason(row: Any) -> str:
    return "; ".join(words for words in [*row.reasons, row.error] if words)


TABLE = Table(
    url="/admin/recommendations/training-runs",
    columns=(
        Column(N_("Asked"), key="asked", sort="asked", value=lambda row: row.asked_at, look="nowrap", is_fixed=True),
        Column(N_("State"), key="state", value=lambda row: Words(STATUSES.get(row.status, row.status))),
        Column(N_("By"), key="by", value=lambda row: row.asked_by),
        Column(N_("Orders before"), key="as_of", value=lambda row: row.as_of, look="nowrap"),
        Column(N_("Ended"), key="ended", value=lambda row: row.ended_at, look="nowrap"),
        Column(N_("Lines"), key="lines", is_number=True, value=lambda row: (row.counts or {}).get("lines")),
        Column(N_("CPU seconds"), key="cpu", sort="cpu", is_number=True, value=lambda row: round(row.cpu_seconds, 1)),
        Column(N_("Version"), key="version", value=lambda row: row.version),
        Column(N_("Reason"), key="reason", value=_reason, look="wraps"),
    ),
    default_sort="-asked",
    filters=(Choice("state", N_("State"), tuple(STATUSES.items())), Days("asked", N_("Asked"))),
    search_label=N_("Search by version"),
)


def runs_of(state: ListState) -> Source:
    """Return the trainings that `state` asks for."""
    rows = select(TrainingRun.__table__).where(*within(state, "asked", TrainingRun.asked_at))
    if status := state.value("state"):
        rows = rows.where(TrainingRun.status == status)
    if state.search:
        rows = rows.where(TrainingRun.version.icontains(state.search, autoescape=True))
    return Source(rows, TrainingRun.id, {"asked": TrainingRun.asked_at, "cpu": TrainingRun.cpu_seconds})


def _beside(rows: Sequence[Any]) -> Mapping[str, Any]:
    return {"people": names_of({row.asked_by for row in rows}), "statuses": STATUSES, "looks": STATUS_LOOKS}


TRAININGS = Listing(
    name="trainings",
    title=N_("All trainings"),
    caption=N_("All trainings"),
    permission=Permission.RECOMMEND_VIEW,
    table=lambda: TABLE,
    source=runs_of,
    cells="admin/discovery/_training_cells.html",
    empty=Empty(
        icon="history",
        title=N_("No training yet"),
        text=N_("The first one runs tonight, or now at the press of the button."),
        nothing_matches=N_("No trainings match"),
        show_all=N_("Show all trainings"),
        url="/admin/recommendations/trainings",
        link=N_("Trainings"),
    ),
    known_as=lambda row: str(row.id),
    page="admin/discovery/training_runs.html",
    context=_beside,
)
