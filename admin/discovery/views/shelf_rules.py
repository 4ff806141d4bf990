"""The list of shelf rules, the page of one, and what it would change."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.discovery.rule_pages import find_goods
from admin.discovery.shelves.listing import SHELF_RULES
from admin.discovery.shelves.pages import form_for, try_rule
from admin.discovery.shelves.tables import SHELVES, TRIED
from admin.discovery.shelves.typed import empty_rule, merge, read_rule, seen_values, show_rule
from admin.discovery.standing import standing_of
from admin.discovery.tables import LOOKS, STANDINGS
from admin.discovery.typed_rules import rearrange
from admin.discovery.views.blueprint import blueprint
from admin.promotions.typed import Typed
from admin.tables.showing import show_list
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.discovery.errors import StaleRule
from storefront.discovery.shelves import ruling
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.text import is_id, squeeze
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page, wants_fragment

URL = "/admin/recommendations/rules"
FIELDS = "admin/discovery/_shelf_rule_fields.html"
PREVIEW = "admin/discovery/_shelf_preview.html"


@blueprint.get("/recommendations/rules")
@requires(Permission.RECOMMEND_VIEW)
def shelf_rule_list() -> Response:
    """List the rules."""
    return show_list(SHELF_RULES)


@blueprint.get("/recommendations/rules/new")
@requires(Permission.RECOMMEND_EDIT)
def new_shelf_rule() -> Response:
    """Show an empty rule."""
    return _page(empty_rule())


@blueprint.post("/recommendations/rules/draft")
@requires(Permission.RECOMMEND_EDIT)
def redraw_shelf_rule() -> Response:
    """Show the form again with something moved, added or taken away; nothing is stored."""
    typed = Typed.of(request.form)
    rearrange(typed, request.form.get("do", ""))
    return _page(typed, rule_id=_typed_id(), fragment=FIELDS, is_typed=True)


@blueprint.get("/recommendations/rules/products")
@requires(Permission.RECOMMEND_EDIT)
def find_shelf_rule_products() -> Response:
    """Find products that a rule puts first or last."""
    text = squeeze(request.args.get("find", ""))[:100]
    fragment = "admin/discovery/_found_goods.html"
    return render_page(fragment, fragment=fragment, text=text, found=find_goods(text), base=URL)


@blueprint.post("/recommendations/rules/preview")
@requires(Permission.RECOMMEND_VIEW)
def preview_shelf_rule() -> Response:
    """Show a shelf without and with what is typed; who may only look sees what is stored."""
    rule_id = _typed_id()
    typed = _tried_by(staff_here(), rule_id)
    plan = read_rule(typed, g.shop.currency, g.shop.timezone)
    tried = try_rule(typed, plan, rule_id, now()) if plan else None
    status = 200 if tried and not tried.problem else 422
    if not wants_fragment():
        return _page(typed, rule_id=rule_id, is_typed=True, tried=tried, status=status)
    return render_page(PREVIEW, fragment=PREVIEW, tried=tried, errors=typed.errors, shelves=SHELVES, status=status)


@blueprint.post("/recommendations/rules")
@requires(Permission.RECOMMEND_EDIT)
def add_shelf_rule() -> Response:
    """Make a rule."""
    typed = Typed.of(request.form)
    plan = read_rule(typed, g.shop.currency, g.shop.timezone)
    try:
        if plan is not None:
            with transaction():
                number = ruling.add_rule(plan=plan, by=staff_here().actor, at=now()).id
            return _saved(number)
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    return _page(typed, status=422)


@blueprint.get("/recommendations/rules/<int:rule_id>")
@requires(Permission.RECOMMEND_VIEW)
def shelf_rule(rule_id: int) -> Response:
    """Show a rule."""
    return _page(_stored(rule_id), rule_id=rule_id)


@blueprint.post("/recommendations/rules/<int:rule_id>")
@requires(Permission.RECOMMEND_EDIT)
def change_shelf_rule(rule_id: int) -> Response:
    """Change a rule; who was slower is told what changed meanwhile."""
    typed, stored, by = Typed.of(request.form), _stored(rule_id), staff_here().actor
    plan, version = read_rule(typed, g.shop.currency, g.shop.timezone), request.form.get("version", -1, type=int)
    try:
        if plan is not None:
            with transaction():
                ruling.change_rule(rule_id=rule_id, version=version, plan=plan, by=by, at=now())
            return _saved(rule_id)
    except StaleRule as refusal:
        told = merge(typed, stored, request.form)
        return _page(typed, rule_id=rule_id, refusal=refusal, told=told, status=409)
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    return _page(typed, rule_id=rule_id, is_typed=True, status=422)


@blueprint.post("/recommendations/rules/<int:rule_id>/deletion")
@requires(Permission.RECOMMEND_EDIT)
def delete_shelf_rule(rule_id: int) -> Response:
    """Delete a rule."""
    with transaction():
        name = ruling.delete_rule(rule_id=rule_id, by=staff_here().actor, at=now())
    flash(_("The rule “%(name)s” is deleted.", name=name), "success")
    return redirect_to(URL)


def _tried_by(staff: CurrentStaff, rule_id: int) -> Typed:
    """Return what is tried: what is stored for who may only look, and no customer's shelf for who may see no orders."""
    typed = Typed.of(request.form)
    if not staff.may(Permission.RECOMMEND_EDIT):
        stored = _stored(rule_id)
        stored.values.update({name: typed.get(name) for name in typed.values if name.startswith("preview-")})
        typed = stored
    if not staff.may(Permission.ORDERS_VIEW):
        typed.values.pop("preview-customer", None)
    return typed


def _stored(rule_id: int) -> Typed:
    return show_rule(ruling.get_rule(rule_id), g.shop.timezone)


def _typed_id() -> int:
    """Return which stored rule the form is about; 0 for a new one."""
    text = request.form.get("id", "")
    return int(text) if is_id(text) else 0


def _page(typed: Typed, *, rule_id: int = 0, status: int = 200, **shown: Any) -> Response:
    """Show a rule with what is typed over it; what was seen first stays hidden in the form."""
    row = ruling.get_rule(rule_id) if rule_id else None
    refusal: ShopError | None = shown.get("refusal")
    seen = seen_values(show_rule(row, g.shop.timezone)) if row else {}
    version = row.version if row else 0
    if shown.get("is_typed"):
        seen = {name: request.form[name] for name in seen if name in request.form}
        version = request.form.get("version", version, type=int)
    entries = list_entries_about("shelf_rule", str(rule_id)) if row else []
    typed.values.setdefault("preview-shelf", typed.get("shelf") if typed.get("shelf") in TRIED else TRIED[0])
    return render_page(
        "admin/discovery/shelf_rule.html",
        fragment=shown.get("fragment"),
        row=row,
        form=form_for(typed, g.shop.timezone),
        base=URL,
        version=version,
        seen=seen,
        refusal=message_of(refusal) if refusal else "",
        told=shown.get("told", ()),
        tried=shown.get("tried"),
        entries=entries,
        people=people(entries),
        shelves=SHELVES,
        tried_shelves=TRIED,
        standing=standing_of(row, now()) if row else "",
        standings=STANDINGS,
        looks=LOOKS,
        status=status,
    )


def _saved(rule_id: int) -> Response:
    flash(_("Saved. It holds from now on, in its time."), "success")
    return redirect_to(f"{URL}/{rule_id}")
