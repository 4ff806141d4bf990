"""Staff come in and go out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _

from admin.access import open_to_everybody, open_to_staff
from admin.accounts.forms import DoorForm
from admin.navigation import first_url
from storefront.accounts import queries, services
from storefront.accounts.entrance import admit
from storefront.accounts.errors import TooManyTries
from storefront.accounts.sessions import current_staff, sign_in, sign_out
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.refusals import show_refusal

blueprint = Blueprint("accounts", __name__, template_folder="templates")


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
    """Begin a working session."""
    form = DoorForm(request.form)
    if not form.validate():
        return render_page("admin/accounts/sign_in.html", form=form, status=422)
    try:
        account = admit(services.check_staff, email=form.email.data, password=form.password.data)
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal)
        return render_page("admin/accounts/sign_in.html", form=form, status=refusal.status)
    staff = queries.find_staff(account.id)
    if staff is None:
        raise NotFound
    with transaction():
        audit.record(actor=staff.actor, action="session.begin", about=("staff", str(staff.id)), changes={}, at=now())
    sign_in(staff)
    return redirect_to(_within(form.next.data) or first_url(staff))


@blueprint.post("/sign-out")
@open_to_staff
def sign_out_now() -> Response:
    """End the working session on this device."""
    sign_out()
    flash(_("You are signed out."), "success")
    return redirect_to("/admin/sign-in")


def _within(target: str | None) -> str:
    """Return a path of the back office, or nothing."""
    path = safe_next(target, "")
    return path if path.startswith("/admin/") else ""
