"""The list of requests about personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from admin.audit.queries import names_of
from admin.tables import Choice, Column, Days, Empty, Listing, ListState, Source, Table, Words, within
from storefront.accounts.permissions import Permission
from storefront.kernel.errors import N_
from storefront.privacy.models import PrivacyRequest
from storefront.privacy.states import RequestKind, RequestState

KINDS: dict[str, str] = {RequestKind.COPY: N_("Copy"), RequestKind.DELETION: N_("Deletion")}
STATES: dict[str, tuple[str, str]] = {
    RequestState.WAITING: (N_("Waiting"), "warning"),
    RequestState.RUNNING: (N_("Under way"), "new"),
    RequestState.DONE: (N_("Done"), "positive"),
    RequestState.CALLED_OFF: (N_("Called off"), ""),
    RequestState.EXPIRED: (N_("Gone"), ""),
}
TABLE = Table(
    url="/admin/privacy",
    columns=(
        Column(N_("Customer"), key="customer", value=lambda row: f"#{row.customer_id}", is_fixed=True),
        Column(N_("What"), key="kind", value=lambda row: Words(KINDS.get(row.kind, row.kind))),
        Column(N_("State"), key="state", value=lambda row: Words(STATES[row.state][0])),
        Column(N_("Asked"), key="asked", sort="asked", value=lambda row: row.asked_at, look="nowrap"),
        Column(N_("By"), key="by", value=lambda row: row.asked_by),
        Column(N_("Due"), key="due", sort="due", value=lambda row: row.due_at, look="nowrap"),
        Column(N_("Ended"), key="ended", value=lambda row: row.ended_at, look="nowrap"),
        Column(N_("Call off"), key="off", is_hidden_label=True),
    ),
    default_sort="-asked",
    filters=(
        Choice("kind", N_("What"), tuple(KINDS.items())),
        Choice("state", N_("State"), tuple((key, words) for key, (words, _look) in STATES.items())),
        Days("asked", N_("Asked")),
    ),
    search_label=N_("Number of a customer"),
)


def requests_of(state: ListState) -> Source:
    """Return the requests that `state` asks for."""
    rows = select(PrivacyRequest.__table__).where(*within(state, "asked", PrivacyRequest.asked_at))
    if kind := state.value("kind"):
        rows = rows.where(PrivacyRequest.kind == kind)
    if standing := state.value("state"):
        rows = rows.where(PrivacyRequest.state == standing)
    if state.search:
        digits = state.search.strip().lstrip("#")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 10
        rows = rows.where(PrivacyRequest.customer_id == (int(digits) if is_number else -1))
    return Source(rows, PrivacyRequest.id, {"asked": PrivacyRequest.asked_at, "due": PrivacyRequest.due_at})


def _beside(rows: Sequence[Any]) -> Mapping[str, Any]:
    return {"people": names_of({row.asked_by for row in rows}), "kinds": KINDS, "states": STATES}


REQUESTS = Listing(
    name="privacy-requests",
    title=N_("Personal data"),
    caption=N_("Copies and deletions that were asked for"),
    permission=Permission.CUSTOMERS_PRIVACY,
    table=lambda: TABLE,
    source=requests_of,
    cells="admin/privacy/_cells.html",
    empty=Empty(
        icon="user",
        title=N_("Nobody has asked yet"),
        text=N_("Requests of customers, and those that you make for them, stand here."),
        nothing_matches=N_("No requests match"),
        show_all=N_("Show all requests"),
    ),
    known_as=lambda row: f"#{row.customer_id}",
    page="admin/privacy/requests.html",
    context=_beside,
)
