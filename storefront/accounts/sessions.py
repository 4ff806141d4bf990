"""Who is asking. A reader without a session cookie is nobody, and their session stays unread."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, has_request_context, request, session
from flask_login import current_user, login_user, logout_user

from storefront.accounts.identity import CurrentCustomer, CurrentStaff, Identity
from storefront.kernel.clock import now

WORKING_DAY = timedelta(hours=12)
"""How long staff stay signed in; shoppers stay as long as their cookie lasts."""
_SINCE, _KEY = "since", "key"
_WHO = "_user_id"
"""Where Flask-Login keeps an identity's `get_id`."""


def current_customer() -> CurrentCustomer | None:
    """Return the signed-in customer of this request, if any."""
    found = _current()
    return found if isinstance(found, CurrentCustomer) else None


def current_staff() -> CurrentStaff | None:
    """Return the signed-in member of staff of this request, if any."""
    found = _current()
    return found if isinstance(found, CurrentStaff) else None


def is_staff_session() -> bool:
    """Say whether this request comes from a browser in which staff signed in, without asking the database."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    return str(session.get(_WHO, "")).startswith("staff:")


def customer_id_here() -> int | None:
    """Return whose browser this is as its session says, without asking the database; None for a guest."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    kind, _, rest = str(session.get(_WHO, "")).partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "customer" and number.isdecimal() else None


def sign_in(identity: Identity, *, key: str | None = None) -> None:
    """Begin a new session for somebody: nothing of the session before is kept. `key` is a customer's session's."""
    session.clear()
    session.permanent = True
    if key is not None:
        session[_KEY] = key
    if isinstance(identity, CurrentStaff):
        session[_SINCE] = now().timestamp()
    login_user(identity)


def sign_out() -> None:
    """End the session."""
    logout_user()
    session.clear()


def session_key() -> str | None:
    """Return the key of this browser's session; None for guests, staff, and sessions from before keys were given."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies and not session.modified:
        return None
    found = session.get(_KEY)
    return found if isinstance(found, str) else None


def _current() -> Identity | None:
    if not has_request_context():
        return None
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies and not session.modified:
        return None
    user: Identity = current_user._get_current_object()
    if not user.is_authenticated or (isinstance(user, CurrentStaff) and not _at_work()):
        return None
    return user


def _at_work() -> bool:
    """Say whether the working day of this session is not over; the server decides, not the cookie's date."""
    return now().timestamp() - float(session.get(_SINCE, 0)) < WORKING_DAY.total_seconds()
