"""The list of rules and the page of one."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.discovery.brands import TAKEN_AS, find_brands
from admin.discovery.listing import SEARCH_RULES
from admin.discovery.rule_pages import find_goods, first_query, form_for, take_typed
from admin.discovery.standing import standing_of
from admin.discovery.tables import LANGUAGES, LOOKS, STANDINGS
from admin.discovery.typed_rules import empty_rule, merge, read_rule, rearrange, seen_values, show_rule
from admin.discovery.views.blueprint import blueprint
from admin.promotions.typed import Typed
from admin.tables.showing import show_list
from storefront.accounts.permissions import Permission
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.discovery import merchandising
from storefront.discovery.errors import StaleRule
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, ShopError
from storefront.kernel.text import is_id, squeeze
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

URL = "/admin/search/rules"
FIELDS = "admin/discovery/_rule_fields.html"


@blueprint.get("/search/rules")
@requires(Permission.SEARCH_VIEW)
def rule_list() -> Response:
    """List the rules."""
    return show_list(SEARCH_RULES)


@blueprint.get("/search/rules/new")
@requires(Permission.SEARCH_EDIT)
def new_rule() -> Response:
    """Show an empty rule; `query` fills in the search that a report names."""
    typed = empty_rule()
    typed.values["equals"] = squeeze(request.args.get("query", ""))[:200]
    return rule_page(typed)


@blueprint.post("/search/rules/draft")
@requires(Permission.SEARCH_EDIT)
def redraw_rule() -> Response:
    """Show the form again with something moved, added or taken away; nothing is stored."""
    typed = Typed.of(request.form)
    rearrange(typed, request.form.get("do", ""))
    take_typed(typed)
    return rule_page(typed, rule_id=typed_id(), fragment=FIELDS, is_typed=True)


@blueprint.get("/search/rules/products")
@requires(Permission.SEARCH_EDIT)
def find_rule_products() -> Response:
    """Find products that a rule puts first or last."""
    text = squeeze(request.args.get("find", ""))[:100]
    fragment = "admin/discovery/_found_goods.html"
    return render_page(fragment, fragment=fragment, text=text, found=find_goods(text))


@blueprint.get("/search/rules/brands")
@requires(Permission.SEARCH_EDIT)
def find_rule_brands() -> Response:
    """Offer brands for what is being typed into one of the fields for them."""
    field = next((name for name in TAKEN_AS if name in request.args), next(iter(TAKEN_AS)))
    fragment = "admin/discovery/_brand_options.html"
    return render_page(fragment, fragment=fragment, field=field, found=find_brands(request.args.get(field, "")))


@blueprint.post("/search/rules")
@requires(Permission.SEARCH_EDIT)
def add_rule() -> Response:
    """Make a rule."""
    typed = Typed.of(request.form)
    take_typed(typed)
    plan = read_rule(typed, g.shop.currency, g.shop.timezone)
    try:
        if plan is not None:
            with transaction():
                number = merchandising.add_rule(plan=plan, by=staff_here().actor, at=now()).id
            return _saved(number)
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    return rule_page(typed, status=422)


@blueprint.get("/search/rules/<int:rule_id>")
@requires(Permission.SEARCH_VIEW)
def rule(rule_id: int) -> Response:
    """Show a rule."""
    return rule_page(stored_rule(rule_id), rule_id=rule_id)


@blueprint.post("/search/rules/<int:rule_id>")
@requires(Permission.SEARCH_EDIT)
def change_rule(rule_id: int) -> Response:
    """Change a rule; who was slower is told what changed meanwhile."""
    typed, stored, by = Typed.of(request.form), stored_rule(rule_id), staff_here().actor
    take_typed(typed)
    plan, version = read_rule(typed, g.shop.currency, g.shop.timezone), request.form.get("version", -1, type=int)
    try:
        if plan is not None:
            with transaction():
                merchandising.change_rule(rule_id=rule_id, version=version, plan=plan, by=by, at=now())
            return _saved(rule_id)
    except StaleRule as refusal:
        told = merge(typed, stored, request.form)
        return rule_page(typed, rule_id=rule_id, refusal=refusal, told=told, status=409)
    except Invalid as refusal:
        typed.refuse(refusal.field or "name", message_of(refusal))
    return rule_page(typed, rule_id=rule_id, is_typed=True, status=422)


@blueprint.post("/search/rules/<int:rule_id>/deletion")
@requires(Permission.SEARCH_EDIT)
def delete_rule(rule_id: int) -> Response:
    """Delete a rule."""
    with transaction():
        name = merchandising.delete_rule(rule_id=rule_id, by=staff_here().actor, at=now())
    flash(_("The rule “%(name)s” is deleted.", name=name), "success")
    return redirect_to(URL)


def stored_rule(rule_id: int) -> Typed:
    """Return a rule as it is stored, as it would be typed."""
    return show_rule(merchandising.get_rule(rule_id), g.shop.timezone)


def typed_id() -> int:
    """Return which stored rule the form is about; 0 for a new one."""
    text = request.form.get("id", "")
    return int(text) if is_id(text) else 0


def rule_page(typed: Typed, *, rule_id: int = 0, status: int = 200, **shown: Any) -> Response:
    """Show a rule with what is typed over it; what was seen first stays hidden in the form."""
    row = merchandising.get_rule(rule_id) if rule_id else None
    refusal: ShopError | None = shown.get("refusal")
    seen = seen_values(show_rule(row, g.shop.timezone)) if row else {}
    version = row.version if row else 0
    if shown.get("is_typed"):
        seen = {name: request.form[name] for name in seen if name in request.form}
        version = request.form.get("version", version, type=int)
    entries = list_entries_about("search_rule", str(rule_id)) if row else []
    typed.values.setdefault("preview-query", first_query(typed))
    return render_page(
        "admin/discovery/rule.html",
        fragment=shown.get("fragment"),
        row=row,
        form=form_for(typed, g.shop.timezone),
        version=version,
        seen=seen,
        refusal=message_of(refusal) if refusal else "",
        told=shown.get("told", ()),
        found=shown.get("preview"),
        entries=entries,
        people=people(entries),
        languages=LANGUAGES,
        standing=standing_of(row, now()) if row else "",
        standings=STANDINGS,
        looks=LOOKS,
        status=status,
    )


def _saved(rule_id: int) -> Response:
    flash(_("Saved. It holds from now on, in its time."), "success")
    return redirect_to(f"{URL}/{rule_id}")
