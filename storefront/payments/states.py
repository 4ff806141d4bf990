"""Closed sets of payments."""

from __future__ import annotations

from enum import StrEnum


class PaymentState(StrEnum):
    """Where one attempt to pay stands."""

    PENDING = "pending"
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


class TransactionResult(StrEnum):
    """What came of it."""

    REQUEST = "request"
    SUCCESS = "success"
    FAILURE = "failure"
