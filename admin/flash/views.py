"""Flash sales: the list of sessions, activities, and one session with its figures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.flash import queries
from admin.flash.forms import CopyForm, SaleForm, SessionForm, sale_form_of, session_form_of
from admin.flash.lines import place_troubles
from admin.flash.listing import SESSIONS
from admin.flash.words import PHASES
from admin.merging import merge, seen_values
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.flash import editing
from storefront.flash.errors import ItemsRefused, SessionOver, StaleSale, StaleSession
from storefront.flash.planning import SessionPlan
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale
from storefront.web.refusals import show_refusal

blueprint = Blueprint("flash", __name__, template_folder="templates")


@blueprint.get("/flash")
@requires(Permission.PROMOTIONS_VIEW)
def sessions() -> Response:
    """List what is on, what comes and what is over, and the activities."""
    return show_list(SESSIONS, sales=queries.list_sales(now()))


@blueprint.get("/flash/sales/new")
@requires(Permission.PROMOTIONS_EDIT)
def new_sale() -> Response:
    """Show an empty activity."""
    return _sale_page(SaleForm())


@blueprint.post("/flash/sales")
@requires(Permission.PROMOTIONS_EDIT)
def add_sale() -> Response:
    """Make an activity and go on to its first session."""
    form = SaleForm(request.form)
    try:
        if form.validate():
            with transaction():
                sale = editing.add_sale(plan=form.read(), by=staff_here().actor, at=now())
                number = sale.id
            flash(_("Saved. Now plan its first session."), "success")
            return redirect_to(f"/admin/flash/sales/{number}/sessions/new")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _sale_page(form, status=422)


@blueprint.get("/flash/sales/<int:sale_id>")
@requires(Permission.PROMOTIONS_VIEW)
def sale(sale_id: int) -> Response:
    """Show an activity."""
    return _sale_page(sale_form_of(queries.get_sale(sale_id)), sale_id)


@blueprint.post("/flash/sales/<int:sale_id>")
@requires(Permission.PROMOTIONS_EDIT)
def change_sale(sale_id: int) -> Response:
    """Change an activity; who was slower is told what changed meanwhile."""
    queries.get_sale(sale_id)
    form = SaleForm(request.form)
    try:
        if form.validate():
            plan, version = form.read(), form.version.data or 0
            with transaction():
                editing.change_sale(sale_id=sale_id, version=version, plan=plan, by=staff_here().actor, at=now())
            return _saved("/admin/flash")
    except StaleSale as refusal:
        return _sale_page(form, sale_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _sale_page(form, sale_id, status=422)


@blueprint.get("/flash/sales/<int:sale_id>/sessions/new")
@requires(Permission.PROMOTIONS_EDIT)
def new_session(sale_id: int) -> Response:
    """Show an empty session."""
    return _new_session_page(sale_id, SessionForm())


@blueprint.post("/flash/sales/<int:sale_id>/sessions")
@requires(Permission.PROMOTIONS_EDIT)
def add_session(sale_id: int) -> Response:
    """Give an activity another session."""
    queries.get_sale(sale_id)
    form = SessionForm(request.form)
    try:
        if form.validate():
            plan = form.read()
            with transaction():
                made = editing.add_session(sale_id=sale_id, plan=plan, by=staff_here().actor, at=now())
                number = made.id
            return _saved(f"/admin/flash/sessions/{number}")
    except Invalid as refusal:
        _show(form, refusal)
    return _new_session_page(sale_id, form, status=422)


@blueprint.get("/flash/sessions/<int:session_id>")
@requires(Permission.PROMOTIONS_VIEW)
def session(session_id: int) -> Response:
    """Show a session with its figures."""
    return _session_page(session_id)


@blueprint.post("/flash/sessions/<int:session_id>")
@requires(Permission.PROMOTIONS_EDIT)
def change_session(session_id: int) -> Response:
    """Change a session; who was slower is told what changed meanwhile."""
    queries.get_session(session_id, now())
    form = SessionForm(request.form)
    try:
        if form.validate():
            plan, seen = form.read(), form.version.data or ""
            with transaction():
                editing.change_session(session_id=session_id, seen=seen, plan=plan, by=staff_here().actor, at=now())
            return _saved(f"/admin/flash/sessions/{session_id}")
    except (StaleSession, SessionOver) as refusal:
        return _session_page(session_id, form, refusal=refusal, status=409)
    except Invalid as refusal:
        _show(form, refusal)
    return _session_page(session_id, form, status=422)


@blueprint.post("/flash/sessions/<int:session_id>/copies")
@requires(Permission.PROMOTIONS_EDIT)
def copy_session(session_id: int) -> Response:
    """Plan the same session for another day, with nothing sold yet."""
    found, copy = queries.get_session(session_id, now()), CopyForm(request.form)
    form = session_form_of(found, queries.list_items(session_id, current_locale()), queries.updated_at(session_id))
    try:
        starts_at, ends_at = copy.read(found)
        plan = SessionPlan(starts_at, ends_at, form.read().items)
        with transaction():
            made = editing.add_session(sale_id=found.sale_id, plan=plan, by=staff_here().actor, at=now())
            number = made.id
        flash(_("Copied. This is the new session."), "success")
        return redirect_to(f"/admin/flash/sessions/{number}")
    except Invalid as refusal:
        show_refusal(copy, refusal, default="day")
        if isinstance(refusal, ItemsRefused):
            form.troubles = place_troubles(form.typed, refusal.troubles)
        copy.day.errors = copy.day.errors or [message_of(refusal)]
    return _session_page(session_id, copy=copy, copy_troubles=form.troubles, status=422)


@blueprint.post("/flash/sessions/<int:session_id>/removal")
@requires(Permission.PROMOTIONS_EDIT)
def remove_session(session_id: int) -> Response:
    """Take a session away of which nothing was sold."""
    with transaction():
        editing.remove_session(session_id=session_id, by=staff_here().actor, at=now())
    flash(_("The session is removed."), "success")
    return redirect_to("/admin/flash")


def _show(form: SessionForm, refusal: Invalid) -> None:
    """Show a refusal at its field; what speaks against single articles at their lines."""
    if isinstance(refusal, ItemsRefused):
        form.troubles = place_troubles(form.typed, refusal.troubles)
    show_refusal(form, refusal)


def _sale_page(
    form: SaleForm, sale_id: int | None = None, *, refusal: ShopError | None = None, status: int = 200
) -> Response:
    stored = sale_form_of(queries.get_sale(sale_id)) if sale_id else SaleForm()
    entries = list_entries_about("flash_sale", str(sale_id)) if sale_id else []
    return render_page(
        "admin/flash/sale.html",
        sale_id=sale_id,
        form=form,
        version=stored.version.data,
        seen=seen_values(stored) if sale_id else {},
        told=merge(form, stored, request.form) if refusal else [],
        refusal=message_of(refusal) if refusal else "",
        entries=entries,
        people=people(entries),
        status=status,
    )


def _new_session_page(sale_id: int, form: SessionForm, status: int = 200) -> Response:
    sale_row = queries.get_sale(sale_id)
    return render_page(
        "admin/flash/new_session.html", sale=sale_row, form=form, seen={}, zone=g.shop.timezone, status=status
    )


def _session_page(session_id: int, form: SessionForm | None = None, *, status: int = 200, **more: Any) -> Response:
    found = queries.get_session(session_id, now())
    items = queries.list_items(session_id, current_locale())
    stored = session_form_of(found, items, queries.updated_at(session_id))
    refusal: ShopError | None = more.get("refusal")
    entries = list_entries_about("flash_session", str(session_id))
    form = form or session_form_of(found, items, queries.updated_at(session_id))
    return render_page(
        "admin/flash/session.html",
        session=found,
        items=items,
        buyers=queries.count_buyers(session_id),
        phases=PHASES,
        form=form,
        version=stored.version.data,
        seen=seen_values(stored),
        told=merge(form, stored, request.form) if refusal else [],
        refusal=message_of(refusal) if refusal else "",
        copy=more.get("copy") or CopyForm(),
        copy_troubles=more.get("copy_troubles", ()),
        zone=g.shop.timezone,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _saved(url: str) -> Response:
    flash(_("Saved."), "success")
    return redirect_to(url)
