"""A provider that lives in the shop and moves no money: every way in which a payment can go, to be tried by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.payments.errors import PaymentClosed, ProviderFailed
from storefront.payments.providers.protocol import (
    Contested,
    Movement,
    Online,
    Outcome,
    RefundRequest,
    Request,
    Start,
)
from storefront.payments.states import DisputeState, PaymentState, TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

TAKES = timedelta(seconds=15)
"""How long a payment or a refund that is answered later stays open."""
CODE = "246810"
"""What the second step wants to read."""
FEE_MINOR = 1500
"""What a dispute costs here."""

APPROVE, DECLINE = "approve", "decline"
LATER, LATER_FAILED, SECOND_STEP = "later", "later-failed", "second-step"
REFUND_REFUSED, REFUND_LATER = "refund-refused", "refund-later"
WAYS: Mapping[str, str] = {
    "poor": N_("Decline: not enough money"),
    SECOND_STEP: N_("Ask for a second step"),
    LATER: N_("Answer later: paid"),
    LATER_FAILED: N_("Answer later: declined"),
    REFUND_REFUSED: N_("Approve, and refuse refunds"),
    REFUND_LATER: N_("Approve, and take time for refunds"),
}
"""What its page offers beside approving and declining."""
_RESULTS = {
    APPROVE: (TransactionResult.SUCCESS, ""),
    REFUND_REFUSED: (TransactionResult.SUCCESS, ""),
    REFUND_LATER: (TransactionResult.SUCCESS, ""),
    DECLINE: (TransactionResult.FAILURE, "card_declined"),
    "poor": (TransactionResult.FAILURE, "insufficient_funds"),
}
_WAITS = {LATER: APPROVE, LATER_FAILED: DECLINE}
_ENDED_BY = {PaymentState.CAPTURED: TransactionResult.SUCCESS, PaymentState.FAILED: TransactionResult.FAILURE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What its page says: an outcome, none as long as that is open; and a handle by which it remembers its choice."""

    outcome: Outcome | None
    handle: str


class Sandbox(Online):
    """Its page lets the shopper choose how the payment goes, now or after a while, and how its refunds go."""

    code: ClassVar[str] = "sandbox"
    name: ClassVar[str] = N_("Test payment")
    description: ClassVar[str] = N_("A practice page that approves or declines. No money moves.")

    listens: ClassVar[bool] = False
    at_once: ClassVar[Start | None] = Start(on_our_page=True)

    def is_offered(self, settings: ShopSettings) -> bool:
        return self.config.sandbox_payments

    def start(self, request: Request) -> Start:
        return Start(on_our_page=True)

    def decide(self, request: Request, message: Mapping[str, str]) -> Answer:
        """Return what its page says about a request; refuses what says nothing."""
        decision, amount, currency = (message.get(key, "") for key in ("decision", "amount", "currency"))
        if asks_for_code(request) and decision == "confirm":
            decision = APPROVE if message.get("code", "").strip() == CODE else DECLINE
        if decision not in {*_RESULTS, *_WAITS, SECOND_STEP}:
            raise Invalid(N_("Please approve or decline."), field="decision")
        ends = _RESULTS[decision][0] if decision in _RESULTS else None
        if request.state is not PaymentState.PENDING and _ENDED_BY.get(request.state) is not ends:
            raise PaymentClosed
        if not (amount.isascii() and amount.isdecimal() and len(amount) <= 15 and currency.isascii()):
            raise Invalid
        try:
            said = Money(int(amount), currency)
        except ValueError:
            raise Invalid from None
        outcome = _outcome(request, decision, said) if decision in _RESULTS else None
        return Answer(outcome, f"{decision}.{int(now().timestamp())}")

    def query(self, request: Request) -> Outcome | None:
        decision, since = _remembered(request)
        if decision not in _WAITS or now() < since + TAKES:
            return None
        return _outcome(request, _WAITS[decision], request.amount)

    def refund(self, refund: RefundRequest) -> Outcome:
        decision, _ = _remembered(refund.payment)
        if decision == REFUND_REFUSED:
            raise ProviderFailed("the test payment refuses refunds", permanent=True)
        return _refunded(refund, TransactionResult.REQUEST if decision == REFUND_LATER else TransactionResult.SUCCESS)

    def query_refund(self, refund: RefundRequest) -> Outcome | None:
        return _refunded(refund, TransactionResult.SUCCESS)

    def contest(self, request: Request, state: DisputeState) -> Contested:
        """Return what it tells of a dispute about a payment: begun, it takes the money; won, it gives it back."""
        name, at, amount = f"sandbox-{request.reference}-dispute", now(), request.captured
        taken = Movement(TransactionKind.CHARGEBACK, amount, f"{name}-taken")
        fee = Movement(TransactionKind.FEE, Money(FEE_MINOR, amount.currency), f"{name}-fee")
        back = Movement(TransactionKind.CHARGEBACK_BACK, amount, f"{name}-back")
        return Contested(
            reference=request.reference,
            name=name,
            state=state,
            amount=amount,
            told_at=at,
            reason="fraudulent",
            due_at=at + timedelta(days=7),
            movements=(taken, fee, back) if state is DisputeState.WON else (taken, fee),
        )


def asks_for_code(request: Request) -> bool:
    """Say whether the page is at its second step."""
    return _remembered(request)[0] == SECOND_STEP


def _remembered(request: Request) -> tuple[str, datetime]:
    decision, _, since = request.handle.partition(".")
    return decision, datetime.fromtimestamp(int(since) if since.isdecimal() else 0, UTC)


def _outcome(request: Request, decision: str, amount: Money) -> Outcome:
    result, reason = _RESULTS[decision]
    word = APPROVE if result is TransactionResult.SUCCESS else DECLINE
    psp_reference = f"sandbox-{request.reference}-{word}"
    return Outcome(
        reference=request.reference,
        kind=TransactionKind.CAPTURE,
        result=result,
        amount=amount,
        psp_reference=psp_reference,
        idempotency_key=psp_reference,
        facts={"reason": reason} if reason else {},
    )


def _refunded(refund: RefundRequest, result: TransactionResult) -> Outcome:
    name = f"sandbox-{refund.key}"
    return Outcome(
        reference=refund.payment.reference,
        kind=TransactionKind.REFUND,
        result=result,
        amount=refund.amount,
        psp_reference=name,
        idempotency_key=name if result is TransactionResult.SUCCESS else f"{name}-{result}",
        facts={},
        refund=refund.key,
    )
