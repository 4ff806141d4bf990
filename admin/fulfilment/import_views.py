"""Tracking numbers as a table: tried first, stored when somebody says so."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.fulfilment.importing import Result, decode, read_rows, store_rows, try_rows
from storefront.accounts.permissions import Permission
from storefront.fulfilment.carriers import choosing
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import render_page

blueprint = Blueprint("tracking_import", __name__, template_folder="templates")


@blueprint.get("/fulfilment/tracking-import")
@requires(Permission.FULFILMENT_EDIT)
def tracking_import() -> Response:
    """Show where a table goes in."""
    return _page()


@blueprint.post("/fulfilment/tracking-import")
@requires(Permission.FULFILMENT_EDIT)
def import_tracking() -> Response:
    """Try a table, or store the one that was tried."""
    try:
        text = _text()
        rows = read_rows(text)
    except Invalid as refusal:
        return _page(problem=message_of(refusal), status=422)
    is_stored = request.form.get("then") == "store"
    results = (store_rows if is_stored else try_rows)(rows, by=staff_here().actor, at=now())
    done = sum(not result.problem for result in results)
    if is_stored:
        flash(ngettext("One row is stored.", "%(num)s rows are stored.", done), "success")
    return _page(text, results, is_stored=is_stored)


def _text() -> str:
    file = request.files.get("file")
    raw = file.read() if file else b""
    return decode(raw) if raw else request.form.get("table", "")


def _page(
    text: str = "",
    results: Sequence[Result] = (),
    *,
    problem: str = "",
    is_stored: bool = False,
    status: int = 200,
) -> Response:
    return render_page(
        "admin/fulfilment/import.html",
        text=text or request.form.get("table", ""),
        results=results,
        ready=sum(not result.problem for result in results),
        problem=problem,
        is_stored=is_stored,
        carriers=choosing.list_carriers(),
        status=status,
    )
