"""An experiment, and its raw counts as a table."""

from __future__ import annotations

from flask import Response, make_response

from admin.access import requires
from admin.experiments.counts import count_lines
from admin.experiments.views.blueprint import blueprint
from admin.experiments.views.pages import experiment_page
from storefront.accounts.permissions import Permission
from storefront.experiments.queries import get_experiment
from storefront.kernel.clock import now
from storefront.kernel.sheets import MARK


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
