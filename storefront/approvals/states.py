"""How a request stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storefront.kernel.errors import N_
from storefront.kernel.states import Transitions


class RequestState(StrEnum):
    """How a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    IMPOSSIBLE = "impossible"
    """Somebody approved it, but it could no longer be carried out."""
    LAPSED = "lapsed"


class RequestAction(StrEnum):
    """What may be done to a request."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    FAIL = "fail"
    LAPSE = "lapse"


STATE_WORDS: Mapping[str, str] = {
    RequestState.WAITING: N_("Waits for a second person"),
    RequestState.APPROVED: N_("Approved and carried out"),
    RequestState.REJECTED: N_("Rejected"),
    RequestState.WITHDRAWN: N_("Taken back"),
    RequestState.IMPOSSIBLE: N_("Approved, but no longer possible"),
    RequestState.LAPSED: N_("Lapsed: nobody decided in time"),
}

TRANSITIONS: Transitions[RequestState, RequestAction] = Transitions(
    {
        (RequestState.WAITING, RequestAction.APPROVE): RequestState.APPROVED,
        (RequestState.WAITING, RequestAction.REJECT): RequestState.REJECTED,
        (RequestState.WAITING, RequestAction.WITHDRAW): RequestState.WITHDRAWN,
        (RequestState.WAITING, RequestAction.FAIL): RequestState.IMPOSSIBLE,
        (RequestState.WAITING, RequestAction.LAPSE): RequestState.LAPSED,
    }
)
