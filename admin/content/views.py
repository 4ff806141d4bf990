"""The home page's slots and their entries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.content import queries
from admin.content.forms import EntryForm, form_of
from admin.content.words import KINDS, STANDINGS
from admin.merging import merge, seen_values
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.content import services as content
from storefront.content.errors import StaleEntry
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("content", __name__, template_folder="templates")
STEPS = {"up": -1, "down": 1}


@blueprint.get("/home-slots")
@requires(Permission.SLOTS_VIEW)
def slots() -> Response:
    """List the slots as the page has them."""
    return render_page("admin/content/slots.html", slots=queries.list_slots(now()), kinds=KINDS, standings=STANDINGS)


@blueprint.post("/home-slots/<int:slot_id>/position")
@requires(Permission.SLOTS_EDIT)
def move(slot_id: int) -> Response:
    """Move a slot one place up or down."""
    step = STEPS.get(request.form.get("step", ""))
    if step is None:
        raise Invalid
    with transaction():
        content.move_slot(slot_id=slot_id, step=step, by=staff_here().actor, at=now())
    return redirect_to(f"/admin/home-slots#slot-{slot_id}")


@blueprint.post("/home-slots/<int:slot_id>/visibility")
@requires(Permission.SLOTS_EDIT)
def switch(slot_id: int) -> Response:
    """Show or hide a slot."""
    is_active = request.form.get("shown") == "yes"
    with transaction():
        content.switch_slot(slot_id=slot_id, is_active=is_active, by=staff_here().actor, at=now())
    flash(_("The slot is shown.") if is_active else _("The slot is hidden."), "success")
    return redirect_to(f"/admin/home-slots#slot-{slot_id}")


@blueprint.get("/home-slots/<int:slot_id>/entries/new")
@requires(Permission.SLOTS_EDIT)
def new_entry(slot_id: int) -> Response:
    """Show an empty entry."""
    return _page(slot_id, EntryForm(data={"status": "draft", "priority": 10}))


@blueprint.post("/home-slots/<int:slot_id>/entries")
@requires(Permission.SLOTS_EDIT)
def add_entry(slot_id: int) -> Response:
    """Give the slot another entry."""
    queries.get_slot(slot_id, now())
    form = EntryForm(request.form)
    try:
        if form.validate():
            with transaction():
                content.add_entry(slot_id=slot_id, plan=form.read(), by=staff_here().actor, at=now())
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(slot_id, form, status=422)


@blueprint.get("/home-slots/<int:slot_id>/entries/<int:entry_id>")
@requires(Permission.SLOTS_VIEW)
def entry(slot_id: int, entry_id: int) -> Response:
    """Show an entry."""
    return _page(slot_id, form_of(queries.get_entry(slot_id, entry_id)), entry_id=entry_id)


@blueprint.post("/home-slots/<int:slot_id>/entries/<int:entry_id>")
@requires(Permission.SLOTS_EDIT)
def change_entry(slot_id: int, entry_id: int) -> Response:
    """Change an entry; who was slower is told what changed meanwhile."""
    queries.get_entry(slot_id, entry_id)
    form = EntryForm(request.form)
    try:
        if form.validate():
            with transaction():
                content.change_entry(
                    entry_id=entry_id, version=form.version.data, plan=form.read(), by=staff_here().actor, at=now()
                )
            return _saved()
    except StaleEntry as refusal:
        return _page(slot_id, form, entry_id=entry_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(slot_id, form, entry_id=entry_id, status=422)


def _page(slot_id: int, form: EntryForm, *, entry_id: int | None = None, status: int = 200, **more: Any) -> Response:
    """Show an entry's form; after a conflict beside what is stored now, and ready to be saved over it."""
    refusal: ShopError | None = more.get("refusal")
    stored = form_of(queries.get_entry(slot_id, entry_id)) if entry_id else EntryForm()
    entries = list_entries_about("slot_entry", str(entry_id)) if entry_id else []
    told = merge(form, stored, request.form) if refusal else []
    return render_page(
        "admin/content/entry.html",
        slot=queries.get_slot(slot_id, now()),
        entry_id=entry_id,
        form=form,
        version=stored.version.data,
        seen=seen_values(stored) if entry_id else {},
        refusal=message_of(refusal) if refusal else "",
        told=told,
        zone=g.shop.timezone,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _saved() -> Response:
    flash(_("Saved."), "success")
    return redirect_to("/admin/home-slots")
