"""Files into the shop: brought, understood, checked, carried out, taken back. And out of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request, stream_with_context
from flask_babel import gettext as _

from admin.access import requires_any, staff_here
from admin.catalog.listing import PRODUCTS
from admin.imports import showing
from admin.imports.listing import IMPORTS
from admin.tables.showing import show_list
from admin.tables.state import read_state
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.imports import applying, checking, exporting, jobs, queries, services, writing
from storefront.imports.errors import BadFile, NotNow
from storefront.imports.services import Brought
from storefront.imports.shapes import LARGEST_FILE
from storefront.jobs.queue import enqueue_after_commit
from storefront.kernel.clock import now
from storefront.kernel.errors import Forbidden, Invalid, NotFound
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.uploads import takes_up_to

blueprint = Blueprint("imports", __name__, template_folder="templates")
MAY = requires_any(Permission.PRODUCTS_EDIT, Permission.PRICES_EDIT, Permission.STOCK_EDIT)
CHECKED_AT_ONCE = 50_000
"""Bytes of a file that is checked while one waits."""
DONE_AT_ONCE = 25


@blueprint.get("/imports")
@MAY
def imports() -> Response:
    """List what was imported, above it the forms for another file."""
    return _list()


@blueprint.post("/imports")
@MAY
@takes_up_to(LARGEST_FILE + 1024 * 1024)
def bring() -> Response:
    """Keep a file and show what its columns seem to mean."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _list(problem=_("Choose a file first."))
    try:
        with transaction():
            brought = Brought(file.filename, file.read())
            number = services.bring(brought=brought, locale=current_locale(), by=staff_here(), at=now()).id
    except BadFile as refusal:
        return _list(problem=message_of(refusal))
    return redirect_to(f"/admin/imports/{number}")


@blueprint.post("/imports/export")
@MAY
def export() -> Response:
    """Send the catalogue as a file that can be brought back; who took it is written down."""
    what, kind = request.form.get("what", ""), request.form.get("format", "")
    if what not in exporting.WHAT or kind not in writing.TYPES:
        raise NotFound
    staff, at = staff_here(), now()
    with transaction():
        told = {"what": (None, what), "format": (None, kind)}
        audit.record(actor=staff.actor, action="catalogue.export", about=("list", "catalogue"), changes=told, at=at)
    state = read_state(PRODUCTS.table(), showing.query_of(request.form.get("query", "")))
    products = PRODUCTS.source(state).rows.with_only_columns(PRODUCTS.source(state).id) if state.is_narrowed else None
    sheet = exporting.catalogue(what, with_costs=staff.may(Permission.PRICES_EDIT), products=products)
    return _file(sheet, kind, f"{what}-{at:%Y-%m-%d}")


@blueprint.get("/imports/<int:import_id>")
@MAY
def one_import(import_id: int) -> Response:
    """Show an import as it stands: columns, progress, what would change, or what became of it."""
    return _page(import_id)


@blueprint.post("/imports/<int:import_id>/reading")
@MAY
def reread(import_id: int) -> Response:
    """Read the file in another encoding."""
    chosen = {name: request.form.get(name, "") for name in ("encoding", "delimiter")}
    try:
        with transaction():
            services.reread(import_id=import_id, **chosen, by=staff_here(), at=now())
    except (Invalid, NotNow) as refusal:
        return _page(import_id, refused=message_of(refusal), status=refusal.status)
    return redirect_to(f"/admin/imports/{import_id}")


@blueprint.post("/imports/<int:import_id>/mapping")
@MAY
def understand(import_id: int) -> Response:
    """Say what the columns mean; then the rows are checked."""
    columns = len(queries.get_import(import_id).headers)
    chosen = [request.form.get(f"column-{at}", "") for at in range(columns)]
    is_small = columns and len(queries.content_of(import_id)) <= CHECKED_AT_ONCE
    try:
        with transaction():
            services.understand(import_id=import_id, mapping=chosen, by=staff_here(), at=now())
            if not is_small:
                enqueue_after_commit(jobs.check_import, import_id)
    except (Invalid, NotNow) as refusal:
        return _page(import_id, refused=message_of(refusal), chosen=chosen, status=refusal.status)
    if is_small:
        checking.check(import_id)
    return redirect_to(f"/admin/imports/{import_id}")


