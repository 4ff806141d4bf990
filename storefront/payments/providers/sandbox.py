"""A provider that lives in the shop and moves no money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from storefront.kernel.clock import now
from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.payments.errors import PaymentClosed
from storefront.payments.providers.protocol import Online, Outcome, RefundRequest, Request, Start
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult
from storefront.shop.rules import ShopSettings

_ENDED_BY = {PaymentState.CAPTURED: "approve", PaymentState.FAILED: "decline"}
_RESULTS = {"approve": TransactionResult.SUCCESS, "decline": TransactionResult.FAILURE}
LATER = "later"
TAKES = timedelta(seconds=15)
"""How long a payment that is approved later stays open."""


class Sandbox(Online):
    """Its page approves, declines, or approves after a while; it sends back whatever it is asked to."""

    code: ClassVar[str] = "sandbox"
    name: ClassVar[str] = N_("Test payment")
    description: ClassVar[str] = N_("A practice page that approves or declines. No money moves.")

    listens: ClassVar[bool] = False

    def is_offered(self, settings: ShopSettings) -> bool:
        return self.config.sandbox_payments

    def start(self, request: Request) -> Start:
        return Start(on_our_page=True)

    def decide(self, request: Request, message: Mapping[str, str]) -> Outcome | None:
        """Return what its page says about a request, None where it will say so later; refuses what says nothing."""
        decision, amount, currency = (message.get(key, "") for key in ("decision", "amount", "currency"))
        if decision not in {*_RESULTS, LATER}:
            raise Invalid(N_("Please approve or decline."), field="decision")
        if request.state is not PaymentState.PENDING and _ENDED_BY.get(request.state) != decision:
            raise PaymentClosed
        if not (amount.isascii() and amount.isdecimal() and len(amount) <= 15 and currency.isascii()):
            raise Invalid
        try:
            said = Money(int(amount), currency)
        except ValueError:
            raise Invalid from None
        return None if decision == LATER else _outcome(request, decision, said)

    def handle_for_later(self) -> str:
        """Return the handle of an attempt that this provider approves after a while."""
        return f"{LATER}-{int(now().timestamp())}"

    def query(self, request: Request) -> Outcome | None:
        word, _, since = request.handle.partition("-")
        if word != LATER or now() < datetime.fromtimestamp(int(since), UTC) + TAKES:
            return None
        return _outcome(request, "approve", request.amount)

    def refund(self, refund: RefundRequest) -> Outcome:
        return Outcome(
            reference=refund.payment.reference,
            kind=TransactionKind.REFUND,
            result=TransactionResult.SUCCESS,
            amount=refund.amount,
            psp_reference=f"sandbox-{refund.key}",
            idempotency_key=f"sandbox-{refund.key}",
            facts={},
            refund=refund.key,
        )


def _outcome(request: Request, decision: str, amount: Money) -> Outcome:
    psp_reference = f"sandbox-{request.reference}-{decision}"
    return Outcome(
        reference=request.reference,
        kind=TransactionKind.CAPTURE,
        result=_RESULTS[decision],
        amount=amount,
        psp_reference=psp_reference,
        idempotency_key=psp_reference,
        facts={"decision": decision},
    )
