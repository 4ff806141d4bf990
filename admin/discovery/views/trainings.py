"""Trainings of the recommender: how good its tables were over time, one more now, and back to an older version."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import names_of
from admin.discovery.shelves.figures import charts_of, figure
from admin.discovery.shelves.tables import STATUS_LOOKS, STATUSES, SURFACE_NAMES
from admin.discovery.shelves.training_listing import TRAININGS
from admin.discovery.views.blueprint import blueprint
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.discovery import jobs, publishing, recommending, trainings
from storefront.discovery.errors import TrainsAlready
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

URL = "/admin/recommendations/trainings"


@blueprint.get("/recommendations/trainings")
@requires(Permission.RECOMMEND_VIEW)
def training_list() -> Response:
    """Show the last trainings, what each measured, and the versions that are kept."""
    rows = trainings.list_trainings()
    return render_page(
        "admin/discovery/trainings.html",
        fragment="admin/discovery/_trainings.html",
        rows=rows,
        people=names_of({row.asked_by for row in rows}),
        charts=charts_of(rows),
        figure=figure,
        health=recommending.health(),
        versions=publishing.list_versions(),
        is_under_way=trainings.is_under_way(rows, now()),
        statuses=STATUSES,
        looks=STATUS_LOOKS,
        surfaces=SURFACE_NAMES,
    )


@blueprint.get("/recommendations/training-runs")
@requires(Permission.RECOMMEND_VIEW)
def training_runs() -> Response:
    """List all trainings that there were."""
    return show_list(TRAININGS)


@blueprint.post("/recommendations/trainings")
@requires(Permission.RECOMMEND_EDIT)
def train_now() -> Response:
    """Ask for a training; the work is done by a job."""
    try:
        with transaction():
            by, at = staff_here().actor, now()
            row = trainings.ask_for_training(by=by, at=at)
            audit.record(actor=by, action="recommender.train", about=("recommender", str(row.id)), changes={}, at=at)
            enqueue_after_commit(jobs.train_soon, row.id, row.asked_by)
    except TrainsAlready as refusal:
        flash(message_of(refusal), "info")
        return redirect_to(URL)
    flash(_("The training has begun. You may leave this page."), "success")
    return redirect_to(URL)


@blueprint.post("/recommendations/versions/<version>/publication")
@requires(Permission.RECOMMEND_EDIT)
def publish_version(version: str) -> Response:
    """Serve a kept version from now on."""
    try:
        with transaction():
            publishing.publish_version(version=version, by=staff_here().actor, at=now())
    except publishing.REFUSALS as refusal:
        busy = _("A training is at work. Wait until it is done, then choose again.")
        flash(message_of(refusal) if isinstance(refusal, ShopError) else busy, "warning")
        return redirect_to(URL)
    flash(_("%(version)s is served from now on.", version=version), "success")
    return redirect_to(URL)
