"""The list of synonyms, the page of one, and its files."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.discovery import queries
from admin.discovery.files import MOST_ERRORS
from admin.discovery.forms import SynonymForm, synonym_form
from admin.discovery.listing import SYNONYMS
from admin.discovery.synonym_files import COLUMNS, read_table, table_lines
from admin.discovery.tables import LANGUAGES
from admin.discovery.views.blueprint import blueprint
from admin.merging import merge, seen_values
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.discovery import synonyms
from storefront.discovery.errors import StaleSynonym
from storefront.discovery.synonyms import DuplicateSynonym
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

URL = "/admin/search/synonyms"
IMPORT = "admin/discovery/synonym_import.html"
IMPORT_RESULT = "admin/discovery/_import_result.html"


@blueprint.get("/search/synonyms")
@requires(Permission.SEARCH_VIEW)
def synonym_list() -> Response:
    """List synonyms."""
    return show_list(SYNONYMS, general=synonyms.count_general())


@blueprint.get("/search/synonyms/new")
@requires(Permission.SEARCH_EDIT)
def new_synonym() -> Response:
    """Show an empty form; `words` fills in what a report names, `language` for whom."""
    wanted = "\n".join(synonyms.split_words(request.args.get("words", "")[:1_000]))
    language = request.args.get("language", "")
    return _page(SynonymForm(data={"words": wanted, "language": language if language in LANGUAGES else ""}))


@blueprint.post("/search/synonyms")
@requires(Permission.SEARCH_EDIT)
def add_synonym() -> Response:
    """Make a synonym."""
    form = SynonymForm(request.form)
    try:
        plan = form.read()
        with transaction():
            number = synonyms.add_synonym(plan=plan, by=staff_here().actor, at=now()).id
            opposite = synonyms.find_opposite(plan, without=number)
        return _saved(opposite)
    except DuplicateSynonym as refusal:
        show_refusal(form, refusal)
        return _page(form, same=refusal.synonym_id, status=422)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, status=422)


@blueprint.get("/search/synonyms/<int:synonym_id>")
@requires(Permission.SEARCH_VIEW)
def synonym(synonym_id: int) -> Response:
    """Show a synonym."""
    return _page(synonym_form(synonyms.get_synonym(synonym_id)), synonym_id=synonym_id)


@blueprint.post("/search/synonyms/<int:synonym_id>")
@requires(Permission.SEARCH_EDIT)
def change_synonym(synonym_id: int) -> Response:
    """Change a synonym; who was slower is told what changed meanwhile."""
    form, by, at = SynonymForm(request.form), staff_here().actor, now()
    synonyms.get_synonym(synonym_id)
    try:
        plan, version = form.read(), form.version.data or 0
        with transaction():
            synonyms.change_synonym(synonym_id=synonym_id, version=version, plan=plan, by=by, at=at)
            opposite = synonyms.find_opposite(plan, without=synonym_id)
        return _saved(opposite)
    except StaleSynonym as refusal:
        return _page(form, synonym_id=synonym_id, refusal=message_of(refusal), status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
        same = refusal.synonym_id if isinstance(refusal, DuplicateSynonym) else 0
        return _page(form, synonym_id=synonym_id, same=same, status=422)


@blueprint.post("/search/synonyms/<int:synonym_id>/deletion")
@requires(Permission.SEARCH_EDIT)
def delete_synonym(synonym_id: int) -> Response:
    """Delete a synonym."""
    with transaction():
        words = synonyms.delete_synonym(synonym_id=synonym_id, by=staff_here().actor, at=now())
    flash(_("The synonym “%(words)s” is deleted.", words=words[:120]), "success")
    return redirect_to(URL)


@blueprint.get("/search/synonyms.csv")
@requires(Permission.SEARCH_VIEW)
def export_synonyms() -> Response:
    """Return all synonyms for a spreadsheet."""
    headers = {"Content-Disposition": f'attachment; filename="synonyms-{now():%Y-%m-%d}.csv"'}
    return Response("".join(table_lines(queries.each_synonym())), mimetype="text/csv", headers=headers)


@blueprint.get("/search/synonyms/import")
@requires(Permission.SEARCH_EDIT)
def synonym_import() -> Response:
    """Show how a file is taken over."""
    return render_page(IMPORT, columns=COLUMNS, **_nothing())


@blueprint.post("/search/synonyms/import")
@requires(Permission.SEARCH_EDIT)
def import_synonyms() -> Response:
    """Check a file, or take it over: all of it or nothing."""
    file = request.files.get("file")
    try:
        table = read_table(file.read() if file else b"")
    except Invalid as refusal:
        return _imported(422, refusal=message_of(refusal))
    if table.errors or request.form.get("do") != "import":
        return _imported(422 if table.errors else 200, table=table)
    with transaction():
        count = synonyms.import_synonyms(plans=table.new, by=staff_here().actor, at=now())
    flash(ngettext("Added %(num)s synonym.", "Added %(num)s synonyms.", count), "success")
    return redirect_to(URL)


def _page(form: SynonymForm, *, synonym_id: int = 0, same: int = 0, refusal: str = "", status: int = 200) -> Response:
    row = synonyms.get_synonym(synonym_id) if synonym_id else None
    stored = synonym_form(row) if row else SynonymForm()
    entries = list_entries_about("synonym", str(synonym_id)) if row else []
    return render_page(
        "admin/discovery/synonym.html",
        row=row,
        form=form,
        version=stored.version.data,
        seen=seen_values(stored) if row else {},
        same=same,
        refusal=refusal,
        told=merge(form, stored, request.form) if refusal else [],
        entries=entries,
        people=people(entries),
        status=status,
    )


def _saved(opposite: int | None) -> Response:
    flash(_("Saved. It holds for searches from now on."), "success")
    if opposite:
        flash(
            _("Another one-way synonym leads back: together they hold both ways. One two-way synonym is clearer."),
            "info",
        )
    return redirect_to(URL)


def _imported(status: int, **found: Any) -> Response:
    shown = {**_nothing(), **found}
    return render_page(IMPORT, fragment=IMPORT_RESULT, status=status, columns=COLUMNS, **shown)


def _nothing() -> dict[str, Any]:
    return {"table": None, "refusal": "", "most": MOST_ERRORS}
