"""Roles: what each may do, as a grid of permissions; which of them need a second factor."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.accounts.views.blueprint import blueprint
from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from storefront.accounts import permission_words, roles
from storefront.accounts.permissions import Permission
from storefront.audit import services as audit
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.shop import services as shop
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page


@blueprint.get("/staff-roles")
@requires(Permission.STAFF_VIEW)
def role_list() -> Response:
    """List the roles, with a form for another one."""
    return _list()


@blueprint.post("/staff-roles")
@requires(Permission.ROLES_EDIT, again=True)
def add_role() -> Response:
    """Make a role."""
    typed = {name: request.form.get(name, "") for name in ("name", "like")}
    try:
        with transaction():
            key = roles.add_role(**typed, by=staff_here(), at=now()).key
    except ShopError as refusal:
        return _list(typed=typed, error=message_of(refusal), status=refusal.status)
    return _saved(_("Saved. Now say what the role may do."), f"/admin/staff-roles/{key}")


def _require_of_all(for_all: bool) -> None:
    shop.change_settings(values={"factor_for_all_staff": for_all}, at=now())
    changes = {"factor_for_all_staff": (g.shop.factor_for_all_staff, for_all)}
    audit.record(
        actor=staff_here().actor, action="setting.change", about=("setting", "access"), changes=changes, at=now()
    )


@blueprint.post("/staff-roles/second-factor")
@requires(Permission.ROLES_EDIT, again=True)
def require_of_all() -> Response:
    """Say whether everybody needs a second factor, and else which roles do."""
    for_all, chosen = request.form.get("who") == "all", set(request.form.getlist("roles"))
    with transaction():
        if for_all != g.shop.factor_for_all_staff:
            _require_of_all(for_all)
        for role in roles.list_roles():
            if role.needs_factor != (role.key in chosen):
                roles.require_factor(key=role.key, required=role.key in chosen, by=staff_here(), at=now())
    return _saved(_("Saved. Who needs one and has none yet sets it up with their next click."), "/admin/staff-roles")


@blueprint.get("/staff-roles/<key>")
@requires(Permission.STAFF_VIEW)
def role_page(key: str) -> Response:
    """Show what a role may do."""
    return _page(key)


@blueprint.post("/staff-roles/<key>")
@requires(Permission.ROLES_EDIT, again=True)
def change_role(key: str) -> Response:
    """Let a role do exactly what is ticked."""
    wanted = {Permission(name) for name in request.form.getlist("permissions") if name in set(Permission)}
    name = request.form.get("name")
    try:
        with transaction():
            roles.change_role(key=key, permissions=wanted, name=name, by=staff_here(), at=now())
    except ShopError as refusal:
        if refusal.status == 404:
            raise
        return _page(key, ticked=wanted, name=name, error=message_of(refusal), status=refusal.status)
    return _saved(_("Saved. It counts with the next click of who has the role."), f"/admin/staff-roles/{key}")


@blueprint.post("/staff-roles/<key>/restoration")
@requires(Permission.ROLES_EDIT, again=True)
def restore_role(key: str) -> Response:
    """Let a role do again what it came with."""
    try:
        with transaction():
            roles.restore_role(key=key, by=staff_here(), at=now())
    except ShopError as refusal:
        if refusal.status == 404:
            raise
        return _page(key, error=message_of(refusal), status=refusal.status)
    return _saved(_("The role is as it came."), f"/admin/staff-roles/{key}")


@blueprint.post("/staff-roles/<key>/removal")
@requires(Permission.ROLES_EDIT, again=True)
def delete_role(key: str) -> Response:
    """Delete a role that nobody has."""
    try:
        with transaction():
            name = roles.delete_role(key=key, by=staff_here(), at=now())
    except ShopError as refusal:
        if refusal.status == 404:
            raise
        return _page(key, error=message_of(refusal), status=refusal.status)
    return _saved(_("The role “%(name)s” is deleted.", name=name), "/admin/staff-roles")


def _list(*, typed: dict[str, str] | None = None, error: str = "", status: int = 200) -> Response:
    return render_page(
        "admin/accounts/roles.html",
        roles=roles.list_roles(),
        counts=roles.count_people(),
        total=len(Permission),
        typed=typed or {},
        error=error,
        status=status,
    )


def _page(
    key: str, *, ticked: set[Permission] | None = None, name: str | None = None, error: str = "", status: int = 200
) -> Response:
    role, by, entries = roles.get_role(key), staff_here(), list_entries_about("role", key)
    return render_page(
        "admin/accounts/role.html",
        role=role,
        name=role.name if name is None else name,
        ticked=role.permissions if ticked is None else ticked,
        groups=list(permission_words.grouped()),
        own=by.permissions,
        may_change=by.may(Permission.ROLES_EDIT) and not role.is_fixed and key != by.role,
        is_own=key == by.role,
        count=roles.count_people().get(key, 0),
        entries=entries,
        people=people(entries),
        actions=ACTIONS,
        error=error,
        status=status,
    )


def _saved(words: str, url: str) -> Response:
    flash(words, "success")
    return redirect_to(url)
