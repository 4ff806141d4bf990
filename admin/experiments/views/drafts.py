"""The list of experiments, and drafts as they are written."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.experiments.listing import EXPERIMENTS
from admin.experiments.planned import surfaces
from admin.experiments.typed_plan import empty_plan, read_plan
from admin.experiments.views.blueprint import URL, blueprint
from admin.experiments.views.pages import draft_page, experiment_page
from admin.promotions.typed import Typed
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.experiments import services as experiments
from storefront.experiments.errors import HasBegun, StaleExperiment
from storefront.experiments.queries import get_experiment
from storefront.experiments.states import ExperimentStatus
from storefront.experiments.surfaces import find_surface
from storefront.kernel.clock import now
from storefront.web.fragments import redirect_to, render_page


@blueprint.get("/experiments")
@requires(Permission.EXPERIMENTS_VIEW)
def experiment_list() -> Response:
    """List experiments, those that began last first."""
    return show_list(EXPERIMENTS)


@blueprint.get("/experiments/new")
@requires(Permission.EXPERIMENTS_EDIT)
def new_experiment() -> Response:
    """Ask what is to vary; once that is said, show an empty plan for it."""
    surface = request.args.get("surface", "")
    if find_surface(surface) is None:
        return render_page("admin/experiments/choose.html", surfaces=surfaces(), asked=surface)
    return draft_page(empty_plan(surface, request.args))


@blueprint.post("/experiments")
@requires(Permission.EXPERIMENTS_EDIT)
def add_experiment() -> Response:
    """Write a draft down."""
    typed = Typed.of(request.form)
    plan = read_plan(typed, g.shop.currency, g.shop.timezone)
    if plan is None:
        return draft_page(typed, status=422)
    with transaction():
        number = experiments.add_experiment(plan=plan, by=staff_here().actor, at=now()).id
    flash(_("Saved."), "success")
    return redirect_to(f"{URL}/{number}")


@blueprint.post("/experiments/<int:experiment_id>")
@requires(Permission.EXPERIMENTS_EDIT)
def change_experiment(experiment_id: int) -> Response:
    """Change a draft; who was slower is told what changed meanwhile, and what has begun stays as it is."""
    row, typed = get_experiment(experiment_id), Typed.of(request.form)
    version = request.form.get("version", type=int) or 0
    if row.status != ExperimentStatus.DRAFT:
        return experiment_page(experiment_id, refusal=HasBegun(), status=409)
    plan = read_plan(typed, g.shop.currency, g.shop.timezone)
    if plan is None:
        return draft_page(typed, row, status=422)
    try:
        with transaction():
            experiments.change_experiment(
                experiment_id=experiment_id, version=version, plan=plan, by=staff_here().actor, at=now()
            )
    except StaleExperiment as refusal:
        return draft_page(typed, get_experiment(experiment_id), refusal=refusal, status=409)
    flash(_("Saved."), "success")
    return redirect_to(f"{URL}/{experiment_id}")
