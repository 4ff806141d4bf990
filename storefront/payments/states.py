"""Closed sets of payments."""

from __future__ import annotations

from enum import StrEnum


class PaymentState(StrEnum):
    """Where one attempt to pay stands."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    """The provider holds the money for us; it is not ours until it is captured."""
    CAPTURED = "captured"
    FAILED = "failed"
    VOIDED = "voided"


class TransactionKind(StrEnum):
    """What was asked of the provider."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    """A bank takes money back from the merchant."""
    CHARGEBACK_BACK = "chargeback_back"
    """Money that a bank had taken is the merchant's again."""
    FEE = "fee"
    """What a provider charges for a dispute; it is the merchant's own affair and moves no order."""
    FEE_BACK = "fee_back"


class TransactionResult(StrEnum):
    """What came of it; REQUEST says that it was asked and has no end yet."""

    REQUEST = "request"
    SUCCESS = "success"
    FAILURE = "failure"


class RefundState(StrEnum):
    """Where money on its way back stands."""

    ASKED = "asked"
    """The provider is to be asked, or is asked again after a fault."""
    PENDING = "pending"
    """The provider has taken it on and has not finished; or a person is to pay it back."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The provider refused: the money is still here."""
    STUCK = "stuck"
    """Nobody knows after many tries; a person looks, and the money stays set aside until then."""


class DisputeState(StrEnum):
    """Where a payment that was contested at a bank or a provider stands."""

    NEEDS_ANSWER = "needs_answer"
    """The merchant can send evidence until a day."""
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    """It ended without a decision."""


DISPUTES_OPEN = (DisputeState.NEEDS_ANSWER, DisputeState.UNDER_REVIEW)
REFUNDS_UNDER_WAY = (RefundState.ASKED, RefundState.PENDING, RefundState.STUCK)


class MessageState(StrEnum):
    """What became of a message that a provider sent."""

    RECEIVED = "received"
    """To be read, or to be read again after a fault."""
    BOOKED = "booked"
    """Read; what it said stands in the books, now or already before."""
    REFUSED = "refused"
    """Its signature is wrong, or nobody can read it."""
    UNMATCHED = "unmatched"
    """It is genuine and does not fit our books: an unknown payment, another amount, a second capture."""
    STUCK = "stuck"
    """Many tries ended in faults."""
    SETTLED = "settled"
    """A person has looked, and there is nothing left to do."""
