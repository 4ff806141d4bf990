"""Carriers: what they are called and where their parcels are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.fulfilment.carrier_listing import CARRIERS
from admin.fulfilment.forms import CarrierForm, NewCarrierForm
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.fulfilment.carriers import choosing
from storefront.fulfilment.carriers.known import CarrierFacts
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("carriers", __name__, template_folder="templates")


@blueprint.get("/carriers")
@requires(Permission.FULFILMENT_VIEW)
def carrier_list() -> Response:
    """List carriers."""
    is_followed = current_app.config["SHOP"].kuaidi100 is not None
    return show_list(CARRIERS, is_followed=is_followed)


@blueprint.get("/carriers/new")
@requires(Permission.FULFILMENT_EDIT)
def new_carrier() -> Response:
    """Show an empty form."""
    return _page(NewCarrierForm(), "")


@blueprint.post("/carriers")
@requires(Permission.FULFILMENT_EDIT)
def add_carrier() -> Response:
    """Add a carrier."""
    form = NewCarrierForm(request.form)
    return _store(form, "", lambda: choosing.add_carrier(facts=form.read(form.wanted_code()), **_said()))


@blueprint.get("/carriers/<code>")
@requires(Permission.FULFILMENT_VIEW)
def carrier(code: str) -> Response:
    """Show a carrier."""
    facts = _found(code)
    return _page(CarrierForm(obj=facts), facts.code)


@blueprint.post("/carriers/<code>")
@requires(Permission.FULFILMENT_EDIT)
def change_carrier(code: str) -> Response:
    """Change a carrier; its code stays."""
    facts = _found(code)
    form = CarrierForm(request.form)
    return _store(form, code, lambda: choosing.change_carrier(facts=form.read(facts.code), **_said()))


def _store(form: CarrierForm, code: str, store: Callable[[], object]) -> Response:
    try:
        if form.validate():
            with transaction():
                store()
            flash(_("Saved."), "success")
            return redirect_to("/admin/carriers")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _page(form, code, status=422)


def _page(form: CarrierForm, code: str, *, status: int = 200) -> Response:
    entries = list_entries_about("carrier", code) if code else []
    may_edit = staff_here().may(Permission.FULFILMENT_EDIT)
    return render_page(
        "admin/fulfilment/carrier.html",
        form=form,
        code=code,
        may_edit=may_edit,
        entries=entries,
        people=people(entries),
        status=status,
    )


def _said() -> dict[str, Any]:
    return {"by": staff_here().actor, "at": now()}


def _found(code: str) -> CarrierFacts:
    facts = choosing.find_facts(code)
    if facts is None:
        raise NotFound
    return facts
