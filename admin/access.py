"""Who may do what: every view says which permission it needs, one guard checks, an unmarked view is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, request

from storefront.accounts.identity import CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.accounts.sessions import current_staff
from storefront.kernel.errors import Forbidden
from storefront.web.fragments import redirect_to

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_admin_access"
_EVERYBODY = "everybody"
_STAFF = "staff"


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only roles with `permission` get in."""
    return lambda view: _marked(view, permission)


def open_to_everybody(view: View) -> View:
    """Mark a view that must work before sign-in."""
    return _marked(view, _EVERYBODY)


def open_to_staff(view: View) -> View:
    """Mark a view that everybody who works here needs, whatever their role."""
    return _marked(view, _STAFF)


def mark_of(view: Callable[..., Any]) -> str | None:
    """Return what a view is marked with; None when it is not."""
    return getattr(view, _MARK, None)


def guard() -> Any:
    """Let the request through, send a stranger to the door, or refuse."""
    mark = mark_of(current_app.view_functions[request.endpoint or ""])
    if mark is None:
        raise Forbidden
    if mark == _EVERYBODY:
        return None
    staff = current_staff()
    if staff is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else "/admin/"
        return redirect_to(f"/admin/sign-in?{urlencode({'next': back})}")
    if mark != _STAFF and not staff.may(Permission(mark)):
        raise Forbidden
    g.staff = staff
    return None


def staff_here() -> CurrentStaff:
    """Return who is working; only views behind the guard may ask."""
    found: CurrentStaff = g.staff
    return found


def _marked(view: View, mark: str) -> View:
    setattr(view, _MARK, mark)
    return view
