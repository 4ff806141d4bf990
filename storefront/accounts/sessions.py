"""Who is asking. A reader without a session cookie is nobody, and their session stays unread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from flask import current_app, has_request_context, request, session
from flask_login import current_user, login_user, logout_user

from storefront.accounts import queries, signed_in, stand_ins, standing_in
from storefront.accounts.devices import device_of
from storefront.accounts.identity import CurrentCustomer, CurrentStaff, Identity
from storefront.accounts.signed_in import Owner
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import NotFound
from storefront.web.afterwards import afterwards

WORKING_DAY = timedelta(hours=12)
"""How long staff stay signed in; shoppers stay as long as their cookie lasts."""
IDLE = timedelta(hours=2)
"""How long staff stay signed in while nothing comes from them."""
FACTOR_WAITS = timedelta(minutes=5)
"""How long the right password counts until the second factor comes."""
_SINCE = "since"
_CONFIRMED = "confirmed"
"""When who works here last proved who they are."""
_AWAITED = "awaited"
_WHO = "_user_id"
"""Where Flask-Login keeps an identity's `get_id`."""


def current_customer() -> CurrentCustomer | None:
    """Return the signed-in customer of this request, or the one whom staff stand in for, if any."""
    found = _current()
    return standing_in.customer_of(found) if isinstance(found, CurrentStaff) else found


def current_staff() -> CurrentStaff | None:
    """Return the signed-in member of staff of this request, if any."""
    found = _current()
    return found if isinstance(found, CurrentStaff) else None


def is_staff_session() -> bool:
    """Say whether this request comes from a browser in which staff signed in, without asking the database."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    return str(session.get(_WHO, "")).startswith("staff:")


def session_here() -> str:
    """Return whose browser this is as its session says, customer or staff, without asking the database; "" for a guest.
    The cookie is signed, so nobody takes another's name; one whose session has ended only counts as themselves."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return ""
    return ":".join(str(session.get(_WHO, "")).split(":")[:2])


def customer_id_here() -> int | None:
    """Return whose browser this is as its session says, without asking the database; None for a guest."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    kind, _, rest = str(session.get(_WHO, "")).partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "customer" and number.isdecimal() else None


def sign_in(identity: Identity, *, way: str = "", device: str | None = None, network: str | None = None) -> None:
    """Begin a new session for somebody: nothing of the session before is kept, and whoever was in here no longer is.

    Commits the row that it is known by; `device` and `network` are this request's own unless said otherwise.
    """
    before = _current()
    session.clear()
    session.permanent = True
    if isinstance(identity, CurrentStaff):
        session[_SINCE] = session[_CONFIRMED] = now().timestamp()
    device = device_of(request.headers.get("User-Agent", "")) if device is None else device
    network = request.remote_addr or "" if network is None else network
    with transaction():
        if before is not None and before.session_id:
            _end(before)
        number = signed_in.begin(owner=owner_of(identity), way=way, device=device, address=network, at=now())
    login_user(replace(identity, session_id=number, seen_at=now()))


def sign_out() -> None:
    """End the session, here and for whoever has its cookie."""
    here = _current()
    logout_user()
    session.clear()
    if here is not None and here.session_id:
        with transaction():
            _end(here)


def stop_standing_in() -> int | None:
    """Leave the customer whom somebody who works here stands in for, and return who it was; None for nobody."""
    staff = current_staff() if standing_in.is_begun() else None
    if staff is None:
        return None
    standing_in.forget()
    with transaction():
        return stand_ins.end(staff_id=staff.id, at=now())


def await_factor(staff: CurrentStaff, *, target: str) -> None:
    """Remember that somebody's password was right; they are not in before their second factor is."""
    session.clear()
    session[_AWAITED] = [staff.id, staff.session_version, now().timestamp(), target]


def awaited() -> tuple[CurrentStaff, str] | None:
    """Return whose second factor this browser still owes, and where they want to go; None when it took too long."""
    number, version, since, target = session.get(_AWAITED) or (0, 0, 0.0, "")
    if not number or now().timestamp() - since > FACTOR_WAITS.total_seconds():
        return None
    found = queries.find_staff(number)
    return (found, target) if found is not None and found.session_version == version else None


def has_confirmed(within: timedelta) -> bool:
    """Say whether who works here has proved who they are so short a time ago."""
    return now().timestamp() - float(session.get(_CONFIRMED, 0)) < within.total_seconds()


def confirm_now() -> None:
    """Remember that who works here has just proved who they are."""
    session[_CONFIRMED] = now().timestamp()


def owner_of(identity: Identity) -> Owner:
    """Return whose sessions somebody's are."""
    return Owner("staff" if isinstance(identity, CurrentStaff) else "customer", identity.id)


def load_identity(session_id: str) -> Identity | None:
    """Return who a session belongs to; now and then, after the answer, that it was in use is noted."""
    found = queries.find_identity(session_id)
    if isinstance(found, CurrentStaff) and found.seen_at is not None and now() - found.seen_at > IDLE:
        return None
    if found is not None and _is_stale(found):
        afterwards(partial(_note_seen, found.session_id, now()))
    return found


def _end(identity: Identity) -> None:
    with suppress(NotFound):
        signed_in.end(owner=owner_of(identity), session_id=identity.session_id, at=now())


def _is_stale(identity: Identity) -> bool:
    seen_at = identity.seen_at
    return seen_at is not None and now() - seen_at > signed_in.SEEN_EVERY[owner_of(identity).kind]


def _note_seen(session_id: int, at: datetime) -> None:
    with transaction():
        signed_in.note_seen(session_id=session_id, at=at)


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
