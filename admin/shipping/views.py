"""Delivery: the overview with a question to it, zones, methods, freight classes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.merging import merge, seen_values
from admin.shipping import queries, words
from admin.shipping.forms import (
    ClassForm,
    GoodsForm,
    MethodForm,
    NewMethodForm,
    ZoneForm,
    method_form,
    zone_form,
)
from admin.shipping.listing import METHODS
from admin.shipping.trying import read_trial, trial_values
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.shipping import methods, zones
from storefront.shipping import queries as shipping
from storefront.shipping.errors import StaleShipping
from storefront.shipping.reading import template_of
from storefront.shipping.rules import EVERYWHERE, Charge, charge
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.refusals import show_refusal

blueprint = Blueprint("shipping", __name__, template_folder="templates")


@blueprint.get("/shipping/methods")
@requires(Permission.SHIPPING_VIEW)
def method_list() -> Response:
    """List the methods of all zones."""
    return show_list(METHODS)


@blueprint.get("/shipping")
@requires(Permission.SHIPPING_VIEW)
def overview() -> Response:
    """Show zones with their methods, what is odd, where nobody delivers; and answer what a load costs somewhere."""
    values, quotation, problem = trial_values(request.args, g.shop.country), None, ""
    try:
        trial = read_trial(values, g.shop.currency)
        quotation = shipping.quote(trial.destination, trial.load)
    except Invalid as refusal:
        problem = message_of(refusal)
    context: dict[str, Any] = {
        "values": values,
        "quotation": quotation,
        "problem": problem,
        "at": now(),
        "words": words,
    }
    if request.headers.get("HX-Target") == "trial-answer":
        return render_page("admin/shipping/_answer.html", fragment="admin/shipping/_answer.html", **context)
    return render_page("admin/shipping/overview.html", shown=queries.overview(g.shop.currency), **context)


@blueprint.get("/shipping/zones/new")
@requires(Permission.SHIPPING_EDIT)
def new_zone() -> Response:
    """Show an empty zone."""
    return _zone_page(ZoneForm())


@blueprint.post("/shipping/zones")
@requires(Permission.SHIPPING_EDIT)
def add_zone() -> Response:
    """Add a zone."""
    form = ZoneForm(request.form)
    try:
        if form.validate():
            with transaction():
                row = zones.open_zone(facts=form.read(), by=staff_here().actor, at=now())
            return _saved(f"/admin/shipping/zones/{row.id}/methods/new")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _zone_page(form, status=422)


@blueprint.get("/shipping/zones/<int:zone_id>")
@requires(Permission.SHIPPING_VIEW)
def zone(zone_id: int) -> Response:
    """Show a zone."""
    return _zone_page(zone_form(zones.get_zone(zone_id)), zone_id)


@blueprint.post("/shipping/zones/<int:zone_id>")
@requires(Permission.SHIPPING_EDIT)
def change_zone(zone_id: int) -> Response:
    """Change a zone; who was slower is told what changed meanwhile."""
    zones.get_zone(zone_id)
    form = ZoneForm(request.form)
    try:
        if form.validate():
            by, seen = staff_here().actor, form.version.data or ""
            with transaction():
                zones.change_zone(zone_id=zone_id, facts=form.read(), seen=seen, by=by, at=now())
            return _saved()
    except StaleShipping as refusal:
        return _zone_page(form, zone_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _zone_page(form, zone_id, status=422)


@blueprint.get("/shipping/zones/<int:zone_id>/methods/new")
@requires(Permission.SHIPPING_EDIT)
def new_method(zone_id: int) -> Response:
    """Show an empty method of a zone."""
    return _method_page(NewMethodForm(currency=g.shop.currency), zone_id)


@blueprint.post("/shipping/zones/<int:zone_id>/methods")
@requires(Permission.SHIPPING_EDIT)
def add_method(zone_id: int) -> Response:
    """Add a method to a zone."""
    zones.get_zone(zone_id)
    form = NewMethodForm(request.form, currency=g.shop.currency)
    try:
        if form.validate():
            by, code = staff_here().actor, (form.code.data or "").strip()
            with transaction():
                methods.add_method(zone_id=zone_id, code=code, facts=form.read(), by=by, at=now())
            return _saved()
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _method_page(form, zone_id, status=422)


@blueprint.get("/shipping/methods/<int:method_id>")
@requires(Permission.SHIPPING_VIEW)
def method(method_id: int) -> Response:
    """Show a method."""
    row = methods.get_method(method_id)
    return _method_page(method_form(row, g.shop.currency), row.zone_id, method_id)


@blueprint.post("/shipping/methods/<int:method_id>")
@requires(Permission.SHIPPING_EDIT)
def change_method(method_id: int) -> Response:
    """Change a method; who was slower is told what changed meanwhile."""
    zone_id = methods.get_method(method_id).zone_id
    form = MethodForm(request.form, currency=g.shop.currency)
    try:
        if form.validate():
            by, seen = staff_here().actor, form.version.data or ""
            with transaction():
                methods.change_method(method_id=method_id, facts=form.read(), seen=seen, by=by, at=now())
            return _saved()
    except StaleShipping as refusal:
        return _method_page(form, zone_id, method_id, refusal=refusal, status=409)
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _method_page(form, zone_id, method_id, status=422)


@blueprint.post("/shipping/preview")
@requires(Permission.SHIPPING_VIEW)
def preview() -> Response:
    """Answer what a load costs by a method as it is typed, saved or not."""
    form, found, problem = MethodForm(request.form, currency=g.shop.currency), None, ""
    try:
        trial = read_trial(trial_values(request.form, g.shop.country), g.shop.currency)
        found = charge(form.read().tariff, trial.destination, trial.load)
    except Invalid as refusal:
        problem = message_of(refusal)
    costs = found if isinstance(found, Charge) else None
    part = "admin/shipping/_preview.html"
    page = "admin/shipping/preview.html"
    return render_page(page, fragment=part, costs=costs, reason=None if costs else found, problem=problem)


@blueprint.post("/shipping/methods/<int:method_id>/classes")
@requires(Permission.SHIPPING_EDIT)
def set_class(method_id: int) -> Response:
    """Charge goods of a freight class by a template of their own."""
    row, form = methods.get_method(method_id), ClassForm(request.form, currency=g.shop.currency)
    try:
        if form.validate():
            name, template = (form.freight_class.data or "").strip(), form.template()
            by = staff_here().actor
            with transaction():
                methods.set_class_template(method=row, freight_class=name, template=template, by=by, at=now())
            return _saved(f"/admin/shipping/methods/{method_id}")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return _method_page(method_form(row, g.shop.currency), row.zone_id, method_id, class_form=form, status=422)


@blueprint.post("/shipping/methods/<int:method_id>/classes/<name>/removal")
@requires(Permission.SHIPPING_EDIT)
def drop_class(method_id: int, name: str) -> Response:
    """Charge goods of a freight class like the rest again."""
    row = methods.get_method(method_id)
    with transaction():
        methods.set_class_template(method=row, freight_class=name, template=None, by=staff_here().actor, at=now())
    return _saved(f"/admin/shipping/methods/{method_id}")


@blueprint.get("/shipping/classes")
@requires(Permission.SHIPPING_VIEW)
def classes() -> Response:
    """Show freight classes, and the form that gives one to goods."""
    return render_page("admin/shipping/classes.html", form=GoodsForm(), classes=queries.list_classes())


@blueprint.post("/shipping/classes")
@requires(Permission.SHIPPING_EDIT)
def classify() -> Response:
    """Give goods a freight class, or none."""
    form = GoodsForm(request.form)
    try:
        if form.validate():
            name, skus = (form.freight_class.data or "").strip(), (form.skus.data or "").replace(",", "\n").split()
            with transaction():
                count = methods.classify(skus=skus, freight_class=name, by=staff_here().actor, at=now())
            flash(ngettext("%(num)s product changed.", "%(num)s products changed.", count), "success")
            return redirect_to("/admin/shipping/classes")
    except Invalid as refusal:
        show_refusal(form, refusal)
    return render_page("admin/shipping/classes.html", form=form, classes=queries.list_classes(), status=422)


def _zone_page(form: ZoneForm, zone_id: int = 0, *, refusal: ShopError | None = None, status: int = 200) -> Response:
    stored = zone_form(zones.get_zone(zone_id)) if zone_id else None
    entries = list_entries_about("shipping_zone", str(zone_id)) if zone_id else []
    context = _told(form, stored, refusal, entries)
    return render_page("admin/shipping/zone.html", form=form, zone_id=zone_id, status=status, **context)


def _method_page(
    form: MethodForm,
    zone_id: int,
    method_id: int = 0,
    *,
    class_form: ClassForm | None = None,
    refusal: ShopError | None = None,
    status: int = 200,
) -> Response:
    row, zone_row = methods.get_method(method_id) if method_id else None, zones.get_zone(zone_id)
    usual = next((str(place) for place in zone_row.places if place != EVERYWHERE), g.shop.country)
    entries = list_entries_about("shipping_method", row.code) if row else []
    rows = queries.list_class_templates(method_id) if method_id else []
    return render_page(
        "admin/shipping/method.html",
        form=form,
        zone=zone_row,
        method=row,
        classes=[(each.freight_class, template_of(each, g.shop.currency)) for each in rows],
        class_form=class_form or ClassForm(currency=g.shop.currency),
        values=trial_values(request.form, usual),
        words=words,
        status=status,
        **_told(form, method_form(row, g.shop.currency) if row else None, refusal, entries),
    )


def _told(form: Any, stored: Any, refusal: ShopError | None, entries: Any) -> dict[str, Any]:
    """Return what a form shows of conflicts and changes."""
    told: list[Any] = merge(form, stored, request.form) if stored and isinstance(refusal, StaleShipping) else []
    return {
        "version": stored.version.data if stored else "",
        "seen": seen_values(stored) if stored else {},
        "refusal": message_of(refusal) if refusal else "",
        "told": told,
        "entries": entries,
        "people": people(entries),
        "actions": words.ACTIONS,
    }


def _saved(url: str = "/admin/shipping") -> Response:
    flash(_("Saved."), "success")
    return redirect_to(url)
