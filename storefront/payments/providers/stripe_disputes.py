"""Disputes as Stripe tells them: where they stand, and what they moved, from the lines in its balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from storefront.payments.providers.protocol import Contested, Movement
from storefront.payments.providers.stripe_amounts import from_stripe
from storefront.payments.states import DisputeState, TransactionKind

_DISPUTES = {
    "needs_response": DisputeState.NEEDS_ANSWER,
    "warning_needs_response": DisputeState.NEEDS_ANSWER,
    "under_review": DisputeState.UNDER_REVIEW,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
}
_TOLD_BY = {
    "charge.dispute.funds_withdrawn": ((TransactionKind.CHARGEBACK, "withdrawn"),),
    "charge.dispute.funds_reinstated": (
        (TransactionKind.CHARGEBACK, "withdrawn"),
        (TransactionKind.CHARGEBACK_BACK, "reinstated"),
    ),
}
"""What an event says by its name: what comes back had gone."""


def contested(reference: str, event: str, dispute: Mapping[str, Any], *, at: datetime) -> Contested:
    """Return what an event says of a dispute about one of our payments."""
    due_by = (dispute.get("evidence_details") or {}).get("due_by")
    pages = "https://dashboard.stripe.com" + ("" if dispute.get("livemode", True) else "/test")
    return Contested(
        reference=reference,
        name=str(dispute["id"]),
        state=_DISPUTES.get(str(dispute.get("status")), DisputeState.UNDER_REVIEW),
        amount=from_stripe(dispute["amount"], dispute["currency"]),
        told_at=at,
        reason=str(dispute.get("reason") or ""),
        due_at=datetime.fromtimestamp(int(due_by), UTC) if due_by else None,
        url=f"{pages}/disputes/{dispute['id']}",
        movements=tuple(_movements(event, dispute)),
    )


def _movements(event: str, dispute: Mapping[str, Any]) -> Iterator[Movement]:
    """Tell what a dispute has moved by now, from its lines in Stripe's balance, else from the event itself.

    Lines are in the currency of the account. Where that is not the payment's, all that is contested went.
    """
    amount, lines = (
        from_stripe(dispute["amount"], dispute["currency"]),
        sorted(dispute.get("balance_transactions") or (), key=lambda line: int(line["amount"])),
    )
    name = dispute["id"]
    for line in lines:
        kind, word = _went(int(line["amount"]))
        moved = from_stripe(abs(int(line["amount"])), line["currency"])
        if line["amount"]:
            same = moved.currency == amount.currency
            yield Movement(kind, moved if same else amount, f"stripe-{name}-{word}", f"{name}-{word}")
        fee = from_stripe(abs(int(line.get("fee") or 0)), line["currency"])
        if fee:
            kind = TransactionKind.FEE if line["fee"] > 0 else TransactionKind.FEE_BACK
            yield Movement(kind, fee, f"stripe-{line['id']}-fee")
    words = {_went(int(line["amount"]))[1] for line in lines if line["amount"]}
    for kind, word in _TOLD_BY.get(event, ()):
        if word not in words:
            yield Movement(kind, amount, f"stripe-{name}-{word}", f"{name}-{word}")


def _went(amount: int) -> tuple[TransactionKind, str]:
    if amount < 0:
        return TransactionKind.CHARGEBACK, "withdrawn"
    return TransactionKind.CHARGEBACK_BACK, "reinstated"
