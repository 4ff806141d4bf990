"""What every list can do: columns, named views, files, and actions on many rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, flash, g, request, stream_with_context
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import open_to_staff, staff_here
from admin.listings import LISTINGS
from admin.tables import bulk, exporting, jobs
from admin.tables.listing import Action, Listing, columns_taken
from admin.tables.source import each_of
from admin.tables.state import ListState, read_state
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.desk import queries, services
from storefront.desk.models import BulkRun
from storefront.desk.services import Chosen, Plan
from storefront.desk.states import ItemState
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import Forbidden, Invalid, NotFound
from storefront.kernel.paging import page_number
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale

blueprint = Blueprint("lists", __name__)


@blueprint.post("/lists/<name>/columns")
@open_to_staff
def choose_columns(name: str) -> Response:
    """Keep which columns of a list this person sees."""
    listing, state = _asked(name)
    seen = request.form.getlist("column")
    hidden = [
        column.key
        for column in state.table.columns
        if not column.is_fixed and not column.is_only_in_files and column.key not in seen
    ]
    with transaction():
        services.hide_columns(staff_id=staff_here().id, list_name=listing.name, hidden=hidden)
    return redirect_to(state.url())


@blueprint.post("/lists/<name>/views")
@open_to_staff
def save_view(name: str) -> Response:
    """Keep what a list shows now under a name."""
    listing, state = _asked(name)
    try:
        with transaction():
            services.save_view(
                staff_id=staff_here().id,
                list_name=listing.name,
                name=request.form.get("name", ""),
                query=state.page_url(1).partition("?")[2],
            )
    except Invalid as refusal:
        flash(message_of(refusal), "error")
        return redirect_to(state.url())
    flash(_("The view is saved. Its address shows the same to whoever opens it."), "success")
    return redirect_to(state.url())


@blueprint.post("/lists/<name>/views/removal")
@open_to_staff
def remove_view(name: str) -> Response:
    """Forget a view."""
    listing, state = _asked(name)
    with transaction():
        services.remove_view(staff_id=staff_here().id, list_name=listing.name, name=request.form.get("name", ""))
    return redirect_to(state.url())


@blueprint.post("/lists/<name>/export")
@open_to_staff
def export(name: str) -> Response:
    """Send all that a list shows as a file, while it is read; who took it is written down."""
    listing, state = _asked(name)
    kind = request.form.get("format", "")
    if kind not in exporting.TYPES or not listing.is_exported:
        raise NotFound
    staff, at = staff_here(), now()
    asked = ", ".join(f"{key}={value}" for key, value in state.values.items())  # a search may be somebody's address
    told = {"filters": (None, asked), "search": (None, bool(state.search)), "format": (None, kind)}
    with transaction():
        audit.record(actor=staff.actor, action="list.export", about=("list", listing.name), changes=told, at=at)
    columns = columns_taken(state.table, queries.desk_of(staff.id, listing.name).hidden)
    answer = Response(stream_with_context(_lines(listing, state, kind, columns)), mimetype=exporting.TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{listing.name}-{at:%Y-%m-%d}.{kind}"'
    return answer


@blueprint.post("/lists/<name>/confirmation")
@open_to_staff
def confirm(name: str) -> Response:
    """Say what an action will do, and to how many; nothing is done yet."""
    listing, state = _asked(name)
    return _confirmation(listing, state, _wanted(listing))


@blueprint.post("/lists/<name>/runs")
@open_to_staff
def begin(name: str) -> Response:
    """Do it: a few at once, many by a job."""
    listing, state = _asked(name)
    action, value = _wanted(listing), request.form.get("value", "")
    selection = _selection(listing, state)
    if action.ask is not None and value not in dict(action.ask().options):
        return _confirmation(listing, state, action, selection, error=_("Please choose."))
    if request.form.get("count", type=int) != selection.count:
        words = _("Meanwhile other rows match than you were shown. Please look again.")
        return _confirmation(listing, state, action, selection, error=words)
    run_id = _begin(listing, action, bulk.chosen_of(listing, selection, value))
    return redirect_to(f"/admin/runs/{run_id}")


@blueprint.get("/runs/<int:run_id>")
@open_to_staff
def run(run_id: int) -> Response:
    """Show how far a run is, and what became of each row."""
    found = queries.get_run(run_id, staff_here().id)
    listing, action = _of_run(found)
    g.place = listing.table().url
    wanted = request.args.get("show", "")
    state = ItemState(wanted) if wanted in set(ItemState) else None
    progress = queries.progress_of(run_id)
    state = state or (ItemState.REFUSED if progress.refused else ItemState.DONE)
    page = queries.page_of_items(run_id, state, page_number(request.args.get("page")))
    return render_page(
        "admin/run.html",
        fragment="admin/_run.html",
        run=found,
        listing=listing,
        action=action,
        progress=progress,
        shown=state,
        page=page,
        page_url=lambda number: f"/admin/runs/{run_id}?show={state}&page={number}",
        undone_by=queries.undone_by(run_id),
        list_url=listing.table().url,
    )


@blueprint.post("/runs/<int:run_id>/undo")
@open_to_staff
def undo(run_id: int) -> Response:
    """Take back what a run did, row by row."""
    found = queries.get_run(run_id, staff_here().id)
    listing, action = _of_run(found)
    back = listing.action(action.undo)
    if back is None or found.finished_at is None or queries.undone_by(run_id) is not None:
        raise NotFound
    chosen, number = list[Chosen](), 1
    while True:
        page = queries.page_of_items(run_id, ItemState.DONE, number)
        chosen += [Chosen(each.key, each.name, each.was) for each in page.items]
        if not page.has_next:
            break
        number += 1
    return redirect_to(f"/admin/runs/{_begin(listing, back, chosen, undoes=run_id)}")


def _asked(name: str) -> tuple[Listing, ListState]:
    """Return the list of this name and what its reader sees of it; refuse who may not see it."""
    listing = LISTINGS.get(name)
    if listing is None:
        raise NotFound
    if not staff_here().may(listing.permission):
        raise Forbidden
    return listing, read_state(listing.table(), dict(parse_qsl(request.form.get("query", "")[:4_000])))


def _wanted(listing: Listing) -> Action:
    action = listing.action(request.form.get("action", ""))
    if action is None or not action.is_offered:
        raise NotFound
    if not staff_here().may(action.permission):
        raise Forbidden
    return action


def _of_run(found: BulkRun) -> tuple[Listing, Action]:
    listing = LISTINGS.get(found.list_name)
    action = listing.action(found.action) if listing else None
    if listing is None or action is None:
        raise NotFound
    if not staff_here().may(action.permission):
        raise Forbidden
    return listing, action


def _selection(listing: Listing, state: ListState) -> bulk.Selection:
    every = request.form.get("all") == "yes"
    return bulk.select_rows(listing, state, request.form.getlist("row"), every=every)


def _begin(listing: Listing, action: Action, chosen: list[Chosen], undoes: int | None = None) -> int:
    plan = Plan(staff_here().id, listing.name, action.key, current_locale(), undoes)
    is_small = len(chosen) <= bulk.DONE_AT_ONCE
    with transaction():
        run_id = services.begin_run(plan=plan, chosen=chosen, at=now()).id
        if not is_small:
            enqueue_after_commit(jobs.work_off, run_id)
    if is_small:
        bulk.work_off(run_id)
    return run_id


def _confirmation(
    listing: Listing, state: ListState, action: Action, selection: bulk.Selection | None = None, *, error: str = ""
) -> Response:
    g.place = listing.table().url
    try:
        selection = selection or _selection(listing, state)
    except (bulk.NothingChosen, bulk.TooManyRows) as refusal:
        flash(message_of(refusal), "error")
        return redirect_to(state.url())
    return render_page(
        "admin/confirm.html",
        listing=listing,
        state=state,
        action=action,
        ask=action.ask() if action.ask else None,
        selection=selection,
        names=[listing.known_as(row) for row in selection.rows[:10]],
        keys=[] if selection.is_all else [listing.key(row) for row in selection.rows],
        label=ngettext("Yes, for %(num)s row", "Yes, for %(num)s rows", selection.count),
        error=error,
        status=422 if error else 200,
    )


def _lines(listing: Listing, state: ListState, kind: str, columns: Any) -> Iterator[Any]:
    rows, held = each_of(listing.source(state), state), exporting.columns_in_file(columns)
    write = exporting.as_csv if kind == "csv" else exporting.as_xlsx
    yield from write(held, rows, g.shop.timezone)
