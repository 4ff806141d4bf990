"""How good search is by the ratings: the last evaluations, and a button for another."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.discovery import queries
from admin.discovery.figures import chart_of, latest_of, under_way
from admin.discovery.tables import LANGUAGES
from admin.discovery.views.blueprint import blueprint
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.discovery import jobs, judging
from storefront.discovery.errors import EvaluatesAlready
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

URL = "/admin/search/evaluations"


@blueprint.get("/search/evaluations")
@requires(Permission.SEARCH_VIEW)
def evaluations() -> Response:
    """Show the last evaluations as a chart and a table, and the searches that are answered worst."""
    rows, (asked, rated) = queries.list_evaluations(), queries.count_judgements()
    return render_page(
        "admin/discovery/evaluations.html",
        fragment="admin/discovery/_evaluations.html",
        rows=rows,
        latest=latest_of(rows),
        chart=chart_of(rows),
        is_under_way=under_way(rows, now()),
        asked=asked,
        rated=rated,
        languages=LANGUAGES,
    )


@blueprint.post("/search/evaluations")
@requires(Permission.SEARCH_EDIT)
def evaluate_now() -> Response:
    """Ask for an evaluation; the work is done by a job."""
    try:
        with transaction():
            by, at = staff_here().actor, now()
            row = judging.ask_for_evaluation(by=by, at=at)
            audit.record(actor=by, action="search.evaluate", about=("search", str(row.id)), changes={}, at=at)
            enqueue_after_commit(jobs.evaluate_soon, row.id)
    except EvaluatesAlready as refusal:
        flash(message_of(refusal), "info")
        return redirect_to(URL)
    flash(_("The evaluation has begun. You may leave this page."), "success")
    return redirect_to(URL)
