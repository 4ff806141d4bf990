"""This request as somebody's who stands in for a customer: whose shop they see, and what of it is not for them."""

from __future__ import annotations

from flask import current_app, g, request, session

from storefront.accounts import stand_ins
from storefront.accounts.identity import CurrentCustomer, CurrentStaff
from storefront.accounts.permissions import Permission
from storefront.accounts.stand_ins import Standing
from storefront.database.transaction import transaction
from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Forbidden

_KEY = "stands_in"
_THEIRS_ALONE = (
    *("/account/deletion", "/account/privacy", "/account/security", "/account/password", "/account/email"),
    *("/account/phone", "/account/sessions", "/account/connections", "/checkout", "/confirmations", "/your-data"),
    *("/sign-in", "/register", "/password-reset"),
)
"""Where nobody stands in for anybody: who they are, what is known of them, and what they agree to pay."""
_WRITES_ALONE = ("/account/letters", "/account/name", "/payments")
"""What may be looked at, and only the customer changes."""
END = "/sign-out"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TheirsAlone(Forbidden):
    """Only the customer themselves may do this."""

    message = N_("Only the customer can do this. Order for them in the back office, or ask them to do it.")


def remember(stand_in_id: int) -> None:
    """Let this browser show the shop as the customer sees it."""
    session[_KEY] = stand_in_id
    g.pop(_KEY, None)


def forget() -> None:
    """Let this browser show the shop as ever."""
    session.pop(_KEY, None)
    g.pop(_KEY, None)


def standing_of(staff: CurrentStaff) -> Standing | None:
    """Return for whom a member of staff stands in, in this browser; asked once a request."""
    if _KEY not in g:
        number, may = int(session.get(_KEY) or 0), staff.may(Permission.CUSTOMERS_IMPERSONATE)
        found = stand_ins.find_open(number, staff_id=staff.id, at=now()) if number and may else None
        setattr(g, _KEY, found)
    kept: Standing | None = g.get(_KEY)
    return kept


def customer_of(staff: CurrentStaff) -> CurrentCustomer | None:
    """Return the customer whose shop a member of staff sees."""
    standing = standing_of(staff)
    return standing.customer if standing else None


def is_begun() -> bool:
    """Say whether this browser may stand in for somebody, without asking the database."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and _KEY in session


def refuse_what_is_theirs(staff: CurrentStaff) -> None:
    """Raise TheirsAlone where only the customer may go; what else is to be done is written down before it is."""
    standing, path = standing_of(staff), request.path
    if standing is None or path == END or path.startswith("/admin"):
        return
    writes = request.method not in _SAFE
    if _is_at(path, _THEIRS_ALONE) or (writes and (_is_at(path, _WRITES_ALONE) or path.endswith("/payments"))):
        raise TheirsAlone
    if writes:
        with transaction():
            stand_ins.note_deed(standing=standing, staff_id=staff.id, deed=f"{request.method} {path}", at=now())


def _is_at(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
