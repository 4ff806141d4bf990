"""Staff come in and go out: the password, then the second factor where there is one."""

from __future__ import annotations

from flask import Response, flash, redirect, request
from flask_babel import gettext as _

from admin.access import open_to_everybody, open_to_newcomers
from admin.accounts.forms import DoorForm, FactorForm, WelcomeForm
from admin.accounts.views.blueprint import blueprint
from admin.navigation import first_url
from storefront.accounts import queries, staffing
from storefront.accounts.entrance import admit_staff, pass_factor
from storefront.accounts.errors import TooManyTries
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.sessions import await_factor, awaited, current_staff, sign_in, sign_out
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound, ShopError
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.refusals import show_refusal


@blueprint.get("/sign-in")
@open_to_everybody
def sign_in_page() -> Response:
    """Show the door; somebody who is in already goes on."""
    staff = current_staff()
    if staff:
        return redirect(first_url(staff))  # type: ignore[return-value]
    return render_page("admin/accounts/sign_in.html", form=DoorForm(data={"next": request.args.get("next", "")}))


@blueprint.post("/sign-in")
@open_to_everybody
def sign_in_now() -> Response:
    """Begin a working session, or ask for the second factor first."""
    form = DoorForm(request.form)
    if not form.validate():
        return render_page("admin/accounts/sign_in.html", form=form, status=422)
    try:
        account = admit_staff(email=form.email.data, password=form.password.data)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        return render_page("admin/accounts/sign_in.html", form=form, status=refusal.status)
    staff = queries.find_staff(account.id)
    if staff is None:
        raise NotFound
    if staff.has_factor:
        await_factor(staff, target=_within(form.next.data))
        return redirect_to("/admin/sign-in/code")
    return _begin(staff, _within(form.next.data))


@blueprint.get("/sign-in/code")
@open_to_everybody
def factor_page() -> Response:
    """Ask for the second factor of who has just given their password."""
    return _factor_page(FactorForm()) if awaited() else redirect_to("/admin/sign-in")


@blueprint.post("/sign-in/code")
@open_to_everybody
def pass_factor_now() -> Response:
    """Begin a working session, once the second factor is right."""
    form, waiting = FactorForm(request.form), awaited()
    if waiting is None:
        flash(_("That took too long. Please sign in again."), "info")
        return redirect_to("/admin/sign-in")
    if not form.validate():
        return _factor_page(form, status=422)
    try:
        pass_factor(staff_id=waiting[0].id, code=form.code.data)
    except ShopError as refusal:
        show_refusal(form, refusal, default="code")
        return _factor_page(form, status=refusal.status)
    return _begin(*waiting)


@blueprint.get("/invitations/<token>")
@open_to_everybody
def invitation_page(token: str) -> Response:
    """Let somebody who was invited choose a password."""
    invited = staffing.read_invitation(token, at=now())
    return render_page("admin/accounts/invitation.html", invited=invited, form=WelcomeForm(data={"name": invited.name}))


@blueprint.post("/invitations/<token>")
@open_to_everybody
def accept_invitation(token: str) -> Response:
    """Use the invitation up; they come in by the door like everybody."""
    invited, form = staffing.read_invitation(token, at=now()), WelcomeForm(request.form)
    try:
        if form.validate():
            chosen = staffing.hash_for(token=token, password=form.password.data, at=now())
            with transaction():
                staffing.accept(token=token, name=form.name.data or "", password_hash=chosen, at=now())
            flash(_("Your password is set. Sign in with it now."), "success")
            return redirect_to("/admin/sign-in")
    except Invalid as refusal:
        show_refusal(form, refusal, default="password")
    return render_page("admin/accounts/invitation.html", invited=invited, form=form, status=422)


@blueprint.post("/sign-out")
@open_to_newcomers
def sign_out_now() -> Response:
    """End the working session on this device."""
    sign_out()
    flash(_("You are signed out."), "success")
    return redirect_to("/admin/sign-in")


def _begin(staff: CurrentStaff, target: str) -> Response:
    with transaction():
        audit.record(actor=staff.actor, action="session.begin", about=("staff", str(staff.id)), changes={}, at=now())
    sign_in(staff, way="factor" if staff.has_factor else "password")
    return redirect_to(target or first_url(staff))


def _factor_page(form: FactorForm, *, status: int = 200) -> Response:
    return render_page("admin/accounts/sign_in_code.html", form=form, status=status)


def _within(target: str | None) -> str:
    """Return a path of the back office, or nothing."""
    path = safe_next(target, "")
    return path if path.startswith("/admin/") else ""
