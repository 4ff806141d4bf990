"""Types of goods: which facts are told of each product of a type."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.catalog.choosing import list_type_codes
from admin.catalog.listing import TYPES
from admin.catalog.type_forms import TypeForm, labels, read_type, stored_type
from admin.catalog.views.blueprint import blueprint
from admin.merging import take_over
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.catalog import product_types as catalog
from storefront.catalog.errors import StaleType
from storefront.catalog.product_types import TypePlan
from storefront.catalog.states import KIND_WORDS
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

URL = "/admin/product-types"


@blueprint.get("/product-types")
@requires(Permission.PRODUCTS_VIEW)
def product_types() -> Response:
    """List the types that are described."""
    return show_list(TYPES, typed={}, errors={}, types=list_type_codes())


@blueprint.post("/product-types")
@requires(Permission.PRODUCTS_EDIT)
def add_type() -> Response:
    """Describe a type, and go on to its facts."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "name_zh")}
    try:
        with transaction():
            plan = TypePlan(typed["name"], typed["name_zh"])
            row = catalog.add_type(plan=plan, by=staff_here().actor, at=now())
    except Invalid as refusal:
        errors = {refusal.field or "name": message_of(refusal)}
        return show_list(TYPES, typed=typed, errors=errors, types=list_type_codes(), status=422)
    flash(_("The type is there. Now say which facts are told of its goods."), "success")
    return redirect_to(f"{URL}/{row.id}")


@blueprint.get("/product-types/<int:type_id>")
@requires(Permission.PRODUCTS_VIEW)
def product_type(type_id: int) -> Response:
    """Show a type with its facts."""
    return _page(type_id)


@blueprint.post("/product-types/<int:type_id>")
@requires(Permission.PRODUCTS_EDIT)
def change_type(type_id: int) -> Response:
    """Set a type's name and facts; who was slower is told what changed meanwhile."""
    form = read_type(request.form, stored_type(catalog.get_type(type_id)))
    try:
        plan = form.read()
        with transaction():
            catalog.change_type(type_id=type_id, version=form.version, plan=plan, by=staff_here().actor, at=now())
    except StaleType as refusal:
        stored = stored_type(catalog.get_type(type_id))
        told = take_over(form.typed, stored.cells(), request.form)
        return _page(type_id, form=form, told=told, refusal=refusal, status=409)
    except Invalid as refusal:
        if not form.errors:
            form.errors[refusal.field or "name"] = message_of(refusal)
        return _page(type_id, form=form, status=422)
    flash(_("Saved."), "success")
    return redirect_to(f"{URL}/{type_id}")


@blueprint.post("/product-types/<int:type_id>/deletion")
@requires(Permission.PRODUCTS_EDIT)
def delete_type(type_id: int) -> Response:
    """Forget a type; its products keep what they say."""
    with transaction():
        catalog.delete_type(type_id=type_id, by=staff_here().actor, at=now())
    flash(_("The type is gone. Its products keep what they say."), "success")
    return redirect_to(URL)


def _page(
    type_id: int, *, form: TypeForm | None = None, refusal: ShopError | None = None, status: int = 200, told: Any = ()
) -> Response:
    row = catalog.get_type(type_id)
    stored = stored_type(row)
    entries = list_entries_about("product_type", str(type_id))
    return render_page(
        "admin/catalog/type.html",
        row=row,
        form=form or stored,
        seen=stored.seen,
        labels=labels(),
        kinds=KIND_WORDS,
        told=told,
        refusal=message_of(refusal) if refusal else "",
        entries=entries,
        people=people(entries),
        status=status,
    )
