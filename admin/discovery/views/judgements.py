"""Judgement lists: which searches are rated, rating what one finds, and their files."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.discovery import queries
from admin.discovery.candidates import candidates_of, typed_ratings
from admin.discovery.files import MOST_ERRORS
from admin.discovery.forms import QueryForm
from admin.discovery.listing import JUDGEMENTS
from admin.discovery.rating_files import COLUMNS, rating_lines, read_ratings
from admin.discovery.tables import LANGUAGES, RATINGS
from admin.discovery.views.blueprint import blueprint
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.database.transaction import transaction
from storefront.discovery import judging
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, wants_fragment
from storefront.web.refusals import show_refusal

URL = "/admin/search/judgements"
IMPORT = "admin/discovery/judgement_import.html"
IMPORT_RESULT = "admin/discovery/_import_result.html"


@blueprint.get("/search/judgements")
@requires(Permission.SEARCH_VIEW)
def judgement_list() -> Response:
    """List the searches that are rated."""
    return _list(QueryForm(data={"query": request.args.get("query", "")[:200]}))


@blueprint.post("/search/judgements")
@requires(Permission.SEARCH_EDIT)
def add_judged_query() -> Response:
    """Put a search on the list, and begin to rate what it finds."""
    form = QueryForm(request.form)
    try:
        with transaction():
            number = judging.add_query(
                text=form.query.data or "", language=form.language.data or "", by=staff_here().actor, at=now()
            ).id
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _list(form, status=422)
    return redirect_to(f"{URL}/{number}")


@blueprint.get("/search/judgements/<int:query_id>")
@requires(Permission.SEARCH_VIEW)
def judged_query(query_id: int) -> Response:
    """Show what a search finds, with its ratings."""
    row = judging.get_query(query_id)
    return render_page(
        "admin/discovery/judged_query.html",
        row=row,
        found=candidates_of(row, now()),
        words=RATINGS,
        languages=LANGUAGES,
        following=queries.next_query(query_id),
    )


@blueprint.post("/search/judgements/<int:query_id>")
@requires(Permission.SEARCH_EDIT)
def rate_results(query_id: int) -> Response:
    """Store ratings; a script stores them as they are chosen, and is told how far the list is."""
    row, ratings, by = judging.get_query(query_id), typed_ratings(request.form), staff_here().actor
    found = candidates_of(row, now())
    count = len(found.items) if found.is_searchable else row.shown
    with transaction():
        judging.rate(query_id=query_id, ratings=ratings, by=by, at=now(), shown=count)
    if wants_fragment():
        found = candidates_of(judging.get_query(query_id), now())
        fragment = "admin/discovery/_progress.html"
        return render_page(fragment, fragment=fragment, found=found, is_saved=True)
    flash(_("Saved."), "success")
    following = queries.next_query(query_id) if request.form.get("do") == "next" else None
    return redirect_to(f"{URL}/{following or query_id}")


@blueprint.post("/search/judgements/<int:query_id>/deletion")
@requires(Permission.SEARCH_EDIT)
def remove_judged_query(query_id: int) -> Response:
    """Take a search off the list, with its ratings."""
    with transaction():
        query = judging.remove_query(query_id=query_id, by=staff_here().actor, at=now())
    flash(_("“%(query)s” is off the list, and its ratings are deleted.", query=query), "success")
    return redirect_to(URL)


@blueprint.get("/search/judgements.csv")
@requires(Permission.SEARCH_VIEW)
def export_ratings() -> Response:
    """Return all ratings for a spreadsheet."""
    headers = {"Content-Disposition": f'attachment; filename="judgements-{now():%Y-%m-%d}.csv"'}
    return Response("".join(rating_lines(queries.each_rating())), mimetype="text/csv", headers=headers)


@blueprint.get("/search/judgements/import")
@requires(Permission.SEARCH_EDIT)
def judgement_import() -> Response:
    """Show how a file is taken over."""
    return render_page(IMPORT, columns=COLUMNS, **_nothing())


@blueprint.post("/search/judgements/import")
@requires(Permission.SEARCH_EDIT)
def import_judgements() -> Response:
    """Check a file, or take it over: all of it or nothing."""
    file = request.files.get("file")
    try:
        table = read_ratings(file.read() if file else b"", "en")
    except Invalid as refusal:
        return _imported(422, refusal=message_of(refusal))
    if table.errors or request.form.get("do") != "import":
        return _imported(422 if table.errors else 200, table=table)
    with transaction():
        count = judging.import_ratings(ratings=table.new, by=staff_here().actor, at=now())
    flash(ngettext("Took over %(num)s rating.", "Took over %(num)s ratings.", count), "success")
    return redirect_to(URL)


def _list(form: QueryForm, *, status: int = 200) -> Response:
    asked, rated = queries.count_judgements()
    return show_list(JUDGEMENTS, status=status, form=form, asked=asked, rated=rated)


def _imported(status: int, **found: Any) -> Response:
    shown = {**_nothing(), **found}
    return render_page(IMPORT, fragment=IMPORT_RESULT, status=status, columns=COLUMNS, **shown)


def _nothing() -> dict[str, Any]:
    return {"table": None, "refusal": "", "most": MOST_ERRORS}
