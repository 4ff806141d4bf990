"""What concerns oneself: where one is signed in, one's password, one's second factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from flask import Response, flash, g, request, session
from flask_babel import gettext as _

from admin.access import PROOF, ask_again, open_to_newcomers, open_to_staff, owes_factor, staff_here
from admin.accounts.forms import FactorForm, OwnPasswordForm
from admin.accounts.views.blueprint import blueprint
from admin.accounts.words import WAYS
from admin.navigation import first_url
from storefront.accounts import factors, passwords, signed_in, staff_letters, staffing
from storefront.accounts.entrance import confirm_staff
from storefront.accounts.errors import TooManyTries, WrongFactor
from storefront.accounts.sessions import WORKING_DAY
from storefront.accounts.signed_in import Owner
from storefront.audit import services as audit
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import Invalid, NotFound
from storefront.web.fragments import redirect_to, render_page, safe_next
from storefront.web.refusals import show_refusal

NEW_SECRET = "new_factor"
"""Where a session keeps what an app shall count with, until a code shows that it does."""


@blueprint.get("/own")
@open_to_staff
def own_access() -> Response:
    """Show how one gets in, and where one is in."""
    return _page()


@blueprint.post("/own/password")
@open_to_staff
def change_own_password() -> Response:
    """Set one's own password; every other session ends."""
    form, staff, status = OwnPasswordForm(request.form), staff_here(), 422
    try:
        if form.validate():
            confirm_staff(staff_id=staff.id, password=form.current.data, field="current")
            passwords.check_password(form.password.data, email=staff.email, shortest=passwords.SHORTEST_OF_STAFF)
            chosen = passwords.hash_password(form.password.data)
            with transaction():
                staffing.change_own_password(
                    staff_id=staff.id, password_hash=chosen, but_session=staff.session_id, at=now()
                )
            return _saved(_("Saved. You are signed out everywhere else."))
    except (Invalid, TooManyTries) as refusal:
        show_refusal(form, refusal, default="password")
        status = refusal.status
    return _page(form=form, status=status)


@blueprint.post("/own/sessions/<int:session_id>/removal")
@open_to_staff
def end_own_session(session_id: int) -> Response:
    """End one of one's own sessions."""
    with transaction():
        signed_in.end(owner=Owner("staff", staff_here().id), session_id=session_id, at=now())
    return _saved(_("That session has ended."))


@blueprint.post("/own/sessions/removal")
@open_to_staff
def end_own_sessions() -> Response:
    """End every session of one's own but this one."""
    staff = staff_here()
    with transaction():
        signed_in.end_all(owner=Owner("staff", staff.id), but=staff.session_id, at=now())
    return _saved(_("You are signed out everywhere else."))


@blueprint.get("/second-factor")
@open_to_newcomers
def factor_setup() -> Response:
    """Show the picture that an app reads, and ask for a code of it."""
    if staff_here().has_factor:
        return redirect_to("/admin/own")
    return _setup(FactorForm())


@blueprint.post("/second-factor")
@open_to_newcomers
def set_up_factor() -> Response:
    """Set up the second factor, once a code shows that the app has it; and show the recovery codes, this once."""
    form, staff, secret = FactorForm(request.form), staff_here(), str(session.get(NEW_SECRET, ""))
    if staff.has_factor:
        return redirect_to("/admin/own")
    if not secret or not form.validate():
        return _setup(form, status=422)
    with transaction():
        account = staffing.get_staff(staff.id)
        codes = factors.enrol(staff=account, secret=secret, code=form.code.data, at=now())
        if codes:
            signed_in.end_all(owner=Owner("staff", staff.id), but=staff.session_id, at=now())
            _note("staff.factor_on", {"second_factor": (False, True)})
            staff_letters.tell_changed(staff=account, words=staff_letters.FACTOR_ON, at=now())
    if not codes:
        show_refusal(form, WrongFactor(field="code"))
        return _setup(form, status=422)
    session.pop(NEW_SECRET)
    return _show_codes(codes)


