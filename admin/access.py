"""Who may do what: every view says which permission it needs, one guard checks, an unmarked view is closed.

Whoever must have a second factor and has none yet gets no further than to the page where it is set up. The most
dangerous doings ask once more who one is when that was proved too long ago; what was typed meanwhile is not lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from storefront.accounts.entrance import confirm_staff, pass_factor
from storefront.accounts.errors import TooManyTries
from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.accounts.sessions import confirm_now, current_staff, has_confirmed
from storefront.kernel.errors import Forbidden, Invalid
from storefront.web.errors import message_of
from storefront.web.fragments import redirect_to, render_page

View = TypeVar("View", bound=Callable[..., Any])
PROOF = "proof-of-who"
"""The field in which the password or code stands that is asked for once more."""
ASKS_AGAIN = 428
"""Precondition Required: the answer holds what was sent, to be sent again with a proof."""
_MARK, _AGAIN = "_admin_access", "_admin_asks_again"
_EVERYBODY = "everybody"
_STAFF = "staff"
_NEWCOMERS = "newcomers"
_OR = "|"


def requires(permission: Permission, *, again: bool = False) -> Callable[[View], View]:
    """Mark a view: only roles with `permission` get in; with `again` only who has proved lately who they are."""

    def mark(view: View) -> View:
        setattr(view, _AGAIN, again)
        return _marked(view, permission)

    return mark


def requires_any(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view: roles with one of these permissions get in."""
    return lambda view: _marked(view, _OR.join(permissions))


def open_to_everybody(view: View) -> View:
    """Mark a view that must work before sign-in."""
    return _marked(view, _EVERYBODY)


def open_to_staff(view: View) -> View:
    """Mark a view that everybody who works here needs, whatever their role."""
    return _marked(view, _STAFF)


def open_to_newcomers(view: View) -> View:
    """Mark a view that everybody who works here needs, even before they have the second factor that they must have."""
    return _marked(view, _NEWCOMERS)


def mark_of(view: Callable[..., Any]) -> str | None:
    """Return what a view is marked with; None when it is not."""
    return getattr(view, _MARK, None)


def guard() -> Any:
    """Let the request through, send a stranger to the door, or refuse."""
    view = current_app.view_functions[request.endpoint or ""]
    mark = mark_of(view)
    if mark is None:
        raise Forbidden
    if mark == _EVERYBODY:
        return None
    staff = current_staff()
    if staff is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else "/admin/"
        return redirect_to(f"/admin/sign-in?{urlencode({'next': back})}")
    if mark != _NEWCOMERS and owes_factor(staff):
        return redirect_to("/admin/second-factor")
    g.staff = staff
    if not _lets_in(mark, staff):
        raise Forbidden
    if getattr(view, _AGAIN, False) and not has_confirmed(timedelta(minutes=g.shop.ask_again_minutes)):
        return ask_again(staff)
    return None


def may_open(path: str) -> bool:
    """Say whether who is working may open a page of the back office: a link that would be refused is plain words."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    mark = mark_of(current_app.view_functions[endpoint])
    return mark is not None and _lets_in(mark, staff_here())


def _lets_in(mark: str, staff: CurrentStaff) -> bool:
    is_open = mark in {_EVERYBODY, _STAFF, _NEWCOMERS}
    return is_open or any(staff.may(Permission(name)) for name in mark.split(_OR))


def staff_here() -> CurrentStaff:
    """Return who is working; only views behind the guard may ask."""
    found: CurrentStaff = g.staff
    return found


def owes_factor(staff: CurrentStaff) -> bool:
    """Say whether somebody must have a second factor and has none yet."""
    return not staff.has_factor and (staff.needs_factor or bool(g.shop.factor_for_all_staff))


def ask_again(staff: CurrentStaff) -> Response | None:
    """Ask for a code or the password once more; None when what was sent proves who it is."""
    error, status = "", ASKS_AGAIN
    if request.method == "POST" and PROOF in request.form:
        try:
            _prove(staff, request.form[PROOF])
        except (Invalid, TooManyTries) as refusal:
            error, status = message_of(refusal), refusal.status
        else:
            confirm_now()
            return None
    if request.method == "GET":
        return redirect_to(f"/admin/confirmation?{urlencode({'next': request.full_path.rstrip('?')})}")
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != PROOF]
    return render_page(
        "admin/accounts/confirmation.html",
        action=request.full_path.rstrip("?"),
        kept=kept,
        error=error,
        proof=PROOF,
        status=status,
    )


def _prove(staff: CurrentStaff, proof: str) -> None:
    if staff.has_factor:
        pass_factor(staff_id=staff.id, code=proof)
    else:
        confirm_staff(staff_id=staff.id, password=proof, field=PROOF)


def _marked(view: View, mark: str) -> View:
    setattr(view, _MARK, mark)
    return view
