"""The list of experiments, and drafts as they are written."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from admin.experiments import queries
from admin.experiments.planned import outlook_of, surfaces
from admin.experiments.tables import EXPERIMENTS
from admin.experiments.typed_plan import empty_plan, fields_of, merge, read_plan, rows_of, seen_values, show_plan
from admin.experiments.views.blueprint import URL, blueprint
from admin.experiments.words import LOOKS, MEANINGS, METRICS, STATUSES, WATCHING
from admin.promotions.typed import Typed
from admin.tables import read_state
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.experiments import services as experiments
from storefront.experiments.doings import measurable
from storefront.experiments.errors import HasBegun, StaleExperiment
from storefront.experiments.models import Experiment
from storefront.experiments.queries import get_experiment
from storefront.experiments.states import ExperimentStatus
from storefront.experiments.surfaces import find_surface
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page


@blueprint.get("/experiments")
@requires(Permission.EXPERIMENTS_VIEW)
def experiment_list() -> Response:
    """List experiments, those that began last first."""
    state = read_state(EXPERIMENTS, request.args)
    return render_page(
        "admin/experiments/experiments.html",
        fragment="admin/experiments/_experiments.html",
        state=state,
        page=queries.page_of_experiments(state),
        is_troubled=queries.is_troubled,
        statuses=STATUSES,
        looks=LOOKS,
        metrics=METRICS,
        surface_names=surfaces(),
    )


@blueprint.get("/experiments/new")
@requires(Permission.EXPERIMENTS_EDIT)
def new_experiment() -> Response:
    """Ask what is to vary; once that is said, show an empty plan for it."""
    surface = request.args.get("surface", "")
    if find_surface(surface) is None:
        return render_page("admin/experiments/choose.html", surfaces=surfaces(), asked=surface)
    return draft_page(empty_plan(surface))


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
        raise HasBegun
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


def draft_page(typed: Typed, row: Experiment | None = None, *, status: int = 200, **more: Any) -> Response:
    """Show a plan as it is typed; once it is stored, with what it takes and what is checked before it starts."""
    refusal: ShopError | None = more.get("refusal")
    stored = show_plan(row, g.shop.timezone) if row else Typed()
    told = merge(typed, stored, request.form) if refusal else []
    entries = list_entries_about("experiment", str(row.id)) if row else []
    surface = typed.get("surface")
    return render_page(
        "admin/experiments/draft.html",
        typed=typed,
        row=row,
        version=row.version if row else 0,
        rows=rows_of(typed),
        fields=fields_of(surface),
        surface_name=surfaces().get(surface, surface),
        surface=surface,
        measurable=measurable(surface),
        metrics=METRICS,
        meanings=MEANINGS,
        watching=WATCHING,
        seen=seen_values(stored) if row else {},
        refusal=message_of(refusal) if refusal else "",
        told=told,
        outlook=outlook_of(row, now()) if row else None,
        zone=g.shop.timezone,
        entries=entries,
        actions=ACTIONS,
        people=people(entries),
        status=status,
    )