@blueprint.post("/second-factor/removal")
@open_to_staff
def remove_factor() -> Response:
    """Remove one's second factor, if one's role does not need it."""
    staff = staff_here()
    if staff.needs_factor or g.shop.factor_for_all_staff:
        raise Invalid(_("Your role needs a second factor. A super admin can reset it when your phone is lost."))
    question = _asked_for_proof()
    if question:
        return question
    with transaction():
        account = staffing.get_staff(staff.id)
        factors.forget(staff=account)
        _note("staff.factor_off", {"second_factor": (True, False)})
        staff_letters.tell_changed(staff=account, words=staff_letters.FACTOR_OFF, at=now())
    return _saved(_("The second factor is removed."))


@blueprint.post("/second-factor/recovery-codes")
@open_to_staff
def renew_codes() -> Response:
    """Make new recovery codes and show them, this once."""
    staff = staff_here()
    if not staff.has_factor:
        raise NotFound
    question = _asked_for_proof()
    if question:
        return question
    with transaction():
        codes = factors.renew_recovery_codes(staff_id=staff.id)
        _note("staff.recovery_codes", {})
        staff_letters.tell_changed(staff=staffing.get_staff(staff.id), words=staff_letters.RECOVERY, at=now())
    return _show_codes(codes)


@blueprint.post("/second-factor/recovery-codes.txt")
@open_to_staff
def download_codes() -> Response:
    """Return the codes that the page shows as a file; the shop itself no longer knows them."""
    codes = factors.CODE.findall(request.form.get("codes", "")[:1000])
    if not factors.are_codes_of(staff_here().id, codes):
        raise NotFound
    lines = [f"{g.shop.name} – {staff_here().email}", "", *codes, ""]
    headers = {"Content-Disposition": 'attachment; filename="recovery-codes.txt"'}
    return Response("\r\n".join(lines), mimetype="text/plain", headers=headers)


@blueprint.get("/confirmation")
@open_to_staff
def confirmation() -> Response:
    """Ask who one is once more, before a page that is dangerous."""
    return _confirmation()


@blueprint.post("/confirmation")
@open_to_staff
def confirm() -> Response:
    """Go on to that page."""
    if PROOF in request.form:
        return ask_again(staff_here()) or redirect_to(safe_next(request.args.get("next"), "/admin/"))
    return _confirmation()


def _confirmation() -> Response:
    return render_page(
        "admin/accounts/confirmation.html", action=request.full_path.rstrip("?"), kept=(), error="", proof=PROOF
    )


def _asked_for_proof() -> Response | None:
    """Ask for a proof each time, however lately there was one: what follows undoes the proof itself."""
    return ask_again(staff_here())


def _setup(form: FactorForm, *, status: int = 200) -> Response:
    staff = staff_here()
    secret = session.setdefault(NEW_SECRET, factors.new_secret())
    address = factors.app_address(secret=secret, email=staff.email, shop=g.shop.name)
    return render_page(
        "admin/accounts/factor_setup.html",
        form=form,
        picture=segno.make(address, micro=False).svg_data_uri(scale=5, border=3, dark="#000", light="#fff"),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        is_needed=owes_factor(staff),
        status=status,
    )


def _show_codes(codes: Sequence[str]) -> Response:
    return render_page("admin/accounts/recovery_codes.html", codes=codes, onward=first_url(staff_here()))


def _page(*, form: OwnPasswordForm | None = None, status: int = 200) -> Response:
    staff = staff_here()
    return render_page(
        "admin/accounts/own.html",
        form=form or OwnPasswordForm(),
        sessions=signed_in.list_open(Owner("staff", staff.id), since=now() - WORKING_DAY),
        ways=WAYS,
        codes_left=factors.count_recovery_codes(staff.id) if staff.has_factor else 0,
        is_needed=staff.needs_factor or g.shop.factor_for_all_staff,
        status=status,
    )


def _saved(words: str) -> Response:
    flash(words, "success")
    return redirect_to("/admin/own")


def _note(action: str, changes: dict[str, tuple[Any, Any]]) -> None:
    staff = staff_here()
    audit.record(actor=staff.actor, action=action, about=("staff", str(staff.id)), changes=changes, at=now())
