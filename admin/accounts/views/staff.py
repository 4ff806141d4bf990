"""Who works here: invited, given another role, dismissed; their sessions, second factor and lock."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, request, session
from flask_babel import gettext as _

from admin.access import requires, staff_here
from admin.accounts.views.blueprint import blueprint
from admin.accounts.words import WAYS
from admin.audit.queries import people
from admin.audit.tables import ACTIONS
from storefront.accounts import roles, signed_in, staffing, throttle, tries
from storefront.accounts.letters import shop_url
from storefront.accounts.permissions import Permission
from storefront.accounts.sessions import WORKING_DAY
from storefront.accounts.signed_in import Owner
from storefront.audit.queries import list_entries_about
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import ShopError
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page
from storefront.web.locale import current_locale

LINK = "staff_link"
"""Where a session keeps a link that no letter carries, until it is shown once."""


@blueprint.get("/staff")
@requires(Permission.STAFF_VIEW)
def staff_list() -> Response:
    """List who works here and who is invited."""
    return _list()


@blueprint.post("/staff/invitations")
@requires(Permission.STAFF_EDIT, again=True)
def invite() -> Response:
    """Write to somebody with a link that lets them in."""
    typed = {name: request.form.get(name, "") for name in ("email", "name", "role")}
    try:
        with transaction():
            token = staffing.invite(**typed, by=staff_here(), locale=current_locale(), at=now())
    except ShopError as refusal:
        return _list(typed=typed, error=message_of(refusal), status=refusal.status)
    return _sent(token, typed["email"], "/admin/staff")


@blueprint.post("/staff/invitations/<int:invitation_id>/removal")
@requires(Permission.STAFF_EDIT, again=True)
def take_back(invitation_id: int) -> Response:
    """Let an invitation work no more."""
    with transaction():
        staffing.take_back(invitation_id=invitation_id, by=staff_here(), at=now())
    return _saved(_("The invitation is taken back."), "/admin/staff")


@blueprint.get("/staff/<int:staff_id>")
@requires(Permission.STAFF_VIEW)
def staff_page(staff_id: int) -> Response:
    """Show somebody, and what may be done about their access."""
    return _page(staff_id)


@blueprint.post("/staff/<int:staff_id>/role")
@requires(Permission.STAFF_EDIT, again=True)
def change_role_of(staff_id: int) -> Response:
    """Give somebody another role."""
    wanted = request.form.get("role", "")
    return _do(staff_id, staffing.change_role_of, _("Saved. It counts with their next click."), role=wanted)


@blueprint.post("/staff/<int:staff_id>/dismissal")
@requires(Permission.STAFF_EDIT, again=True)
def dismiss(staff_id: int) -> Response:
    """Let somebody work here no more."""
    reason = request.form.get("reason", "")
    return _do(staff_id, staffing.dismiss, _("They no longer get in, and their sessions have ended."), reason=reason)


@blueprint.post("/staff/<int:staff_id>/factor/removal")
@requires(Permission.STAFF_EDIT, again=True)
def reset_factor(staff_id: int) -> Response:
    """Take somebody's second factor away, because their phone is lost."""
    return _do(staff_id, staffing.reset_factor, _("The second factor is taken away, and they are told by e-mail."))


@blueprint.post("/staff/<int:staff_id>/lock/removal")
@requires(Permission.STAFF_EDIT)
def unlock(staff_id: int) -> Response:
    """Let somebody who has failed too often try again."""
    return _do(staff_id, staffing.unlock, _("They can try again now."))


@blueprint.post("/staff/<int:staff_id>/sessions/removal")
@requires(Permission.STAFF_EDIT)
def end_sessions(staff_id: int) -> Response:
    """End every session of somebody."""
    return _do(staff_id, staffing.end_sessions_of, _("Their sessions have ended."), session_id=None)


@blueprint.post("/staff/<int:staff_id>/sessions/<int:session_id>/removal")
@requires(Permission.STAFF_EDIT)
def end_session(staff_id: int, session_id: int) -> Response:
    """End one session of somebody."""
    return _do(staff_id, staffing.end_sessions_of, _("That session has ended."), session_id=session_id)


@blueprint.post("/staff/<int:staff_id>/password-link")
@requires(Permission.STAFF_EDIT, again=True)
def send_password_link(staff_id: int) -> Response:
    """Write to somebody who has forgotten their password with a link that sets another."""
    try:
        with transaction():
            token = staffing.send_password_link(staff_id=staff_id, by=staff_here(), locale=current_locale(), at=now())
    except ShopError as refusal:
        return _page(staff_id, error=message_of(refusal), status=refusal.status)
    return _sent(token, staffing.get_staff(staff_id).email, f"/admin/staff/{staff_id}")


def _do(staff_id: int, service: Any, words: str, **values: Any) -> Response:
    try:
        with transaction():
            service(staff_id=staff_id, by=staff_here(), at=now(), **values)
    except ShopError as refusal:
        if refusal.status == 404:
            raise
        return _page(staff_id, error=message_of(refusal), status=refusal.status)
    return _saved(words, f"/admin/staff/{staff_id}")


def _list(*, typed: dict[str, str] | None = None, error: str = "", status: int = 200) -> Response:
    known = {role.key: role for role in roles.list_roles()}
    rows, grantable = staffing.list_staff(), _grantable(known)
    return render_page(
        "admin/accounts/staff.html",
        rows=rows,
        roles=known,
        grantable=grantable,
        invitations=staffing.list_invitations(at=now()),
        locked=tries.locked_out(throttle.STAFF, people=[row.email for row in rows if row.is_active], at=now()),
        link=session.pop(LINK, ""),
        typed=typed or {"role": _least(grantable)},
        error=error,
        status=status,
    )


def _page(staff_id: int, *, error: str = "", status: int = 200) -> Response:
    person, known = staffing.get_staff(staff_id), {role.key: role for role in roles.list_roles()}
    by, entries = staff_here(), list_entries_about("staff", str(staff_id))
    role = known.get(person.role)
    return render_page(
        "admin/accounts/staff_person.html",
        person=person,
        role=role,
        grantable=_grantable(known),
        is_within_reach=person.id != by.id and role is not None and by.permissions >= role.permissions,
        sessions=signed_in.list_open(Owner("staff", staff_id), since=now() - WORKING_DAY) if person.is_active else (),
        ways=WAYS,
        is_locked=bool(
            tries.locked_out(throttle.STAFF, people=[person.email], at=now())
            or tries.locked_out(throttle.FACTOR, people=[f"staff:{person.id}"], at=now())
        ),
        link=session.pop(LINK, ""),
        entries=entries,
        people=people(entries),
        actions=ACTIONS,
        error=error,
        status=status,
    )


def _grantable(known: dict[str, roles.KnownRole]) -> list[roles.KnownRole]:
    by = staff_here()
    return [role for role in known.values() if by.permissions >= role.permissions]


def _least(grantable: list[roles.KnownRole]) -> str:
    """Return the role that may do least: whoever is in a hurry gives no more than that."""
    return min(grantable, key=lambda role: len(role.permissions)).key if grantable else ""


def _sent(token: str, email: str, url: str) -> Response:
    """Say that a letter is on its way; where no mail server carries it, keep its link to be shown once."""
    if current_app.config["SHOP"].mail_url:
        return _saved(_("We have written to %(email)s.", email=email), url)
    session[LINK] = shop_url(f"/admin/invitations/{token}")
    return _saved(_("The link is ready. This shop has no mail server, so hand it over yourself."), url)


def _saved(words: str, url: str) -> Response:
    flash(words, "success")
    return redirect_to(url)
