"""Collections by rules: made, changed, and looked at before they are saved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.catalog.collections import show_collection
from admin.catalog.ruled.forms import RulesForm, look
from storefront.accounts.permissions import Permission
from storefront.catalog import collections
from storefront.catalog.errors import StaleCollection
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("ruled_collections", __name__)


@blueprint.get("/collections/rules/new")
@requires(Permission.PRODUCTS_EDIT)
def new_rules() -> Response:
    """Show empty rules."""
    return _new(RulesForm())


@blueprint.post("/collections/rules")
@requires(Permission.PRODUCTS_EDIT)
def add_rules() -> Response:
    """Make a collection by rules, and fill it."""
    form = RulesForm(request.form)
    if not form.validate():
        return _new(form, status=422)
    try:
        with transaction():
            row = collections.add_collection(
                name=form.name.data or "",
                name_zh=form.name_zh.data or "",
                plan=form.read(),
                by=staff_here().actor,
                at=now(),
            )
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _new(form, status=422)
    flash(_("Saved. The collection is kept at what its rules say."), "success")
    return redirect_to(f"/admin/collections/{row.id}")


@blueprint.post("/collections/<int:collection_id>/rules")
@requires(Permission.PRODUCTS_EDIT)
def change_rules(collection_id: int) -> Response:
    """Change the rules of a collection, and fill it anew."""
    collections.get_collection(collection_id)
    form = RulesForm(request.form)
    if not form.validate():
        return show_collection(collection_id, rules=form, status=422)
    try:
        with transaction():
            collections.change_rules(
                collection_id=collection_id,
                plan=form.read(),
                seen=form.read_seen(),
                by=staff_here().actor,
                at=now(),
            )
    except StaleCollection as refusal:
        return show_collection(collection_id, refused=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return show_collection(collection_id, rules=form, status=422)
    flash(_("Saved. The collection is kept at what its rules say."), "success")
    return redirect_to(f"/admin/collections/{collection_id}")


@blueprint.post("/collections/rules/preview")
@requires(Permission.PRODUCTS_EDIT)
def preview() -> Response:
    """Show how many products typed rules would gather, and the first of them; nothing is stored."""
    form, number = RulesForm(request.form), request.form.get("collection", type=int)
    told: dict[str, Any] = {"gathered": None, "goods": (), "wrong": ""}
    status = 200
    try:
        if not form.validate():
            raise Invalid
        told["gathered"], told["goods"] = look(form.read())
    except Invalid as refusal:
        told["wrong"], status = message_of(refusal), 422
        if refusal.field:
            show_refusal(form, refusal)
    fragment = "admin/catalog/_rules_preview.html"
    if number:
        return show_collection(number, rules=form, status=status, fragment=fragment, **told)
    return _new(form, status=status, fragment=fragment, **told)


def _new(form: RulesForm, *, status: int = 200, fragment: str | None = None, **told: Any) -> Response:
    blank = {"gathered": None, "goods": (), "wrong": ""}
    return render_page(
        "admin/catalog/rules_new.html",
        fragment=fragment,
        rules=form,
        collection=None,
        here="/admin/collections",
        status=status,
        **{**blank, **told},
    )
