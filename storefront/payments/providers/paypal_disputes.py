"""Disputes as PayPal tells them: where they stand, and only in the end what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storefront.kernel.money import Money
from storefront.payments.providers.paypal_values import read_amount, read_moment
from storefront.payments.providers.protocol import Contested, Movement
from storefront.payments.states import DisputeState, TransactionKind

_DISPUTES = {
    "OPEN": DisputeState.NEEDS_ANSWER,
    "WAITING_FOR_SELLER_RESPONSE": DisputeState.NEEDS_ANSWER,
}
_DECISIONS = {
    "RESOLVED_BUYER_FAVOUR": DisputeState.LOST,
    "ACCEPTED": DisputeState.LOST,
    "RESOLVED_SELLER_FAVOUR": DisputeState.WON,
    "RESOLVED_WITH_PAYOUT": DisputeState.WON,
    "CANCELED_BY_BUYER": DisputeState.WON,
    "DENIED": DisputeState.WON,
}
"""RESOLVED_WITH_PAYOUT: PayPal pays the buyer out of its own pocket."""


def reversed_payment(reference: str, thing: Mapping[str, Any], *, at: datetime) -> Contested:
    """Return that a capture was reversed; it names no dispute."""
    name, amount = str(thing["id"]), read_amount(thing["amount"])
    taken = Movement(TransactionKind.CHARGEBACK, amount, f"paypal-{name}-reversed", name)
    return Contested(reference, "", DisputeState.LOST, amount, at, movements=(taken,))


def contested(reference: str, thing: Mapping[str, Any], *, at: datetime, is_sandbox: bool) -> Contested:
    """Return what PayPal says of a dispute about one of our payments."""
    amount, name = read_amount(thing["dispute_amount"]), str(thing["dispute_id"])
    state, lost = _standing(thing, amount)
    pages = "https://www.sandbox.paypal.com" if is_sandbox else "https://www.paypal.com"
    due = thing.get("seller_response_due_date")
    return Contested(
        reference=reference,
        name=name,
        state=state,
        amount=amount,
        told_at=at,
        reason=str(thing.get("reason") or "").lower(),
        due_at=read_moment(due, at) if due else None,
        url=f"{pages}/resolutioncenter/view/{name}",
        lost=lost,
    )


def _standing(thing: Mapping[str, Any], amount: Money) -> tuple[DisputeState, Money | None]:
    """Return where a dispute stands and, once it is decided, what of its amount went to the buyer."""
    if thing.get("status") != "RESOLVED":
        return _DISPUTES.get(str(thing.get("status")), DisputeState.UNDER_REVIEW), None
    outcome = thing.get("dispute_outcome") or {}
    state = _DECISIONS.get(str(outcome.get("outcome_code")), DisputeState.CLOSED)
    if state is DisputeState.LOST:
        return state, read_amount(outcome["amount_refunded"]) if outcome.get("amount_refunded") else amount
    return state, Money.zero(amount.currency) if state is DisputeState.WON else None
