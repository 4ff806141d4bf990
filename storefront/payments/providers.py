"""Who takes the money: what every provider can be asked, and the two that come with the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from storefront.kernel.errors import N_, Invalid
from storefront.kernel.money import Money
from storefront.payments.errors import PaymentClosed, UnknownProvider
from storefront.payments.states import PaymentState, TransactionKind, TransactionResult


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked to collect; `reference` is ours and comes back with the outcome."""

    reference: str
    provider: str
    order_number: str
    amount: Money
    state: PaymentState


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says became of a request. The same `idempotency_key` twice is one fact."""

    reference: str
    kind: TransactionKind
    result: TransactionResult
    amount: Money
    psp_reference: str
    idempotency_key: str
    facts: Mapping[str, str]


class Provider(Protocol):
    """What the shop needs from whoever takes the money."""

    code: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str]
    pays_on_delivery: ClassVar[bool]

    def start(self, request: Request) -> str | None:
        """Return where the shopper goes to pay, or None when there is nothing to do now."""

    def read_notification(self, request: Request, message: Mapping[str, str]) -> Outcome:
        """Return what a message about `request` says; refuses one that says nothing."""


_ENDED_BY = {PaymentState.CAPTURED: "approve", PaymentState.FAILED: "decline"}


class Sandbox:
    """A provider that lives in the shop and moves no money: its page approves or declines."""

    code: ClassVar[str] = "sandbox"
    name: ClassVar[str] = N_("Test payment")
    description: ClassVar[str] = N_("A practice page that approves or declines. No money moves.")
    pays_on_delivery: ClassVar[bool] = False

    def start(self, request: Request) -> str | None:
        return f"/payments/{request.reference}"

    def read_notification(self, request: Request, message: Mapping[str, str]) -> Outcome:
        results = {"approve": TransactionResult.SUCCESS, "decline": TransactionResult.FAILURE}
        decision, amount, currency = (message.get(key, "") for key in ("decision", "amount", "currency"))
        if decision not in results:
            raise Invalid(N_("Please approve or decline."), field="decision")
        if request.state is not PaymentState.PENDING and _ENDED_BY.get(request.state) != decision:
            raise PaymentClosed
        if not (amount.isascii() and amount.isdecimal() and len(amount) <= 15 and currency.isascii()):
            raise Invalid
        try:
            said = Money(int(amount), currency)
        except ValueError:
            raise Invalid from None
        psp_reference = f"sandbox-{request.reference}-{decision}"
        return Outcome(
            reference=request.reference,
            kind=TransactionKind.CAPTURE,
            result=results[decision],
            amount=said,
            psp_reference=psp_reference,
            idempotency_key=psp_reference,
            facts={"decision": decision},
        )


class CashOnDelivery:
    """The courier takes the money at the door; it counts as received when the order is delivered."""

    code: ClassVar[str] = "cod"
    name: ClassVar[str] = N_("Cash on delivery")
    description: ClassVar[str] = N_("Pay the courier when your order arrives.")
    pays_on_delivery: ClassVar[bool] = True

    def start(self, request: Request) -> str | None:
        return None

    def read_notification(self, request: Request, message: Mapping[str, str]) -> Outcome:
        key = f"cod-{request.reference}-collected"
        return Outcome(
            reference=request.reference,
            kind=TransactionKind.CAPTURE,
            result=TransactionResult.SUCCESS,
            amount=request.amount,
            psp_reference=key,
            idempotency_key=key,
            facts=dict(message),
        )


PROVIDERS: Mapping[str, Provider] = {provider.code: provider for provider in (Sandbox(), CashOnDelivery())}


def list_providers(*, sandbox: bool) -> list[Provider]:
    """Return the ways to pay that a shopper is offered; the sandbox only where the deployment allows it."""
    return [provider for provider in PROVIDERS.values() if sandbox or provider.code != Sandbox.code]


def get_provider(code: str, *, sandbox: bool) -> Provider:
    """Return one of the ways to pay that are offered, or refuse with UnknownProvider."""
    for provider in list_providers(sandbox=sandbox):
        if provider.code == code:
            return provider
    raise UnknownProvider(field="payment_provider")
