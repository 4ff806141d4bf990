"""The page of an experiment: a draft to be edited, or what it says; each with what was typed and refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request

from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from admin.experiments.planned import differences_of, outlook_of, surfaces
from admin.experiments.report import report_of
from admin.experiments.typed_plan import fields_of, merge, rows_of, seen_values, show_plan
from admin.experiments.words import CONCLUSIONS, LOOKS, MEANINGS, METRICS, STATUSES, WATCHING
from admin.promotions.typed import Typed
from storefront.audit.queries import list_entries_about
from storefront.experiments.checks import trouble_of
from storefront.experiments.doings import measurable
from storefront.experiments.models import Experiment
from storefront.experiments.queries import get_experiment, list_ramps
from storefront.experiments.states import ExperimentStatus
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import render_page


def experiment_page(
    experiment_id: int,
    *,
    errors: Mapping[str, str] | None = None,
    refusal: ShopError | None = None,
    status: int = 200,
) -> Response:
    """Show a draft's form, or what a running or past experiment says, with what was typed and refused."""
    row = get_experiment(experiment_id)
    if row.status == ExperimentStatus.DRAFT:
        return draft_page(show_plan(row, g.shop.timezone), row, errors=errors, refusal=refusal, status=status)
    entries = list_entries_about("experiment", str(row.id))
    trouble = trouble_of(row) if row.status == ExperimentStatus.RUNNING else None
    return render_page(
        "admin/experiments/experiment.html",
        row=row,
        report=report_of(row, now()),
        ramps=list_ramps(row.id),
        trouble=message_of(trouble) if trouble else "",
        errors=errors or {},
        refusal=message_of(refusal) if refusal else "",
        typed=request.form,
        differences=differences_of(row),
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


def draft_page(typed: Typed, row: Experiment | None = None, *, status: int = 200, **more: Any) -> Response:
    """Show a plan as it is typed; once it is stored, with what it takes and what is checked before it starts."""
    refusal: ShopError | None = more.get("refusal")
    errors: Mapping[str, str] = more.get("errors") or {}
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
        errors=errors,
        coverage=request.form.get("coverage", "100"),
        outlook=outlook_of(row, now()) if row else None,
        zone=g.shop.timezone,
        entries=entries,
        actions=ACTIONS,
        people=people(entries),
        status=status,
    )
