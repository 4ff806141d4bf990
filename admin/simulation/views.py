"""Pages of runs over past orders."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, g, make_response, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.promotions.queries import get_promotion
from admin.promotions.values import show_amount
from admin.simulation import reading, words
from admin.simulation.days import Asked, usual_window
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.sheets import MARK, sheet_line
from storefront.simulation import jobs, queries, services
from storefront.simulation.states import ALIVE, STATUS_NAMES
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

URL = "/admin/promotions"
LOOKS = {"done": "positive", "failed": "warning"}
MOST_COMPARED = 3

blueprint = Blueprint("simulation", __name__, template_folder="templates")
for filter_ in (words.share_words, words.plain_day, words.month_words, words.month_short):
    blueprint.add_app_template_filter(filter_, f"run_{filter_.__name__}")
blueprint.add_app_template_filter(words.break_even_words, "break_even_words")
blueprint.add_app_template_filter(words.break_even_short, "break_even_short")


@blueprint.get("/promotions/<int:promotion_id>/simulations")
@requires(Permission.PROMOTIONS_VIEW)
def simulations(promotion_id: int) -> Response:
    """Show the form that asks for a run, and earlier runs."""
    return _page(promotion_id)


@blueprint.post("/promotions/<int:promotion_id>/simulations")
@requires(Permission.PROMOTIONS_EDIT)
def start(promotion_id: int) -> Response:
    """Ask for a run; the counting is done by a job."""
    asked = Asked.typed(request.form)
    window, draft = asked.window(), queries.draft_of(get_promotion(promotion_id))
    if window is None or draft is None:
        return _page(promotion_id, asked, status=422)
    try:
        with transaction():
            run = services.ask(draft=draft, window=window, by=staff_here().actor, at=now())
            enqueue_after_commit(jobs.replay_orders, run.id)
    except Invalid as refusal:
        asked.errors[refusal.field] = message_of(refusal)
        return _page(promotion_id, asked, status=422)
    except ShopError as refusal:
        return _page(promotion_id, asked, refusal=message_of(refusal), status=409)
    return redirect_to(f"{URL}/{promotion_id}/simulations/{run.id}")


@blueprint.get("/promotions/<int:promotion_id>/simulations/<int:run_id>")
@requires(Permission.PROMOTIONS_VIEW)
def run(promotion_id: int, run_id: int) -> Response:
    """Show how far a run is, or what it found."""
    found = reading.get_run(promotion_id, run_id)
    figures = found.figures
    months = reading.months_of(figures) if figures else []
    return render_page(
        "admin/simulation/run.html",
        fragment="admin/simulation/_run.html",
        run=found,
        figures=figures,
        months=months,
        charts=reading.charts_of(months),
        displaced=reading.rivals_of(figures.displaced) if figures else [],
        kept_out=reading.rivals_of(figures.kept_out) if figures else [],
        reasons=reading.reasons_of(figures) if figures else [],
        reason_words=words.REASONS,
        **_standing(),
    )


@blueprint.get("/promotions/<int:promotion_id>/simulations/<int:run_id>/months.csv")
@requires(Permission.PROMOTIONS_VIEW)
def months_csv(promotion_id: int, run_id: int) -> Response:
    """Return the months of a run as a table for a spreadsheet."""
    found = reading.get_run(promotion_id, run_id)
    row = get_promotion(promotion_id)
    currency = found.figures.currency if found.figures else g.shop.currency
    cost = _("What it would have cost (%(currency)s)", currency=currency)
    lines = [sheet_line([_("Month"), _("Orders"), _("Orders touched"), cost])]
    for each in reading.months_of(found.figures) if found.figures else []:
        month = each.month
        amount = show_amount(month.cost, currency)
        lines.append(sheet_line([f"{each.first:%Y-%m}", month.orders, month.touched, amount]))
    answer = make_response(MARK + "".join(lines))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = quote(f"{row.key}-{found.row.first_day}-{found.row.last_day}.csv")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@blueprint.post("/promotions/<int:promotion_id>/simulations/<int:run_id>/stop")
@requires(Permission.PROMOTIONS_EDIT)
def stop(promotion_id: int, run_id: int) -> Response:
    """Stop a run."""
    reading.get_run(promotion_id, run_id)
    with transaction():
        stopped = services.stop(run_id=run_id, by=staff_here().actor, at=now())
    if not stopped:
        flash(_("It had ended already."), "info")
    return redirect_to(f"{URL}/{promotion_id}/simulations/{run_id}")


@blueprint.get("/promotions/simulations")
@requires(Permission.PROMOTIONS_VIEW)
def comparison() -> Response:
    """Lay two or three finished runs side by side."""
    texts = request.args.getlist("run")[:20]
    ids = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
    runs = reading.get_done_runs(ids)
    is_fit = 2 <= len(runs) <= MOST_COMPARED
    return render_page(
        "admin/simulation/comparison.html",
        status=200 if is_fit else 422,
        runs=runs[:MOST_COMPARED],
        is_fit=is_fit,
        differ=len({(run.row.first_day, run.row.last_day) for run in runs}) > 1,
        back=request.args.get("from", "") if request.args.get("from", "").isdecimal() else "",
    )


def _page(promotion_id: int, asked: Asked | None = None, *, refusal: str = "", status: int = 200) -> Response:
    row, known = get_promotion(promotion_id), queries.days_of_orders()
    runs = reading.runs_of(queries.list_runs(promotion_id))
    return render_page(
        "admin/simulation/simulations.html",
        status=status,
        row=row,
        known=known,
        is_readable=queries.draft_of(row) is not None,
        asked=asked or (Asked.of(usual_window(known)) if known else None),
        refusal=refusal,
        runs=runs,
        others=reading.runs_of(queries.list_done_elsewhere(promotion_id)),
        alive=next((run for run in runs if run.row.status in ALIVE), None),
        **_standing(),
    )


def _standing() -> dict[str, Any]:
    return {"status_names": STATUS_NAMES, "looks": LOOKS}
