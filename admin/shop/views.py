"""The merchant's settings, a page a group."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from admin.shop.groups import BY_KEY, GROUPS, Group
from admin.shop.typed import Typed, check, read, show
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.shop import queries, services
from storefront.web.fragments import redirect_to, render_page

blueprint = Blueprint("settings", __name__, template_folder="templates")
URL = "/admin/settings"


@blueprint.get("/settings")
@requires(Permission.SETTINGS_VIEW)
def settings() -> Response:
    """Show the first group."""
    return _page(GROUPS[0], show(GROUPS[0], queries.get_settings()))


@blueprint.get("/settings/<key>")
@requires(Permission.SETTINGS_VIEW)
def group(key: str) -> Response:
    """Show a group of settings."""
    found = _group(key)
    return _page(found, show(found, queries.get_settings()))


@blueprint.post("/settings/<key>")
@requires(Permission.SETTINGS_EDIT, again=True)
def change(key: str) -> Response:
    """Store a group of settings, all of it or nothing; a dangerous change must be confirmed."""
    found = _group(key)
    typed, before = read(found, request.form), queries.get_settings()
    check(typed, before)
    if typed.errors:
        return _page(found, typed, status=422)
    changes = {
        name: (getattr(before, name), value) for name, value in typed.values.items() if value != getattr(before, name)
    }
    broken = [each for each in found.fields if each.breaks and each.key in changes]
    if broken and "understood" not in request.form:
        return _page(found, typed, warned=True, status=422)
    with transaction():
        services.change_settings(values={name: value for name, (_before, value) in changes.items()}, at=now())
        if changes:
            about = ("setting", found.key)
            audit.record(actor=staff_here().actor, action="setting.change", about=about, changes=changes, at=now())
    flash(_("Saved."), "success")
    return redirect_to(f"{URL}/{found.key}")


def _group(key: str) -> Group:
    try:
        return BY_KEY[key]
    except KeyError:
        raise NotFound from None


def _page(found: Group, typed: Typed, *, warned: bool = False, status: int = 200) -> Response:
    entries = list_entries_about("setting", found.key)
    return render_page(
        "admin/shop/settings.html",
        groups=GROUPS,
        group=found,
        typed=typed,
        warned=warned,
        entries=entries,
        people=people(entries),
        actions=ACTIONS,
        status=status,
    )
