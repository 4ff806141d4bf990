"""Who is asking. A reader without a session cookie is nobody, and their session stays unread."""

from __future__ import annotations

from flask import current_app, has_request_context, request, session
from flask_login import current_user, login_user, logout_user

from storefront.accounts.identity import CurrentCustomer, CurrentStaff, Identity


def current_customer() -> CurrentCustomer | None:
    """Return the signed-in customer of this request, if any."""
    found = _current()
    return found if isinstance(found, CurrentCustomer) else None


def current_staff() -> CurrentStaff | None:
    """Return the signed-in member of staff of this request, if any."""
    found = _current()
    return found if isinstance(found, CurrentStaff) else None


def sign_in(identity: Identity) -> None:
    """Begin a new session for somebody: nothing of the session before is kept."""
    session.clear()
    session.permanent = True
    login_user(identity)


def sign_out() -> None:
    """End the session."""
    logout_user()
    session.clear()


def _current() -> Identity | None:
    if not has_request_context():
        return None
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies and not session.modified:
        return None
    user = current_user._get_current_object()
    return user if user.is_authenticated else None
