"""The steps of an experiment's life: start, coverage, end, conclusion, a new version, removal."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.experiments.planned import plan_of_row, visitors_needed
from admin.experiments.report import report_of, result_of
from admin.experiments.views.blueprint import URL, blueprint
from admin.experiments.views.pages import experiment_page
from admin.promotions.values import read_count
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.experiments import services as experiments
from storefront.experiments.errors import CannotStart
from storefront.experiments.queries import get_experiment
from storefront.experiments.services import Verdict
from storefront.experiments.states import Conclusion
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to


@blueprint.post("/experiments/<int:experiment_id>/start")
@requires(Permission.EXPERIMENTS_EDIT)
def start(experiment_id: int) -> Response:
    """Let it run; what holds it up is told on its page."""
    visitors = visitors_needed(get_experiment(experiment_id), now())
    try:
        with transaction():
            experiments.start_experiment(
                experiment_id=experiment_id, coverage=_coverage(), visitors=visitors, by=staff_here().actor, at=now()
            )
    except Invalid as refusal:
        return experiment_page(experiment_id, errors={"coverage": message_of(refusal)}, status=422)
    except CannotStart as refusal:
        return experiment_page(experiment_id, refusal=refusal, status=409)
    return _done(experiment_id, _("The experiment runs."))


@blueprint.post("/experiments/<int:experiment_id>/coverage")
@requires(Permission.EXPERIMENTS_EDIT)
def ramp(experiment_id: int) -> Response:
    """Let more visitors take part."""
    try:
        with transaction():
            experiments.ramp_experiment(
                experiment_id=experiment_id, coverage=_coverage(), by=staff_here().actor, at=now()
            )
    except Invalid as refusal:
        return experiment_page(experiment_id, errors={"coverage": message_of(refusal)}, status=422)
    return _done(experiment_id, _("More visitors take part now."))


@blueprint.post("/experiments/<int:experiment_id>/end")
@requires(Permission.EXPERIMENTS_EDIT)
def stop(experiment_id: int) -> Response:
    """End it for everybody."""
    reason = request.form.get("reason", "")
    try:
        with transaction():
            experiments.stop_experiment(experiment_id=experiment_id, reason=reason, by=staff_here().actor, at=now())
    except Invalid as refusal:
        return experiment_page(experiment_id, errors={"reason": message_of(refusal)}, status=422)
    return _done(experiment_id, _("The experiment has ended. Everybody sees the same again."))


@blueprint.post("/experiments/<int:experiment_id>/conclusion")
@requires(Permission.EXPERIMENTS_EDIT)
def conclude(experiment_id: int) -> Response:
    """Write down what was decided, with the figures that it rests on."""
    try:
        verdict = _verdict(result_of(report_of(get_experiment(experiment_id), now())))
        with transaction():
            experiments.conclude_experiment(
                experiment_id=experiment_id, verdict=verdict, by=staff_here().actor, at=now()
            )
    except Invalid as refusal:
        return experiment_page(experiment_id, errors={refusal.field or "note": message_of(refusal)}, status=422)
    return _done(experiment_id, _("The conclusion is written down."))


@blueprint.post("/experiments/<int:experiment_id>/versions")
@requires(Permission.EXPERIMENTS_EDIT)
def copy(experiment_id: int) -> Response:
    """Make a draft of the same plan, with other visitors in its arms."""
    original = get_experiment(experiment_id)
    with transaction():
        number = experiments.add_experiment(
            plan=plan_of_row(original), by=staff_here().actor, at=now(), follows=original
        ).id
    return _done(number, _("This is a new version: change what you like, then start it."))


@blueprint.post("/experiments/<int:experiment_id>/removal")
@requires(Permission.EXPERIMENTS_EDIT)
def remove(experiment_id: int) -> Response:
    """Throw a draft away."""
    with transaction():
        experiments.delete_experiment(experiment_id=experiment_id, by=staff_here().actor, at=now())
    flash(_("The draft is gone."), "success")
    return redirect_to(URL)


def _coverage() -> int:
    try:
        return read_count(request.form.get("coverage", ""))
    except ValueError:
        raise Invalid(N_("Coverage is a whole number from 1 to 100."), field="coverage") from None


def _verdict(result: dict[str, object]) -> Verdict:
    """Read a decision: "ship:new", "keep" or "open"."""
    kind, _colon, winner = request.form.get("decision", "").partition(":")
    if kind not in set(Conclusion):
        raise Invalid(N_("Choose what follows from it."), field="decision")
    return Verdict(decision=Conclusion(kind), winner=winner, note=request.form.get("note", ""), result=result)


def _done(experiment_id: int, words: str) -> Response:
    flash(words, "success")
    return redirect_to(f"{URL}/{experiment_id}")
