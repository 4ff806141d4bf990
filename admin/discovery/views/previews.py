"""What a rule would change, beside its form."""

from __future__ import annotations

from flask import Response, g, request

from admin.access import requires, staff_here
from admin.discovery.rule_pages import preview_of, take_typed
from admin.discovery.typed_rules import read_rule
from admin.discovery.views.blueprint import blueprint
from admin.discovery.views.rules import rule_page, stored_rule, typed_id
from admin.promotions.typed import Typed
from storefront.accounts.permissions import Permission
from storefront.kernel.clock import now
from storefront.web.fragments import render_page, wants_fragment


@blueprint.post("/search/rules/preview")
@requires(Permission.SEARCH_VIEW)
def preview_rule() -> Response:
    """Show the first results without and with what is typed; who may only look sees what is stored."""
    typed, rule_id, zone = Typed.of(request.form), typed_id(), g.shop.timezone
    take_typed(typed)
    if not staff_here().may(Permission.SEARCH_EDIT):
        stored = stored_rule(rule_id)
        stored.values.update({name: typed.get(name) for name in typed.values if name.startswith("preview-")})
        typed = stored
    plan = read_rule(typed, g.shop.currency, zone)
    found = preview_of(typed, plan, rule_id, zone, now()) if plan else None
    if not wants_fragment():
        return rule_page(typed, rule_id=rule_id, is_typed=True, preview=found, status=200 if plan else 422)
    part = "admin/discovery/_preview.html"
    return render_page(part, fragment=part, found=found, errors=typed.errors, status=200 if plan else 422)