@blueprint.post("/imports/<int:import_id>/run")
@MAY
def start(import_id: int) -> Response:
    """Carry out what was checked: a few rows at once, many by a job."""
    is_small = queries.counts_of(import_id).waiting <= DONE_AT_ONCE
    try:
        with transaction():
            services.start(import_id=import_id, by=staff_here(), at=now())
            if not is_small:
                enqueue_after_commit(jobs.run_import, import_id)
    except NotNow as refusal:
        return _page(import_id, refused=message_of(refusal), status=refusal.status)
    if is_small:
        applying.work_off(import_id)
    return redirect_to(f"/admin/imports/{import_id}")


@blueprint.post("/imports/<int:import_id>/cancellation")
@MAY
def cancel(import_id: int) -> Response:
    """Stop an import where it is."""
    try:
        with transaction():
            services.cancel(import_id=import_id, by=staff_here(), at=now())
    except NotNow as refusal:
        return _page(import_id, refused=message_of(refusal), status=refusal.status)
    flash(_("The import is stopped."), "success")
    return redirect_to(f"/admin/imports/{import_id}")


@blueprint.post("/imports/<int:import_id>/undo")
@MAY
def undo(import_id: int) -> Response:
    """Bring back what was before an import."""
    is_small = queries.counts_of(import_id).done <= DONE_AT_ONCE
    try:
        with transaction():
            number = services.undo(import_id=import_id, locale=current_locale(), by=staff_here(), at=now()).id
            if not is_small:
                enqueue_after_commit(jobs.run_import, number)
    except NotNow as refusal:
        return _page(import_id, refused=message_of(refusal), status=refusal.status)
    if is_small:
        applying.work_off(number)
    return redirect_to(f"/admin/imports/{number}")


@blueprint.get("/imports/<int:import_id>/errors.csv", defaults={"kind": "csv"})
@blueprint.get("/imports/<int:import_id>/errors.xlsx", defaults={"kind": "xlsx"})
@MAY
def errors(import_id: int, kind: str) -> Response:
    """Send the rows that could not be done, to be mended and brought again."""
    return _file(exporting.wrong_rows(_own(import_id)), kind, f"errors-{import_id}")


@blueprint.get("/imports/<int:import_id>/undo.csv", defaults={"kind": "csv"})
@blueprint.get("/imports/<int:import_id>/undo.xlsx", defaults={"kind": "xlsx"})
@MAY
def undo_file(import_id: int, kind: str) -> Response:
    """Send a file that, brought, brings back what was."""
    return _file(exporting.undoing(_own(import_id)), kind, f"undo-{import_id}")


def _own(import_id: int) -> Any:
    return queries.get_own(import_id, staff_here().id)


def _list(problem: str = "") -> Response:
    state = read_state(PRODUCTS.table(), showing.query_of(request.args.get("products", "")))
    return show_list(
        IMPORTS,
        status=422 if problem else 200,
        problem=problem,
        narrowed=state if state.is_narrowed else None,
        what=exporting.WHAT,
        largest=LARGEST_FILE // 1024**2,
    )


def _page(import_id: int, *, refused: str = "", chosen: list[str] | None = None, status: int = 200) -> Response:
    run = queries.get_import(import_id)
    is_own = run.staff_id == staff_here().id
    if not is_own and not staff_here().may(Permission.AUDIT_VIEW):
        raise Forbidden
    g.place = "/admin/imports"
    return render_page(
        "admin/imports/import.html",
        fragment="admin/imports/_import.html",
        status=status,
        refused=refused,
        is_own=is_own,
        **showing.facts_of(run, chosen, request.args),
    )


def _file(sheet: exporting.Sheet, kind: str, name: str) -> Response:
    if kind == "csv":
        lines = writing.as_csv(sheet.headers, sheet.rows)
    else:
        lines = writing.as_xlsx(sheet.headers, sheet.rows, sheet.keys)
    answer = Response(stream_with_context(lines), mimetype=writing.TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
