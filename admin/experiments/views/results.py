"""The page of an experiment: a draft to be edited, or what it says; and its raw counts as a table."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, g, make_response, request

from admin.access import requires
from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from admin.experiments.counts import count_lines
from admin.experiments.planned import surfaces
from admin.experiments.report import report_of
from admin.experiments.typed_plan import show_plan
from admin.experiments.views.blueprint import blueprint
from admin.experiments.views.drafts import draft_page
from admin.experiments.words import CONCLUSIONS, LOOKS, MEANINGS, METRICS, STATUSES, WATCHING
from admin.sheets import MARK
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.experiments.checks import trouble_of
from storefront.experiments.queries import get_experiment, list_ramps
from storefront.experiments.states import ExperimentStatus
from storefront.kernel.clock import now
from storefront.web.errors import message_of
from storefront.web.fragments import render_page


@blueprint.get("/experiments/<int:experiment_id>")
@requires(Permission.EXPERIMENTS_VIEW)
def experiment(experiment_id: int) -> Response:
    """Show an experiment."""
    return experiment_page(experiment_id)


@blueprint.get("/experiments/<int:experiment_id>/counts.csv")
@requires(Permission.EXPERIMENTS_VIEW)
def counts(experiment_id: int) -> Response:
    """Return the raw sums by variation and metric as a table for a spreadsheet."""
    row = get_experiment(experiment_id)
    answer = make_response(MARK + "".join(count_lines(row, now())))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="experiment-{row.key}.csv"'
    return answer


def experiment_page(experiment_id: int, *, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """Show a draft's form, or what a running or past experiment says, with what was typed and refused."""
    row = get_experiment(experiment_id)
    if row.status == ExperimentStatus.DRAFT:
        return draft_page(show_plan(row, g.shop.timezone), row, status=status)
    entries = list_entries_about("experiment", str(row.id))
    trouble = trouble_of(row) if row.status == ExperimentStatus.RUNNING else None
    return render_page(
        "admin/experiments/experiment.html",
        row=row,
        report=report_of(row, now()),
        ramps=list_ramps(row.id),
        trouble=message_of(trouble) if trouble else "",
        errors=errors or {},
        typed=request.form,
        surface_name=surfaces().get(row.surface, row.surface),
        statuses=STATUSES,
        looks=LOOKS,
        metrics=METRICS,
        meanings=MEANINGS,
        watching=WATCHING,
        conclusions=CONCLUSIONS,
        entries=entries,
        actions=ACTIONS,
        people=people(entries),
        status=status,
    )
