"""A return's life as a table, and the closed sets of what is asked, why, and what came of it."""

from __future__ import annotations

from enum import StrEnum

from storefront.kernel.states import Transitions


class ReturnKind(StrEnum):
    """What is asked."""

    RETURN = "return"
    EXCHANGE = "exchange"
    CLAIM = "claim"
    """Something is wrong; nothing has to come back."""


class Remedy(StrEnum):
    """What the shopper gets."""

    REFUND = "refund"
    REPLACE = "replace"


class ReturnState(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECEIVED = "received"
    REFUNDING = "refunding"
    """Money is set aside and on its way."""
    REFUNDED = "refunded"
    REPLACED = "replaced"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ReturnAction(StrEnum):
    """What can be done to a request."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    RECEIVE = "receive"
    REFUND = "refund"
    REPLACE = "replace"
    PAID = "paid"
    """The money has gone back."""
    FAIL = "fail"
    """The provider refused, or the follow-up order was called off."""
    CLOSE = "close"


S, A = ReturnState, ReturnAction
TRANSITIONS = Transitions(
    {
        (S.REQUESTED, A.APPROVE): S.APPROVED,
        (S.REQUESTED, A.REJECT): S.REJECTED,
        (S.REQUESTED, A.WITHDRAW): S.WITHDRAWN,
        (S.APPROVED, A.RECEIVE): S.RECEIVED,
        (S.APPROVED, A.REJECT): S.REJECTED,
        (S.APPROVED, A.WITHDRAW): S.WITHDRAWN,
        (S.APPROVED, A.REFUND): S.REFUNDING,
        (S.APPROVED, A.REPLACE): S.REPLACED,
        (S.RECEIVED, A.REJECT): S.REJECTED,
        (S.RECEIVED, A.REFUND): S.REFUNDING,
        (S.RECEIVED, A.REPLACE): S.REPLACED,
        (S.REFUNDING, A.PAID): S.REFUNDED,
        (S.REFUNDING, A.FAIL): S.RECEIVED,
        (S.REFUNDED, A.CLOSE): S.CLOSED,
        (S.REPLACED, A.FAIL): S.RECEIVED,
        (S.REPLACED, A.CLOSE): S.CLOSED,
    }
)
OPEN = (S.REQUESTED, S.APPROVED, S.RECEIVED)
"""Nobody knows yet how it ends; an order has at most one of these."""
COUNTS_NOT = (S.REJECTED, S.WITHDRAWN)
"""Its units can be asked for again."""


class ReturnReason(StrEnum):
    """Why something comes back."""

    CHANGED_MIND = "changed_mind"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    BETTER_PRICE = "better_price"
    NOT_AS_DESCRIBED = "not_as_described"
    DAMAGED = "damaged"
    FAULTY = "faulty"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    LATE = "late"


SHOPS_FAULT = frozenset(
    {
        *(ReturnReason.NOT_AS_DESCRIBED, ReturnReason.DAMAGED, ReturnReason.FAULTY),
        *(ReturnReason.WRONG_ITEM, ReturnReason.MISSING, ReturnReason.LATE),
    }
)
REASONS_OF: dict[ReturnKind, tuple[ReturnReason, ...]] = {
    ReturnKind.RETURN: tuple(reason for reason in ReturnReason if reason is not ReturnReason.MISSING),
    ReturnKind.EXCHANGE: (
        *(ReturnReason.TOO_SMALL, ReturnReason.TOO_LARGE, ReturnReason.CHANGED_MIND, ReturnReason.NOT_AS_DESCRIBED),
        *(ReturnReason.DAMAGED, ReturnReason.FAULTY, ReturnReason.WRONG_ITEM),
    ),
    ReturnKind.CLAIM: (
        *(ReturnReason.DAMAGED, ReturnReason.FAULTY, ReturnReason.MISSING, ReturnReason.WRONG_ITEM),
        ReturnReason.NOT_AS_DESCRIBED,
    ),
}


class Condition(StrEnum):
    """How goods came back."""

    AS_NEW = "as_new"
    OPENED = "opened"
    DAMAGED = "damaged"
    MISSING = "missing"


class Policy(StrEnum):
    """How much of what was paid goes back; the room's plaque says it in words."""

    SHARE = "share"
    RE_PRICE = "re-price"
    KEEP = "keep"
